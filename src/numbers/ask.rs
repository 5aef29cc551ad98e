//! What is asked of the worker, one question at a time, and what is done with its answers. Nothing is asked that is not
//! wanted: a figure that nobody sees, or that stands, asks nothing.

use crate::open::Open;
use crate::state::{Kind, State, Then};
use crate::{measure, show};
use browser::work::Heard;
use browser::{dom, frames};
use numbers::head::{Cue, respond};
use numbers::talk::Answer;
use std::rc::Rc;

/// Events of one step while it plays, and while it hurries to a moment. A step lasts some milliseconds, so that whatever
/// is pressed meanwhile counts soon.
const EVENTS: u64 = 20_000;
const HURRY: u64 = 60_000;

/// Events of one step of the search.
const SEARCH: u64 = 100_000;

/// How often all words are said while it plays, in milliseconds.
const WORDS: f64 = 250.0;

/// How often a figure changes in which nothing shall travel, in milliseconds.
const STILL: f64 = 500.0;

/// A frame that comes later than this, in milliseconds, was not drawn at all: the page was hidden.
const LONGEST: f64 = 100.0;

/// Asks the next question, if there is one, and keeps the frames coming as long as something moves.
pub fn go_on(open: &Rc<Open>) {
    wake(open);
    let question = {
        let mut state = open.state.borrow_mut();
        if !state.ready || state.busy {
            return;
        }
        let question = next(&mut state);
        state.busy = question.is_some();
        question
    };
    if let (Some(question), Some(other)) = (question, open.other.borrow().as_ref()) {
        other.ask(&question);
    }
}

fn next(state: &mut State) -> Option<String> {
    let kind = state.kind;
    if std::mem::take(&mut state.set) {
        return Some(kind.question("set", &state.values.write(kind.knobs())));
    }
    if std::mem::take(&mut state.stage) {
        let shown = state.boards.iter().position(|board| board.canvas.is_shown());
        state.shown = shown;
        state.due = true;
        let geometry = shown.map_or("", |shown| &*state.boards[shown].geometry);
        return Some(kind.question("stage", geometry));
    }
    // Another step of the work comes between two of the run.
    if let Some(question) = measure::next(&mut state.measure) {
        return Some(question);
    }
    if state.head.seek.is_some() || state.say || std::mem::take(&mut state.due) {
        return Some(go(state));
    }
    (state.finding && kind == Kind::Pool).then(|| kind.question("find", &format!("events={SEARCH}")))
}

/// The question for the moment that is wanted.
fn go(state: &mut State) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most a second")]
    let passed = state.passed as u64;
    #[expect(clippy::cast_precision_loss, reason = "at most a second")]
    let used = passed as f64;
    state.passed -= used;
    let until = state.head.target(passed);
    let far =
        state.head.seek.is_some_and(|seek| seek < state.head.now || seek - state.head.now > state.head.pace * 2_000);
    let now = frames::now();
    let say = std::mem::take(&mut state.say) || now - state.said > WORDS;
    if say {
        state.said = now;
    }
    let (events, still) = if far { (HURRY, true) } else { (EVENTS, state.still) };
    let mut rest = format!(
        "until={until}&events={events}&passed={passed}&most={}&still={}&say={}",
        state.tokens,
        u8::from(still),
        u8::from(say)
    );
    for (name, at) in [("at", state.at), ("bin", state.bin)] {
        if let Some(at) = at {
            rest += &format!("&{name}={at}");
        }
    }
    state.kind.question("go", &rest)
}

/// Sees to it that there are frames as long as something moves that is seen.
fn wake(open: &Rc<Open>) {
    let mut state = open.state.borrow_mut();
    let moving = (state.head.playing || state.moves) && state.seen;
    if !moving {
        state.before = None;
        return;
    }
    if !std::mem::replace(&mut state.awake, true) {
        let weak = Rc::downgrade(open);
        frames::next(move |now| {
            if let Some(open) = weak.upgrade() {
                tick(&open, now);
            }
        });
    }
}

fn tick(open: &Rc<Open>, now: f64) {
    {
        let mut state = open.state.borrow_mut();
        state.awake = false;
        if state.still && state.before.is_some_and(|before| now - before < STILL) {
            // What does not travel changes now and then.
        } else {
            let longest = if state.still { 2.0 * STILL } else { LONGEST };
            let passed = state.before.map_or(0.0, |before| (now - before).clamp(0.0, longest));
            state.before = Some(now);
            // Where the worker cannot keep up, the run is slower, and nothing is passed over.
            state.passed = (state.passed + passed).min(longest);
            state.due = true;
        }
    }
    go_on(open);
}

/// Somebody has spoken.
pub fn heard(open: &Rc<Open>, heard: Heard) {
    match heard {
        Heard::Ready(_) => open.state.borrow_mut().ready = true,
        Heard::Trouble(why) => {
            dom::log_error(&why);
            dom::trouble(&why);
            open.state.borrow_mut().ready = false;
        }
        Heard::Answer(text, tokens, took) => {
            let answer = Answer::read(&text, tokens);
            {
                let mut state = open.state.borrow_mut();
                state.busy = false;
                take(&mut state, &answer);
                measure::heard(&mut state.measure, &answer, took);
            }
            measure::ask_the_server(open);
            show::answer(open, &answer);
        }
    }
    go_on(open);
}

/// What an answer changes in what is known.
fn take(state: &mut State, answer: &Answer) {
    let (Some(now), Some(length), Some(over)) =
        (answer.get_number("now"), answer.get_number("length"), answer.get_number("over"))
    else {
        return;
    };
    if let Some(found) = answer.get_number("found") {
        state.found = found == 1;
        state.finding &= found == 0;
        return;
    }
    // Other settings have been made since this was asked.
    if state.set {
        return;
    }
    if answer.get_number("fresh").is_some() {
        // What was pressed before anybody could answer counts.
        let pressed = match (state.head.playing, state.head.seek) {
            (true, _) => Some(Cue::Toggle),
            (_, seek) => seek.map(Cue::Seek),
        };
        state.head = numbers::head::Head::new(length, Some(state.head));
        let cue = match std::mem::replace(&mut state.then, Then::Wait) {
            Then::Autoplay if state.still => pressed,
            Then::Wait => pressed,
            Then::Play | Then::Autoplay => Some(Cue::Toggle),
            Then::End => Some(Cue::End),
        };
        if let Some(cue) = cue {
            state.head = respond(state.head, cue);
        }
        state.due = true;
        return;
    }
    // One half is ahead of the other: it is gone on with until both have the same moment.
    state.due |= answer.get_number("behind").is_some();
    let was = state.head;
    state.head = was.reached(now, length, over == 1);
    if was.wants() && !state.head.wants() {
        // It stands: the words shall be those of this moment.
        state.say = true;
        state.due = true;
    }
    if state.head.over && !was.over && state.kind == Kind::Pool && !state.found {
        state.finding = true;
    }
    if let Some(moves) = answer.get_number("moves") {
        state.moves = moves == 1;
    }
    if let Some(refused) = answer.get_number("refused") {
        state.refused = Some(refused).filter(|refused| *refused != u64::MAX);
    }
}
