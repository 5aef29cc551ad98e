//! What stands on a terminal's screen, as HTML; the lines typed before; a word completed. Pure.

use crate::highlight::{Carry, stretches};
use course::html::escape;
use engine::shell::COLUMNS;
use engine::world::Kind;

/// An empty screen, of which the greeting is hidden as well.
pub const CLEARED: &str = "<i class=\"cleared\"></i>";

/// So many lines are remembered.
const MOST: usize = 500;

/// A line that was typed, and what it printed.
pub fn line(prompt: &str, typed: &str, text: &str) -> String {
    ["<b>", &escape(prompt), "</b>", &escape(typed), "\n", &printed(text)].concat()
}

/// What was printed; the next prompt begins a line of its own. Where bat shows a file, or PM2 its table, in their colours.
pub fn printed(text: &str) -> String {
    let (mut out, mut kind, mut carry) = (String::new(), None, Carry::default());
    for line in text.lines() {
        match line.split_once("│ ") {
            Some((gutter, title)) if gutter.trim().is_empty() && title.starts_with("File: ") => {
                (kind, carry) = (kind_of(title), Carry::default());
                out += &escape(line);
            }
            Some((gutter, code)) if kind.is_some() && gutter.chars().all(|c| c == ' ' || c.is_ascii_digit()) => {
                out += &["<i class=\"c\">", gutter, "│</i> "].concat();
                kind.into_iter().for_each(|kind| inked(code, kind, &mut carry, &mut out));
            }
            _ if line.starts_with('│') => out += &table_row(&escape(line)),
            _ => {
                if line.starts_with("───────┴") {
                    kind = None;
                }
                out += &escape(line);
            }
        }
        out.push('\n');
    }
    out
}

/// What a file that bat shows is written in.
fn kind_of(title: &str) -> Option<Kind> {
    let name = title.trim_start_matches("File: ");
    match name.rsplit_once('.')?.1 {
        "conf" => Some(Kind::Nginx),
        "js" => Some(Kind::Script),
        "json" => Some(Kind::Data),
        _ => None,
    }
}

fn inked(code: &str, kind: Kind, carry: &mut Carry, out: &mut String) {
    let mut at = 0;
    for (from, to, ink) in stretches(kind, code, carry) {
        *out += &escape(&code[at..from]);
        *out += &["<i class=\"", ink.class(), "\">", &escape(&code[from..to]), "</i>"].concat();
        at = to;
    }
    *out += &escape(&code[at..]);
}

/// PM2's words for how a process is.
fn table_row(row: &str) -> String {
    let mut row = row.to_owned();
    for (word, class) in [("online", "good"), ("stopped", "bad"), ("errored", "bad")] {
        row = row.replace(&[" ", word, " "].concat(), &[" <i class=\"", class, "\">", word, "</i> "].concat());
    }
    row
}

/// The lines typed before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// Oldest first.
    pub lines: Vec<String>,
    /// Which of them stands in the line, counted from the newest; nought: none.
    back: usize,
    /// What was being typed when they were called up.
    draft: String,
}

impl History {
    /// A line has been typed; the same one twice, or nothing, counts once.
    pub fn push(&mut self, line: &str) {
        self.back = 0;
        if !line.trim().is_empty() && self.lines.last().is_none_or(|last| last != line) {
            self.lines.push(line.to_owned());
            if self.lines.len() > MOST {
                self.lines.remove(0);
            }
        }
    }

    /// The line before, or after, the one that stands there now; none where there is no other.
    pub fn recall(&mut self, older: bool, line: &str) -> Option<String> {
        if self.back == 0 {
            line.clone_into(&mut self.draft);
        }
        let back = if older { self.back + 1 } else { self.back.checked_sub(1)? };
        if back > self.lines.len() {
            return None;
        }
        self.back = back;
        Some(if back == 0 { self.draft.clone() } else { self.lines[self.lines.len() - back].clone() })
    }
}

/// The line with its last word as far as all these ways agree; a single one is whole, and a space follows it.
pub fn completed(line: &str, ways: &[&str]) -> String {
    let Some(first) = ways.first() else { return line.to_owned() };
    let word = line.rsplit(|c: char| c.is_whitespace() || "|;&".contains(c)).next().unwrap_or("");
    let agree =
        |a: &str, b: &str| a.chars().zip(b.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let common = ways.iter().fold(first.len(), |length: usize, way| length.min(agree(first, way)));
    if common < word.len() {
        return line.to_owned();
    }
    let end = if ways.len() == 1 && !first.ends_with('/') { " " } else { "" };
    [&line[..line.len() - word.len()], &first[..common], end].concat()
}

/// Names side by side, as bash lists what may follow.
pub fn columns(names: &[&str]) -> String {
    let last = |name: &&'_ str| name.trim_end_matches('/').rfind('/').map_or(0, |slash| slash + 1);
    let names: Vec<&str> = names.iter().map(|name| &name[last(name)..]).collect();
    let wide = names.iter().map(|name| name.chars().count()).max().unwrap_or(0) + 2;
    let across = (COLUMNS / wide).max(1);
    let down = names.len().div_ceil(across);
    let cell = |row: usize, column: usize| names.get(column * down + row).map(|name| format!("{name:wide$}"));
    let row = |row: usize| {
        (0..across).filter_map(|column| cell(row, column)).collect::<String>().trim_end().to_owned() + "\n"
    };
    (0..down).map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_back_in_both_directions() {
        let mut history = History::default();
        ["ls", "ls", " ", "pm2 list"].iter().for_each(|line| history.push(line));
        let back = [true, true, true, false, false, false].map(|older| history.recall(older, "half"));
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(back, [text("pm2 list"), text("ls"), None, text("pm2 list"), text("half"), None]);
    }

    #[test]
    fn a_word_goes_on_as_far_as_there_is_one_way() {
        assert_eq!(completed("sudo sys", &["systemctl"]), "sudo systemctl ");
        assert_eq!(completed("cat fr", &["frontend.conf", "frontend.js"]), "cat frontend.");
        assert_eq!(completed("cd /etc/ng", &["/etc/nginx/"]), "cd /etc/nginx/");
        assert_eq!(completed("ls|gr", &["grep"]), "ls|grep ");
        assert_eq!(completed("nothing", &[]), "nothing");
        assert_eq!(columns(&["/etc/nginx/conf.d/", "/etc/nginx/b"]), "conf.d/  b\n");
    }

    #[test]
    fn nothing_printed_becomes_markup() {
        assert_eq!(
            line("$ ", "echo '<b>'", "<b>\n"),
            "<b>$ </b>echo &#39;&lt;b&gt;&#39;\n&lt;b&gt;\n".replace("&#39;", "'")
        );
        let shown = printed("       │ File: a.conf\n   1   │ listen <80>;\n");
        assert!(shown.contains("<i class=\"k\">listen</i>") && !shown.contains("<80>"), "{shown}");
        assert!(printed("│ 0 │ a │ online │\n").contains("<i class=\"good\">online</i>"));
    }
}
