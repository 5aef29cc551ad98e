//! The phones beside a figure: an app each, and buttons that are pressed for real in the run.

use super::{change, click, press as press_to, text};
use crate::asked;
use crate::desk::Desk;
use browser::dom;
use course::{Piece, load};
use engine::journey::{Action, Press, Timed};
use engine::time::Micros;
use leptos::prelude::*;

/// Whether a piece has phones.
pub fn has(piece: &Piece) -> bool {
    piece.documents.contains(&"phones")
}

/// The phones of the people in this run, as they are at this moment; what was true for whom when it is over.
pub fn phones(desk: Desk) -> impl IntoView {
    // Whose phone the reader has taken.
    let who = RwSignal::new(String::new());
    let event = Memo::new(move |_| desk.moment.get().event);
    let about = move || [desk.piece.name, " ", &who.get()].concat();
    let first = StoredValue::new(dom::html_of(".phones0"));
    let shown = Memo::new(move |_| {
        desk.run.track();
        let asked = if desk.ready.get() { asked::phones(&about(), event.get(), &desk.bench()) } else { None };
        asked.unwrap_or_else(|| first.get_value())
    });
    // A button that was pressed with a key is there again when the phone is drawn anew.
    let pressed = StoredValue::new(String::new());
    let drawn = text(move || {
        let shown = shown.get();
        let selector = pressed.get_value();
        if !selector.is_empty() && (dom::focus_is_free() || dom::focus_is_at(&selector)) {
            dom::focus_soon(&selector);
        }
        shown
    });
    let press = click(move |event| {
        let (Some(phone), Some(words)) = (dom::says_around(&event, "phone"), dom::says_around(&event, "press")) else {
            return;
        };
        let post = words.split_once(' ').map_or(words.as_str(), |(_, post)| post);
        pressed.set_value(format!(".phone[data-phone=\"{phone}\"] [data-press$=\"{post}\"]"));
        if let Some(what) = understand(&words) {
            add(desk, phone, what);
        }
    });
    let choose = change(move |event| {
        pressed.set_value(".phone select".to_owned());
        who.set(event_target_value(&event));
        // The engine draws the phone of somebody else.
        desk.when_ready(|_| ());
    });
    let real = (desk.piece.name == "like-button").then(|| {
        let go = press_to(|| dom::show(".live"));
        view! { <p class="real"><button type="button" class="quiet" on:click=go>"The same for real"</button></p> }
    });
    view! {
        <section class="outcome hands" aria-label="The phones">
            <h2>"The phones"</h2>
            <div class="content" inner_html=drawn on:click=press on:change=choose></div>
            {real}
        </section>
    }
}

/// What a button says.
fn understand(words: &str) -> Option<Press> {
    let (verb, rest) = words.split_once(' ').unwrap_or((words, ""));
    Some(match verb {
        "like" => Press::Like(rest.parse().ok()?),
        "unlike" => Press::Unlike(rest.parse().ok()?),
        "feed" => Press::Feed,
        "profile" => Press::Profile,
        "write" => Press::Write { to: rest.parse().ok()?, text: "Lunch at noon?".to_owned() },
        "look" => Press::Look(rest.to_owned()),
        _ => return None,
    })
}

/// Somebody presses a button: in place of what would be done, or, where something has been done already, after it.
fn add(desk: Desk, phone: String, what: Press) {
    let fresh = desk.moment.get_untracked().beat.is_none();
    desk.when_ready(move |desk| {
        let mut actions = desk.actions.get_untracked();
        let past = load::past(&actions).len();
        if fresh {
            actions.truncate(past);
        }
        let action = actions.len() - past;
        actions.push(Timed { at: Micros::ZERO, what: Action::Press { phone, what } });
        desk.act(course::in_turn(actions));
        desk.go_to(|step| step.action == action);
        desk.cue(stage::Cue::Play);
    });
}
