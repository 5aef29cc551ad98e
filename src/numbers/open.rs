//! Puts the controls below the figure of the open page, and takes everything off when the page is turned.

use crate::state::{Board, Kind, State};
use crate::{ask, show, touch};
use browser::canvas::Canvas;
use browser::work::Other;
use browser::{dom, form, frames, media, sight, turn};
use numbers::controls;
use numbers::knob::Values;
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

/// What is open.
pub struct Open {
    /// What is known.
    pub state: RefCell<State>,
    /// Who computes.
    pub other: RefCell<Option<Rc<Other>>>,
    /// What listens, as long as it is open.
    holds: RefCell<Vec<Box<dyn Any>>>,
}

thread_local! {
    static OPEN: RefCell<Option<Rc<Open>>> = const { RefCell::new(None) };
}

/// Leaves the page: the worker ends, whatever it is at.
pub fn close() {
    if let Some(open) = OPEN.take() {
        open.other.take();
        open.holds.take();
        open.state.borrow_mut().boards.clear();
    }
}

/// Fills the place that a page with a figure of numbers leaves.
pub fn open() {
    let Some(kind) = dom::page_says("piece").and_then(|name| Kind::find(&name)) else { return };
    let (Some(place), Some(script)) = (dom::find("[data-place=player]"), dom::page_says("work")) else { return };
    let mut values = Values::usual(kind.knobs());
    let query = turn::query();
    let odd = values.read(&query);
    let html = match kind {
        Kind::Pool => controls::of_pool(&values),
        Kind::Devices => controls::of_devices(&values),
    };
    form::fill(&place, &html);
    let open = Rc::new(Open {
        state: RefCell::new(State::new(kind, values, boards())),
        other: RefCell::default(),
        holds: RefCell::default(),
    });
    if !odd.is_empty() {
        let words = course::html::escape(&odd.join(", "));
        form::say("matters", &format!("<p class=\"notice\">Not understood in the address: {words}.</p>"));
    }
    listen(&open, &query);
    let hear = Rc::downgrade(&open);
    let other = Other::start(&script, move |heard| {
        if let Some(open) = hear.upgrade() {
            ask::heard(&open, heard);
        }
    });
    open.other.replace(Some(other));
    let asks = |wish: &str| query.split(['?', '&']).any(|pair| pair == wish);
    if asks("autoplay=1") {
        open.state.borrow_mut().then = crate::state::Then::Autoplay;
    }
    open.state.borrow_mut().keys = !asks("keys=0");
    OPEN.replace(Some(open));
    if let Some(player) = dom::find(".player").filter(|_| dom::focus_is_free()) {
        dom::focus(&player);
    }
}

/// The forms of the figure, each with its canvas and its lights.
fn boards() -> Vec<Board> {
    let board = |(board, geometry): (dom::Board, String)| {
        let width = geometry.split(' ').next()?.parse::<f64>().ok()? / 10.0;
        let size = geometry.lines().next()?.split(' ').map(|tenths| tenths.parse::<f64>().unwrap_or(0.0) / 10.0);
        let size: Vec<f64> = size.collect();
        let lights = dom::drawing(&board, size[0], *size.get(1)?)?;
        Some(Board { canvas: Canvas::over(&board, width)?, lights, geometry })
    };
    dom::boards().into_iter().filter_map(board).collect()
}

fn listen(open: &Rc<Open>, query: &str) {
    let Some(player) = dom::find("[data-place=player]") else { return };
    let mut holds: Vec<Box<dyn Any>> = Vec::new();
    let weak = Rc::downgrade(open);
    holds.push(Box::new(form::hear(
        &player,
        &["input", "change", "click", "keydown", "pointermove", "pointerdown"],
        move |touch| {
            if let Some(open) = weak.upgrade() {
                touch::touched(&open, touch);
            }
        },
    )));
    if let Some(figure) = dom::find(".stage") {
        let weak = Rc::downgrade(open);
        holds.push(Box::new(sight::on_seen(&figure, move |seen| {
            if let Some(open) = weak.upgrade() {
                open.state.borrow_mut().seen = seen;
                ask::go_on(&open);
            }
        })));
    }
    let weak = Rc::downgrade(open);
    let boards: Vec<_> = dom::find_all(".board[data-geometry]");
    holds.push(Box::new(sight::on_size(&boards, move || {
        if let Some(open) = weak.upgrade() {
            show::fit(&open);
            ask::go_on(&open);
        }
    })));
    let weak = Rc::downgrade(open);
    holds.push(Box::new(sight::on_light(move || {
        if let Some(open) = weak.upgrade() {
            show::repaint(&open);
        }
    })));
    let (weak, never) = (Rc::downgrade(open), query.split(['?', '&']).any(|pair| pair == "motion=0"));
    if let Some(hold) = media::on_reduced_motion(move |less| {
        // It is told at once, while we are still being made.
        let weak = weak.clone();
        frames::later(move || {
            if let Some(open) = weak.upgrade() {
                open.state.borrow_mut().still = less || never;
                ask::go_on(&open);
            }
        });
    }) {
        holds.push(Box::new(hold));
    }
    open.holds.replace(holds);
}
