//! Names: absolute, lower case, in the text form of master files (RFC 1035 section 5.1).
//!
//! `\.` is a dot inside a label and `\DDD` a byte, so a name must never be cut at any dot. Names have one form only:
//! what can be written plainly is, whatever the file wrote.

/// A name made absolute: `@` is the origin, a final dot ends it, else the origin is appended. The limits are those of
/// RFC 1035 section 2.3.4; the words are BIND's.
pub fn absolute(text: &str, origin: &str) -> Result<String, &'static str> {
    if text == "@" {
        return Ok(origin.to_owned());
    }
    if text == "." {
        return Ok(text.to_owned());
    }
    let (mut name, mut label, mut whole) = (String::new(), 0, 0);
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'.' if label == 0 => return Err("empty label"),
            b'.' => {
                name.push('.');
                label = 0;
                whole += 1;
                continue;
            }
            b'\\' => put(escaped(&mut rest).ok_or("bad escape")?, &mut name),
            byte => put(byte, &mut name),
        }
        label += 1;
        whole += 1;
        if label > 63 {
            return Err("label too long");
        }
    }
    match (label, name.is_empty()) {
        (_, true) => return Err("empty label"),
        (0, false) => {}
        _ => {
            name.push('.');
            whole += 1;
            if origin != "." {
                name.push_str(origin);
                whole += length(origin);
            }
        }
    }
    if whole > 254 { Err("name too long") } else { Ok(name) }
}

/// The byte after a backslash: itself, or three decimal digits.
pub fn escaped(rest: &mut core::str::Bytes<'_>) -> Option<u8> {
    let first = rest.next()?;
    if !first.is_ascii_digit() {
        return Some(first);
    }
    let (second, third) = (rest.next()?, rest.next()?);
    if !second.is_ascii_digit() || !third.is_ascii_digit() {
        return None;
    }
    let digit = |byte: u8| u32::from(byte - b'0');
    u8::try_from(digit(first) * 100 + digit(second) * 10 + digit(third)).ok()
}

/// Writes a byte of a label as programs print it.
fn put(byte: u8, into: &mut String) {
    match byte {
        b'"' | b'(' | b')' | b'.' | b';' | b'\\' | b'@' | b'$' => into.push('\\'),
        0x21..=0x7e => {}
        _ => return put_number(byte, into),
    }
    into.push(char::from(byte.to_ascii_lowercase()));
}

/// `\DDD`.
pub fn put_number(byte: u8, into: &mut String) {
    into.push('\\');
    for digit in [byte / 100, byte / 10 % 10, byte % 10] {
        into.push(char::from(b'0' + digit));
    }
}

/// How many bytes a name has on the wire, without the one for the root.
fn length(name: &str) -> usize {
    let (mut bytes, mut rest) = (0, name.bytes());
    while let Some(byte) = rest.next() {
        bytes += 1;
        if byte == b'\\' && rest.next().is_some_and(|byte| byte.is_ascii_digit()) {
            rest.next();
            rest.next();
        }
    }
    bytes
}

/// The name without its first label; `None` at the root.
pub fn parent(name: &str) -> Option<&str> {
    let end = first_label(name)?;
    Some(if end + 1 == name.len() { "." } else { &name[end + 1..] })
}

/// Where the first label ends; `None` at the root.
fn first_label(name: &str) -> Option<usize> {
    let mut escape = false;
    let ends = |byte: u8| {
        let ends = byte == b'.' && !escape;
        escape = byte == b'\\' && !escape;
        ends
    };
    name.bytes().position(ends).filter(|end| *end > 0)
}

/// Whether `name` lies at or below `zone` (both absolute, lower case).
pub fn within(name: &str, zone: &str) -> bool {
    if zone == "." || name == zone {
        return true;
    }
    let Some(front) = name.strip_suffix(zone).and_then(|front| front.strip_suffix('.')) else { return false };
    front.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 0
}

/// How many labels a name has.
pub fn depth(name: &str) -> usize {
    core::iter::successors(Some(name), |name| parent(name)).count() - 1
}

/// The name from the root down, each label followed by a zero byte. Sorted by it, a name stands directly before all that
/// lies below it (the canonical order of RFC 4034 section 6.1, but for labels with escapes).
pub fn key(name: &str) -> String {
    let mut at = labels(name).map(|label| label.len() + 1).sum();
    let mut key = vec![0; at];
    for label in labels(name) {
        at -= label.len() + 1;
        key[at..at + label.len()].copy_from_slice(label.as_bytes());
    }
    String::from_utf8(key).unwrap_or_default()
}

/// The labels of a name, the first one first.
fn labels(name: &str) -> impl Iterator<Item = &str> {
    let mut rest = name;
    core::iter::from_fn(move || {
        let end = first_label(rest)?;
        let label = &rest[..end];
        rest = &rest[end + 1..];
        Some(label)
    })
}
