//! The address bar: what is asked for, to be typed by the reader.

use super::{change, text};
use crate::desk::Desk;
use core::net::Ipv4Addr;
use course::load;
use engine::journey::{Action, Fetch, Timed};
use engine::url::Url;
use leptos::prelude::*;

/// The fields for what sets the run going, whatever that is in this piece.
pub fn asked(desk: Desk) -> AnyView {
    let connects = |actions: &Vec<Timed>| actions.iter().any(|a| matches!(a.what, Action::Connect { .. }));
    if desk.actions.with_untracked(connects) { attempt(desk).into_any() } else { address(desk).into_any() }
}

/// What is asked for at this moment, where a list beside it says what is done.
pub fn shown(desk: Desk) -> impl IntoView {
    let words = text(move || {
        let event = desk.moment.get().event;
        desk.actions.with(|actions| {
            let action = desk.run.with(|run| event.map_or(0, |event| run.trace.steps[event].action));
            let here = actions.get(load::past(actions).len() + action);
            here.map_or(String::new(), |action| {
                action.what.url().map_or_else(|| link::say(&action.what), str::to_owned)
            })
        })
    });
    view! { <p class="address"><output>{words}</output></p> }
}

/// A field with the address that is opened; the enter key asks for another. Which problem an address has is said below.
fn address(desk: Desk) -> impl IntoView {
    let asked = move || {
        let open = |action: &Timed| action.what.url().map(str::to_owned);
        desk.actions.with(|actions| actions.iter().find_map(open).unwrap_or_default())
    };
    let ask = change(move |event| {
        let url = event_target_value(&event).trim().to_owned();
        let asked = |action: &Timed| match &action.what {
            Action::Reach(_) => Some(Action::Reach(url.clone())),
            Action::Load { click, .. } => Some(Action::Load { url: url.clone(), click: *click }),
            Action::Fetch(fetch) => Some(Action::Fetch(Fetch { url: url.clone(), ..fetch.clone() })),
            Action::Call { message, by, .. } => {
                Some(Action::Call { url: url.clone(), message: message.clone(), by: *by })
            }
            Action::Socket { say, hold, .. } => {
                Some(Action::Socket { url: url.clone(), say: say.clone(), hold: *hold })
            }
            _ => None,
        };
        let other = desk.actions.with_untracked(|actions| actions.iter().find_map(asked));
        desk.ask(&other.unwrap_or(Action::Open(url)));
    });
    let socket = move || desk.actions.with(|all| all.iter().any(|one| matches!(one.what, Action::Socket { .. })));
    let mistake = move || problem(&asked()).filter(|_| !socket() || Url::of_socket(&asked()).is_none());
    let wrong = text(move || mistake().unwrap_or_default().to_owned());
    let invalid = text(move || mistake().is_some().to_string());
    view! {
        <div class="address">
            <input type="text" inputmode="url" enterkeyhint="go" spellcheck="false" autocomplete="off" autocapitalize="off"
                aria-label="Address: the enter key opens it" aria-describedby="address-problem" aria-invalid=invalid
                prop:value=text(asked) on:change=ask />
            <p id="address-problem" class="wrong" role="status">{wrong}</p>
        </div>
    }
}

/// Two fields, for somebody at an address who tries a port.
fn attempt(desk: Desk) -> impl IntoView {
    let present = move |actions: &Vec<Timed>| {
        let connect = |action: &Timed| match action.what {
            Action::Connect { from, port } => Some((from, port)),
            _ => None,
        };
        actions.iter().find_map(connect)
    };
    let wrong = RwSignal::new("");
    let from =
        change(move |event| match (event_target_value(&event).trim().parse(), desk.actions.with_untracked(present)) {
            (Ok(from), Some((_, port))) => {
                wrong.set("");
                desk.ask(&Action::Connect { from, port });
            }
            _ => wrong.set("An address is four numbers from 0 to 255 with dots between them: 203.0.113.7"),
        });
    let port =
        change(move |event| match (event_target_value(&event).trim().parse(), desk.actions.with_untracked(present)) {
            (Ok(port), Some((from, _))) => {
                wrong.set("");
                desk.ask(&Action::Connect { from, port });
            }
            _ => wrong.set("A port is a number from 0 to 65535."),
        });
    let now = move |read: fn((Ipv4Addr, u16)) -> String| {
        text(move || desk.actions.with(present).map(read).unwrap_or_default())
    };
    view! {
        <div class="address attempt">
            <label>"From "<input type="text" name="from" spellcheck="false" autocomplete="off" size="15"
                prop:value=now(|(from, _)| from.to_string()) on:change=from /></label>
            <label>"to port "<input type="text" name="port" inputmode="numeric" autocomplete="off" size="6"
                prop:value=now(|(_, port)| port.to_string()) on:change=port /></label>
            <p class="wrong" role="status">{text(move || wrong.get().to_owned())}</p>
        </div>
    }
}

/// What is wrong with an address, for the person who types it. The engine alone decides what becomes of it.
fn problem(url: &str) -> Option<&'static str> {
    if Url::parse(url).is_some() {
        return None;
    }
    let (scheme, rest) = engine::text::split_once(url, "://").unwrap_or(("https", url));
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    let port = authority.rsplit_once(':').map_or("", |(_, port)| port);
    Some(match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" if authority.is_empty() => "An address needs a host: https://backend-demo.senus.doxyz/users",
        "http" | "https" if !port.is_empty() && port.parse::<u16>().is_err() => "A port is a number from 0 to 65535.",
        "http" | "https" => "A host has letters, digits, hyphens and single dots.",
        _ => "Only http and https are modelled here.",
    })
}

#[cfg(test)]
mod tests {
    use super::problem;

    #[test]
    fn what_is_wrong_with_an_address_is_named() {
        assert_eq!(problem("http://a.b:8080/c?d"), None);
        assert_eq!(problem("a.b/c"), None);
        for (url, word) in
            [("", "host"), ("ftp://a.b", "http"), ("http://a.b:99999/", "port"), ("https://a b/", "letters")]
        {
            assert!(problem(url).is_some_and(|words| words.contains(word)), "{url}: {:?}", problem(url));
        }
    }
}
