//! Hosts in URLs (URL standard of 2026-07, "Host parsing"): names, and addresses in all their spellings.

use super::url::encode;
use core::net::{Ipv4Addr, Ipv6Addr};

/// The [host parser](https://url.spec.whatwg.org/#concept-host-parser) for special schemes.
pub(super) fn parse_host(name: &str) -> Option<String> {
    if let Some(inside) = name.strip_prefix('[') {
        let address: Ipv6Addr = inside.strip_suffix(']')?.parse().ok()?;
        return Some(["[", &address.to_string(), "]"].concat());
    }
    let decoded = percent_decode(name)?.to_ascii_lowercase();
    let forbidden = |c: char| c <= ' ' || c >= '\x7f' || "#/:<>?@[\\]^|%".chars().any(|sign| sign == c);
    if decoded.is_empty() || decoded.chars().any(forbidden) {
        return None;
    }
    if ends_in_a_number(&decoded) { Some(ipv4(&decoded)?.to_string()) } else { Some(decoded) }
}

/// A host of another scheme: kept as it is written.
pub(super) fn opaque_host(name: &str) -> Option<String> {
    let forbidden = |c: char| "\0\t\n\r #/:<>?@[\\]^|".chars().any(|sign| sign == c);
    (name.starts_with('[') || !name.chars().any(forbidden)).then(|| encode(name, ""))
}

/// Undoes `%41`; a sign that is not followed by two digits stays. None where a byte beyond ASCII comes out.
fn percent_decode(text: &str) -> Option<String> {
    let mut decoded = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let byte = rest.strip_prefix('%').and_then(|hex| u8::from_str_radix(hex.get(..2)?, 16).ok());
        match byte {
            Some(byte) if byte.is_ascii() && !rest[1..].starts_with('+') => {
                decoded.push(char::from(byte));
                rest = &rest[3..];
            }
            _ if c.is_ascii() => {
                decoded.push(c);
                rest = &rest[1..];
            }
            _ => return None,
        }
    }
    Some(decoded)
}

/// Whether a name [ends in a number](https://url.spec.whatwg.org/#ends-in-a-number-checker): then it must be an address.
fn ends_in_a_number(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let last = name.rsplit('.').next().unwrap_or("");
    !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()) || ipv4_number(last).is_some()
}

/// A part of an address in decimal, octal or hexadecimal.
fn ipv4_number(part: &str) -> Option<u64> {
    match part.strip_prefix("0x") {
        Some("") => Some(0),
        Some(hex) => u64::from_str_radix(hex, 16).ok().filter(|_| !hex.starts_with('+')),
        None if part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit()) => None,
        None if part.len() > 1 && part.starts_with('0') => u64::from_str_radix(part, 8).ok(),
        None => part.parse().ok(),
    }
}

/// The [IPv4 parser](https://url.spec.whatwg.org/#concept-ipv4-parser): `127.1` and `0x7f000001` are addresses, too.
fn ipv4(name: &str) -> Option<Ipv4Addr> {
    let name = name.strip_suffix('.').unwrap_or(name);
    let parts: Vec<&str> = name.split('.').collect();
    let (last, before) = parts.split_last()?;
    if parts.len() > 4 {
        return None;
    }
    let mut address = ipv4_number(last).filter(|number| *number < 1 << (8 * (5 - parts.len())))?;
    for (at, part) in before.iter().enumerate() {
        address += ipv4_number(part).filter(|number| *number < 256)? << (8 * (3 - at));
    }
    Some(Ipv4Addr::from(u32::try_from(address).ok()?))
}
