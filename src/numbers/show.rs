//! Puts what was answered into its places.

use crate::open::Open;
use crate::state::State;
use browser::form;
use engine::time::Micros;
use numbers::controls;
use numbers::say::time;
use numbers::talk::Answer;
use std::rc::Rc;

/// Everything that an answer says.
pub fn answer(open: &Rc<Open>, answer: &Answer) {
    let mut state = open.state.borrow_mut();
    let state = &mut *state;
    for (name, html) in &answer.parts {
        if name.starts_with('#') {
            continue;
        }
        if name == "lit" {
            if let Some(board) = state.shown.and_then(|shown| state.boards.get(shown)) {
                board.lights.fill(html);
            }
            continue;
        }
        match state.waiting.iter_mut().find(|(waits, _)| waits == name) {
            Some((_, newer)) => html.clone_into(newer),
            None => state.waiting.push((name.clone(), html.clone())),
        }
    }
    // While it plays, a place a frame: charts take their time. When it stands, all of it is of one moment.
    let now = if state.head.playing && state.head.seek.is_none() { 1 } else { usize::MAX };
    for (name, html) in state.waiting.drain(..now.min(state.waiting.len())).collect::<Vec<_>>() {
        say(state, &name, &html);
    }
    if let Some(apart) = answer.get_number("apart") {
        state.drawn = (answer.tokens.clone(), apart);
        draw(state);
    }
    for (name, reader) in [("stretches", "[data-at]"), ("waits", "[data-bin]")] {
        if let Some(count) = answer.get_number(name) {
            form::set(reader, "max", &count.saturating_sub(1).to_string());
        }
    }
    for (part, reader) in [("read", "[data-at]"), ("read-waits", "[data-bin]")] {
        if let Some(words) = answer.get(part) {
            form::set(reader, "aria-valuetext", if words.is_empty() { "nothing is read yet" } else { words });
        }
    }
    if let Some(point) = answer.get_number("point") {
        mark_rate(state, Some(point));
    }
    head(state);
}

/// Puts HTML into a place, unless it stands there.
pub fn say(state: &mut State, name: &str, html: &str) {
    match state.places.iter_mut().find(|(known, _)| known == name) {
        Some((_, there)) if there == html => return,
        Some((_, there)) => html.clone_into(there),
        None => state.places.push((name.to_owned(), html.to_owned())),
    }
    form::say(name, html);
}

/// The bar: where the run is, and what can be pressed.
pub fn head(state: &mut State) {
    let head = state.head;
    let share = |at: u64| (u128::from(at) * 1_000).checked_div(u128::from(head.length)).unwrap_or(0).min(1_000);
    let at = share(head.now);
    form::put("[data-scrub]", &at.to_string());
    let moment = time(Micros(head.now));
    form::set("[data-scrub]", "aria-valuetext", &[&moment, " of ", &time(Micros(head.length))].concat());
    form::put("[data-pace]", &head.pace.to_string());
    let behind = head.seek.is_some();
    say(state, "moment", &if behind { [&moment, " …"].concat() } else { moment });
    say(state, "play", &controls::play(head.playing));
    form::show("[data-cue=stop]", behind || state.finding);
    let tick = state.refused.map_or(String::new(), |at| format!("<path class=\"refused\" d=\"M{} 0v8\"/>", share(at)));
    say(state, "tick", &tick);
    speak(state);
}

/// Says the sentence to those who hear it, when the run comes to stand: never once a frame.
fn speak(state: &mut State) {
    if state.head.wants() || state.say {
        return;
    }
    let sentence = state.places.iter().find(|(name, _)| name == "sentence").map(|(_, html)| html.clone());
    if let Some(sentence) = sentence.filter(|sentence| *sentence != state.spoken) {
        form::say("spoken", &sentence);
        state.spoken = sentence;
    }
}

/// Marks on the slider from which rate on the flood is refused.
pub fn mark_rate(state: &mut State, point: Option<u64>) {
    let Some(knob) = state.kind.knobs().iter().find(|knob| knob.name == "rate") else { return };
    let numbers::knob::Way::Slide(least, most) = knob.way else { return };
    let steps = numbers::knob::steps(least, most);
    let mark = point.map_or(String::new(), |point| {
        let at = numbers::knob::step_of(&steps, point) * 1_000 / (steps.len() - 1).max(1);
        format!("<path class=\"refused\" d=\"M{at} 0v8\"/>")
    });
    say(state, "tick-rate", &mark);
}

/// Draws the tokens on the form that is shown.
fn draw(state: &mut State) {
    if let Some(board) = state.shown.and_then(|shown| state.boards.get_mut(shown)) {
        board.canvas.draw(&state.drawn.0, state.drawn.1);
    }
}

/// The figure has another size, or its other form.
pub fn fit(open: &Rc<Open>) {
    let mut state = open.state.borrow_mut();
    for board in &mut state.boards {
        board.canvas.fit();
    }
    let shown = state.boards.iter().position(|board| board.canvas.is_shown());
    if shown != state.shown {
        state.stage = true;
    }
    draw(&mut state);
}

/// The page is light or dark by now.
pub fn repaint(open: &Rc<Open>) {
    let mut state = open.state.borrow_mut();
    state.boards.iter_mut().for_each(|board| board.canvas.repaint());
    draw(&mut state);
}
