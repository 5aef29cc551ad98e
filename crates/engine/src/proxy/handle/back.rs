//! What comes back from a server behind, on its way to the client: headers, `proxy_redirect`
//! (`ngx_http_upstream.c`, `ngx_http_proxy_module.c`, 1.22.1).

use super::{Go, Machine, Next};
use crate::message::{Header, Response};
use crate::proxy::settings::Key;
use crate::trace::Ruling;

impl Machine<'_> {
    /// The application's answer as the client gets it: nginx's `Server`, its own headers of the connection, `Location`
    /// and cookies changed as configured.
    pub(super) fn through(&mut self, answer: &Response) -> Go {
        const HIDDEN: [&str; 4] = ["Date", "Server", "X-Pad", "X-Accel-Expires"];
        const OWN: [&str; 4] = ["Connection", "Keep-Alive", "Transfer-Encoding", "Content-Length"];
        if ["X-Accel-Redirect", "X-Accel-Charset", "X-Accel-Limit-Rate"].iter().any(|n| answer.header(n).is_some()) {
            let source = self.block().source.clone();
            return Go::Stop(Next::NotModelled("X-Accel headers".to_owned(), source));
        }
        let settings = &self.block().settings;
        let named = |key: Key, name: &str| settings.all(key).iter().any(|s| s.arg(0).eq_ignore_ascii_case(name));
        let is = |list: &[&str], name: &str| list.iter().any(|other| other.eq_ignore_ascii_case(name));
        let mut headers: Vec<Header> = Vec::with_capacity(answer.headers.len() + 3);
        for name in ["Content-Type", "Content-Length"] {
            let is = |(other, _): &&Header| other.eq_ignore_ascii_case(name);
            let found = answer.headers.iter().find(is);
            headers.extend(found.cloned());
        }
        // After this answer it only hands bytes through (`ngx_http_upstream_upgrade`): for a client that asked for it.
        let switches = answer.status == 101;
        if switches && self.request.header("Upgrade").is_none() {
            let source = self.block().source.clone();
            return Go::Stop(Next::NotModelled("a 101 for a client that did not ask for it".to_owned(), source));
        }
        if !self.connection.http2 {
            headers.push(("Connection".into(), if switches { "upgrade" } else { "keep-alive" }.into()));
        }
        let mut location = None;
        for (name, value) in &answer.headers {
            let hidden = (is(&HIDDEN, name) && !named(Key::PassHeader, name)) || named(Key::HideHeader, name);
            if hidden || is(&OWN, name) || name.eq_ignore_ascii_case("Content-Type") {
                continue;
            }
            if name.eq_ignore_ascii_case("Location") {
                location = Some(value);
                continue;
            }
            headers.push((name.clone(), value.clone()));
        }
        let cookies = [Key::CookieDomain, Key::CookiePath, Key::CookieFlags];
        if let (Some(setting), true) =
            (cookies.iter().find_map(|key| settings.first(*key)), answer.header("Set-Cookie").is_some())
            && setting.arg(0) != "off"
        {
            return Go::Stop(Next::NotModelled("changing cookies".to_owned(), setting.source.clone()));
        }
        if let Some(location) = location {
            match self.redirected(location) {
                Ok(location) => self.location = Some(location),
                Err(go) => return *go,
            }
        }
        // A gRPC answer that is all head has an empty body.
        let grpc = self.block().pass.as_ref().is_some_and(|pass| pass.grpc);
        if grpc && crate::message::header(&headers, "Content-Length").is_none() {
            let at =
                headers.iter().position(|(name, _)| name.eq_ignore_ascii_case("Content-Type")).map_or(0, |at| at + 1);
            if answer.size() == 0 && answer.trailers.is_empty() {
                headers.insert(at, ("Content-Length".into(), "0".into()));
            }
        }
        let (status, reason, mut body) = (answer.status, answer.reason.clone(), answer.body.clone());
        // What is more than was announced is not passed on (`ngx_http_proxy_copy_filter`).
        if let Some(length) = answer.length().filter(|length| *length < body.len() && body.is_char_boundary(*length)) {
            body.truncate(length);
        }
        // Where neither a length nor the last piece is missing, the end of the connection is the end of the body.
        let cut = answer.cut && (answer.length().is_some() || answer.chunked());
        if cut {
            self.cut_behind();
        }
        let (data, trailers) = (answer.data.clone(), answer.trailers.clone());
        self.passed_on = true;
        let go = self.send(Response { status, reason, headers, body, data, trailers, cut, ..Response::default() });
        self.passed_on = false;
        go
    }

    /// `proxy_redirect`: the new `Location`, and whether it is completed.
    fn redirected(&mut self, location: &str) -> Result<(String, bool), Box<Go>> {
        let block = self.block();
        let usual = |machine: &Self| -> Option<(String, String)> {
            let passing = machine.passing.as_ref().filter(|passing| !passing.variables)?;
            let pass = block.pass.as_ref()?;
            Some(match &passing.uri {
                Some(uri) => ([&passing.base, uri.as_str()].concat(), pass.location.clone()),
                None => ([&passing.base, "/"].concat(), "/".to_owned()),
            })
        };
        let rules = block.settings.all(Key::Redirect);
        let mut pairs = Vec::new();
        if rules.is_empty() {
            pairs.extend(usual(self).map(|(from, to)| (from, to, None)));
        }
        for rule in rules {
            match rule.arg(0) {
                "off" if rule.args.len() == 1 => pairs.clear(),
                "default" if rule.args.len() == 1 => {
                    pairs.extend(usual(self).map(|(from, to)| (from, to, Some(rule))));
                }
                from => pairs.push((from.to_owned(), rule.arg(1).to_owned(), Some(rule))),
            }
        }
        for (from, to, rule) in pairs {
            let source = rule.map_or_else(|| block.source.clone(), |rule| rule.source.clone());
            let expression = rule.and_then(|_| {
                from.strip_prefix("~*").map(|e| (e, true)).or(from.strip_prefix('~').map(|e| (e, false)))
            });
            let made = if let Some((expression, caseless)) = expression {
                let Ok(pattern) = crate::pattern::Pattern::new(expression, caseless) else {
                    let what = ["the regular expression ", expression].concat();
                    return Err(Box::new(Go::Stop(Next::NotModelled(what, source))));
                };
                let Some(captures) = self.matches(&pattern, location, &source) else {
                    continue;
                };
                self.captures = captures;
                self.fill(&to)
            } else {
                let from = if rule.is_some() { self.fill(&from) } else { from };
                let Some(rest) = location.strip_prefix(&from) else {
                    continue;
                };
                [self.fill(&to).as_str(), rest].concat()
            };
            let words = ["the Location ", location, " becomes ", &made].concat();
            self.decide("redirect-rewritten", Ruling::Choose, words, source);
            return Ok((made, true));
        }
        Ok((location.to_owned(), false))
    }
}
