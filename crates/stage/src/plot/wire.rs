//! A plot as text: a line a step, its fields between tabs; then, after an empty line, a line an outcome. Both sides are
//! ours, so a text that does not fit is nothing, never half of something.

use super::{Act, Plot, Step, Told};
use crate::cast::Route;
use crate::scene::Mood;
use engine::place::Place;
use engine::text::forever;
use engine::time::Micros;
use engine::trace::{Basis, Outcome, Ruling, Verdict};

const RULINGS: [Ruling; 7] =
    [Ruling::Allow, Ruling::Choose, Ruling::Answer, Ruling::Refuse, Ruling::Drop, Ruling::GiveUp, Ruling::Fail];
const MOODS: [Mood; 4] = [Mood::Request, Mood::Answer, Mood::Waiting, Mood::Refused];

impl Plot {
    /// As text.
    pub fn write(&self) -> String {
        let mut out = String::new();
        for step in &self.steps {
            let times = [step.start.0.to_string(), (step.end.0 - step.start.0).to_string(), step.action.to_string()];
            let mut fields = vec![step.name.clone()];
            fields.extend(times);
            match &step.act {
                Act::Travel { from, to, told: Told { short, line, mood, route, html } } => {
                    fields.extend(["travel".to_owned(), number(&Place::ALL, from), number(&Place::ALL, to)]);
                    fields.extend([number(&MOODS, mood), way(*route), short.clone(), line.clone()]);
                    fields.extend(html.clone());
                }
                Act::Decide { at, verdict: Verdict { ruling, words }, basis } => {
                    fields.extend(["decide".to_owned(), number(&Place::ALL, at), number(&RULINGS, ruling)]);
                    fields.push(words.to_string());
                    fields.extend(ground(basis));
                }
            }
            line(&mut out, &fields);
        }
        out.push('\n');
        for outcome in &self.outcomes {
            line(&mut out, &end(outcome));
        }
        out
    }

    /// The plot again.
    pub fn read(text: &str) -> Option<Self> {
        let (steps, outcomes) = text.split_once("\n\n").or_else(|| Some(("", text.strip_prefix('\n')?)))?;
        let steps = steps.lines().map(|line| step(&fields(line))).collect::<Option<_>>()?;
        let outcomes = outcomes.lines().map(|line| outcome(&fields(line))).collect::<Option<_>>()?;
        Some(Self { steps, outcomes })
    }
}

/// The place of a value among all of its kind.
fn number<T: PartialEq>(all: &[T], value: &T) -> String {
    all.iter().position(|other| other == value).unwrap_or(0).to_string()
}

fn of<T: Copy>(all: &[T], field: &str) -> Option<T> {
    all.get(field.parse::<usize>().ok()?).copied()
}

fn way(route: Option<Route>) -> String {
    match route {
        None => String::new(),
        Some(Route::Along(tail, head, nth)) => ["a ", tail, " ", head, " ", &nth.to_string()].concat(),
        Some(Route::Back(tail, head, nth)) => ["b ", tail, " ", head, " ", &nth.to_string()].concat(),
        Some(Route::Within(node)) => ["w ", node].concat(),
    }
}

fn route(field: &str) -> Option<Option<Route>> {
    let words: Vec<&str> = field.split(' ').collect();
    Some(match *words {
        [""] => None,
        ["w", node] => Some(Route::Within(forever(node))),
        ["a", tail, head, nth] => Some(Route::Along(forever(tail), forever(head), nth.parse().ok()?)),
        ["b", tail, head, nth] => Some(Route::Back(forever(tail), forever(head), nth.parse().ok()?)),
        _ => return None,
    })
}

fn ground(basis: &Basis) -> Vec<String> {
    match basis {
        Basis::Line { document, line } => vec!["line".to_owned(), document.to_string(), line.to_string()],
        Basis::Absent { document, sought } => vec!["absent".to_owned(), document.to_string(), sought.clone()],
        Basis::State { what } => vec!["state".to_owned(), what.clone()],
        Basis::Standard { source, says } => ["standard", source, says].map(str::to_owned).into(),
    }
}

fn basis(fields: &[String]) -> Option<Basis> {
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    Some(match *fields {
        ["line", document, line] => Basis::Line { document: document.into(), line: line.parse().ok()? },
        ["absent", document, sought] => Basis::Absent { document: document.into(), sought: sought.to_owned() },
        ["state", what] => Basis::State { what: what.to_owned() },
        ["standard", source, says] => Basis::Standard { source: forever(source), says: forever(says) },
        _ => return None,
    })
}

fn step(fields: &[String]) -> Option<Step> {
    let [name, start, span, action, kind, rest @ ..] = fields else { return None };
    let (start, span) = (start.parse().ok()?, span.parse::<u64>().ok()?);
    let act = match (kind.as_str(), rest) {
        ("travel", [from, to, mood, way, short, line, html @ ..]) => Act::Travel {
            from: of(&Place::ALL, from)?,
            to: of(&Place::ALL, to)?,
            told: Told {
                short: short.clone(),
                line: line.clone(),
                mood: of(&MOODS, mood)?,
                route: route(way)?,
                html: html.first().cloned(),
            },
        },
        ("decide", [at, ruling, words, ground @ ..]) => Act::Decide {
            at: of(&Place::ALL, at)?,
            verdict: Verdict { ruling: of(&RULINGS, ruling)?, words: words.clone().into() },
            basis: basis(ground)?,
        },
        _ => return None,
    };
    let end = Micros(u64::checked_add(start, span)?);
    Some(Step { name: name.clone(), start: Micros(start), end, action: action.parse().ok()?, act })
}

fn end(outcome: &Outcome) -> Vec<String> {
    match outcome {
        Outcome::Response { status, reason, content_type, body, cut } => {
            let mut fields = vec!["response".to_owned(), status.to_string(), reason.to_string()];
            fields.extend([content_type.clone(), body.clone()]);
            fields.extend(cut.map(str::to_owned));
            fields
        }
        Outcome::BrowserError { code, title, text } => {
            vec!["error".to_owned(), (*code).to_owned(), title.clone(), text.clone()]
        }
        Outcome::Printed(text) => vec!["printed".to_owned(), text.clone()],
    }
}

fn outcome(fields: &[String]) -> Option<Outcome> {
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    Some(match *fields {
        ["response", status, reason, content_type, body, ref cut @ ..] => Outcome::Response {
            status: status.parse().ok()?,
            reason: reason.to_owned().into(),
            content_type: content_type.to_owned(),
            body: body.to_owned(),
            cut: match *cut {
                [] => None,
                [code] => Some(forever(code)),
                _ => return None,
            },
        },
        ["error", code, title, text] => {
            Outcome::BrowserError { code: forever(code), title: title.to_owned(), text: text.to_owned() }
        }
        ["printed", text] => Outcome::Printed(text.to_owned()),
        _ => return None,
    })
}

/// Fields on one line: what would end a field or a line stands behind a backslash.
fn line(out: &mut String, fields: &[String]) {
    for (index, field) in fields.iter().enumerate() {
        if index > 0 {
            out.push('\t');
        }
        for c in field.chars() {
            match c {
                '\t' => *out += "\\t",
                '\n' => *out += "\\n",
                '\r' => *out += "\\r",
                '\\' => *out += "\\\\",
                _ => out.push(c),
            }
        }
    }
    out.push('\n');
}

fn fields(line: &str) -> Vec<String> {
    line.split('\t').map(plain).collect()
}

fn plain(field: &str) -> String {
    let mut out = String::new();
    let mut chars = field.chars();
    while let Some(c) = chars.next() {
        out.push(match c {
            '\\' => match chars.next() {
                Some('t') => '\t',
                Some('n') => '\n',
                Some('r') => '\r',
                _ => '\\',
            },
            _ => c,
        });
    }
    out
}
