//! Small helpers for reading line-based documents.

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
