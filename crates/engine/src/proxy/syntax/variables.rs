//! Variables in texts: which exist, and how a text that names them must be written.

use super::{Check, Done, Words, table};
use crate::problem::Problem;

/// The variables that nginx has by itself; `=` marks those that a configuration may make anew.
const KNOWN: &str = include_str!("variables.txt");

/// Variables that begin so always exist.
const PREFIXES: [&str; 7] =
    ["http_", "sent_http_", "sent_trailer_", "upstream_http_", "upstream_trailer_", "upstream_cookie_", "cookie_"];

/// The variables that the configuration makes and names; names in lower case, sorted.
#[derive(Clone, Debug, Default)]
pub(super) struct Variables {
    made: Vec<String>,
    /// Those named that nginx has not, each with its rank among them and its place.
    wanted: Vec<(String, usize, Problem)>,
}

/// The rest of the row of a variable that nginx has.
fn known(name: &str) -> Option<&'static str> {
    // A line that is only a name has no blank after it.
    table::matching(KNOWN, name).next().map(|(_, rest)| rest)
}

impl Check<'_> {
    /// A text with variables is compiled (`ngx_http_script_compile`).
    pub(super) fn script(&mut self, text: &str) -> Done {
        let mut rest = text;
        while let Some((_, behind)) = crate::text::split_once(rest, "$") {
            if behind.starts_with(|c: char| c.is_ascii_digit() && c != '0') {
                rest = &behind[1..];
                continue;
            }
            let braced = behind.strip_prefix('{');
            let body = braced.unwrap_or(behind);
            let length = body.bytes().position(|c| !c.is_ascii_alphanumeric() && c != b'_').unwrap_or(body.len());
            let name = &body[..length];
            rest = &body[length..];
            if body.is_empty() {
                return self.stop(&["invalid variable name"]);
            }
            if braced.is_some() {
                match rest.strip_prefix('}') {
                    Some(behind) => rest = behind,
                    None => return self.stop(&["the closing bracket in \"", name, "\" variable is missing"]),
                }
            }
            if name.is_empty() {
                return self.stop(&["invalid variable name"]);
            }
            self.want(name);
        }
        Ok(())
    }

    /// A variable is named; whether it exists is known at the end only.
    pub(super) fn want(&mut self, name: &str) {
        let name = name.to_ascii_lowercase();
        let prefixed = PREFIXES.iter().any(|prefix| name.starts_with(prefix)) || name.starts_with("arg_");
        if prefixed || known(&name).is_some() {
            return;
        }
        let wanted = &mut self.variables.wanted;
        if let Err(at) = wanted.binary_search_by(|(known, ..)| known.as_str().cmp(&name)) {
            let words = ["unknown \"", &name, "\" variable"].concat();
            let problem = Problem::error(&self.document, self.at.0, self.at.1, words);
            wanted.insert(at, (name, wanted.len(), problem));
        }
    }

    /// `$name` as an argument that makes a variable.
    pub(super) fn make_argument(&mut self, text: &str) -> Done {
        match text.strip_prefix('$') {
            Some("") => self.stop(&["invalid variable name \"$\""]),
            Some(name) => self.make(name),
            None => self.stop(&["invalid variable name \"", text, "\""]),
        }
    }

    /// A variable is made (`ngx_http_add_variable`).
    pub(super) fn make(&mut self, name: &str) -> Done {
        let lower = name.to_ascii_lowercase();
        if known(&lower).is_some_and(|rest| rest.is_empty()) {
            return self.stop(&["the duplicate \"", name, "\" variable"]);
        }
        if let Err(at) = self.variables.made.binary_search(&lower) {
            self.variables.made.insert(at, lower);
        }
        Ok(())
    }

    /// At the end: the first variable named that nobody makes (`ngx_http_variables_init_vars`).
    pub(super) fn unknown_variable(&self) -> Done {
        let missing =
            self.variables.wanted.iter().filter(|(name, ..)| self.variables.made.binary_search(name).is_err());
        match missing.min_by_key(|(_, rank, _)| *rank) {
            None => Ok(()),
            Some((.., problem)) => Err(Box::new(problem.clone())),
        }
    }

    /// All arguments are compiled.
    pub(super) fn scripts(&mut self, words: Words<'_>) -> Done {
        words.args.iter().try_for_each(|arg| self.script(arg))
    }
}
