//! Small helpers for reading line-based documents, and for writing sentences.

use core::fmt;
use core::ops::Deref;
use std::borrow::Cow;

/// A text that is most often one of ours.
pub type Text = Cow<'static, str>;

/// A number or an address on its way into a sentence: written down without memory of its own.
pub struct Short {
    bytes: [u8; 64],
    len: usize,
}

/// Writes something that is short: what has no room is left out.
pub fn short(value: impl fmt::Display) -> Short {
    let mut short = Short { bytes: [0; 64], len: 0 };
    // The only error is that there is no room.
    let _ = fmt::write(&mut short, format_args!("{value}"));
    short
}

impl fmt::Write for Short {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.len + text.len();
        self.bytes.get_mut(self.len..end).ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}

impl Deref for Short {
    type Target = str;
    fn deref(&self) -> &str {
        core::str::from_utf8(&self.bytes[..self.len]).unwrap_or_default()
    }
}

/// The words of a line with the column of each, counted from 1. Words are separated by blanks.
pub fn words(line: &str) -> Vec<(u32, &str)> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, c) in line.char_indices() {
        match (c.is_whitespace(), start) {
            (false, None) => start = Some(at),
            (true, Some(from)) => {
                found.push((column(line, from), &line[from..at]));
                start = None;
            }
            _ => {}
        }
    }
    if let Some(from) = start {
        found.push((column(line, from), &line[from..]));
    }
    found
}

/// The column, counted from 1 in characters, of the byte `at` of `line`.
pub fn column(line: &str, at: usize) -> u32 {
    line[..at].chars().count() as u32 + 1
}

/// The lines of a text with their numbers, counted from 1.
pub fn lines(text: &str) -> impl Iterator<Item = (u32, &str)> {
    (1u32..).zip(text.lines())
}

/// The line without what follows the sign of a comment.
pub fn without_comment(line: &str, sign: char) -> &str {
    line.split(sign).next().unwrap_or("")
}

/// The parts of a text before and after the first `at`. The standard library's search is made for long texts, and weighs
/// several kilobytes as Wasm.
pub fn split_once<'a>(text: &'a str, at: &str) -> Option<(&'a str, &'a str)> {
    let (start, _) = text.char_indices().find(|(start, _)| text[*start..].starts_with(at))?;
    Some((&text[..start], &text[start + at.len()..]))
}

/// A text with every `from` replaced.
pub fn replaced(text: &str, from: &str, to: &str) -> String {
    let (mut done, mut rest) = (String::new(), text);
    while let Some((before, after)) = split_once(rest, from) {
        done += before;
        done += to;
        rest = after;
    }
    done + rest
}

/// Whether a text has `part` in it; `str::contains` brings the whole search with it, even for one character.
pub fn contains(text: &str, part: &str) -> bool {
    split_once(text, part).is_some()
}

/// Sorts by a key; equal keys keep their order. By insertion: what is sorted here is short or nearly in order already,
/// and the standard library's sorts weigh several kilobytes as Wasm.
pub fn sort<T, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K) {
    for end in 1..items.len() {
        let mut at = end;
        while at > 0 && key(&items[at - 1]) > key(&items[at]) {
            items.swap(at - 1, at);
            at -= 1;
        }
    }
}

/// A text that lives as long as the program: each of these is kept once. For the few texts that are ours everywhere else.
pub fn forever(text: &str) -> &'static str {
    thread_local! {
        static KEPT: core::cell::RefCell<Vec<&'static str>> = const { core::cell::RefCell::new(Vec::new()) };
    }
    KEPT.with_borrow_mut(|kept| match kept.iter().copied().find(|known| *known == text) {
        Some(known) => known,
        None => {
            let text: &'static str = String::from(text).leak();
            kept.push(text);
            text
        }
    })
}
