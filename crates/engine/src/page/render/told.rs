//! What the page is told of what arrived, and the words for it.

use super::{Event, Run};
use crate::browser::rule::Decision;
use crate::message::Response;
use crate::page::html::What;
use crate::page::script::{Act, Statement};
use crate::time::Micros;
use crate::trace::{Basis, Ruling};
use std::sync::Arc;

impl Run<'_> {
    pub(super) fn say(&mut self, at: Micros, name: &'static str, ruling: Ruling, words: String, basis: Basis) {
        self.course.events.push(Event { at, span: Micros::ZERO, name, ruling, words, basis });
    }

    /// The bodies of the answers to a script's questions, by the names that they got.
    pub(super) fn data(&self, statements: &[Statement]) -> Vec<(String, String)> {
        let names = statements.iter().filter_map(|statement| match &statement.act {
            Act::Ask(name, _) => Some(name.clone()),
            _ => None,
        });
        let bodies = self.given.data[..self.asked].iter();
        names.zip(bodies).map(|(name, arrival)| (name, body(&arrival.answer))).collect()
    }

    /// Why what came for a part is of no use, if it is.
    pub(super) fn unusable(&self, index: usize, fits: impl Fn(&str) -> bool) -> Option<String> {
        match self.answer(index) {
            Err(error) => Some(error),
            Ok(answer) if !(200..300).contains(&answer.status) => {
                Some([&answer.status.to_string(), " ", &answer.reason].concat())
            }
            Ok(answer) => {
                let kind = answer.header("Content-Type").unwrap_or("").split(';').next().unwrap_or("").trim();
                (!fits(kind)).then(|| ["its type is ", kind].concat())
            }
        }
    }

    pub(super) fn answer(&self, index: usize) -> Result<Arc<Response>, String> {
        match self.given.arrivals.get(index) {
            Some(Some(arrival)) => arrival.answer.clone(),
            _ => Err("nothing came".to_owned()),
        }
    }

    pub(super) fn arrived(&self, index: usize) -> Micros {
        self.given.arrivals.get(index).and_then(Option::as_ref).map_or(self.given.at, |arrival| arrival.at)
    }

    pub(super) fn withheld(&self, index: usize) -> Option<&Decision> {
        self.given.arrivals.get(index)?.as_ref()?.withheld.as_ref()
    }

    pub(super) fn text(&self, index: usize) -> String {
        match &self.given.page.parts[index].what {
            What::OwnScript(text, _) => text.clone(),
            _ => body(&self.answer(index)),
        }
    }

    pub(super) fn name(&self, index: usize) -> String {
        self.given.page.parts[index].address().unwrap_or("the script in the page").to_owned()
    }

    /// The line of the page on which a part stands.
    pub(super) fn line(&self, index: usize) -> Basis {
        let line = self.given.page.parts[index].line;
        placed(self.given.document, line, "the page")
    }

    /// A line of a script.
    pub(super) fn script_line(&self, index: usize, line: u32) -> Basis {
        let part = &self.given.page.parts[index];
        if let What::OwnScript(..) = part.what {
            return placed(self.given.document, part.line + line - 1, "the page");
        }
        let arrival = self.given.arrivals.get(index).and_then(Option::as_ref);
        placed(arrival.and_then(|arrival| arrival.document.as_deref()), line, &self.name(index))
    }
}

pub(super) fn placed(document: Option<&str>, line: u32, name: &str) -> Basis {
    match document {
        Some(document) => Basis::Line { document: document.into(), line },
        None => Basis::State { what: ["line ", &line.to_string(), " of ", name].concat() },
    }
}

/// The header that decided, if one did.
pub(super) fn looked(decision: &Decision) -> String {
    decision.header.as_ref().map_or_else(String::new, |header| [" (", &header.words(), ")"].concat())
}

pub(super) fn body(answer: &Result<Arc<Response>, String>) -> String {
    answer.as_ref().map_or_else(|_| String::new(), |answer| answer.body.clone())
}
