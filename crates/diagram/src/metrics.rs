//! How wide a text is in the bundled font. Knows one font in two weights and no kerning:
//! figure text is set with `font-kerning: none`, so the sum of the advances is the width on screen.
//!
//! The tables are the `hmtx` advances (1000 units an em) of `public/fonts/fira-sans-{400,500}.woff2`.
//! To write them anew, with fontTools:
//! `f = TTFont(path); [f["hmtx"][f.getBestCmap()[c]][0] for c in range(0x20, 0x7F)]`, and the same for `MORE`.

/// Advances of U+0020 to U+007E, weight 400.
#[rustfmt::skip]
const REGULAR: [u16; 95] = [
    265, 241, 399, 518, 531, 826, 729, 219, 324, 324, 439, 499, 240, 403, 240, 520,
    558, 433, 495, 499, 532, 501, 533, 444, 551, 525, 240, 240, 500, 500, 500, 459,
    1020, 573, 608, 560, 644, 535, 491, 631, 680, 295, 305, 589, 498, 778, 683, 692,
    581, 691, 605, 545, 517, 662, 556, 826, 540, 550, 522, 322, 520, 322, 540, 520,
    300, 544, 594, 478, 598, 545, 335, 520, 586, 282, 280, 512, 293, 857, 586, 584,
    594, 598, 386, 467, 361, 582, 492, 717, 485, 492, 437, 322, 403, 322, 488,
];

/// Advances of U+0020 to U+007E, weight 500.
#[rustfmt::skip]
const MEDIUM: [u16; 95] = [
    250, 241, 421, 539, 541, 844, 746, 230, 324, 324, 444, 516, 240, 405, 240, 520,
    573, 450, 507, 510, 550, 520, 550, 457, 567, 544, 240, 240, 510, 510, 510, 471,
    1020, 583, 613, 568, 648, 530, 489, 638, 672, 294, 312, 613, 506, 782, 672, 691,
    591, 691, 611, 560, 530, 656, 564, 837, 562, 574, 534, 323, 520, 323, 550, 520,
    322, 546, 596, 478, 599, 549, 347, 537, 581, 282, 281, 534, 295, 850, 581, 584,
    596, 599, 394, 476, 375, 577, 504, 734, 500, 506, 449, 323, 388, 323, 502,
];

/// Other characters: the character, its advance in weight 400, in weight 500. Sorted.
#[rustfmt::skip]
const MORE: &[(char, u16, u16)] = &[
    ('\u{B7}', 240, 240), ('\u{D7}', 500, 510), ('\u{E9}', 545, 549), ('\u{2013}', 520, 520), ('\u{2014}', 790, 793),
    ('\u{2018}', 228, 236), ('\u{2019}', 228, 236), ('\u{201C}', 406, 429), ('\u{201D}', 406, 429), ('\u{2022}', 324, 336), ('\u{2026}', 738, 732),
];

/// Of a character in neither table: a wide guess, for room is better than a collision.
const UNKNOWN: u16 = 900;

/// The two weights that figures use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// 400: nodes and arrows.
    Regular,
    /// 500: titles of groups.
    Medium,
}

/// The width of `text` in pixels at font size `size`.
pub fn width(text: &str, size: f32, weight: Weight) -> f32 {
    let units: u32 = text.chars().map(|c| u32::from(advance(c, weight))).sum();
    units as f32 * size / 1000.0
}

fn advance(c: char, weight: Weight) -> u16 {
    if let Some(i) = (c as u32).checked_sub(0x20).filter(|i| *i < 95) {
        return match weight {
            Weight::Regular => REGULAR[i as usize],
            Weight::Medium => MEDIUM[i as usize],
        };
    }
    match MORE.binary_search_by_key(&c, |row| row.0) {
        Ok(i) if weight == Weight::Regular => MORE[i].1,
        Ok(i) => MORE[i].2,
        Err(_) => UNKNOWN,
    }
}
