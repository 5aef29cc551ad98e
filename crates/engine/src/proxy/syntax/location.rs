//! `location`: how it is written, where it may stand, and which ones are there twice (`ngx_http_core_location`).

use super::{Check, Done, Scope, Words};
use crate::problem::Problem;

/// How a location is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum How {
    /// No location at all.
    #[default]
    None,
    /// `= /x`.
    Exact,
    /// `/x`, or `^~ /x`.
    Prefix,
    /// `~ x`, or `~* x`.
    Regex,
    /// `@x`.
    Named,
    /// An `if` or a `limit_except`.
    Noname,
}

/// A location being read, or a server.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    pub how: How,
    pub name: String,
    /// The locations inside that are neither regular expressions nor named, sorted as nginx sorts them.
    pub(super) inside: Vec<Inside>,
    /// The first of them, in that order, that is there twice.
    pub(super) twice: Option<(Key, Problem)>,
}

/// The name, and whether it stands for all that begins so: exact ones come first.
pub(super) type Key = (String, bool);

/// One of them.
#[derive(Clone, Debug)]
pub(super) struct Inside {
    key: Key,
    problem: Option<Problem>,
}

impl Place {
    /// Remembers a location of the block; `problem` is what is said where it is there already.
    fn add(&mut self, key: Key, problem: Problem) {
        match self.inside.binary_search_by(|other| other.key.cmp(&key)) {
            Ok(_) if self.twice.as_ref().is_none_or(|(other, _)| key < *other) => self.twice = Some((key, problem)),
            Ok(_) => {}
            Err(at) => self.inside.insert(at, Inside { key, problem: None }),
        }
    }

    /// What is there twice: inside the locations first (`ngx_http_init_static_location_trees`).
    pub(super) fn first_problem(self) -> Option<Problem> {
        let inner = self.inside.into_iter().find_map(|inside| inside.problem);
        inner.or(self.twice.map(|(_, problem)| problem))
    }

    /// A location of the block has ended.
    pub(super) fn ended(&mut self, inner: Place) {
        if !matches!(inner.how, How::Exact | How::Prefix) {
            return;
        }
        let key = (inner.name.clone(), inner.how == How::Prefix);
        if let Some(problem) = inner.first_problem()
            && let Ok(at) = self.inside.binary_search_by(|other| other.key.cmp(&key))
        {
            self.inside[at].problem.get_or_insert(problem);
        }
    }
}

/// A location's arguments: how it is written, and its name. `Err` holds a wrong modifier.
pub(super) fn read(args: &[String]) -> Result<(How, &str), &str> {
    let first = args.first().map_or("", String::as_str);
    if let Some(name) = args.get(1) {
        let how = match first {
            "=" => How::Exact,
            "^~" => How::Prefix,
            "~" | "~*" => How::Regex,
            other => return Err(other),
        };
        return Ok((how, name));
    }
    Ok(if let Some(name) = first.strip_prefix('=') {
        (How::Exact, name)
    } else if let Some(name) = first.strip_prefix("^~") {
        (How::Prefix, name)
    } else if let Some(name) = first.strip_prefix('~') {
        (How::Regex, name.strip_prefix('*').unwrap_or(name))
    } else if first.starts_with('@') {
        (How::Named, first)
    } else {
        (How::Prefix, first)
    })
}

impl Check<'_> {
    pub(super) fn location(&mut self, words: Words<'_>, number: u32) -> Done {
        let (how, name) = match read(words.args) {
            Ok(read) => read,
            Err(modifier) => return self.stop(&["invalid location modifier \"", modifier, "\""]),
        };
        if how == How::Regex {
            self.regex(name)?;
        }
        if self.context() == 'L' {
            let (outer, written) = (self.scope().place.how, self.scope().place.name.clone());
            let cannot = |kind: &str| {
                ["location \"", name, "\" cannot be inside the ", kind, " location \"", &written, "\""].concat()
            };
            if outer == How::Exact {
                return self.stop(&[&cannot("exact")]);
            }
            if outer == How::Named {
                return self.stop(&[&cannot("named")]);
            }
            if how == How::Named {
                return self.stop(&["named location \"", name, "\" can be on the server level only"]);
            }
            if how != How::Regex && !name.starts_with(&written) {
                return self.stop(&["location \"", name, "\" is outside location \"", &written, "\""]);
            }
        }
        if matches!(how, How::Exact | How::Prefix) {
            let problem = self.problem(&["duplicate location \"", name, "\""]);
            self.scope().place.add((name.to_owned(), how == How::Prefix), *problem);
        }
        let place = Place { how, name: name.to_owned(), ..Place::default() };
        self.scopes.push(Scope {
            number,
            name: words.name.to_owned(),
            inside: 'L',
            at: (self.at.0, self.at.1),
            place,
            ..Scope::default()
        });
        Ok(())
    }
}
