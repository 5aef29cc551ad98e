//! What the browser's window shows in the end, as Chromium would show it.

use super::{address, caches, click, text, trying};
use crate::desk::{Desk, Moment, Run};
use crate::{little, markup};
use browser::dom;
use course::load;
use engine::journey::{Action, Caller, Timed};
use engine::page::shown;
use engine::time::Micros;
use engine::trace::Outcome;
use leptos::prelude::*;
use stage::plot::Step;

/// A small browser window: the address while the request is under way, and what came of it.
pub fn outcome(desk: Desk) -> impl IntoView {
    // A press of the little page's button is a click at this moment of the run: the engine says what it does.
    let pressed = click(move |event| {
        if dom::says_around(&event, "press").is_some() {
            press(desk);
        }
    });
    let body = text(move || {
        let (run, moment) = (desk.run.get(), desk.moment.get());
        if let Some(steps) = loading(desk, &run, moment) {
            let happens =
                ["first-paint", "plain-paint", "image-shown", "hydrated", "click-works", "click-does-nothing"];
            let last =
                steps.iter().rev().map(|step| step.name.as_str()).find(|name| happens.contains(name)).unwrap_or("");
            return desk.world.with(|world| little::page(&shown(steps.iter().filter_map(Step::happened)), last, world));
        }
        match ended(&run, moment) {
            Some(outcome) => markup::page(outcome),
            _ if moment.beat.is_none() => "<p class=\"empty\">Nothing has been asked for yet.</p>".to_owned(),
            _ => "<p class=\"empty\">Waiting for the answer …</p>".to_owned(),
        }
    });
    view! {
        <section class="outcome" aria-label="The browser window">
            <h2>{text(move || heading(desk).to_owned())}</h2>
            <div class="window">
                {if desk.piece.bench { address::shown(desk).into_any() } else { address::asked(desk) }}
                <div class="content" inner_html=body on:click=pressed></div>
            </div>
            {trying::trying(desk)}
            {caches::caches(desk)}
        </section>
    }
}

/// Who shows it: the browser, unless a script of a page asked, or a program.
fn heading(desk: Desk) -> &'static str {
    let last = |actions: &Vec<Timed>| {
        actions.iter().rev().find(|one| one.what.url().is_some()).map(|one| one.what.apart().0.clone())
    };
    match desk.actions.with(last) {
        Some(Action::Call { by: Caller::Program, .. }) => "What the program prints",
        Some(Action::Fetch(_) | Action::Socket { .. } | Action::Call { .. }) => "What the script gets",
        _ => "What the browser shows",
    }
}

/// How the action that stands on stage has ended, once nothing more of it is to come.
fn ended(run: &Run, moment: Moment) -> Option<&Outcome> {
    if moment.over {
        return run.plot.outcomes.last();
    }
    let event = moment.event?;
    let action = run.plot.steps[event].action;
    let more = run.plot.steps[event + 1..].iter().any(|step| step.action == action);
    run.plot.outcomes.get(action).filter(|_| !more)
}

/// The steps so far of a page that is being loaded at this moment, and that came as a page.
fn loading(desk: Desk, run: &Run, moment: Moment) -> Option<&[Step]> {
    let event = moment.event?;
    let action = run.plot.steps[event].action;
    let loads = desk.actions.with(|actions| {
        actions.get(load::past(actions).len() + action).is_some_and(|a| matches!(a.what, Action::Load { .. }))
    });
    let page = matches!(run.plot.outcomes.get(action)?, Outcome::Response { content_type, .. } if content_type.starts_with("text/html"));
    let first = run.plot.steps.iter().position(|step| step.action == action)?;
    (loads && page).then(|| &run.plot.steps[first..=event])
}

/// The button of the page is clicked now, and not at another time.
fn press(desk: Desk) {
    let (run, moment) = (desk.run.get_untracked(), desk.moment.get_untracked());
    let Some(here) = moment.event.and_then(|event| run.plot.steps.get(event)) else { return };
    let began = run.plot.steps.iter().find(|step| step.action == here.action).map_or(Micros::ZERO, |step| step.start);
    let url = desk.actions.with_untracked(|actions| {
        actions.iter().rev().find_map(|action| match &action.what {
            Action::Load { url, .. } => Some(url.clone()),
            _ => None,
        })
    });
    let Some(url) = url else { return };
    // A moment later, so that what has just happened has happened.
    let at = here.end + Micros(1);
    let click = Action::Load { url, click: Some(Micros(at.0 - began.0)) };
    desk.when_ready(move |desk| {
        desk.ask(&click);
        desk.go_to(|step| step.name.starts_with("click-") && step.start >= at);
    });
}
