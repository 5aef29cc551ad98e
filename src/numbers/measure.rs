//! The work on the reader's own device: step after step in the worker, then the same at the bundled server.

use crate::open::Open;
use crate::state::{Kind, State};
use crate::{ask, show};
use browser::{form, work};
use engine::time::Micros;
use numbers::devices::measured::{Done, Server, html};
use numbers::talk::Answer;
use std::rc::Rc;

/// Operations of one step: some milliseconds.
const STEP: u64 = 1_000_000;

/// Where it stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum At {
    /// Nothing is measured.
    #[default]
    Rest,
    /// The worker is to be told.
    Begin,
    /// The worker works.
    Work,
    /// The server is to be asked.
    Ask,
    /// The server works.
    Wait,
    /// The worker is to drop it.
    Drop,
}

/// The work.
#[derive(Clone, Debug)]
pub struct Measure {
    /// How many orders, when it begins next.
    pub orders: u64,
    at: At,
    /// Which measurement this is: an answer to an earlier one does not count.
    number: u32,
    of: u64,
    took: u64,
    done: u64,
    all: u64,
    own: Option<Done>,
    short: Option<u64>,
    /// It was given up.
    cancelled: bool,
}

impl Default for Measure {
    fn default() -> Self {
        let orders = 1_000_000;
        Self {
            orders,
            at: At::Rest,
            number: 0,
            of: 0,
            took: 0,
            done: 0,
            all: 0,
            own: None,
            short: None,
            cancelled: false,
        }
    }
}

/// Begins.
pub fn begin(state: &mut State) -> bool {
    let measure = &mut state.measure;
    *measure = Measure {
        orders: measure.orders,
        at: At::Begin,
        number: measure.number + 1,
        of: measure.orders,
        ..Measure::default()
    };
    show::say(state, "measured", "");
    progress(state);
    true
}

/// Gives it up.
pub fn cancel(state: &mut State) -> bool {
    let measure = &mut state.measure;
    measure.number += 1;
    (measure.at, measure.cancelled) = (At::Drop, true);
    progress(state);
    true
}

/// What is to be asked of the worker next.
pub fn next(measure: &mut Measure) -> Option<String> {
    match measure.at {
        At::Begin => {
            measure.at = At::Work;
            Some(Kind::Devices.question("job", &format!("orders={}", measure.of)))
        }
        At::Work => Some(Kind::Devices.question("work", &format!("operations={STEP}"))),
        At::Drop => {
            measure.at = At::Rest;
            Some(Kind::Devices.question("drop", ""))
        }
        At::Rest | At::Ask | At::Wait => None,
    }
}

/// What an answer says of it, and how long that step computed.
pub fn heard(measure: &mut Measure, answer: &Answer, took: u64) {
    if measure.at != At::Work {
        return;
    }
    if let Some(bytes) = answer.get_number("short") {
        (measure.at, measure.short) = (At::Rest, Some(bytes));
        return;
    }
    let (Some(done), Some(all)) = (answer.get_number("done"), answer.get_number("all")) else { return };
    (measure.done, measure.all) = (done, all);
    measure.took += took;
    if let (Some(held), Some(digest)) = (answer.get_number("held"), answer.get_number("digest")) {
        let took = Micros(measure.took);
        measure.own = Some(Done { orders: measure.of, operations: done, took, held, digest });
        measure.at = At::Ask;
    }
}

/// How far it is, and what came out.
fn progress(state: &mut State) {
    let measure = state.measure.clone();
    let share = (u128::from(measure.done) * 1_000).checked_div(u128::from(measure.all)).unwrap_or(0);
    let works = !matches!(measure.at, At::Rest | At::Drop);
    form::show("[data-cue=cancel]", works);
    form::show(".own progress", works);
    form::set(".own progress", "value", &share.to_string());
    let words = match measure.at {
        At::Begin | At::Work => format!("{} %", share / 10),
        At::Ask | At::Wait => "the bundled server works …".to_owned(),
        At::Rest | At::Drop if measure.cancelled => "Cancelled.".to_owned(),
        At::Rest | At::Drop => String::new(),
    };
    show::say(state, "working", &words);
    if let Some(bytes) = measure.short {
        let words =
            format!("<p>Out of memory: {} more could not be had on this device.</p>", numbers::say::bytes(bytes));
        show::say(state, "measured", &words);
    }
}

/// Shows how far it is; when this device is done, the server is asked.
pub fn ask_the_server(open: &Rc<Open>) {
    let (orders, number) = {
        let mut state = open.state.borrow_mut();
        if state.kind != Kind::Devices || state.measure.at == At::Rest && state.measure.short.is_none() {
            return;
        }
        if state.measure.at != At::Ask {
            return progress(&mut state);
        }
        state.measure.at = At::Wait;
        progress(&mut state);
        let words = html(state.measure.own, &Server::Asked);
        show::say(&mut state, "measured", &words);
        (state.measure.of, state.measure.number)
    };
    let weak = Rc::downgrade(open);
    work::post("/live/work", &format!("{{\"orders\":{orders}}}"), move |answer| {
        let Some(open) = weak.upgrade() else { return };
        {
            let mut state = open.state.borrow_mut();
            if state.measure.number != number {
                return;
            }
            state.measure.at = At::Rest;
            progress(&mut state);
            let words = html(state.measure.own, &read(answer));
            show::say(&mut state, "measured", &words);
        }
        ask::go_on(&open);
    });
}

/// What the server said. Whatever else lives at that address is not it.
fn read(answer: Option<(u16, String)>) -> Server {
    let Some((status, text)) = answer else { return Server::Absent };
    if let Some(done) = Done::read(&text).filter(|_| status == 200) {
        return Server::Done(done);
    }
    match text.split_once("{\"error\":\"").and_then(|(_, rest)| rest.split_once('"')) {
        Some((words, _)) => Server::Refused(words.to_owned()),
        None => Server::Absent,
    }
}
