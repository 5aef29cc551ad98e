//! nginx: the few words of a server block that lead a request to its application.
//!
//! The files are read loosely here, so that one with a mistake can be mended as well: statements with their lines, and the
//! server block that each stands in. What they mean is for the engine to say.

use crate::case::Case;
use crate::edit::{Edit, indent, with_word};
use crate::{Grants, Remedy, certificates, process, speak};
use engine::text;
use engine::world::Kind;

/// How many server blocks are looked at.
const MOST: usize = 16;

/// A statement, as far as its words go.
struct Statement<'a> {
    line: u32,
    words: Vec<&'a str>,
    /// The server block it stands in, or opens; counted from 1, 0 outside of all.
    server: usize,
    /// Whether it opens a block.
    opens: bool,
}

/// The statements of a file. Comments are left out; quotes are not looked at.
fn statements(text: &str) -> Vec<Statement<'_>> {
    let mut found: Vec<Statement<'_>> = Vec::new();
    let (mut words, mut first, mut depth, mut server, mut servers) = (Vec::new(), 0, 0_u32, (0, 0), 0);
    for (number, line) in text::lines(text) {
        let line = text::without_comment(line, '#');
        let mut rest = line;
        while !rest.is_empty() {
            let end = rest.find([';', '{', '}']).unwrap_or(rest.len());
            let (piece, after) = rest.split_at(end);
            for word in piece.split_whitespace() {
                if words.is_empty() {
                    first = number;
                }
                words.push(word);
            }
            let sign = after.chars().next();
            rest = after.get(1..).unwrap_or("");
            if sign == Some('{') && words == ["server"] {
                servers += 1;
                server = (servers, depth);
            }
            if sign.is_some() && !words.is_empty() {
                let opens = sign == Some('{');
                found.push(Statement { line: first, words: core::mem::take(&mut words), server: server.0, opens });
            }
            match sign {
                Some('{') => depth += 1,
                Some('}') => {
                    depth = depth.saturating_sub(1);
                    if depth <= server.1 {
                        server = (0, 0);
                    }
                }
                _ => {}
            }
        }
    }
    found
}

/// One file that is looked at.
struct File<'c, 'a> {
    case: &'c Case<'a>,
    name: &'c str,
    text: &'c str,
    found: Vec<Remedy>,
}

impl File<'_, '_> {
    fn line(&self, number: u32) -> &str {
        self.text.lines().nth(number.saturating_sub(1) as usize).unwrap_or("")
    }

    /// A word of a line is replaced.
    fn swap(&mut self, line: u32, old: &str, new: &str, words: &[&str]) {
        if old != new
            && let Some(changed) = with_word(self.line(line), old, new)
        {
            let edit = Edit::replace(self.name, line, self.line(line), &changed);
            self.found.push(Remedy::edit(self.case.world, edit, words));
        }
    }

    /// A line is put in below another, indented by so many blanks more.
    fn put(&mut self, below: u32, more: &str, new: &str, words: &[&str]) {
        let blanks = [indent(self.line(below)), more].concat();
        let text = [blanks.as_str(), &engine_lines(new, &blanks)].concat();
        self.found.push(Remedy::edit(self.case.world, Edit::insert(self.name, below + 1, &text), words));
    }
}

/// Several lines, each indented.
fn engine_lines(text: &str, blanks: &str) -> String {
    text.lines().collect::<Vec<_>>().join(&["\n", blanks].concat())
}

/// Steps in nginx's files.
pub fn candidates(case: &Case<'_>) -> Vec<Remedy> {
    let mut found = speak::candidates(case);
    for document in case.world.of(Kind::Nginx) {
        let mut file = File { case, name: &document.name, text: &document.text, found: Vec::new() };
        let statements = statements(&document.text);
        for statement in &statements {
            said(&mut file, statement);
        }
        for server in 1..=MOST {
            let own: Vec<&Statement<'_>> = statements.iter().filter(|statement| statement.server == server).collect();
            missing(&mut file, &own);
        }
        found.append(&mut file.found);
    }
    for (name, line) in case.lines(Kind::Nginx).into_iter().take(6) {
        let written = case.world.text(name).and_then(|text| text.lines().nth(line as usize - 1)).unwrap_or("");
        let first = written.split_whitespace().next().unwrap_or("");
        // In place of a `deny`, one visitor is let in.
        if written.contains(['{', '}']) || first == "deny" {
            continue;
        }
        let words = ["Take out the line that decided against the request: `", written.trim(), "`."];
        let remedy = Remedy::edit(case.world, Edit::remove(name, line, written), &words);
        found.push(match first {
            "auth_basic" | "auth_basic_user_file" | "satisfy" => {
                remedy.granting(Grants::Everybody).noting("everybody is then let in without a password")
            }
            _ => remedy,
        });
    }
    found.extend(hosts(case));
    found
}

/// What is said may be wrong.
fn said(file: &mut File<'_, '_>, statement: &Statement<'_>) {
    let (case, line) = (file.case, statement.line);
    let host = case.host();
    match statement.words[..] {
        ["listen", at, ref rest @ ..] => {
            let (address, port) = at.rsplit_once(':').map_or(("", at), |(address, port)| (address, port));
            for wanted in wanted_ports(case) {
                let new = [address, if address.is_empty() { "" } else { ":" }, &wanted.to_string()].concat();
                file.swap(line, at, &new, &["Let nginx listen on port ", &wanted.to_string(), " here."]);
            }
            if !address.is_empty() {
                file.swap(line, at, port, &["Let nginx listen on port ", port, " at every address."]);
            }
            match rest.contains(&"ssl") {
                true => file.swap(line, " ssl", "", &["Let port ", port, " speak plain HTTP, without `ssl`."]),
                false => file.swap(line, at, &[at, " ssl"].concat(), &["Let port ", port, " speak TLS: `ssl`."]),
            }
        }
        ["server_name", first, ..] if !host.is_empty() => {
            file.swap(line, first, host, &["Let this server block bear the name ", host, " in place of ", first, "."]);
            let more = [first, " ", host].concat();
            file.swap(line, first, &more, &["Let this server block bear the name ", host, " as well."]);
        }
        ["ssl_certificate", path] => {
            for certificate in case.world.certificates().0.into_iter().take(8) {
                file.swap(line, path, &certificate.path, &["Show the certificate ", &certificate.path, " here."]);
            }
        }
        ["ssl_reject_handshake", "on"] => {
            file.swap(line, "on", "off", &["Do not reject the handshake here."]);
        }
        ["proxy_pass", url] => passes(file, line, url),
        ["server", at, ..] if !statement.opens => {
            let host = at.rsplit_once(':').map_or(at, |(host, _)| host);
            for (port, name) in process::ports(case) {
                let to = [host, ":", &port.to_string()].concat();
                file.swap(
                    line,
                    at,
                    &to,
                    &["Pass requests on to port ", &port.to_string(), ", where ", &name, " listens."],
                );
            }
        }
        ["location", .., path] if path != "/" && !path.starts_with('@') => {
            file.swap(line, path, "/", &["Let this location take every path, in place of ", path, " only."]);
        }
        ["return", _, ..] if !host.is_empty() => {
            let written = file.line(line).to_owned();
            let new = [indent(&written), "return 301 https://$host$request_uri;"].concat();
            let edit = Edit::replace(file.name, line, &written, &new);
            let words = ["Send everybody to HTTPS at the same name: `", new.trim(), "`."];
            file.found.push(Remedy::edit(case.world, edit, &words));
        }
        ["deny", ..] => {
            let visitor = case.visitor.to_string();
            let new = [indent(file.line(line)), "allow ", &visitor, ";"].concat();
            let words = ["Let this visitor in before the `deny`: allow ", &visitor, "."];
            let edit = Edit::insert(file.name, line, &new);
            file.found.push(Remedy::edit(case.world, edit, &words).granting(Grants::Visitor));
        }
        _ => {}
    }
}

/// Where requests are passed on to.
fn passes(file: &mut File<'_, '_>, line: u32, url: &str) {
    let (scheme, rest) = text::split_once(url, "://").unwrap_or(("http", url));
    let (authority, uri) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let (host, port) = authority.rsplit_once(':').map_or((authority, ""), |(host, port)| (host, port));
    let colon = if port.is_empty() { "" } else { ":" };
    for (port, name) in process::ports(file.case) {
        let to = ["http://", host, ":", &port.to_string(), uri].concat();
        let words = ["Pass requests on to port ", &port.to_string(), ", where ", &name, " listens."];
        file.swap(line, url, &to, &words);
        // However the address is mistaken, that is where the process is.
        let to = ["http://localhost:", &port.to_string()].concat();
        file.swap(line, url, &to, &words);
    }
    if scheme != "http" {
        let to = ["http://", rest].concat();
        file.swap(line, url, &to, &["Pass requests on as plain HTTP: the application speaks no TLS."]);
    }
    for local in ["localhost", "127.0.0.1"] {
        let to = ["http://", local, colon, port, uri].concat();
        file.swap(line, url, &to, &["Pass requests on to this machine itself: ", local, "."]);
    }
    if uri.is_empty() {
        let to = [url, "/"].concat();
        file.swap(
            line,
            url,
            &to,
            &["Take the location's prefix off before passing on: end `proxy_pass` with a slash."],
        );
    } else {
        let to = [scheme, "://", authority].concat();
        file.swap(line, url, &to, &["Pass the path on as it came: `proxy_pass` without ", uri, "."]);
    }
}

/// What a server block does not say.
fn missing(file: &mut File<'_, '_>, own: &[&Statement<'_>]) {
    let Some(open) = own.first().filter(|statement| statement.opens) else {
        return;
    };
    let (case, host) = (file.case, file.case.host());
    let says = |name: &str| own.iter().rev().find(|statement| statement.words[0] == name);
    let below = says("listen").map_or(open.line, |statement| statement.line);
    let more = if below == open.line { "    " } else { "" };
    let bears = own.iter().any(|statement| statement.words[0] == "server_name" && statement.words.contains(&host));
    if bears || says("server_name").is_none() {
        for port in wanted_ports(case) {
            let tls = case.url.as_ref().is_some_and(|url| if url.port == port { url.secure } else { port == 443 });
            let listen = ["listen ", &port.to_string(), if tls { " ssl;" } else { ";" }].concat();
            file.put(
                open.line,
                "    ",
                &listen,
                &["Let nginx listen on port ", &port.to_string(), ": `", &listen, "`."],
            );
        }
    }
    if says("server_name").is_none() && !host.is_empty() {
        let line = ["server_name ", host, ";"].concat();
        file.put(below, more, &line, &["Give this server block its name: `", &line, "`."]);
    }
    for certificate in case.world.certificates().0.into_iter().take(8) {
        let line = ["ssl_certificate ", &certificate.path, ";"].concat();
        if says("ssl_certificate").is_none() {
            file.put(below, more, &line, &["Say which certificate to show: `", &line, "`."]);
        }
    }
    for path in certificates::wanted(case).into_iter().take(8) {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let key = ["ssl_certificate_key ", folder, "/privkey.pem;"].concat();
        if says("ssl_certificate_key").is_none() {
            file.put(below, more, &key, &["Say where the certificate's key is: `", &key, "`."]);
        }
    }
    for (port, name) in process::ports(case) {
        let pass = ["proxy_pass http://localhost:", &port.to_string(), ";"].concat();
        let words = ["Pass requests on to port ", &port.to_string(), ", where ", &name, " listens."];
        match own.iter().find(|statement| statement.words[0] == "location" && statement.opens) {
            Some(location) if says("proxy_pass").is_none() => file.put(location.line, "    ", &pass, &words),
            None if says("return").is_none() => {
                let block = ["location / {\n    ", &pass, "\n}"].concat();
                file.put(below, more, &block, &words);
            }
            _ => {}
        }
    }
    if case.url.as_ref().is_some_and(|url| !url.secure) && says("location").is_none() && says("return").is_none() {
        file.put(below, more, "return 301 https://$host$request_uri;", &["Send everybody to HTTPS."]);
    }
}

/// The port that was asked for, and the one that redirects lead to.
fn wanted_ports(case: &Case<'_>) -> Vec<u16> {
    let mut ports = vec![case.port];
    if case.port == 80 && case.url.is_some() {
        ports.push(443);
    }
    ports
}

/// Names that nginx looks up in `/etc/hosts` and does not find there.
fn hosts(case: &Case<'_>) -> Vec<Remedy> {
    let Some(document) = case.world.of(Kind::Hosts).next() else {
        return Vec::new();
    };
    if case
        .readings
        .hosts
        .iter()
        .any(|(address, name)| name == "localhost" && address.is_ipv4() && address.is_loopback())
    {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (number, line) in text::lines(&document.text) {
        let words: Vec<&str> = text::without_comment(line, '#').split_whitespace().collect();
        if let [address, "localhost", ..] = words[..] {
            let new = with_word(line, address, "127.0.0.1");
            let edit = new.map(|new| Edit::replace(&document.name, number, line, &new));
            found.extend(edit.map(|edit| Remedy::edit(case.world, edit, &["Let localhost be 127.0.0.1 again."])));
        }
    }
    let edit = Edit::insert(&document.name, 1, "127.0.0.1 localhost");
    found.push(Remedy::edit(case.world, edit, &["Let localhost be 127.0.0.1: `/etc/hosts` does not know it."]));
    found
}
