//! `batcat`: bat 0.22.1, as Debian and Ubuntu call it. On the terminal it draws a frame and numbers the lines, and breaks
//! what is too wide; into a pipe it prints the file and nothing else. Its colours are the page's.

use super::read::{right, text_of};
use super::run::{Call, Said};

/// How wide the numbers and what is around them are.
const PANEL: usize = 7;

pub(super) fn bat(call: Call<'_>, program: &str) -> Said {
    let wide = call.state.terminal.columns();
    let mut names = Vec::new();
    let mut plain = !call.screen;
    for word in call.words {
        match *word {
            "-p" | "-pp" | "--plain" | "--style=plain" => plain = true,
            "-P" | "--paging=never" => {}
            option if option.len() > 1 && option.starts_with('-') => {
                return Said::err(1, &["not modelled: ", program, " ", option, "\n"]);
            }
            name => names.push(name),
        }
    }
    let mut said = Said::default();
    if names.is_empty() {
        return match call.input {
            Some(input) if plain => Said::out(input.to_owned()),
            Some(input) => Said::out(framed("STDIN", input, wide)),
            None => Said::err(1, &["not modelled: ", program, ", which would read what you type\n"]),
        };
    }
    for name in names {
        match text_of(&call, name) {
            Ok(text) if plain => said.out += &text,
            Ok(text) => said.out += &framed(&["File: ", name].concat(), &text, wide),
            Err("Is a directory\n") => said.complain(1, &["[bat error]: '", name, "' is a directory.\n"]),
            Err(why) => {
                let number = if why.starts_with("No") { " (os error 2)\n" } else { " (os error 13)\n" };
                said.complain(1, &["[bat error]: '", name, "': ", why.trim_end(), number]);
            }
        }
    }
    said
}

/// The file in its frame, on a terminal so wide.
fn framed(title: &str, text: &str, columns: usize) -> String {
    let rule =
        |cross: &str| ["─".repeat(PANEL), cross.to_owned(), "─".repeat(columns - PANEL - 1), "\n".into()].concat();
    let empty = if text.is_empty() { "   <EMPTY>" } else { "" };
    let mut shown = [&rule("┬"), &" ".repeat(PANEL), "│ ", title, empty, "\n"].concat();
    if text.is_empty() {
        return shown + &rule("┴");
    }
    shown += &rule("┼");
    for (number, line) in crate::text::lines(text) {
        // bat shows a tab as far as the next column that is a multiple of four.
        let mut wide: Vec<char> = Vec::new();
        for c in line.chars() {
            match c {
                '\t' => wide.resize(wide.len() / 4 * 4 + 4, ' '),
                c => wide.push(c),
            }
        }
        let mut label = right(&number.to_string(), 4) + "   ";
        let mut parts = wide.chunks(columns - PANEL - 2);
        let mut part = parts.next();
        loop {
            let text: String = part.unwrap_or_default().iter().collect();
            shown += &[&label, "│ ", &text, "\n"].concat();
            label = " ".repeat(PANEL);
            part = parts.next();
            if part.is_none() {
                break;
            }
        }
    }
    shown + &rule("┴")
}
