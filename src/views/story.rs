//! What is done, as a list on the workbench: every line is an action in words, to be typed, moved and taken away; how each
//! ended stands beside it.

use super::{change, click, flag, press, text};
use crate::desk::Desk;
use browser::dom;
use course::html::escape;
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
    let lines = Memo::new(move |_| {
        desk.actions.with(|actions| desk.run.with(|run| wrong.with(|wrong| lines(actions, &run.trace.outcomes, wrong))))
    });
    let typed = change(move |event| {
        let Some(at) = dom::number_of(&event, "row") else { return };
        let words = event_target_value(&event).trim().to_owned();
        match link::understand(&words) {
            Some(action) => {
                wrong.set(None);
                set(desk, |actions| actions[at].what = action);
                dom::focus_soon(&format!(".story [data-row='{at}']"));
            }
            None => wrong.set(Some((at, words))),
        }
    });
    let pressed = click(move |event| {
        let at = |name| dom::says_around(&event, name).and_then(|at| at.parse::<usize>().ok());
        if let Some(at) = at("play") {
            let action = at.checked_sub(desk.actions.with_untracked(|actions| load::past(actions).len()));
            if let Some(action) = action {
                desk.go_to(|step| step.action == action);
            }
        } else if let Some(at) = at("up") {
            wrong.set(None);
            set(desk, |actions| actions.swap(at - 1, at));
        } else if let Some(at) = at("remove") {
            wrong.set(None);
            set(desk, |actions| drop(actions.remove(at)));
        }
    });
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
            <ol on:change=typed on:click=pressed inner_html=text(move || lines.get())></ol>
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

/// The lines as HTML. What lies in the past of the run shows no end: only its effect is seen.
fn lines(actions: &[Timed], outcomes: &[Outcome], wrong: &Wrong) -> String {
    let past = load::past(actions).len();
    let mut out = String::new();
    for (at, action) in actions.iter().enumerate() {
        let bad = wrong.as_ref().filter(|(row, _)| *row == at);
        let words = bad.map_or_else(|| link::say(&action.what), |(_, typed)| typed.clone());
        let end = match at.checked_sub(past).and_then(|at| outcomes.get(at)) {
            None => "<span class=\"end\">before the run</span>".to_owned(),
            Some(outcome) => {
                let (class, words) = end(&action.what, outcome);
                format!(
                    "<button type=\"button\" class=\"end {class}\" data-play=\"{at}\" title=\"Show it on the figure\">{}</button>",
                    escape(&words)
                )
            }
        };
        let invalid = if bad.is_some() { " aria-invalid=\"true\"" } else { "" };
        let up = if at == 0 { " disabled" } else { "" };
        out += &format!(
            "<li><input type=\"text\" data-row=\"{at}\" value=\"{}\"{invalid} aria-label=\"Line {}\" spellcheck=\"false\" autocomplete=\"off\" autocapitalize=\"off\">{end}\
             <button type=\"button\" class=\"sign\" data-up=\"{at}\" aria-label=\"Earlier\" title=\"Earlier\"{up}>↑</button>\
             <button type=\"button\" class=\"sign\" data-remove=\"{at}\" aria-label=\"Remove\" title=\"Remove\">×</button></li>",
            escape(&words),
            at + 1
        );
    }
    if actions.is_empty() {
        out += "<li class=\"empty\">Nothing is done yet. Add something.</li>";
    }
    out
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
    fn a_line_that_nobody_understands_stays_as_it_was_typed() {
        let actions = [Timed { at: Default::default(), what: Action::Open("https://a/".into()) }];
        let html = lines(&actions, &[Outcome::Printed("<b>".into())], &Some((0, "opne \"x\"".into())));
        assert!(
            html.contains("value=\"opne &quot;x&quot;\" aria-invalid=\"true\"") && html.contains("&lt;b&gt;"),
            "{html}"
        );
        assert!(lines(&[], &[], &None).contains("Nothing is done yet"));
    }
}
