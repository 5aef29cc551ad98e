//! Numbers, sizes and times as nginx writes them (`ngx_atoi`, `ngx_parse_size`, `ngx_parse_offset`, `ngx_parse_time`).

/// The largest value of nginx's signed numbers, which have 64 bits on the machines it runs on here.
const MOST: u64 = i64::MAX as u64;

/// A decimal number, of digits only.
pub fn number(text: &str) -> Option<u64> {
    let mut value: u64 = 0;
    for digit in text.bytes() {
        if !digit.is_ascii_digit() {
            return None;
        }
        value = value.checked_mul(10)?.checked_add(u64::from(digit - b'0')).filter(|value| *value <= MOST)?;
    }
    (!text.is_empty()).then_some(value)
}

/// A size: a number, with `k` or `m` after it.
pub fn size(text: &str) -> Option<u64> {
    scaled(text, false)
}

/// An offset: a size that may have `g` as well.
pub fn offset(text: &str) -> Option<u64> {
    scaled(text, true)
}

fn scaled(text: &str, giga: bool) -> Option<u64> {
    let (digits, shift) = match text.bytes().last()? {
        b'k' | b'K' => (&text[..text.len() - 1], 10),
        b'm' | b'M' => (&text[..text.len() - 1], 20),
        b'g' | b'G' if giga => (&text[..text.len() - 1], 30),
        _ => (text, 0),
    };
    number(digits)?.checked_mul(1 << shift).filter(|value| *value <= MOST)
}

/// A time in milliseconds, or in seconds where `seconds` is set: numbers with units from the greatest to the least. A
/// number without a unit is seconds. Years and months are for times in seconds only, and `ms` is for the others.
pub fn time(text: &str, seconds: bool) -> Option<u64> {
    // The units in the order in which they may follow each other, and their seconds; a blank counts as the last one.
    const UNITS: [(u8, u64); 7] =
        [(b'y', 31_536_000), (b'M', 2_592_000), (b'w', 604_800), (b'd', 86_400), (b'h', 3_600), (b'm', 60), (b's', 1)];
    const MILLISECONDS: usize = 8;
    const LAST: usize = 9;
    let (mut total, mut value, mut valid) = (0u64, 0u64, false);
    let mut step = if seconds { 0 } else { 2 };
    let mut rest = text.as_bytes();
    let thousand = if seconds { 1 } else { 1_000 };
    while let [first, tail @ ..] = rest {
        rest = tail;
        if first.is_ascii_digit() {
            value = value.checked_mul(10)?.checked_add(u64::from(first - b'0')).filter(|value| *value <= MOST)?;
            valid = true;
            continue;
        }
        let (next, scale) = match first {
            b'm' if rest.first() == Some(&b's') => {
                rest = &rest[1..];
                (if seconds { 0 } else { MILLISECONDS }, 1)
            }
            b' ' => (LAST, thousand),
            unit => {
                let at = UNITS.iter().position(|(known, _)| known == unit)?;
                (at + 1, UNITS[at].1 * thousand)
            }
        };
        if step >= next {
            return None;
        }
        step = next;
        total = value.checked_mul(scale)?.checked_add(total).filter(|total| *total <= MOST)?;
        value = 0;
        while let [b' ', tail @ ..] = rest {
            rest = tail;
        }
    }
    let total = value.checked_mul(thousand)?.checked_add(total).filter(|total| *total <= MOST)?;
    valid.then_some(total)
}
