//! `grep` and `sed` (GNU grep 3.8, GNU sed 4.9), and patterns of file names.
//!
//! Of sed: `s`, `d`, `p`, with a line, `$`, a range of lines or an expression before them, and `-n`, `-i`, `-E`, `-e`.

use super::files;
use super::read::text_of;
use super::run::{Call, Said};
use super::write;
use crate::pattern::Pattern;

/// Whether a name fits a pattern with `*` and `?`.
pub(super) fn glob(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut p, mut n) = (0, 0);
    // Where the last star stood, and how much of the name it has taken.
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(c) if *c == '?' || *c == name[n] => {
                p += 1;
                n += 1;
            }
            _ => match star {
                Some((at, taken)) => {
                    star = Some((at, taken + 1));
                    p = at + 1;
                    n = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

/// A POSIX expression in PCRE's form: in a basic one, `+ ? | ( ) { }` mean themselves unless a backslash stands before
/// them (POSIX, "Basic Regular Expressions", with GNU's additions).
fn expression(text: &str, extended: bool, caseless: bool) -> Result<Pattern, ()> {
    let mut form = String::new();
    let (mut chars, mut set) = (text.chars(), false);
    while let Some(c) = chars.next() {
        match c {
            '[' if !set => {
                set = true;
                form.push('[');
            }
            ']' if set => {
                set = false;
                form.push(']');
            }
            '\\' if set => form += "\\\\",
            '\\' => match chars.next() {
                Some(c @ ('+' | '?' | '|' | '(' | ')' | '{' | '}')) if !extended => form.push(c),
                Some(c) => form.extend(['\\', c]),
                None => return Err(()),
            },
            '+' | '?' | '|' | '(' | ')' | '{' | '}' if !extended && !set => form.extend(['\\', c]),
            // A star at the beginning of a basic expression means itself.
            '*' if form.is_empty() && !extended => form += "\\*",
            _ => form.push(c),
        }
    }
    Pattern::new(&form, caseless).map_err(|_| ())
}

pub(super) fn grep(call: Call<'_>) -> Said {
    const USAGE: &str = "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n";
    let (mut options, mut names) = (String::new(), Vec::new());
    let mut text = None;
    let mut words = call.words.iter();
    while let Some(word) = words.next() {
        match *word {
            "-e" => text = words.next().copied(),
            option if option.len() > 1 && option.starts_with('-') => {
                if !option[1..].chars().all(|c| "ivncEFrRhHlqw".contains(c)) {
                    return Said::err(2, &["not modelled: grep ", option, "\n"]);
                }
                options += &option[1..];
            }
            _ if text.is_none() => text = Some(word),
            name => names.push((*name).to_owned()),
        }
    }
    let has = |option: char| options.chars().any(|c| c == option);
    let Some(text) = text else {
        return Said::err(2, &[USAGE]);
    };
    let literal: String =
        text.chars().flat_map(|c| if c.is_ascii_punctuation() { vec!['\\', c] } else { vec![c] }).collect();
    let whole = |text: String| if has('w') { ["\\b(?:", &text, ")\\b"].concat() } else { text };
    let pattern = if has('F') {
        Pattern::new(&whole(literal), has('i')).map_err(|_| ())
    } else {
        expression(text, has('E'), has('i'))
    };
    let Ok(pattern) = pattern else {
        return Said::err(2, &["not modelled: the expression ", text, "\n"]);
    };
    if has('w') && !has('F') {
        return Said::err(2, &["not modelled: grep -w without -F\n"]);
    }
    if has('r') || has('R') {
        names = below(&call, &names);
    }
    let many = (names.len() > 1 || has('r') || has('R') || has('H')) && !has('h');
    let (mut said, mut found) = (Said { status: 1, ..Said::default() }, false);
    let mut search = |name: &str, text: &str, said: &mut Said| {
        let mut count = 0_usize;
        for (number, line) in crate::text::lines(text) {
            let fits = matches!(pattern.find(line), Ok(Some(_)));
            if fits == has('v') {
                continue;
            }
            count += 1;
            if has('c') || has('l') || has('q') {
                continue;
            }
            if many {
                said.out += &[name, ":"].concat();
            }
            if has('n') {
                said.out += &[&number.to_string(), ":"].concat();
            }
            said.out += &[line, "\n"].concat();
        }
        if has('c') {
            said.out += &[if many { name } else { "" }, if many { ":" } else { "" }, &count.to_string(), "\n"].concat();
        } else if has('l') && count > 0 {
            said.out += &[name, "\n"].concat();
        }
        found |= count > 0;
    };
    if names.is_empty() {
        match call.input {
            Some(input) => search("(standard input)", input, &mut said),
            None => return Said::err(2, &["not modelled: grep, which would read what you type\n"]),
        }
    }
    let mut failed = false;
    for name in &names {
        match text_of(&call, name) {
            Ok(text) => search(name, &text, &mut said),
            Err(why) => {
                failed = true;
                said.err += &["grep: ", name, ": ", why].concat();
            }
        }
    }
    said.status = if failed { 2 } else { u8::from(!found) };
    said
}

/// The files below some folders, for `grep -r`.
fn below(call: &Call<'_>, names: &[String]) -> Vec<String> {
    let every = files::all(call.world, call.state);
    let mut found = Vec::new();
    let here = [".".to_owned()];
    for name in if names.is_empty() { &here } else { names } {
        let path = files::absolute(call.state.terminal.here(), name);
        let bare = name.trim_end_matches('/');
        for file in &every {
            match file.path.strip_prefix(&path) {
                Some("") => found.push(name.clone()),
                Some(rest) if rest.starts_with('/') && names.is_empty() => found.push(rest[1..].to_owned()),
                Some(rest) if rest.starts_with('/') => found.push([bare, rest].concat()),
                _ => {}
            }
        }
    }
    found
}

/// Which lines a command of sed is for.
enum Lines {
    All,
    From(usize, usize),
    Last,
    With(Pattern),
}

enum Act {
    Replace { what: Pattern, with: String, every: bool },
    Delete,
    Print,
}

/// Reads `[address]command`.
fn script(text: &str, extended: bool) -> Result<(Lines, Act), String> {
    let unknown = || ["not modelled: sed ", text, "\n"].concat();
    let mut rest = text.trim();
    let mut lines = Lines::All;
    if let Some(after) = rest.strip_prefix('/') {
        let (pattern, after) = part(after, '/').ok_or_else(unknown)?;
        lines = Lines::With(expression(&pattern, extended, false).map_err(|()| unknown())?);
        rest = after;
    } else if let Some(after) = rest.strip_prefix('$') {
        lines = Lines::Last;
        rest = after;
    } else if rest.starts_with(|c: char| c.is_ascii_digit()) {
        let end = rest.char_indices().find(|(_, c)| !c.is_ascii_digit() && *c != ',').map_or(rest.len(), |(at, _)| at);
        let (from, to) = rest[..end].split_once(',').unwrap_or((&rest[..end], &rest[..end]));
        let number = |text: &str| text.parse::<usize>().map_err(|_| unknown());
        lines = Lines::From(number(from)?, number(to)?);
        rest = &rest[end..];
    }
    let act = match rest {
        "d" => Act::Delete,
        "p" => Act::Print,
        _ => {
            let mut chars = rest.chars();
            let sign = match (chars.next(), chars.next()) {
                (Some('s'), Some(sign)) if sign != '\\' && sign != '\n' => sign,
                _ => return Err(unknown()),
            };
            let unfinished = || {
                let count = text.chars().count().to_string();
                ["sed: -e expression #1, char ", &count, ": unterminated `s' command\n"].concat()
            };
            let (what, after) = part(chars.as_str(), sign).ok_or_else(unfinished)?;
            let (with, flags) = part(after, sign).ok_or_else(unfinished)?;
            if !flags.chars().all(|c| "giI".contains(c)) {
                return Err(unknown());
            }
            let caseless = flags.contains(['i', 'I']);
            let what = expression(&what, extended, caseless).map_err(|()| unknown())?;
            Act::Replace { what, with, every: flags.contains('g') }
        }
    };
    Ok((lines, act))
}

/// What stands before the next `sign`, and what after it; `\sign` means the sign itself.
fn part(text: &str, sign: char) -> Option<(String, &str)> {
    let (mut found, mut chars) = (String::new(), text.chars());
    while let Some(c) = chars.next() {
        match c {
            c if c == sign => return Some((found, chars.as_str())),
            '\\' => match chars.next()? {
                next if next == sign => found.push(next),
                next => found.extend(['\\', next]),
            },
            c => found.push(c),
        }
    }
    None
}

/// A line with what an expression matches replaced: `&` is the match, `\1` a group.
fn replaced(line: &str, what: &Pattern, with: &str, every: bool) -> String {
    let (mut out, mut rest) = (String::new(), line);
    // A line has as many matches as characters, and one at its end.
    for _ in 0..=line.len() {
        let Ok(Some(captures)) = what.find(rest) else { break };
        let Some(Some((from, to))) = captures.first().copied() else { break };
        let (Some(before), Some(after)) = (rest.get(..from), rest.get(to..)) else { break };
        out += before;
        let mut chars = with.chars();
        while let Some(c) = chars.next() {
            let group = match c {
                '&' => 0,
                '\\' => match chars.next() {
                    Some(digit @ '0'..='9') => digit as usize - '0' as usize,
                    Some('n') => {
                        out.push('\n');
                        continue;
                    }
                    other => {
                        out.extend(other);
                        continue;
                    }
                },
                c => {
                    out.push(c);
                    continue;
                }
            };
            let piece = captures.get(group).copied().flatten().and_then(|(from, to)| rest.get(from..to));
            out += piece.unwrap_or("");
        }
        rest = after;
        // An empty match takes the next character with it. What `^` means holds for the whole line only.
        if from == to {
            let mut chars = rest.chars();
            out.extend(chars.next());
            rest = chars.as_str();
        }
        if !every || rest.is_empty() || out.len() > super::run::MOST {
            break;
        }
    }
    out + rest
}

pub(super) fn sed(call: Call<'_>) -> Said {
    let (mut quiet, mut place, mut extended) = (false, false, false);
    let (mut scripts, mut names) = (Vec::new(), Vec::new());
    let mut words = call.words.iter();
    while let Some(word) = words.next() {
        match *word {
            "-n" => quiet = true,
            "-i" | "--in-place" => place = true,
            "-E" | "-r" => extended = true,
            "-e" => scripts.extend(words.next().copied()),
            option if option.len() > 1 && option.starts_with('-') => {
                return Said::err(1, &["not modelled: sed ", option, "\n"]);
            }
            text if scripts.is_empty() => scripts.push(text),
            name => names.push(name),
        }
    }
    if scripts.is_empty() {
        return Said::err(1, &["Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n"]);
    }
    let mut acts = Vec::new();
    for text in scripts {
        match script(text, extended) {
            Ok(act) => acts.push(act),
            Err(words) => return Said::err(1, &[&words]),
        }
    }
    let mut said = Said::default();
    if names.is_empty() {
        match call.input {
            _ if place => return Said::err(1, &["sed: no input files\n"]),
            Some(input) => return Said::out(edited(input, &acts, quiet)),
            None => return Said::err(1, &["not modelled: sed, which would read what you type\n"]),
        }
    }
    for name in names {
        match text_of(&call, name) {
            Ok(text) => {
                let new = edited(&text, &acts, quiet);
                if !place {
                    said.out += &new;
                    continue;
                }
                // sed writes a new file beside the old one and gives it its name, so the folder must be open.
                match write::may(call.world, call.state, name, call.root) {
                    Ok(()) => write::put(call.world, call.state, name, new, false),
                    Err(why) if why.starts_with("Permission") => {
                        let path = files::absolute(call.state.terminal.here(), name);
                        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
                        let at = if name.starts_with('/') { folder } else { "." };
                        said.complain(4, &["sed: couldn't open temporary file ", at, "/sedXXXXXX: ", &why, "\n"]);
                    }
                    Err(why) => said.complain(4, &["sed: couldn't edit ", name, ": ", &why, "\n"]),
                }
            }
            Err("Is a directory\n") if place => {
                said.complain(4, &["sed: couldn't edit ", name, ": not a regular file\n"]);
            }
            Err("Is a directory\n") => said.complain(2, &["sed: read error on ", name, ": Is a directory\n"]),
            Err(why) => said.complain(2, &["sed: can't read ", name, ": ", why]),
        }
    }
    said
}

fn edited(text: &str, acts: &[(Lines, Act)], quiet: bool) -> String {
    let mut out = String::new();
    let count = text.lines().count();
    for (number, whole) in (1..).zip(text.split_inclusive('\n')) {
        let (mut line, end) = match whole.strip_suffix('\n') {
            Some(line) => (line.to_owned(), "\n"),
            None => (whole.to_owned(), ""),
        };
        let mut kept = true;
        for (lines, act) in acts {
            let meant = match lines {
                Lines::All => true,
                Lines::From(from, to) => (*from..=*to.max(from)).contains(&number),
                Lines::Last => number == count,
                Lines::With(pattern) => matches!(pattern.find(&line), Ok(Some(_))),
            };
            match act {
                _ if !meant => {}
                Act::Replace { what, with, every } => line = replaced(&line, what, with, *every),
                Act::Print => out += &[&line, end].concat(),
                Act::Delete => {
                    kept = false;
                    break;
                }
            }
        }
        if kept && !quiet {
            out += &[&line, end].concat();
        }
        if out.len() > super::run::MOST {
            break;
        }
    }
    out
}
