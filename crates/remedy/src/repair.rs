//! A document that its program refuses: one line or one sign put in, changed or taken out, nearest to the mistake first.
//!
//! Every such text is first read by the engine alone; only what is then right is tried with the request.

use crate::Remedy;
use crate::case::Case;
use crate::edit::{Edit, indent, with_word};
use crate::{certificates, database, process, web_words};
use core::cmp::Ordering;
use engine::dns::zone;
use engine::problem::{Problem, Severity};
use engine::tls;
use engine::world::{Document, Kind, World};

/// How many texts are read for one document.
const MOST_READ: usize = 1_200;

/// How many more are read after one that is right: what is nearest to the mistake comes first.
const PATIENCE: usize = 80;

/// How many of those that are right are tried.
const MOST_TRIED: usize = 32;

/// Steps for every document with a mistake.
pub fn candidates(case: &Case<'_>) -> Vec<Remedy> {
    let mut found = Vec::new();
    for document in &case.world.documents {
        let problems = problems(case.world, document);
        let error = problems.iter().find(|problem| problem.severity == Severity::Error);
        if let Some(error) = error.filter(|error| !requires_what_is_wrong(case.world, document, error)) {
            // What was only warned of may be where the mistake is, and the error what came of it.
            let places: Vec<usize> = problems.iter().map(|problem| (problem.source.line as usize).max(1) - 1).collect();
            mend(case, document, error, &places, &mut found);
        }
    }
    found
}

/// Whether the error of a script is that of a file of data, on the line that requires it: the file itself is mended.
fn requires_what_is_wrong(world: &World, document: &Document, error: &Problem) -> bool {
    let line = document.text.lines().nth((error.source.line as usize).saturating_sub(1)).unwrap_or("");
    document.kind == Kind::Script
        && world.of(Kind::Data).any(|data| line.contains(&*data.name) && data_mistake(world, &data.name).is_some())
}

/// What the program that reads a document says of it. With an error it refuses it.
fn problems(world: &World, document: &Document) -> Vec<Problem> {
    let (name, text) = (document.name.as_str(), document.text.as_str());
    match document.kind {
        Kind::Zone => zone::parse(name, text).problems,
        Kind::Nginx => world.nginx().problems.into_iter().filter(|problem| *problem.source.document == *name).collect(),
        Kind::Certificates => tls::parse(name, text).1,
        Kind::Processes => world.declared().1,
        Kind::Script => world.script(name).problems,
        Kind::Data => data_mistake(world, name).into_iter().collect(),
        Kind::Schema => engine::database::server::problems(document),
        Kind::Settings => world.settings().problems,
        Kind::SecurityGroup | Kind::Network | Kind::Hosts | Kind::Phones | Kind::Public => Vec::new(),
    }
}

/// A mistake in a file of data is one of the script that reads it.
fn data_mistake(world: &World, name: &str) -> Option<Problem> {
    let text = world.text(name)?;
    let stop = engine::literal::parse(text, engine::literal::Dialect::Json).err()?;
    Some(Problem::error(name, stop.line, stop.column, stop.words))
}

/// What is left to be said of a document with an edit that takes the mistake away and brings no other: whether something
/// in it is not modelled, and might be a mistake to the real program.
fn right(world: &World, edit: &Edit) -> Option<bool> {
    let text = world.text(&edit.document).and_then(|text| edit.apply(text))?;
    let world = world.with_text(&edit.document, &text);
    let document = world.documents.iter().find(|document| document.name == edit.document)?;
    let whole = document.kind == Kind::Nginx && world.nginx().error().is_some();
    let problems = problems(&world, document);
    let wrong = whole || problems.iter().any(|problem| problem.severity == Severity::Error);
    (!wrong).then(|| problems.iter().any(|problem| problem.severity == Severity::NotModelled))
}

/// Edits of a document that is refused, those nearest to the places where something is wrong first.
fn mend(case: &Case<'_>, document: &Document, problem: &Problem, places: &[usize], found: &mut Vec<Remedy>) {
    let lines: Vec<&str> = document.text.lines().collect();
    let mut order: Vec<usize> = (0..lines.len() + 1).collect();
    let far = |line: usize| places.iter().map(|at| line.abs_diff(*at)).min().unwrap_or(0);
    engine::text::sort(&mut order, |line| far(*line));
    // Tables are made anew for every text that is read, and a mistake shows soon after it was made.
    order.truncate(if document.kind == Kind::Schema { 20 } else { 60 });
    let (name, why) = (document.name.as_str(), ["; as it is: ", &problem.words].concat());
    let missing = unpaired(document);
    // Lines with the brackets that are missing come first.
    let mut put = lines_for(case, document);
    engine::text::sort(&mut put, |line| !missing.iter().all(|sign| line.contains(sign)));
    let mut all: Vec<(Edit, String)> = Vec::new();
    for &line in &order {
        let number = line as u32 + 1;
        if let Some(written) = lines.get(line) {
            if far(line) <= 3 && !written.trim().is_empty() {
                for new in changes(case, document, written) {
                    let words = ["Write `", new.trim(), "` in ", name, &why, "."].concat();
                    all.push((Edit::replace(name, number, written, &new), words));
                }
            }
            let words = ["Take `", written.trim(), "` out of ", name, &why, "."].concat();
            all.push((Edit::remove(name, number, written), words));
        }
    }
    let sign = |line: usize, signs: &[&str], all: &mut Vec<(Edit, String)>| {
        let Some(written) = lines.get(line) else {
            return;
        };
        for new in with_signs(signs, written) {
            let words = ["Write `", new.trim(), "` in ", name, &why, "."].concat();
            all.push((Edit::replace(name, line as u32 + 1, written, &new), words));
        }
    };
    // Where brackets of two kinds are missing, one sign is not enough: a line is.
    let one = missing.len() < 2;
    let (near, farther) = order.split_at(order.len().min(12));
    if one {
        near.iter().for_each(|line| sign(*line, &missing, &mut all));
    }
    // What can be read to its end lacks no sign.
    let unread = match document.kind {
        Kind::Script => problem.words.starts_with("SyntaxError"),
        Kind::Schema => {
            ["syntax error", "unterminated"].iter().any(|words| engine::text::contains(&problem.words, words))
        }
        _ => true,
    };
    if one && unread {
        order.iter().filter(|line| far(**line) <= 1).for_each(|line| sign(*line, signs(document.kind), &mut all));
    }
    for &line in &order {
        for new in &put {
            // In a zone, a line that begins with a blank goes on with the name above it.
            let blanks = if new.starts_with(['@', '$']) { "" } else { lines.get(line).map_or("", |line| indent(line)) };
            let words = ["Put `", new, "` into ", name, &why, "."].concat();
            all.push((Edit::insert(name, line as u32 + 1, &[blanks, new].concat()), words));
        }
    }
    if one {
        farther.iter().for_each(|line| sign(*line, &missing, &mut all));
    }
    // After a step that mends it, every bracket has its other one: such steps are read first, and the others only where
    // none of these is right (a bracket may stand in a text).
    let balance = balance(&document.text);
    let evens = |edit: &Edit| {
        let part = |text: &Option<String>| text.as_deref().map_or([0; 3], self::balance);
        let (old, new) = (part(&edit.old), part(&edit.new));
        (0..3).all(|pair| balance[pair] - old[pair] + new[pair] == 0)
    };
    let (even, odd): (Vec<_>, Vec<_>) = all.into_iter().take(MOST_READ).partition(|(edit, _)| evens(edit));
    let (mut sound, mut doubtful, mut since) = (Vec::new(), Vec::new(), 0);
    let count = even.len();
    for (place, (edit, words)) in even.into_iter().chain(odd).enumerate() {
        since += usize::from(!sound.is_empty() || !doubtful.is_empty());
        let enough = sound.len() == MOST_TRIED || (place >= count && !sound.is_empty());
        if enough || since > PATIENCE * if sound.is_empty() { 3 } else { 1 } {
            break;
        }
        match right(case.world, &edit) {
            Some(false) => sound.push(Remedy::edit(case.world, edit, &[&words])),
            Some(true) if doubtful.len() < MOST_TRIED / 2 => doubtful.push(Remedy::edit(case.world, edit, &[&words])),
            _ => {}
        }
    }
    // What the engine does not know may be a mistake as well.
    found.extend(if sound.is_empty() { doubtful } else { sound });
}

/// How many brackets of each kind are opened and not closed.
fn balance(text: &str) -> [i32; 3] {
    let mut open = [0; 3];
    for byte in text.bytes() {
        match byte {
            b'(' => open[0] += 1,
            b')' => open[0] -= 1,
            b'[' => open[1] += 1,
            b']' => open[1] -= 1,
            b'{' => open[2] += 1,
            b'}' => open[2] -= 1,
            _ => {}
        }
    }
    open
}

/// Lines that may be missing in such a document.
fn lines_for(case: &Case<'_>, document: &Document) -> Vec<String> {
    let own = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
    match document.kind {
        Kind::Zone => {
            let mut lines = own(&[
                "900",
                "300 )",
                ")",
                "@ IN SOA ns1 hostmaster (",
                "@ IN SOA ns1 hostmaster ( 1 7200 900 1209600 300 )",
                "$TTL 300",
            ]);
            let zone = case.readings.zones.iter().find(|zone| *zone.document == *document.name);
            for record in zone.into_iter().flat_map(|zone| zone.nodes.iter().flat_map(|node| &node.records)).take(40) {
                if let engine::dns::Data::A(_) = record.data {
                    lines.push(["@ IN NS ", &record.name].concat());
                }
            }
            lines.truncate(14);
            lines
        }
        Kind::Nginx => own(&["}", "server {", "location / {"]),
        Kind::Certificates => certificates::wanted(case),
        Kind::Processes => own(&["},", "}", "],", "};", "{", "apps: [", "env: {", "module.exports = {", "]"]),
        Kind::Schema => own(&[");"]),
        Kind::Data => own(&["[", "]", "{", "}", "},"]),
        Kind::Script => {
            let pool = "const { Pool } = require(\"pg\");";
            let mut lines =
                own(&["});", "}", "try {", "const app = express();", "const express = require(\"express\");", pool]);
            lines.extend(process::requires(case));
            lines.extend(process::path(case).map(|path| ["app.get(\"", &path, "\", (req, res) => {"].concat()));
            lines
        }
        _ => Vec::new(),
    }
}

/// The signs of which one may be missing anywhere in a line.
fn signs(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Zone => &[";"],
        Kind::Schema => &["(", ")", ",", ";", "'"],
        Kind::Processes | Kind::Script | Kind::Data => &["\"", ":", ",", "(", ")", "{", "}", "[", "]"],
        _ => &[],
    }
}

/// The brackets that are missing in a document as a whole: one of a pair stands there more often than the other. What
/// comes of it may be noticed far below.
fn unpaired(document: &Document) -> Vec<&'static str> {
    if !matches!(document.kind, Kind::Processes | Kind::Script | Kind::Data) {
        return Vec::new();
    }
    let count = |sign: &str| document.text.bytes().filter(|byte| *byte == sign.as_bytes()[0]).count();
    let pairs = [("(", ")"), ("{", "}"), ("[", "]")].into_iter();
    pairs
        .filter_map(|(open, close)| match count(open).cmp(&count(close)) {
            Ordering::Less => Some(open),
            Ordering::Greater => Some(close),
            Ordering::Equal => None,
        })
        .collect()
}

/// The line with one sign put in where a word begins or ends.
fn with_signs(signs: &[&str], line: &str) -> Vec<String> {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let (mut found, mut before, first) = (Vec::new(), false, indent(line).len());
    for (at, c) in line.char_indices().chain([(line.len(), '\n')]) {
        // Among blanks one place is enough.
        let apart = at == first || (at > first && !line[..at].ends_with("  "));
        if apart && (part(c) != before || !part(c)) {
            found.extend(signs.iter().map(|sign| [&line[..at], sign, &line[at..]].concat()));
        }
        before = part(c);
    }
    found.truncate(400);
    found
}

/// The names that stand in a zone, as they are written.
fn zone_names(document: &Document) -> Vec<&str> {
    let lines = document.text.lines().map(|line| engine::text::without_comment(line, ';'));
    let mut names: Vec<&str> = lines.flat_map(str::split_whitespace).filter(|word| word.contains('.')).collect();
    engine::text::sort(&mut names, |name| *name);
    names.dedup();
    names.truncate(40);
    names
}

/// What the line may have been meant to be: a sign more or less at its end, a word that is known.
fn changes(case: &Case<'_>, document: &Document, line: &str) -> Vec<String> {
    let signs: &[&str] = match document.kind {
        // A quote ends only where one has begun.
        Kind::Nginx if line.matches('"').count() % 2 == 1 => &[";", " {", "\"", "\";"],
        Kind::Nginx => &[";", " {"],
        Kind::Zone => &[" )", " ("],
        _ => &[",", ";", " {", "\",", "\");", ");", "}", "]"],
    };
    let mut found: Vec<String> = signs.iter().map(|sign| [line, sign].concat()).collect();
    let mut shorter = line.trim_end().to_owned();
    if shorter.pop().is_some() {
        found.push(shorter);
    }
    match document.kind {
        Kind::Nginx => {
            let first = line.split_whitespace().next().unwrap_or("");
            let near = web_words::DIRECTIVES.iter().filter(|known| web_words::near(known, first));
            found.extend(near.filter_map(|known| with_word(line, first, known)));
        }
        Kind::Processes | Kind::Script => {
            found.extend(web_words::corrected(line, ""));
        }
        Kind::Zone => {
            let words: Vec<&str> = engine::text::without_comment(line, ';').split_whitespace().collect();
            let network = &case.readings.network;
            let places = [&network.public, &network.dns, &network.top_level, &network.root];
            let addresses: Vec<String> = places.into_iter().flatten().map(|(address, _)| address.to_string()).collect();
            let names = zone_names(document);
            for word in &words {
                let known = names.iter().filter(|name| ***name != **word && web_words::near(name, word));
                found.extend(known.filter_map(|name| with_word(line, word, name)));
            }
            if let Some(last) = words.last() {
                found.extend(addresses.iter().filter_map(|address| with_word(line, last, address)));
            }
            for word in words {
                found.extend(["A", "CNAME", "NS", "SOA", "IN"].iter().filter_map(|kind| {
                    (word != *kind && web_words::near(kind, word)).then(|| with_word(line, word, kind)).flatten()
                }));
            }
        }
        Kind::Schema => {
            for word in line.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| word.len() > 1) {
                let known = database::WORDS.iter().filter(|known| **known != word && web_words::near(known, word));
                found.extend(known.filter_map(|known| with_word(line, word, known)));
            }
        }
        Kind::Settings => {
            let first = line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).next().unwrap_or("");
            let known = engine::database::conf::names().filter(|known| web_words::near(known, first));
            found.extend(known.filter_map(|known| with_word(line, first, known)));
        }
        _ => {}
    }
    found
}
