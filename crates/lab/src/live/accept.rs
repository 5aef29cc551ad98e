//! Which of several forms a client wants: `Accept`, by RFC 9110 12.5.1.

/// How good a type is for this header, in thousandths; the most specific range that fits says so. Nothing fits: 0. A
/// range that is malformed does not count.
pub fn quality(header: &str, kind: &str) -> u16 {
    let (family, _) = kind.split_once('/').unwrap_or((kind, ""));
    let mut best = (0, 0);
    for range in header.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let rank = match name.split_once('/') {
            Some(("*", "*")) => 1,
            Some((named, "*")) if named.eq_ignore_ascii_case(family) => 2,
            Some(_) if name.eq_ignore_ascii_case(kind) => 3,
            _ => continue,
        };
        // What stands before the weight belongs to the type. Ours have no parameters but the charset, which all take.
        let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        let Some(weight) = weight.map_or(Some(1000), thousandths) else { continue };
        best = best.max((rank, weight));
    }
    best.1
}

/// `1`, `0.5`, `0.123`, `1.000`: at most three digits after the point, at most 1.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    if !["0", "1"].contains(&whole) || part.len() > 3 || !part.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let padded = [part, &"000"[part.len()..]].concat();
    let weight = if whole == "1" { 1000 } else { 0 } + padded.parse::<u16>().ok()?;
    (weight <= 1000).then_some(weight)
}

/// The best of these types for the header; among equals the first. Nothing where none will do. Without the header
/// everything will.
pub fn choose<'t>(header: Option<&str>, kinds: &[&'t str]) -> Option<&'t str> {
    let Some(header) = header else { return kinds.first().copied() };
    let rated = kinds.iter().rev().map(|kind| (quality(header, kind), *kind)).filter(|(quality, _)| *quality > 0);
    rated.max_by_key(|(quality, _)| *quality).map(|(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_standard() {
        // RFC 9110 12.5.1, figure "Accept", with its table of preferences.
        let header =
            "text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, text/plain;format=fixed;q=0.4, */*;q=0.5";
        for (kind, weight) in [("text/html", 300), ("image/jpeg", 500)] {
            assert_eq!(quality(header, kind), weight, "{kind}");
        }
    }

    #[test]
    fn what_browsers_and_scripts_send() {
        let kinds = ["application/json", "text/html", "image/svg+xml"];
        let page = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8";
        let picture = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8";
        for (header, kind) in [
            (Some(page), Some("text/html")),
            (Some(picture), Some("image/svg+xml")),
            (Some("*/*"), Some("application/json")),
            (Some("application/json"), Some("application/json")),
            (Some("TEXT/HTML; Q=0.1"), Some("text/html")),
            (Some("text/*, application/*;q=0.9"), Some("text/html")),
            (Some("application/json;q=0, */*"), Some("text/html")),
            (Some("application/json;q=0.5, text/html;q=0.50, image/*;q=0.499"), Some("application/json")),
            (Some("text/plain"), None),
            (Some("text/html;q=0"), None),
            (Some("text/html;q=2, image/*;q=0.0001"), None),
            (Some(""), None),
            (Some("nonsense"), None),
            (None, Some("application/json")),
        ] {
            assert_eq!(choose(header, &kinds), kind, "{header:?}");
        }
    }
}
