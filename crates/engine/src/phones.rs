//! The phones that have the app, what the app does, and the push service: the document `phones`.
//!
//! It says whose a phone is and what its app was given, and nothing of what has happened to it: see [`crate::state::handset`].

use crate::network::span;
use crate::place::{PHONES, Place};
use crate::problem::{Problem, Severity, Source};
use crate::text;
use crate::time::Micros;
use crate::url::Url;
use core::net::Ipv4Addr;

/// All of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Phones {
    /// The phones, in the order in which the document names them.
    pub phones: Vec<Phone>,
    /// The server that the app asks.
    pub server: Option<(Url, Source)>,
    /// How long the app waits for an answer.
    pub waits: Option<(Micros, Source)>,
    /// How often the app sends a request that nobody answers.
    pub tries: Option<(u32, Source)>,
    /// Whether the app sends an `Idempotency-Key` with what changes something.
    pub keyed: Option<Source>,
    /// The status that the push service answers, 0 where it answers nothing.
    pub answers: Option<(u16, Source)>,
    /// Until when it answers 503, since the simulation began.
    pub busy: Option<(Micros, Source)>,
    /// The address of the push service.
    pub service: Option<(Ipv4Addr, Source)>,
    /// The application to the push service, one way.
    pub from_app: Micros,
    /// The push service to a phone, one way.
    pub to_phone: Micros,
    /// What is wrong with the text.
    pub problems: Vec<Problem>,
}

/// One phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phone {
    /// Its user's name.
    pub name: String,
    /// Its address, as the internet sees it.
    pub address: Option<(Ipv4Addr, Source)>,
    /// The token of its session.
    pub session: Option<(String, Source)>,
    /// The address by which the push service knows it.
    pub push: Option<(String, Source)>,
    /// It leaves its network: so long after its app has sent a request it is at this address, and no longer at the other.
    pub moves: Option<(Micros, Ipv4Addr, Source)>,
    /// The line on which it is named first.
    pub source: Source,
}

impl Phones {
    /// A phone by its user's name, and its number from 0.
    pub fn find(&self, name: &str) -> Option<(usize, &Phone)> {
        self.phones.iter().enumerate().find(|(_, phone)| phone.name == name)
    }
}

/// The app on the phone with this number from 0, and the person who holds it.
pub const fn places(number: usize) -> (Place, Place) {
    (Place::Phone(number as u8 + 1), Place::User(number as u8 + 1))
}

/// Reads the document: a name, a word and a value a line, comments after `#`.
pub fn parse(document: &str, text: &str) -> Phones {
    let mut phones = Phones::default();
    for (number, line) in text::lines(text) {
        let line = text::without_comment(line, '#');
        let words = text::words(line);
        let Some((column, first)) = words.first() else { continue };
        let word = |at: usize| words.get(at).map_or("", |(_, word)| *word);
        let source = Source::new(document, number);
        let understood = match *first {
            "app" => phones.app(word(1), [word(2), word(3)], source.clone()),
            "service" => phones.service(word(1), [word(2), word(3), word(4), word(5)], source.clone()),
            name => phones.phone(name, word(1), [word(2), word(3), word(4)], source.clone()),
        };
        let known = phones.phones.len() <= PHONES;
        if !understood || !known {
            phones.phones.truncate(PHONES);
            let words = match known {
                true => ["not understood: ", line.trim()].concat(),
                false => "more than four phones are not modelled".to_owned(),
            };
            phones.problems.push(Problem { source, column: *column, severity: Severity::Warning, words });
        }
    }
    phones
}

impl Phones {
    fn app(&mut self, word: &str, values: [&str; 2], source: Source) -> bool {
        let (value, unit) = (values[0], values[1]);
        match word {
            "asks" => self.server = Url::parse(value).map(|url| (url, source)),
            "waits" => self.waits = span(value, unit).map(|waits| (waits, source)),
            "tries" => self.tries = value.parse().ok().filter(|tries| (1..=9).contains(tries)).map(|n| (n, source)),
            "sends" => self.keyed = (value == "Idempotency-Key").then_some(source),
            _ => return false,
        }
        match word {
            "asks" => self.server.is_some(),
            "waits" => self.waits.is_some(),
            "tries" => self.tries.is_some(),
            _ => self.keyed.is_some(),
        }
    }

    /// `service answers 201`, `service answers 503 until 45 s`, `service answers nothing`, `service from-app 25 ms`.
    fn service(&mut self, word: &str, values: [&str; 4], source: Source) -> bool {
        match (word, values) {
            ("answers", ["nothing", ..]) => self.answers = Some((0, source)),
            ("answers", ["503", "until", value, unit]) => {
                self.answers = Some((201, source.clone()));
                self.busy = span(value, unit).map(|until| (until, source));
                return self.busy.is_some();
            }
            ("answers", [value, ..]) => {
                self.answers = value.parse().ok().filter(|s| (200..=599).contains(s)).map(|status| (status, source));
                return self.answers.is_some();
            }
            ("address", [value, ..]) => {
                self.service = value.parse().ok().map(|address| (address, source));
                return self.service.is_some();
            }
            ("from-app" | "to-phone", [value, unit, ..]) => {
                let Some(span) = span(value, unit) else { return false };
                *(if word == "from-app" { &mut self.from_app } else { &mut self.to_phone }) = span;
            }
            _ => return false,
        }
        true
    }

    fn phone(&mut self, name: &str, word: &str, values: [&str; 3], source: Source) -> bool {
        if !matches!(word, "address" | "session" | "push" | "moves") {
            return false;
        }
        let at = self.phones.iter().position(|phone| phone.name == name).unwrap_or_else(|| {
            let (name, source) = (name.to_owned(), source.clone());
            self.phones.push(Phone { name, address: None, session: None, push: None, moves: None, source });
            self.phones.len() - 1
        });
        let phone = &mut self.phones[at];
        match word {
            "address" => {
                phone.address = values[0].parse().ok().map(|address| (address, source));
                phone.address.is_some()
            }
            "session" => {
                phone.session = Some((values[0].to_owned(), source)).filter(|(token, _)| !token.is_empty());
                phone.session.is_some()
            }
            "push" => {
                phone.push = Url::parse(values[0]).map(|_| (values[0].to_owned(), source));
                phone.push.is_some()
            }
            // `Ada moves 60 ms 198.51.100.121`
            _ => {
                let moved = span(values[0], values[1]).zip(values[2].parse().ok());
                phone.moves = moved.map(|(after, address)| (after, address, source));
                phone.moves.is_some()
            }
        }
    }
}
