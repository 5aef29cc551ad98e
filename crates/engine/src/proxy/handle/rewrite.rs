//! The rewrite module: `set`, `if`, `rewrite`, `break`, `return` (`ngx_http_rewrite_module.c`, `ngx_http_script.c`).

use super::{Go, Machine, Next};
use crate::pattern::Pattern;
use crate::problem::Source;
use crate::proxy::pass::escape_args;
use crate::proxy::{Condition, Flag, Match, Return, Rewrite, Step};
use crate::trace::{Basis, Ruling};

/// How a list of steps ended.
enum End {
    /// At its end: what comes after it in the block goes on.
    Through,
    /// No further steps.
    Out,
    /// With an answer.
    Go(Go),
}

impl Machine<'_> {
    /// The directives of the server block itself.
    pub(super) fn server_rewrite(&mut self) -> Go {
        self.block = self.config.servers[self.server].block;
        if let Some(go) = self.unmodelled() {
            return go;
        }
        self.server_seen = Some(self.server);
        match self.steps(self.block) {
            End::Go(go) => go,
            _ => Go::Find,
        }
    }

    /// The directives of the location; then, if they changed the path, another location is looked for.
    pub(super) fn location_rewrite(&mut self) -> Go {
        let block = self.block();
        if let Some(go) = self.unmodelled() {
            return go;
        }
        if !matches!(block.how, Match::Server | Match::Inner) {
            self.location_seen = Some(self.block);
            if let End::Go(go) = self.steps(self.block) {
                return go;
            }
            if let Some(go) = self.unmodelled() {
                return go;
            }
        }
        if !self.uri_changed {
            return Go::Access;
        }
        self.changes -= 1;
        if self.changes == 0 {
            let uri = self.uri.clone();
            return self.cycle(&uri);
        }
        Go::Find
    }

    fn steps(&mut self, block: usize) -> End {
        for step in &self.config.blocks[block].steps {
            match step {
                Step::Set(name, value) => {
                    let value = self.fill(value);
                    self.set_variable(name, value);
                }
                Step::Break(source) => {
                    self.uri_changed = false;
                    self.decide("rewrite-ends", Ruling::Choose, "break: no further rewriting", source.clone());
                    return End::Out;
                }
                Step::Return(returns) => return End::Go(self.returned(returns)),
                Step::If(condition, inner, source) => {
                    if !self.holds(condition, source) {
                        continue;
                    }
                    self.decide("condition-holds", Ruling::Choose, "the condition holds", source.clone());
                    self.block = *inner;
                    match self.steps(*inner) {
                        End::Through => {}
                        end => return end,
                    }
                }
                Step::Rewrite(rewrite) => match self.rewrite(rewrite) {
                    End::Through => {}
                    end => return end,
                },
            }
            if let Some((what, source)) = self.unknown.take() {
                return End::Go(Go::Stop(Next::NotModelled(what, source)));
            }
        }
        End::Through
    }

    /// The groups of a match; `None` where there is none.
    pub(in crate::proxy) fn matches(&mut self, pattern: &Pattern, text: &str, source: &Source) -> Option<Vec<String>> {
        match pattern.find(text) {
            Ok(None) => None,
            Ok(Some(found)) => {
                let part = |group: &Option<(usize, usize)>| {
                    let bytes = group.map_or(&[][..], |(from, to)| &text.as_bytes()[from..to.max(from)]);
                    String::from_utf8_lossy(bytes).into_owned()
                };
                Some(found.iter().map(part).collect())
            }
            Err(_) => {
                let what = "a regular expression that takes too many steps".to_owned();
                self.unknown = self.unknown.take().or(Some((what, source.clone())));
                None
            }
        }
    }

    fn holds(&mut self, condition: &Condition, source: &Source) -> bool {
        match condition {
            Condition::True(name) => !matches!(self.variable(name).as_str(), "" | "0"),
            Condition::Equal(name, text, negated) => {
                let text = self.fill(text);
                (self.variable(name) == text) != *negated
            }
            Condition::Like(name, pattern, negated) => {
                let value = self.variable(name);
                let found = self.matches(pattern, &value, source);
                let fits = found.is_some();
                if let Some(captures) = &found {
                    self.name_captures(&pattern.names, captures);
                }
                self.captures = found.unwrap_or_default();
                fits != *negated
            }
            Condition::File(negated) => *negated,
        }
    }

    fn rewrite(&mut self, rewrite: &Rewrite) -> End {
        let uri = self.uri.clone();
        let Some(captures) = self.matches(&rewrite.pattern, &uri, &rewrite.source) else {
            self.captures.clear();
            return End::Through;
        };
        self.name_captures(&rewrite.pattern.names, &captures);
        self.captures = captures;
        self.internal = true;
        self.as_it_came = false;
        if rewrite.flag == Flag::Break {
            self.valid_location = false;
            self.uri_changed = false;
        } else {
            self.uri_changed = true;
        }
        let redirect = matches!(rewrite.flag, Flag::Redirect(_));
        let (path, query) = match rewrite.replacement.split_once('?') {
            Some((path, query)) if !redirect => (path, Some(query)),
            _ => (rewrite.replacement.as_str(), None),
        };
        let escapes = self.quoted || self.plus;
        let mut made = self.fill_with(path, redirect && escapes);
        if let Flag::Redirect(status) = rewrite.flag {
            unescape_redirect(&mut made);
            if rewrite.keeps && !self.args.is_empty() {
                made.push(if rewrite.replacement.contains('?') { '&' } else { '?' });
                made.push_str(&self.args);
            }
            let words = [&status.to_string(), ": go to ", &self.complete(&made)].concat();
            self.decide("proxy-returns", Ruling::Answer, words, rewrite.source.clone());
            self.location = Some((made, true));
            return End::Go(Go::Status(status));
        }
        match query {
            Some(query) => {
                let mut args = self.fill_with(query, escapes);
                if rewrite.keeps && !self.args.is_empty() {
                    args.push('&');
                    args.push_str(&self.args);
                }
                self.args = args;
            }
            None if !rewrite.keeps => self.args.clear(),
            None => {}
        }
        let words = ["the path ", &uri, " becomes ", &made].concat();
        self.decide("uri-rewritten", Ruling::Choose, words, rewrite.source.clone());
        self.uri = made;
        self.bound(self.uri.len() + self.args.len());
        if self.uri.is_empty() {
            let words = "the rewritten URI has a zero length: 500".to_owned();
            self.decide("uri-rewritten", Ruling::Fail, words, rewrite.source.clone());
            return End::Go(Go::Status(500));
        }
        match rewrite.flag {
            Flag::Next => End::Through,
            _ => End::Out,
        }
    }

    /// `return` (`ngx_http_script_return_code`).
    fn returned(&mut self, returns: &Return) -> Go {
        let status = returns.status;
        self.answering = status;
        let text = returns.text.as_ref().map(|text| self.fill(text));
        let has_text = returns.text.as_ref().is_some_and(|text| !text.is_empty());
        if status >= 400 && !has_text {
            let ruling = if status == 444 { Ruling::Drop } else { Ruling::Answer };
            let words = match status {
                444 => "444: closes the connection without an answer".to_owned(),
                _ => ["answers ", &status.to_string(), " itself"].concat(),
            };
            self.decide("proxy-returns", ruling, words, returns.source.clone());
            return Go::Status(status);
        }
        let text = text.unwrap_or_default();
        if matches!(status, 301 | 302 | 303 | 307 | 308) {
            let words = [&status.to_string(), ": go to ", &self.complete(&text)].concat();
            self.decide("proxy-returns", Ruling::Answer, words, returns.source.clone());
            self.location = Some((text, true));
            return Go::Status(status);
        }
        let shown = if self.status > 0 { self.status } else { status };
        let words = ["answers ", &shown.to_string(), " itself"].concat();
        self.decide("proxy-returns", Ruling::Answer, words, returns.source.clone());
        let content_type = self.default_type();
        self.answer(status, Some(&content_type), text)
    }

    /// A basis that says that nothing is written.
    pub(super) fn absent(&self, sought: &str) -> Basis {
        let document = self.block().source.document.clone();
        Basis::Absent { document, sought: sought.to_owned() }
    }

    /// The text with its variables filled in; captures are escaped where asked for.
    pub(super) fn fill_with(&mut self, text: &str, escapes: bool) -> String {
        if !escapes {
            return self.fill(text);
        }
        let kept = self.captures.clone();
        self.captures = kept.iter().map(|capture| escape_args(capture)).collect();
        let filled = self.fill(text);
        self.captures = kept;
        filled
    }
}

/// Decodes what needs no escape in a redirect, up to the query (`NGX_UNESCAPE_REDIRECT`).
fn unescape_redirect(text: &mut String) {
    let mut made = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find(['%', '?']) {
        made.push_str(&rest[..at]);
        rest = &rest[at..];
        if rest.starts_with('?') {
            break;
        }
        let byte = rest.get(1..3).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match byte {
            Some(b'?') => {
                made.push('?');
                rest = &rest[3..];
                break;
            }
            Some(byte) if byte > b'%' && byte < 0x7f => {
                made.push(char::from(byte));
                rest = &rest[3..];
            }
            _ => {
                made.push('%');
                rest = &rest[1..];
            }
        }
    }
    made.push_str(rest);
    *text = made;
}
