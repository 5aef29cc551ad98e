//! `dig` in the instance's terminal: the same resolver and the same servers, printed as dig 9.18 prints them.
//!
//! It knows `@address`, a type, `+short`, `+trace`, `+noall`, `+answer` and `+norecurse`. It leaves out the message's
//! number and size and the date, which nobody can know here.

use super::Journey;
use crate::dns::server::Answer;
use crate::dns::{Kind, Rcode, Record, name};
use crate::time::Micros;
use core::net::Ipv4Addr;
use std::sync::Arc;

/// What was asked for on the command line.
struct Wish<'a> {
    name: Arc<str>,
    kind: Kind,
    server: Option<Ipv4Addr>,
    options: Vec<&'a str>,
}

/// What came back, as dig shows it.
struct Reply {
    rcode: Rcode,
    flags: &'static str,
    sections: Sections,
}

impl Journey<'_> {
    /// Runs `dig` with these arguments. What it asks is no part of the story.
    pub(super) fn dig(&mut self, arguments: &[&str]) -> String {
        let wish = match read(arguments) {
            Ok(wish) => wish,
            Err(words) => return words,
        };
        let (steps, before) = (self.record.trace.steps.len(), self.record.now);
        let mut printed = String::new();
        if wish.options.contains(&"+trace") {
            self.trace_down(&wish, &mut printed);
        } else {
            let resolver = self.network.resolver.as_ref().map(|(address, _)| *address);
            match wish.server.or(resolver) {
                Some(server) => match self.reply(&wish, server, Some(server) == resolver) {
                    Some(reply) => show(&wish, &reply, server, self.record.now - before, arguments, &mut printed),
                    None => silence(server, arguments, &mut printed),
                },
                None => printed.push_str(";; no servers could be reached\n"),
            }
        }
        self.record.trace.steps.truncate(steps);
        printed
    }

    /// Asks the resolver, or one server directly.
    fn reply(&mut self, wish: &Wish<'_>, server: Ipv4Addr, resolver: bool) -> Option<Reply> {
        if resolver {
            self.record.now += self.network.browser_resolver;
            let resolved = self.resolve(&wish.name, wish.kind);
            self.record.now += self.network.browser_resolver;
            let sections = sections(resolved.records, resolved.authority, Vec::new());
            return Some(Reply { rcode: resolved.rcode, flags: "qr rd ra", sections });
        }
        let Answer { rcode, authoritative, records, authority, additional, .. } =
            self.ask_server(server, &wish.name, wish.kind)?;
        let flags = if authoritative { "qr aa rd" } else { "qr rd" };
        Some(Reply { rcode, flags, sections: sections(records, authority, additional) })
    }

    /// `+trace`: from the root down, each answer as it comes.
    fn trace_down(&mut self, wish: &Wish<'_>, printed: &mut String) {
        let Some((mut server, _)) = self.network.root.clone() else {
            return printed.push_str(";; no servers could be reached\n");
        };
        let mut known_as = "root".to_owned();
        for _ in 0..16 {
            let before = self.record.now;
            let Some(answer) = self.ask_server(server, &wish.name, wish.kind) else {
                return silence(server, &[], printed);
            };
            let span = self.record.now - before;
            let last = !answer.records.is_empty() || answer.authoritative || answer.rcode != Rcode::NoError;
            for record in answer.records.iter().chain(&answer.authority) {
                line(record, printed);
            }
            let ms = (span.0 / 1_000).to_string();
            printed.push_str(
                &[";; Received from ", &server.to_string(), "#53(", &known_as, ") in ", &ms, " ms\n\n"].concat(),
            );
            let glue = answer.additional.iter().find_map(|record| match record.data {
                crate::dns::Data::A(address) => Some((address, record.name.clone())),
                _ => None,
            });
            match glue {
                Some((address, name)) if !last => {
                    server = address;
                    known_as = name.trim_end_matches('.').to_owned();
                }
                _ => return,
            }
        }
    }
}

/// Reads the arguments; what is not understood is said as dig says it.
fn read<'a>(arguments: &[&'a str]) -> Result<Wish<'a>, String> {
    let mut wish = Wish { name: ".".into(), kind: Kind::A, server: None, options: Vec::new() };
    let (mut named, mut typed) = (false, false);
    for word in arguments {
        if let Some(server) = word.strip_prefix('@') {
            let known =
                server.parse().map_err(|_| ["dig: couldn't get address for '", server, "': not found\n"].concat());
            wish.server = Some(known?);
        } else if word.starts_with('+') {
            if !["+short", "+trace", "+noall", "+answer", "+norecurse", "+norec"].contains(word) {
                return Err([
                    "Invalid option: ",
                    word,
                    "\nThis program knows +short, +trace, +noall, +answer and +norecurse here.\n",
                ]
                .concat());
            }
            wish.options.push(word);
        } else if *word == "-t" || *word == "-q" || *word == "IN" {
        } else if let (Some(kind), false) = (Kind::named(word), typed) {
            (wish.kind, typed) = (kind, true);
        } else if named {
            return Err(["not modelled: a second name, ", word, "\n"].concat());
        } else {
            let absolute = name::absolute(word, ".");
            wish.name =
                absolute.map_err(|what| ["dig: '", word, "' is not a legal name (", what, ")\n"].concat())?.into();
            named = true;
        }
    }
    if !named && !typed {
        wish.kind = Kind::NS;
    }
    Ok(wish)
}

/// The sections of a message, each with its title.
pub type Sections = [(&'static str, Vec<Record>); 3];

/// The three sections.
pub fn sections(answer: Vec<Record>, authority: Vec<Record>, additional: Vec<Record>) -> Sections {
    [("ANSWER", answer), ("AUTHORITY", authority), ("ADDITIONAL", additional)]
}

fn show(wish: &Wish<'_>, reply: &Reply, server: Ipv4Addr, span: Micros, arguments: &[&str], printed: &mut String) {
    let asked = |option: &str| wish.options.contains(&option);
    if asked("+short") {
        for record in &reply.sections[0].1 {
            printed.push_str(&[&record.data.to_string(), "\n"].concat());
        }
        return;
    }
    if asked("+noall") {
        let answer: &[Record] = if asked("+answer") { &reply.sections[0].1 } else { &[] };
        return answer.iter().for_each(|record| line(record, printed));
    }
    head(arguments, printed);
    let Reply { rcode, flags, sections } = reply;
    printed.push_str(&message(";; Got answer:", *rcode, flags, (&wish.name, wish.kind), sections));
    let (ms, at) = ((span.0 / 1_000).to_string(), server.to_string());
    printed.push_str(&[";; Query time: ", &ms, " msec\n;; SERVER: ", &at, "#53(", &at, ") (UDP)\n\n"].concat());
}

/// A message as dig shows it, from its title to the blank line after the last section.
pub fn message(title: &str, rcode: Rcode, flags: &str, (name, kind): (&str, Kind), sections: &Sections) -> String {
    let count = |at: usize, more: usize| (sections[at].1.len() + more).to_string();
    let recursion = match flags.ends_with("rd") && flags.starts_with("qr") {
        true => ";; WARNING: recursion requested but not available\n",
        false => "",
    };
    let mut printed = [
        title,
        "\n;; ->>HEADER<<- opcode: QUERY, status: ",
        rcode.word(),
        "\n;; flags: ",
        flags,
        "; QUERY: 1, ANSWER: ",
        &count(0, 0),
        ", AUTHORITY: ",
        &count(1, 0),
        ", ADDITIONAL: ",
        &count(2, 1),
        "\n",
        recursion,
        "\n;; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: 1232\n;; QUESTION SECTION:\n",
    ]
    .concat();
    let question = [";", name].concat();
    let gap = gap(question.len(), 32);
    printed.push_str(&[&question, &gap, "IN\t", &kind.word(), "\n\n"].concat());
    for (title, records) in sections.iter().filter(|(_, records)| !records.is_empty()) {
        printed.push_str(&[";; ", title, " SECTION:\n"].concat());
        records.iter().for_each(|record| line(record, &mut printed));
        printed.push('\n');
    }
    printed
}

fn head(arguments: &[&str], printed: &mut String) {
    let found = if arguments.iter().any(|word| word.starts_with('@')) { "; (1 server found)\n" } else { "" };
    let version = "\n; <<>> DiG 9.18.49-1~deb12u3-Debian <<>> ";
    printed.push_str(&[version, &arguments.join(" "), "\n", found, ";; global options: +cmd\n"].concat());
}

fn silence(server: Ipv4Addr, arguments: &[&str], printed: &mut String) {
    let once = [";; communications error to ", &server.to_string(), "#53: timed out\n"].concat();
    printed.push_str(&once.repeat(3));
    head(arguments, printed);
    printed.push_str(";; no servers could be reached\n\n");
}

/// One record in dig's columns.
fn line(record: &Record, printed: &mut String) {
    let mut column = 0;
    let words = [record.name.as_ref().to_owned(), record.ttl.to_string(), "IN".to_owned(), record.data.kind().word()];
    for (word, next) in words.iter().zip([24, 32, 40, 48]) {
        let gap = gap(column + word.len(), next);
        column = (column + word.len() + 1).max(next);
        printed.push_str(&[word.as_str(), &gap].concat());
    }
    printed.push_str(&[&record.data.to_string(), "\n"].concat());
}

/// The blanks from one column to another, with tabs of eight; at least one.
fn gap(from: usize, to: usize) -> String {
    let to = to.max(from + 1);
    let tabs = to / 8 - from / 8;
    let blanks = if tabs > 0 { to % 8 } else { to - from };
    ["\t".repeat(tabs), " ".repeat(blanks)].concat()
}
