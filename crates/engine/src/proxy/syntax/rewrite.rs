//! `if`, `set`, `return`, `rewrite` (`ngx_http_rewrite_module`).

use super::location::{How, Place};
use super::numbers::number;
use super::{Check, Done, Scope, Words};

impl Check<'_> {
    pub(super) fn if_block(&mut self, words: Words<'_>, number: u32) -> Done {
        self.condition(words.args)?;
        let inside = if self.context() == 'S' { 'f' } else { 'i' };
        let place = Place { how: How::Noname, ..Place::default() };
        self.scopes.push(Scope {
            number,
            name: words.name.to_owned(),
            inside,
            at: (self.at.0, self.at.1),
            place,
            ..Scope::default()
        });
        Ok(())
    }

    /// `($x)`, `($x = y)`, `($x ~ y)`, `(-f y)` and their opposites (`ngx_http_rewrite_if_condition`).
    fn condition(&mut self, args: &[String]) -> Done {
        let mut terms: Vec<&str> = args.iter().map(String::as_str).collect();
        let invalid = |check: &Self, what: &str| check.stop(&["invalid condition \"", what, "\""]);
        let first = terms.first().copied().unwrap_or("");
        let Some(opened) = first.strip_prefix('(') else { return invalid(self, first) };
        terms[0] = opened;
        let end = terms.len() - 1;
        let last = terms[end];
        let Some(closed) = last.strip_suffix(')') else {
            return invalid(self, if last.is_empty() { first } else { last });
        };
        terms[end] = closed;
        if closed.is_empty() {
            terms.pop();
        }
        if opened.is_empty() && !terms.is_empty() {
            terms.remove(0);
        }
        let Some(subject) = terms.first().copied() else { return invalid(self, ")") };
        if subject.len() > 1 && subject.starts_with('$') {
            if terms.len() != 1 && terms.len() != 3 {
                return invalid(self, subject);
            }
            self.want(&subject[1..]);
            let [_, sign, value] = terms[..] else { return Ok(()) };
            return match sign {
                "=" | "!=" => self.script(value),
                "~" | "!~" | "~*" | "!~*" => self.regex(value),
                _ => self.stop(&["unexpected \"", sign, "\" in condition"]),
            };
        }
        let test = subject.strip_prefix('!').unwrap_or(subject);
        if test.starts_with('-') && test.len() == 2 {
            if terms.len() != 2 {
                return invalid(self, subject);
            }
            self.script(terms[1])?;
            if ["-f", "-d", "-e", "-x"].contains(&test) {
                return Ok(());
            }
        }
        invalid(self, subject)
    }

    pub(super) fn set(&mut self, words: Words<'_>) -> Done {
        self.make_argument(words.arg(0))?;
        if words.arg(0).len() > 1 {
            self.want(&words.arg(0)[1..]);
        }
        self.script(words.arg(1))
    }

    pub(super) fn return_code(&mut self, words: Words<'_>) -> Done {
        let first = words.arg(0);
        match number(first) {
            Some(0..=999) => self.script(words.arg(1)),
            None if words.args.len() == 1
                && ["http://", "https://", "$scheme"].iter().any(|start| first.starts_with(start)) =>
            {
                self.script(first)
            }
            _ => self.stop(&["invalid return code \"", first, "\""]),
        }
    }

    pub(super) fn rewrite(&mut self, words: Words<'_>) -> Done {
        if words.arg(1).is_empty() {
            return self.stop(&["empty replacement"]);
        }
        self.regex(words.arg(0))?;
        let flag = words.arg(2);
        if words.args.len() == 3 && !["last", "break", "redirect", "permanent"].contains(&flag) {
            return self.stop(&["invalid parameter \"", flag, "\""]);
        }
        self.script(words.arg(1))
    }
}
