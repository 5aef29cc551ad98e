//! What was foretold beside what came: line by line, each the same, different for a reason that stands here, or different.
//! A difference for which no reason stands here is a mistake of ours, in the engine or in the server.

use crate::exchange::Reply;

/// The headers that may differ, and why. Everything else must be equal, character by character: the status, the
/// `Content-Type`, the `Content-Length` and the body.
pub const MAY_DIFFER: [(&str, &str); 10] = [
    ("Date", "the moment of the answer: the engine has no clock"),
    ("Server", "nginx names itself, and no nginx stands before the bundled server"),
    ("X-Powered-By", "Express names itself; the bundled server is written in Rust"),
    ("Connection", "about one connection only: the browser keeps it to itself"),
    ("Cache-Control", "the bundled server lets nobody keep its answers"),
    ("X-Content-Type-Options", "the bundled server guards itself against other sites"),
    ("Cross-Origin-Resource-Policy", "the bundled server guards itself against other sites"),
    ("Content-Security-Policy", "the bundled server guards itself against other sites"),
    (REPLAYED, "it was carried out before, with the same key"),
    ("WWW-Authenticate", "RFC 9110 wants it with a 401; the course’s backend leaves it out"),
];

/// What the bundled server adds to an answer that it has given before (docs/live.md).
const REPLAYED: &str = "Idempotent-Replayed";

/// How the two stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Equal.
    Same,
    /// Different, and this is why that may be.
    May(&'static str),
    /// Different, and it should not be.
    Differs,
}

/// One line of both answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// `Status`, a header's name, `Body`.
    pub name: String,
    /// What the engine said.
    pub foretold: Option<String>,
    /// What the server said.
    pub came: Option<String>,
    /// How they compare.
    pub mark: Mark,
}

/// Did others change something between the look at the rows and the answer?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Others {
    /// No: the rows were those that the engine was told.
    Still,
    /// So many changes.
    Changed(i64),
    /// The server could not be asked.
    Unknown,
}

/// Both answers, line by line: the status, the headers in the order of the foretold ones, what came beside them, the body.
pub fn compare(foretold: &Reply, came: &Reply, others: Others) -> Vec<Line> {
    let excuse = excuse(foretold, came, others);
    let line = |name: String, foretold: Option<&str>, came: Option<&str>| {
        let may = MAY_DIFFER.iter().find(|(known, _)| known.eq_ignore_ascii_case(&name)).map(|(_, why)| *why);
        let counted = excuse.filter(|_| COUNTED.contains(&name.as_str()));
        let mark = match may.or(counted) {
            _ if foretold == came => Mark::Same,
            Some(why) => Mark::May(why),
            None => Mark::Differs,
        };
        Line { name, foretold: foretold.map(str::to_owned), came: came.map(str::to_owned), mark }
    };
    let (before, after) = (foretold.status.to_string(), came.status.to_string());
    let mut lines = vec![line("Status".to_owned(), Some(&before), Some(&after))];
    for (name, value) in &foretold.headers {
        lines.push(line(name.clone(), Some(value), came.header(name)));
    }
    for (name, value) in came.headers.iter().filter(|(name, _)| foretold.header(name).is_none()) {
        lines.push(line(written(name), None, Some(value)));
    }
    lines.push(line("Body".to_owned(), Some(&foretold.body), Some(&came.body)));
    lines
}

/// What follows from the rows: it is another where they were others.
const COUNTED: [&str; 3] = ["Status", "Content-Length", "Body"];

/// Why what follows from the rows may be another, if it may.
fn excuse(foretold: &Reply, came: &Reply, others: Others) -> Option<&'static str> {
    // What was answered before, and is answered again, was counted then.
    if came.header(REPLAYED).is_some() && came.status == foretold.status {
        return Some("it was carried out before, and this is the answer of that time");
    }
    match others {
        Others::Changed(_) => Some("somebody else changed something between the look at the rows and the answer"),
        Others::Still | Others::Unknown => None,
    }
}

/// Whether anything differs that should not.
pub fn differs(lines: &[Line]) -> bool {
    lines.iter().any(|line| line.mark == Mark::Differs)
}

/// A header's name as it is mostly written: a script gets it in small letters.
fn written(name: &str) -> String {
    if name == "www-authenticate" {
        return "WWW-Authenticate".to_owned();
    }
    let mut first = true;
    let large = |c: char| {
        let c = if first { c.to_ascii_uppercase() } else { c };
        first = c == '-';
        c
    };
    name.chars().map(large).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, headers: &[(&str, &str)], body: &str) -> Reply {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Reply { status, headers, body: body.to_owned() }
    }

    fn marks(foretold: &Reply, came: &Reply, others: Others) -> Vec<(String, bool)> {
        let lines = compare(foretold, came, others);
        lines.into_iter().filter(|line| line.mark != Mark::Same).map(|l| (l.name, l.mark == Mark::Differs)).collect()
    }

    #[test]
    fn only_what_is_listed_may_differ() {
        let foretold = reply(200, &[("Server", "nginx/1.22.1"), ("Content-Length", "11")], "{\"likes\":2}");
        let same = reply(200, &[("content-length", "11"), ("date", "now")], "{\"likes\":2}");
        let may = [("Server".to_owned(), false), ("Date".to_owned(), false)];
        assert_eq!(marks(&foretold, &same, Others::Still), may);
        for others in [Others::Still, Others::Unknown, Others::Changed(1)] {
            let excused = matches!(others, Others::Changed(_));
            let other = reply(200, &[("server", "nginx/1.22.1"), ("content-length", "11")], "{\"likes\":3}");
            assert_eq!(marks(&foretold, &other, others), [("Body".to_owned(), !excused)], "{others:?}");
            let refused = reply(401, &[("server", "nginx/1.22.1"), ("content-length", "11")], &foretold.body);
            assert_eq!(marks(&foretold, &refused, others), [("Status".to_owned(), !excused)]);
            let strange =
                reply(200, &[("server", "nginx/1.22.1"), ("content-length", "11"), ("x-new", "1")], &foretold.body);
            assert_eq!(marks(&foretold, &strange, others), [("X-New".to_owned(), true)]);
        }
        assert!(differs(&compare(&foretold, &reply(200, &[], "{\"likes\":2}"), Others::Still)), "a length is missing");
    }

    #[test]
    fn an_answer_of_before_counts_as_it_did_then() {
        let foretold = reply(200, &[("Content-Length", "11")], "{\"likes\":2}");
        let again = |status, body| reply(status, &[("content-length", "11"), ("idempotent-replayed", "true")], body);
        let name = REPLAYED.to_owned();
        assert_eq!(marks(&foretold, &again(200, "{\"likes\":2}"), Others::Still), [(name.clone(), false)]);
        let other = [(name.clone(), false), ("Body".to_owned(), false)];
        assert_eq!(marks(&foretold, &again(200, "{\"likes\":1}"), Others::Still), other);
        let other = [("Status".to_owned(), true), (name, false), ("Body".to_owned(), true)];
        assert_eq!(marks(&foretold, &again(404, "{\"likes\":1}"), Others::Still), other);
    }

    #[test]
    fn every_reason_is_for_one_header_and_is_given() {
        for (at, (name, why)) in MAY_DIFFER.iter().enumerate() {
            assert!(why.len() > 20 && written(&name.to_ascii_lowercase()).eq_ignore_ascii_case(name), "{name}");
            assert!(!COUNTED.contains(name) && *name != "Content-Type", "{name}");
            assert!(MAY_DIFFER[at + 1..].iter().all(|(other, _)| other != name), "{name} twice");
        }
    }
}
