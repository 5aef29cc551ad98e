//! What only looks: `cd`, `ls`, `cat`, `head`, `tail`, `wc`, `env`, `history` (GNU coreutils 9.1, bash 5.2).

use super::HOME;
use super::files::{self, File, Found};
use super::run::{Call, Said, variable};
use crate::state::State;

const ABSENT: &str = "No such file or directory\n";
const DENIED: &str = "Permission denied\n";

/// The text of a file for a command, or what the command says of it.
pub(super) fn text_of(call: &Call<'_>, name: &str) -> Result<String, &'static str> {
    let path = files::absolute(call.state.terminal.here(), name);
    match files::find(&files::all(call.world, call.state), &path, call.root) {
        Found::File(file) if !files::readable(&file, call.root) => Err(DENIED),
        Found::File(file) => file.text().map(str::to_owned).map_err(|_| "not modelled: what this file holds\n"),
        Found::Folder => Err("Is a directory\n"),
        Found::Denied => Err(DENIED),
        Found::NotFolder => Err("Not a directory\n"),
        Found::Absent => Err(ABSENT),
    }
}

pub(super) fn cd(call: Call<'_>) -> Said {
    let terminal = &call.state.terminal;
    let back = call.words == ["-"];
    let to = match *call.words {
        [] | ["--"] => HOME,
        ["-"] if terminal.previous.is_empty() => return Said::err(1, &["bash: cd: OLDPWD not set\n"]),
        ["-"] => &terminal.previous,
        [to] => to,
        _ => return Said::err(1, &["bash: cd: too many arguments\n"]),
    };
    let path = files::absolute(terminal.here(), to);
    let why = match files::find(&files::all(call.world, call.state), &path, call.root) {
        Found::Folder if files::listable(&path, call.root) => {
            let terminal = &mut call.state.terminal;
            terminal.previous = terminal.here().to_owned();
            let said = if back { [&path, "\n"].concat() } else { String::new() };
            terminal.folder = path;
            return Said::out(said);
        }
        Found::Folder | Found::Denied => DENIED,
        Found::File(_) | Found::NotFolder => "Not a directory\n",
        Found::Absent => ABSENT,
    };
    Said::err(1, &["bash: cd: ", to, ": ", why])
}

pub(super) fn ls(call: Call<'_>, long: bool) -> Said {
    let (mut long, mut all, mut names) = (long, long, Vec::new());
    for word in call.words {
        match word.strip_prefix('-') {
            Some(options) if !options.is_empty() => {
                for option in options.chars() {
                    match option {
                        'l' => long = true,
                        'a' | 'A' => all = true,
                        '1' | 'h' | 'F' => {}
                        _ => return Said::err(2, &["not modelled: ls ", word, "\n"]),
                    }
                }
            }
            _ => names.push(*word),
        }
    }
    let dots = all && !call.words.iter().any(|word| word.starts_with('-') && word.contains('A'));
    let each = !call.screen || call.words.iter().any(|word| word.starts_with('-') && word.contains('1'));
    if names.is_empty() {
        names.push(".");
    }
    let (date, wide) = (files::written(call.world), call.state.terminal.columns());
    let mut listing = Listing { date, long, all, dots, each, wide, home: false };
    let every = files::all(call.world, call.state);
    let (mut said, mut alone, mut folders) = (Said::default(), Vec::new(), Vec::new());
    for name in &names {
        let path = files::absolute(call.state.terminal.here(), name);
        match files::find(&every, &path, call.root) {
            Found::File(file) => alone.push(((*name).to_owned(), Some(file))),
            Found::Folder if files::listable(&path, call.root) => folders.push((*name, path)),
            Found::Folder => said.complain(2, &["ls: cannot open directory '", name, "': ", DENIED]),
            Found::Denied => said.complain(2, &["ls: cannot access '", name, "': ", DENIED]),
            Found::NotFolder => said.complain(2, &["ls: cannot access '", name, "': Not a directory\n"]),
            Found::Absent => said.complain(2, &["ls: cannot access '", name, "': ", ABSENT]),
        }
    }
    said.out += &listing.text(&alone);
    for (name, path) in folders {
        if names.len() > 1 {
            let gap = if said.out.is_empty() { "" } else { "\n" };
            said.out += &[gap, name, ":\n"].concat();
        }
        let mut inside = files::children(&every, &path);
        if listing.all {
            if listing.dots {
                inside.splice(0..0, [(".".to_owned(), None), ("..".to_owned(), None)]);
            }
        } else {
            inside.retain(|(name, _)| !name.starts_with('.'));
        }
        if long {
            // Each file and folder here fits into one block of 4 KiB, or into as many as it needs.
            let blocks: usize = inside.iter().map(|(_, file)| file.as_ref().map_or(4, blocks)).sum();
            said.out += &["total ", &blocks.to_string(), "\n"].concat();
        }
        listing.home = path.starts_with(HOME);
        said.out += &listing.text(&inside);
        if !files::complete(&path) {
            said.err += &["not modelled: what else lies in ", &path, "\n"].concat();
        }
    }
    said
}

fn size(file: &File) -> usize {
    // Where the bytes are not modelled, neither is their number.
    file.text().map_or(0, str::len)
}

fn blocks(file: &File) -> usize {
    size(file).div_ceil(4_096) * 4
}

struct Listing {
    date: String,
    long: bool,
    all: bool,
    dots: bool,
    each: bool,
    /// How wide the terminal is.
    wide: usize,
    /// Whether the folder is the user's own.
    home: bool,
}

impl Listing {
    fn text(&self, items: &[(String, Option<File>)]) -> String {
        if !self.long {
            let names: Vec<&str> = items.iter().map(|(name, _)| name.as_str()).collect();
            return if self.each {
                names.iter().flat_map(|name| [name, "\n"]).collect()
            } else {
                columns(&names, self.wide)
            };
        }
        let rows: Vec<[String; 4]> =
            items.iter().map(|(name, file)| row(file.as_ref(), self.home && name != "..")).collect();
        let wide = |at: usize| rows.iter().map(|row| row[at].len()).max().unwrap_or(0);
        let (owner, size) = (wide(1), wide(3));
        let group = wide(2);
        let mut text = String::new();
        for ((name, _), row) in items.iter().zip(&rows) {
            let gap = |wide: usize, cell: &str| " ".repeat(wide - cell.len());
            let cells = [&row[0], " ", &row[1], &gap(owner, &row[1]), " ", &row[2], &gap(group, &row[2]), " "];
            text += &cells.concat();
            text += &[&gap(size, &row[3]), &row[3], " ", &self.date, " ", name, "\n"].concat();
        }
        text
    }
}

/// Mode and links, owner, group, size.
fn row(file: Option<&File>, home: bool) -> [String; 4] {
    let (mode, [owner, group], size) = match file {
        None if home => ("drwxrwxr-x 2", ["ubuntu", "ubuntu"], 4_096),
        None => ("drwxr-xr-x 2", ["root", "root"], 4_096),
        Some(file) => {
            let mode = match (file.open, file.owner[1]) {
                (true, "ubuntu") => "-rw-rw-r-- 1",
                (true, _) => "-rw-r--r-- 1",
                (false, "adm") => "-rw-r----- 1",
                (false, "ubuntu") => "-rw-rw-r-- 1",
                (false, _) => "-rw------- 1",
            };
            (mode, file.owner, size(file))
        }
    };
    [mode.to_owned(), owner.to_owned(), group.to_owned(), size.to_string()]
}

/// Names side by side, down the columns, as many columns as fit.
fn columns(names: &[&str], wide: usize) -> String {
    let count = names.len();
    let width = |from: usize, rows: usize| {
        let column = &names[from..(from + rows).min(count)];
        column.iter().map(|name| name.chars().count()).max().unwrap_or(0) + 2
    };
    let fits = |rows: usize| (0..count).step_by(rows).map(|from| width(from, rows)).sum::<usize>() <= wide + 2;
    let rows = (1..=count.max(1)).find(|rows| fits(*rows)).unwrap_or(count.max(1));
    let mut text = String::new();
    for row in 0..rows.min(count) {
        for at in (row..count).step_by(rows) {
            text += names[at];
            if at + rows < count {
                text += &" ".repeat(width(at - row, rows) - names[at].chars().count());
            }
        }
        text += "\n";
    }
    text
}

pub(super) fn cat(call: Call<'_>) -> Said {
    let (mut said, mut number) = (Said::default(), false);
    let mut names = Vec::new();
    for word in call.words {
        match *word {
            "-n" => number = true,
            option if option.len() > 1 && option.starts_with('-') => {
                return Said::err(1, &["not modelled: cat ", option, "\n"]);
            }
            name => names.push(name),
        }
    }
    if names.is_empty() {
        match call.input {
            Some(input) => said.out += input,
            None => return Said::err(1, &["not modelled: cat, which would read what you type\n"]),
        }
    }
    for name in names {
        match text_of(&call, name) {
            Ok(text) => said.out += &text,
            Err(why) => said.complain(1, &["cat: ", name, ": ", why]),
        }
    }
    if number {
        let lines = (1..).zip(said.out.lines());
        said.out = lines
            .flat_map(|(n, line): (u32, _)| [right(&n.to_string(), 6), "\t".into(), line.into(), "\n".into()])
            .collect();
    }
    said
}

/// A text with blanks before it.
pub(super) fn right(text: &str, width: usize) -> String {
    [&" ".repeat(width.saturating_sub(text.chars().count())), text].concat()
}

pub(super) fn ends(call: Call<'_>, program: &str) -> Said {
    let (mut count, mut names, mut words) = (10_usize, Vec::new(), call.words.iter());
    let mut follows = false;
    while let Some(word) = words.next() {
        let number = match *word {
            "-n" => words.next().copied().unwrap_or(""),
            "-f" | "-F" if program == "tail" => {
                follows = true;
                continue;
            }
            word if word.starts_with("-n") => &word[2..],
            word if word.starts_with("-c") || word.starts_with("--") => {
                return Said::err(1, &["not modelled: ", program, " ", word, "\n"]);
            }
            word if word.len() > 1 && word.starts_with('-') => &word[1..],
            name => {
                names.push(name);
                continue;
            }
        };
        match number.parse() {
            Ok(number) => count = number,
            Err(_) if number.starts_with(['+', '-']) => {
                return Said::err(1, &["not modelled: ", program, " -n ", number, "\n"]);
            }
            Err(_) => return Said::err(1, &[program, ": invalid number of lines: ‘", number, "’\n"]),
        }
    }
    let part = |text: &str| {
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let kept = if program == "head" {
            &lines[..count.min(lines.len())]
        } else {
            &lines[lines.len().saturating_sub(count)..]
        };
        kept.concat()
    };
    let mut said = Said::default();
    if names.is_empty() {
        return match call.input {
            Some(input) => Said::out(part(input)),
            None => Said::err(1, &["not modelled: ", program, ", which would read what you type\n"]),
        };
    }
    for name in &names {
        match text_of(&call, name) {
            Ok(text) => {
                if names.len() > 1 {
                    let gap = if said.out.is_empty() { "" } else { "\n" };
                    said.out += &[gap, "==> ", name, " <==\n"].concat();
                }
                said.out += &part(&text);
            }
            Err("Is a directory\n") => said.complain(1, &[program, ": error reading '", name, "': Is a directory\n"]),
            Err(why) => said.complain(1, &[program, ": cannot open '", name, "' for reading: ", why]),
        }
    }
    if follows {
        said.err += "not modelled: tail -f waiting for more; run it again to see what has been written since\n";
    }
    said
}

pub(super) fn wc(call: Call<'_>) -> Said {
    let (lines, names): (Vec<&str>, Vec<&str>) = call.words.iter().partition(|word| word.starts_with('-'));
    let only = match *lines {
        [] => None,
        ["-l"] => Some(0),
        ["-w"] => Some(1),
        ["-c"] => Some(2),
        [option, ..] => return Said::err(1, &["not modelled: wc ", option, "\n"]),
    };
    let count = |text: &str| [text.matches_of('\n'), text.split_whitespace().count(), text.len()];
    let mut rows: Vec<([usize; 3], &str)> = Vec::new();
    let mut said = Said::default();
    match (names.is_empty(), call.input) {
        (true, Some(input)) => rows.push((count(input), "")),
        (true, None) => return Said::err(1, &["not modelled: wc, which would read what you type\n"]),
        _ => {}
    }
    for name in &names {
        match text_of(&call, name) {
            Ok(text) => rows.push((count(&text), name)),
            Err(why) => said.complain(1, &["wc: ", name, ": ", why]),
        }
    }
    let total = [0, 1, 2].map(|at| rows.iter().map(|(row, _)| row[at]).sum());
    if names.len() > 1 {
        rows.push((total, "total"));
    }
    // Several numbers stand in columns as wide as the greatest, from a pipe seven wide.
    let digits = total.iter().map(|n| n.to_string().len()).max().unwrap_or(1);
    let wide = match (names.is_empty(), only) {
        (_, Some(_)) if names.len() < 2 => 0,
        (true, _) => 7,
        _ => digits,
    };
    for (row, name) in rows {
        let cells: Vec<String> = (0..3)
            .filter(|at| only.is_none_or(|only| only == *at))
            .map(|at| right(&row[at].to_string(), wide))
            .collect();
        let gap = if name.is_empty() { "" } else { " " };
        said.out += &[&cells.join(" "), gap, name, "\n"].concat();
    }
    said
}

trait Count {
    fn matches_of(&self, c: char) -> usize;
}

impl Count for str {
    fn matches_of(&self, c: char) -> usize {
        self.chars().filter(|other| *other == c).count()
    }
}

pub(super) fn history(state: &State) -> Said {
    let lines = (1..).zip(&state.terminal.history);
    Said::out(
        lines
            .flat_map(|(n, line): (u32, _)| [right(&n.to_string(), 5), "  ".into(), line.clone(), "\n".into()])
            .collect(),
    )
}

pub(super) fn env(call: Call<'_>) -> Said {
    const NAMES: [&str; 6] = ["SHELL", "PWD", "LOGNAME", "HOME", "USER", "OLDPWD"];
    match *call.words {
        [] => {
            let set = |name: &&str| !variable(call.world, call.state, name).is_empty();
            let line = |name: &str| [name, "=", &variable(call.world, call.state, name), "\n"].concat();
            Said::out(NAMES.into_iter().filter(set).map(line).collect())
        }
        [name] if !name.contains('=') => match variable(call.world, call.state, name) {
            value if value.is_empty() => Said { status: 1, ..Said::default() },
            value => Said::out(value + "\n"),
        },
        _ => Said::err(1, &["not modelled: a command with an environment of its own\n"]),
    }
}
