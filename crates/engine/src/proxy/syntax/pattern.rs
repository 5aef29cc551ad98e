//! Regular expressions in a configuration: whether PCRE takes them, in its own words, and the variables they make.

use super::{Check, Done, Stop};
use crate::pattern::{Fault, Pattern};

impl Check<'_> {
    /// A pattern is compiled; its named groups become variables (`ngx_http_regex_compile`).
    pub(super) fn regex(&mut self, pattern: &str) -> Done {
        self.regex_groups(pattern).map(|_| ())
    }

    /// The same; the number of its groups, where it is known.
    pub(super) fn regex_groups(&mut self, pattern: &str) -> Result<Option<usize>, Stop> {
        match Pattern::new(pattern, false) {
            Ok(compiled) => {
                for (name, _) in &compiled.names {
                    self.make(name)?;
                }
                Ok(Some(compiled.groups - 1))
            }
            Err(Fault::NotModelled(what)) => {
                self.unsure(&["in a regular expression: ", what].concat());
                Ok(None)
            }
            Err(Fault::Refused(what, at)) => {
                let mut at = at.min(pattern.len());
                while !pattern.is_char_boundary(at) {
                    at -= 1;
                }
                let rest = &pattern[at..];
                let place = if rest.is_empty() { String::new() } else { ["\" at \"", rest].concat() };
                self.stop(&["pcre2_compile() failed: ", what, " in \"", pattern, &place, "\""])
            }
        }
    }
}
