//! A situation as text that stands behind `#` in the laboratory’s address: `trial&method=PUT&headers=x-a%3A%201`. Its names
//! are those of the bench’s fields; what is as in a plain `fetch(url)` is left out.

use crate::setting::{Hop, Setting, To};
use engine::browser::exchange::Answer;
use engine::browser::request::{Credentials, Mode, RedirectMode};
use engine::message::Header;

/// The word with which it begins.
const WORD: &str = "trial";

/// The longest text that is read.
const LONGEST: usize = 16_384;

/// The words of the fields for whom is asked.
pub const TO: [(To, &str); 5] = [
    (To::Own, "own"),
    (To::Port, "port"),
    (To::Third, "third"),
    (To::Foreign, "foreign"),
    (To::ForeignThird, "foreign-third"),
];

/// The redirect modes and their words.
const REDIRECTS: [RedirectMode; 3] = [RedirectMode::Follow, RedirectMode::Error, RedirectMode::Manual];

/// The situation as text, without `#`.
pub fn write(setting: &Setting) -> String {
    let usual = Setting::default();
    let mut out = WORD.to_owned();
    let mut say = |name: &str, value: &str, usual: &str| {
        if value != usual {
            out.extend(["&", name, "=", &encoded(value)]);
        }
    };
    say("from", if setting.sandbox { "sandbox" } else { "page" }, "page");
    say("to", to_word(setting.to), to_word(usual.to));
    say("behind", &setting.behind, "");
    say("method", &setting.method, &usual.method);
    say("headers", &lines(setting.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()))), "");
    say("body", setting.body.as_deref().unwrap_or_default(), "");
    say("mode", setting.mode.word(), usual.mode.word());
    say("credentials", setting.credentials.word(), usual.credentials.word());
    say("redirect", crate::plan::redirect(setting.redirect), "follow");
    say("cookie", setting.cookie.as_deref().unwrap_or_default(), "");
    say("times", &setting.times.to_string(), "1");
    let mut answer = |name: &str, answer: &Answer, usual: &str| {
        say(name, &answer.status.to_string(), usual);
        say(&[name, "-headers"].concat(), &of(&answer.headers), "");
    };
    if let Some(preflight) = &setting.preflight {
        answer("preflight", preflight, "");
    }
    answer("answer", &setting.answer, "200");
    if let Some(hop) = &setting.hop {
        answer("hop-answer", &hop.answer, "");
        if let Some(preflight) = &hop.preflight {
            answer("hop-preflight", preflight, "");
        }
    }
    say("hop", setting.hop.as_ref().map_or("", |hop| to_word(hop.to)), "");
    say("answer-body", &setting.answer.body, &usual.answer.body);
    out
}

/// The situation behind `#`, if the text is one: none where it is something else, words where it is damaged.
pub fn read(text: &str) -> Option<Result<Setting, String>> {
    let rest = text.strip_prefix('#').unwrap_or(text).strip_prefix(WORD)?;
    if !rest.is_empty() && !rest.starts_with('&') {
        return None;
    }
    if rest.len() > LONGEST {
        return Some(Err("the link is longer than any that this page writes".to_owned()));
    }
    Some(rest.split('&').filter(|part| !part.is_empty()).try_fold(Setting::default(), set))
}

/// One field.
fn set(mut setting: Setting, part: &str) -> Result<Setting, String> {
    let (name, value) = part.split_once('=').unwrap_or((part, ""));
    let value = decoded(value).ok_or_else(|| ["the link is damaged at “", name, "”"].concat())?;
    let wrong =
        || ["the link says “", &value, "” for “", name, "”, which is nothing that can be chosen there"].concat();
    let some = Some(value.clone()).filter(|value| !value.is_empty());
    let hop = |setting: &mut Setting| -> Hop {
        let plain = Answer { status: 302, ..Answer::default() };
        setting.hop.take().unwrap_or(Hop { to: To::Port, preflight: None, answer: plain })
    };
    let status = || value.parse::<u16>().ok().filter(|status| (200..600).contains(status)).ok_or_else(wrong);
    match name {
        "from" => {
            setting.sandbox = match value.as_str() {
                "sandbox" => true,
                "page" => false,
                _ => return Err(wrong()),
            }
        }
        "to" => setting.to = to_named(&value).ok_or_else(wrong)?,
        "behind" => setting.behind = value,
        "method" => setting.method = value,
        "headers" => {
            let pair = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
            setting.headers = split(&value).map(|line| line.map(pair)).collect::<Option<_>>().ok_or_else(wrong)?;
        }
        "body" => setting.body = some,
        "mode" => setting.mode = Mode::named(&value).ok_or_else(wrong)?,
        "credentials" => setting.credentials = Credentials::named(&value).ok_or_else(wrong)?,
        "redirect" => {
            let is = |mode: &RedirectMode| crate::plan::redirect(*mode) == value;
            setting.redirect = REDIRECTS.into_iter().find(is).ok_or_else(wrong)?;
        }
        "cookie" => setting.cookie = some,
        "times" => setting.times = value.parse().ok().filter(|times| (1..=2).contains(times)).ok_or_else(wrong)?,
        "preflight" => setting.preflight.get_or_insert_with(Answer::default).status = status()?,
        "preflight-headers" => {
            setting.preflight.get_or_insert_with(Answer::default).headers = headers(&value).ok_or_else(wrong)?;
        }
        "answer" => setting.answer.status = status()?,
        "answer-headers" => setting.answer.headers = headers(&value).ok_or_else(wrong)?,
        "answer-body" => setting.answer.body = value,
        "hop" | "hop-answer" | "hop-answer-headers" | "hop-preflight" | "hop-preflight-headers" => {
            let mut next = hop(&mut setting);
            match name {
                "hop" => next.to = to_named(&value).ok_or_else(wrong)?,
                "hop-answer" => next.answer.status = status()?,
                "hop-answer-headers" => next.answer.headers = headers(&value).ok_or_else(wrong)?,
                "hop-preflight" => next.preflight.get_or_insert_with(Answer::default).status = status()?,
                _ => {
                    next.preflight.get_or_insert_with(Answer::default).headers = headers(&value).ok_or_else(wrong)?;
                }
            }
            setting.hop = Some(next);
        }
        _ => return Err(["the link names “", name, "”, which is no field of this bench"].concat()),
    }
    Ok(setting)
}

fn to_word(to: To) -> &'static str {
    TO.iter().find(|(known, _)| *known == to).map_or("port", |(_, word)| word)
}

fn to_named(word: &str) -> Option<To> {
    TO.iter().find(|(_, known)| *known == word).map(|(to, _)| *to)
}

fn lines<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    pairs.map(|(name, value)| [name, ": ", value].concat()).collect::<Vec<_>>().join("\n")
}

fn of(headers: &[Header]) -> String {
    lines(headers.iter().map(|(name, value)| (&**name, &**value)))
}

/// Header lines: a name, a colon and a blank, a value.
fn split(text: &str) -> impl Iterator<Item = Option<(&str, &str)>> {
    text.split('\n').filter(|line| !line.is_empty()).map(|line| line.split_once(": "))
}

fn headers(text: &str) -> Option<Vec<Header>> {
    let pair = |(name, value): (&str, &str)| (name.to_owned().into(), value.to_owned().into());
    split(text).map(|line| line.map(pair)).collect()
}

/// Letters, digits and a few signs stay, everything else becomes `%41`.
fn encoded(text: &str) -> String {
    const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'*' | b'/' | b':' | b',') {
            out.push(char::from(byte));
        } else {
            out.extend(['%', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
        }
    }
    out
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
        bytes.push(u8::try_from(digit(rest.next())? * 16 + digit(rest.next())?).ok()?);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::generate;
    use crate::situations::situations;

    #[test]
    fn every_situation_comes_back() {
        let named = situations().into_iter().map(|situation| situation.setting);
        for mut setting in named.chain(generate(11, 2_000)) {
            // The bench has no fields for these bodies: nobody reads them.
            setting.preflight.iter_mut().for_each(|answer| answer.body.clear());
            setting.hop.iter_mut().for_each(|hop| hop.answer.body.clear());
            setting.hop.iter_mut().filter_map(|hop| hop.preflight.as_mut()).for_each(|answer| answer.body.clear());
            let text = write(&setting);
            assert_eq!(read(&["#", &text].concat()), Some(Ok(setting)), "{text}");
        }
        assert_eq!(write(&Setting::default()), "trial");
    }

    #[test]
    fn what_is_damaged_is_named() {
        for (text, words) in [
            ("trial&mode=cros", "“cros” for “mode”"),
            ("trial&to=elsewhere", "“elsewhere” for “to”"),
            ("trial&answer=99", "“99” for “answer”"),
            ("trial&method=%4", "damaged at “method”"),
            ("trial&answer-headers=x", "“x” for “answer-headers”"),
            ("trial&taste=sweet", "names “taste”"),
            ("trial&times=3", "“3” for “times”"),
        ] {
            let said = read(text).expect("a trial").expect_err("damaged");
            assert!(said.contains(words), "{text}: {said}");
        }
        for text in ["", "#", "#words", "trials", "#trial2"] {
            assert_eq!(read(text), None, "{text}");
        }
        assert!(read(&["trial&body=", &"x".repeat(20_000)].concat()).expect("a trial").is_err());
    }

    /// Whatever is cut off, it is read or refused, and nothing panics.
    #[test]
    fn every_beginning_is_read_or_refused() {
        for setting in generate(12, 40) {
            let text = write(&setting);
            (0..=text.len()).filter(|end| text.is_char_boundary(*end)).for_each(|end| {
                let _ = read(&text[..end]);
            });
        }
    }
}
