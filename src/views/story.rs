//! What is done, as a list on the workbench: every line is an action in words, to be typed, moved and taken away; how each
//! ended stands beside it.

use super::{change, flag, press, text};
use crate::desk::Desk;
use browser::dom;
use course::load;
use engine::journey::{Action, Timed};
use engine::trace::Outcome;
use leptos::prelude::*;

/// What may be added: the words of the button, and the line to begin with.
const MORE: [(&str, &str); 9] = [
    ("Open an address", "open https://backend-demo.senus.doxyz/users"),
    ("Load a page", "load https://frontend-demo.senus.doxyz/"),
    ("Ask by script", r"fetch POST \| https://backend-demo.senus.doxyz/like"),
    ("Open a WebSocket", r"socket wss://backend-demo.senus.doxyz/live \| say hello \| hold 30 s"),
    ("Call with gRPC", r#"call https://backend-demo.senus.doxyz/users.Users/Get \| {"id":1}"#),
    ("Open it as somebody else", "from 198.51.100.77: open https://backend-demo.senus.doxyz/users"),
    ("Knock at a port", "connect from 198.51.100.77 to port 22"),
    ("Let time pass", "wait 60 s"),
    ("Run a command", "run pm2 stop backend"),
];

/// A line that nobody understands: where it stands, and what is typed there.
type Wrong = Option<(usize, String)>;

/// The list, where the piece has one.
pub fn story(desk: Desk) -> Option<impl IntoView> {
    if !desk.piece.bench {
        return None;
    }
    let wrong = RwSignal::new(None::<(usize, String)>);
    let count = Memo::new(move |_| desk.actions.with(Vec::len));
    let rows = move || (0..count.get()).map(|at| row(desk, at, wrong)).collect::<Vec<_>>();
    let empty = flag(move || count.get() > 0);
    let more = MORE.map(|(words, line)| {
        let add = press(move || {
            let Some(action) = link::understand(line) else { return };
            let at = desk.actions.with_untracked(Vec::len);
            set(desk, |actions| actions.push(Timed { at: Default::default(), what: action }));
            dom::focus_soon(&format!(".story [data-row='{at}']"));
        });
        view! { <button type="button" on:click=add>{words}</button> }
    });
    let help = "An action is written like one of these: “open https://…”, “load https://…”, “click after 0.5 s on https://…”, “reach https://…”, “from 198.51.100.7: open https://…”, “connect from 198.51.100.7 to port 22”, “wait 30 s”, “run pm2 list”, “fetch POST \\| https://… \\| body …”, “socket wss://… \\| say hello \\| hold 30 s”, “call https://… \\| {}”.";
    Some(view! {
        <section class="story" aria-label="What is done">
            <h2>"What is done"</h2>
            <ol>{rows}</ol>
            <p class="empty" hidden=empty>"Nothing is done yet. Add something."</p>
            <p class="wrong" role="status" hidden=flag(move || wrong.with(Option::is_none))>{help}</p>
            <div class="more">{more.into_iter().collect::<Vec<_>>()}</div>
        </section>
    })
}

/// Changes the actions, and gives them their times again.
fn set(desk: Desk, edit: impl FnOnce(&mut Vec<Timed>)) {
    let mut actions = desk.actions.get_untracked();
    edit(&mut actions);
    desk.act(course::in_turn(actions));
}

/// One line: what is done, how it ended, and the ways to move it and to take it away. The field keeps what is typed in it,
/// whatever the run does meanwhile.
fn row(desk: Desk, at: usize, wrong: RwSignal<Wrong>) -> impl IntoView {
    let bad = move || wrong.with(|wrong| wrong.as_ref().filter(|(row, _)| *row == at).map(|(_, typed)| typed.clone()));
    let words = text(move || {
        let said = || desk.actions.with(|actions| actions.get(at).map_or(String::new(), |a| link::say(&a.what)));
        bad().unwrap_or_else(said)
    });
    let typed = change(move |event| {
        let words = event_target_value(&event).trim().to_owned();
        match link::understand(&words) {
            Some(action) => {
                wrong.set(None);
                set(desk, |actions| actions[at].what = action);
            }
            None => wrong.set(Some((at, words))),
        }
    });
    let end = move || desk.actions.with(|actions| desk.run.with(|run| ended(actions, &run.plot.outcomes, at)));
    let class = text(move || ["end ", end().0].concat());
    let play = press(move || {
        let seen = at.checked_sub(desk.actions.with_untracked(|actions| load::past(actions).len()));
        if let Some(seen) = seen {
            desk.go_to(|step| step.action == seen);
        }
    });
    let up = press(move || {
        wrong.set(None);
        set(desk, |actions| actions.swap(at - 1, at));
    });
    let remove = press(move || {
        wrong.set(None);
        set(desk, |actions| drop(actions.remove(at)));
    });
    view! {
        <li>
            <input type="text" data-row=at.to_string() aria-label=format!("Line {}", at + 1) spellcheck="false"
                autocomplete="off" autocapitalize="off" aria-invalid=text(move || bad().is_some().to_string())
                prop:value=words on:change=typed />
            <button type="button" class=class title="Show it on the figure" on:click=play>{text(move || end().1)}</button>
            <button type="button" class="sign" aria-label="Earlier" title="Earlier" disabled={at == 0} on:click=up>"↑"</button>
            <button type="button" class="sign" aria-label="Remove" title="Remove" on:click=remove>"×"</button>
        </li>
    }
}

/// How the action in this line ended: its mood, and a few words. What lies in the past of the run shows no end.
fn ended(actions: &[Timed], outcomes: &[Outcome], at: usize) -> (&'static str, String) {
    let seen = at.checked_sub(load::past(actions).len());
    match (actions.get(at), seen.and_then(|at| outcomes.get(at))) {
        (Some(action), Some(outcome)) => end(&action.what, outcome),
        _ => ("", "before the run".to_owned()),
    }
}

/// How an action ended: its mood, and a few words.
fn end(action: &Action, outcome: &Outcome) -> (&'static str, String) {
    match outcome {
        Outcome::Response { status, reason, .. } => {
            (if *status < 400 { "good" } else { "bad" }, format!("{status} {reason}"))
        }
        Outcome::BrowserError { code, .. } => ("bad", (*code).to_owned()),
        Outcome::Printed(_) if matches!(action, Action::Wait(_)) => ("", "time passes".to_owned()),
        Outcome::Printed(text) => {
            let first = text.lines().next().unwrap_or("done");
            // nc says last what came of it: “… port [tcp/ssh] succeeded!”, “… failed: Connection refused”.
            let knocks = matches!(action, Action::Connect { .. });
            let words = if knocks { first.rsplit([']', ':']).next().unwrap_or(first).trim() } else { first };
            let class = if knocks { if words.starts_with("succeeded") { "good" } else { "bad" } } else { "" };
            (class, words.chars().take(40).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_to_begin_with_is_understood_and_said_again() {
        for (_, line) in MORE {
            assert_eq!(link::understand(line).map(|action| link::say(&action)).as_deref(), Some(line));
        }
    }

    #[test]
    fn what_lies_in_the_past_has_no_end() {
        let timed = |what| Timed { at: Default::default(), what };
        let actions = [timed(Action::Command("pm2 stop backend".into())), timed(Action::Open("https://a/".into()))];
        let outcomes =
            [Outcome::BrowserError { code: "ERR_NAME_NOT_RESOLVED", title: String::new(), text: String::new() }];
        assert_eq!(ended(&actions, &outcomes, 0), ("", "before the run".to_owned()));
        assert_eq!(ended(&actions, &outcomes, 1), ("bad", "ERR_NAME_NOT_RESOLVED".to_owned()));
    }
}
