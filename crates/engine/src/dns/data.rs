//! The data of a record, from the words of a zone file to the form in which `dig` prints it.

use super::words::Word;
use super::{Data, Kind, name};

/// Reads the data of a record of this type. On failure: at which word (none where one is missing), and what is wrong, in
/// BIND's words.
pub fn read(kind: Kind, words: &[Word<'_>], origin: &str) -> Result<Data, (Option<usize>, String)> {
    let form = kind.form().unwrap_or("");
    if words.first().is_some_and(|word| word.text == "\\#" && !word.quoted) {
        return generic(kind, &words[1..]).map_err(|(at, what)| (at.map(|at| at + 1), what));
    }
    if form.is_empty() {
        return Err((Some(0), ["unknown RR type '", &kind.word(), "' without \\#"].concat()));
    }
    if form == "?" {
        return Ok(Data::Other(kind, words.iter().map(|word| word.text).collect::<Vec<_>>().join(" ").into()));
    }
    let mut fields = Vec::new();
    let mut next = 0;
    for sign in form.chars() {
        // The rest of the words belongs to one field.
        let many = matches!(sign, 'S' | 'x' | 'b');
        let some = if many { &words[next.min(words.len())..] } else { words.get(next..=next).unwrap_or(&[]) };
        if some.is_empty() {
            return Err((None, "unexpected end of line".to_owned()));
        }
        let field = match sign {
            'S' => some.iter().map(text).collect::<Option<Vec<String>>>().map(|texts| texts.join(" ")),
            'x' => hexadecimal(some),
            'b' => Some(some.iter().map(|word| word.text).collect::<Vec<_>>().concat()),
            's' => text(&some[0]),
            'n' => match name::absolute(some[0].text, origin) {
                Ok(name) => Some(name),
                Err(what) => return Err((Some(next), [what, ": '", some[0].text, "'"].concat())),
            },
            '1' => some[0].text.parse::<u8>().ok().map(|n| n.to_string()),
            '2' => some[0].text.parse::<u16>().ok().map(|n| n.to_string()),
            '4' => some[0].text.parse::<u32>().ok().map(|n| n.to_string()),
            't' => seconds(some[0].text).map(|n| n.to_string()),
            _ => Some(some[0].text.to_owned()),
        };
        let wrong = || match sign {
            'S' | 's' => "text longer than 255 bytes: '",
            'x' => "not hexadecimal: '",
            _ => "not a valid number: '",
        };
        let field = field.ok_or_else(|| (Some(next), [wrong(), some[0].text, "'"].concat()))?;
        fields.push(field);
        next += some.len();
    }
    if next < words.len() {
        return Err((Some(next), ["extra input text: ", words[next].text].concat()));
    }
    let wrong = |what: &str| (Some(0), [what, ": '", words[0].text, "'"].concat());
    let mut fields = fields.into_iter();
    let mut field = || fields.next().unwrap_or_default();
    Ok(match kind {
        Kind::A => Data::A(field().parse().map_err(|_| wrong("bad dotted quad"))?),
        Kind::AAAA => Data::Aaaa(field().parse().map_err(|_| wrong("bad IPv6 address"))?),
        Kind::CNAME => Data::Cname(field().into()),
        Kind::DNAME => Data::Dname(field().into()),
        Kind::NS => Data::Ns(field().into()),
        Kind::SOA => {
            let (primary, mailbox) = (field().into(), field().into());
            Data::Soa { primary, mailbox, numbers: [(); 5].map(|()| field().parse().unwrap_or(0)) }
        }
        kind => Data::Other(kind, fields.collect::<Vec<_>>().join(" ").into()),
    })
}

/// Data written as bytes (RFC 3597 section 5): `\# 4 0A000001`.
fn generic(kind: Kind, words: &[Word<'_>]) -> Result<Data, (Option<usize>, String)> {
    let length = words.first().and_then(|word| word.text.parse::<usize>().ok());
    let Some(length) = length else { return Err((None, "\\# needs a length".to_owned())) };
    let digits = hexadecimal(&words[1..]).unwrap_or_default();
    if digits.len() / 2 != length {
        return Err((Some(0), "\\# with another number of bytes than it says".to_owned()));
    }
    let byte = |at: usize| u8::from_str_radix(&digits[at * 2..at * 2 + 2], 16).unwrap_or(0);
    match (kind, length, kind.form()) {
        (Kind::A, 4, _) => Ok(Data::A([byte(0), byte(1), byte(2), byte(3)].into())),
        (Kind::AAAA, 16, _) => {
            let mut address = [0; 16];
            address.iter_mut().enumerate().for_each(|(at, b)| *b = byte(at));
            Ok(Data::Aaaa(address.into()))
        }
        (_, 0, None) => Ok(Data::Other(kind, "\\# 0".into())),
        (_, _, None) => Ok(Data::Other(kind, ["\\# ", &length.to_string(), " ", &digits].concat().into())),
        _ => Err((Some(0), ["\\# for the type ", &kind.word(), " is not modelled"].concat())),
    }
}

/// Hexadecimal digits, in capitals; an even number of them.
fn hexadecimal(words: &[Word<'_>]) -> Option<String> {
    let digits = words.iter().map(|word| word.text).collect::<Vec<_>>().concat().to_ascii_uppercase();
    (digits.len() % 2 == 0 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(digits)
}

/// A text in quotation marks, with the escapes that are needed; at most 255 bytes (RFC 1035 section 3.3).
fn text(word: &Word<'_>) -> Option<String> {
    let (mut text, mut length) = ("\"".to_owned(), 0);
    let mut rest = word.text.bytes();
    while let Some(byte) = rest.next() {
        let byte = if byte == b'\\' { name::escaped(&mut rest)? } else { byte };
        match byte {
            b'"' | b'\\' => text.extend(['\\', char::from(byte)]),
            b' '..=b'~' => text.push(char::from(byte)),
            _ => name::put_number(byte, &mut text),
        }
        length += 1;
    }
    text.push('"');
    (length <= 255).then_some(text)
}

/// Seconds, also as `1h30m` (BIND's units: w, d, h, m, s).
pub fn seconds(text: &str) -> Option<u32> {
    let (mut total, mut number) = (0u32, None::<u32>);
    for c in text.chars() {
        if let Some(digit) = c.to_digit(10) {
            number = Some(number.unwrap_or(0).checked_mul(10)?.checked_add(digit)?);
            continue;
        }
        let unit = match c.to_ascii_lowercase() {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            'w' => 604_800,
            _ => return None,
        };
        total = total.checked_add(number.take()?.checked_mul(unit)?)?;
    }
    match (number, text.is_empty()) {
        (_, true) => None,
        (Some(rest), _) => total.checked_add(rest),
        (None, _) => Some(total),
    }
}
