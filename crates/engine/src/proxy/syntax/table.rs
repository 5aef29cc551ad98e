//! nginx's directives: where each may stand, how many arguments it takes, and of what kind they are.
//!
//! The two tables were read off the program itself, nginx 1.22.1 as Debian 12 builds it (its `ngx_command_t` arrays), and
//! hold every directive of the modules in it. They stay text: a line is read when its directive is met.
//!
//! A line of `directives.txt` is `name contexts arguments kind`. Contexts: `m` outside every block, `e` in `events`,
//! `H` in `http`, `S` in `server`, `L` in `location`, `U` in `upstream`, `f` in an `if` of a server, `i` in an `if` of a
//! location, `X` in `limit_except`. Arguments: each digit is a number of them that is right, `+` one or more, `2+` two
//! or more; `{` before it says that a block follows. Kinds are explained in [`super::kinds`].
//!
//! The modules that pass requests on have the same directives under different prefixes. A line of `upstreams.txt` is
//! `rest prefixes contexts arguments kind`, where the prefixes are the first letters of those in [`FAMILIES`] (memcached
//! is `m`).

const DIRECTIVES: &str = include_str!("directives.txt");
const UPSTREAMS: &str = include_str!("upstreams.txt");
const FAMILIES: [&str; 6] = ["fastcgi", "grpc", "memcached", "proxy", "scgi", "uwsgi"];

/// One form of a directive.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Tells the rows apart.
    pub id: u32,
    contexts: &'static str,
    arguments: &'static str,
    /// The kind of its value, and for some kinds the values.
    pub kind: (&'static str, &'static str),
}

impl Row {
    /// Whether it may stand in a context, given by its letter.
    pub fn stands_in(&self, context: char) -> bool {
        self.contexts == "*" || self.contexts.chars().any(|c| c == context)
    }

    /// Whether it has a block.
    pub fn opens(&self) -> bool {
        self.arguments.starts_with('{')
    }

    /// Whether this is a right number of arguments.
    pub fn takes(&self, count: usize) -> bool {
        match self.arguments.trim_start_matches('{') {
            // Outside `http` nothing is checked.
            "" => true,
            "+" => count > 0,
            "2+" => count > 1,
            digits => digits.bytes().any(|digit| usize::from(digit - b'0') == count),
        }
    }
}

/// The forms of the directive `name`; none where nginx knows no such directive.
pub fn rows(name: &str) -> Vec<Row> {
    let mut found = Vec::new();
    for (at, line) in matching(DIRECTIVES, name) {
        found.push(row(at * 8, line));
    }
    if let Some((family, rest)) = name.split_once('_')
        && let Some(number) = FAMILIES.iter().position(|known| *known == family)
    {
        for (at, line) in matching(UPSTREAMS, rest) {
            let (letters, line) = line.split_once(' ').unwrap_or((line, ""));
            if letters.bytes().any(|letter| letter == family.as_bytes()[0]) {
                found.push(row(at * 8 + 1 + number as u32, line));
            }
        }
    }
    found
}

fn row(id: u32, line: &'static str) -> Row {
    let (contexts, rest) = line.split_once(' ').unwrap_or((line, ""));
    let (arguments, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    let kind = rest.split_once(' ').unwrap_or((rest, ""));
    Row { id, contexts, arguments, kind }
}

/// The lines of a sorted table whose first word is `name`, without that word, and where each begins.
pub(super) fn matching(table: &'static str, name: &str) -> impl Iterator<Item = (u32, &'static str)> {
    let bytes = table.as_bytes();
    // Halve the text until one line is left, which is the first that is not before the name.
    let (mut low, mut high) = (0, bytes.len());
    while low < high {
        let mut start = (low + high) / 2;
        while start > low && bytes[start - 1] != b'\n' {
            start -= 1;
        }
        let line = table[start..].split('\n').next().unwrap_or("");
        if first(line) < name {
            low = start + line.len() + 1;
        } else {
            high = start;
        }
    }
    let name = name.to_owned();
    let mut at = low;
    core::iter::from_fn(move || {
        let line = table.get(at..)?.split('\n').next()?;
        let rest = line.strip_prefix(name.as_str())?;
        let rest = if rest.is_empty() { rest } else { rest.strip_prefix(' ')? };
        let start = at as u32;
        at += line.len() + 1;
        Some((start, rest))
    })
}

fn first(line: &str) -> &str {
    line.split(' ').next().unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_found_by_its_name() {
        for line in DIRECTIVES.lines() {
            assert!(!rows(first(line)).is_empty(), "{line}");
        }
        for line in UPSTREAMS.lines() {
            let mut words = line.split(' ');
            let (rest, letters) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
            for family in FAMILIES.iter().filter(|family| letters.contains(&family[..1])) {
                assert!(!rows(&[family, "_", rest].concat()).is_empty(), "{line}");
            }
        }
        for name in ["", " ", "serve", "servers", "proxy_", "proxy", "_pass", "zzz", "a", "grpc_buffers", "\n"] {
            assert!(rows(name).is_empty(), "{name}");
        }
        assert_eq!(rows("server").len(), 2);
        assert_eq!(rows("proxy_pass").len(), 1);
    }
}
