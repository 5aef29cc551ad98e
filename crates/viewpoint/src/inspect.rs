//! A message opened: as a tool prints it, field by field, each with a sentence and the line of configuration that shaped
//! it, and what of it somebody on the way can read.

mod dns;
mod http;
mod http2;
mod notice;
mod sql;
mod tcp;
mod tls;
mod websocket;

use engine::message::Message;
use engine::place::Place;
use engine::state::State;
use engine::trace::{Act, Basis, Step, Trace};
use engine::world::World;

/// An opened message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// At most 24 characters: `A?`, `SYN`, `GET /users`.
    pub title: String,
    /// Which tool's layout the text has: `dig`, `Wireshark`, `curl -v`.
    pub tool: &'static str,
    /// The whole message, as that tool prints it.
    pub text: String,
    /// Its fields, in order.
    pub fields: Vec<Field>,
    /// The decisions that shaped it, the earliest first.
    pub because: Vec<Reason>,
}

/// One field of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name in the protocol.
    pub name: String,
    /// What it says.
    pub value: String,
    /// What that means, in one sentence.
    pub means: String,
    /// Who can read it on this hop.
    pub wire: Wire,
    /// The line that shaped it, where there is one.
    pub basis: Option<Basis>,
}

/// Whether somebody on the way can read a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    /// Everybody on the way can.
    Open,
    /// Only the two ends of the TLS connection can.
    Sealed,
}

/// A decision that shaped a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Who decided.
    pub at: Place,
    /// What.
    pub words: String,
    /// Because of what: a line, a rule, a state.
    pub basis: Basis,
}

/// A message on its hop, with what is around it.
struct Around<'a> {
    world: &'a World,
    state: &'a State,
    trace: &'a Trace,
    index: usize,
    step: &'a Step,
    from: Place,
    to: Place,
}

/// Opens the message of the step `index` of a trace; none where that step is a decision. `state` is how things stood
/// afterwards, or at that time.
pub fn open(world: &World, state: &State, trace: &Trace, index: usize) -> Option<Opened> {
    let step = trace.steps.get(index)?;
    let Act::Travel { from, to, message } = &step.act else { return None };
    let around = Around { world, state, trace, index, step, from: *from, to: *to };
    let (tool, text, fields) = match message {
        Message::Query { .. } | Message::Answer { .. } => dns::opened(&around, message),
        Message::Segment { flags, from, to } => tcp::opened(*flags, *from, *to),
        Message::Tls(flight) => tls::opened(&around, flight),
        Message::Request(request) => http::request(&around, request),
        Message::Response(response) => http::response(&around, response),
        Message::Frame(frame) => websocket::frame(&around, frame),
        Message::Http2(flight) => http2::flight(&around, flight),
        Message::Sql(sql) => sql::asked(&around, sql),
        Message::Rows(rows) => sql::said(&around, rows),
        Message::Notice(notice) => notice::opened(notice),
    };
    Some(Opened { title: message.short(), tool, text, fields, because: because(trace, index) })
}

/// The decisions that a message rests on: those of its sender since it was last asked for something, and, where it was
/// only handed on, those of the places before.
fn because(trace: &Trace, index: usize) -> Vec<Reason> {
    let Act::Travel { from, .. } = &trace.steps[index].act else { return Vec::new() };
    let (name, action) = (trace.steps[index].name, trace.steps[index].action);
    let mut here = *from;
    let mut found = Vec::new();
    // What an application asks its database for, is the reason for that question only.
    let asks = matches!(trace.steps[index].act, Act::Travel { message: Message::Sql(_), .. });
    let aside = |name: &str| !asks && (name == "app-asks" || name.starts_with("pool-"));
    for step in trace.steps[..index].iter().rev().take_while(|step| step.action == action) {
        match &step.act {
            Act::Decide { at, .. } if *at == here && aside(step.name) => {}
            Act::Decide { at, verdict, basis } if *at == here => {
                found.push(Reason { at: *at, words: verdict.words.to_string(), basis: basis.clone() });
                if matches!(step.name, "browser-follows" | "connection-reused") {
                    break;
                }
            }
            Act::Travel { from, to, .. } if *to == here && step.name == name => here = *from,
            Act::Travel { to, message, .. } if *to == here => {
                let rows = !asks && matches!(message, Message::Rows(_));
                let answers = rows || matches!(message, Message::Answer { .. } | Message::Response(_));
                if !answers && !matches!(message, Message::Segment { .. }) {
                    break;
                }
            }
            _ => {}
        }
    }
    found.reverse();
    found
}

impl Around<'_> {
    /// The latest decision of this name before the message, in the same action.
    fn decided(&self, names: &[&str]) -> Option<(&Step, &Basis)> {
        let before = self.trace.steps[..self.index].iter().rev();
        before.take_while(|step| step.action == self.step.action).find_map(|step| match &step.act {
            Act::Decide { basis, .. } if names.contains(&step.name) => Some((step, basis)),
            _ => None,
        })
    }
}

/// A field that everybody on the way can read.
fn field(name: &str, value: &str, means: &str) -> Field {
    sealed(name, value, means, Wire::Open)
}

/// A field, and who can read it.
fn sealed(name: &str, value: &str, means: &str, wire: Wire) -> Field {
    Field { name: name.to_owned(), value: value.to_owned(), means: means.to_owned(), wire, basis: None }
}

/// Bytes as digits.
fn hex(bytes: &[u8]) -> String {
    let digit = |number: u8| char::from_digit(u32::from(number), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
