//! What the browser's window shows in the end, as Chromium would show it.

use crate::desk::Desk;
use engine::journey::Action;
use engine::trace::Outcome;
use leptos::prelude::*;

/// A small browser window: the address while the request is under way, and what came of it.
pub fn outcome(desk: Desk) -> impl IntoView {
    let address = move || {
        let open = |actions: &Vec<engine::journey::Timed>| {
            actions.iter().find_map(|action| match &action.what {
                Action::Open(url) => Some(url.clone()),
                _ => None,
            })
        };
        desk.actions.with(open).unwrap_or_default()
    };
    let body = move || {
        let run = desk.run.get();
        if desk.head.get().at < run.score.length {
            let words = if desk.beat.get().is_none() { "Nothing has been asked for yet." } else { "Waiting for the answer …" };
            return view! { <p class="empty">{words}</p> }.into_any();
        }
        run.trace.outcomes.last().map(page).into_any()
    };
    view! {
        <section class="outcome" aria-label="The browser window">
            <h2>"What the browser shows"</h2>
            <div class="window">
                <p class="address"><code>{address}</code></p>
                <div class="content">{body}</div>
            </div>
        </section>
    }
}

fn page(outcome: &Outcome) -> AnyView {
    match outcome {
        Outcome::Response { status, reason, content_type, body } => {
            let head = format!("HTTP {status} {reason} · {content_type}");
            let text = if content_type.starts_with("text/html") { words(body) } else { body.clone() };
            view! { <p class="status">{head}</p><pre tabindex="0">{text}</pre> }.into_any()
        }
        Outcome::BrowserError { code, title, text } => view! {
            <div class="error"><p class="title">{*title}</p><p>{text.clone()}</p><p><code>{*code}</code></p></div>
        }
        .into_any(),
        Outcome::Printed(text) => view! { <pre tabindex="0">{text.clone()}</pre> }.into_any(),
    }
}

/// The words of a small HTML page, without its tags: nginx's own pages are a title and a line.
fn words(html: &str) -> String {
    let mut out = String::new();
    let body = html.split_once("<body>").map_or(html, |(_, body)| body);
    for part in body.split('<') {
        let text = part.split_once('>').map_or(part, |(_, text)| text).trim();
        if !text.is_empty() {
            out.push_str(text);
            out.push('\n');
        }
    }
    out
}
