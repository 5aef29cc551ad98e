//! A trial as a table: what was predicted, and what happened; and why, step by step.

use super::figure::{self, Lit};
use course::html::{escape, ruling};
use engine::browser::fetch::{Event, Fetched};
use engine::browser::headers::get;
use trial::compare::{Row, agree, compare};
use trial::told::Told;

/// The prediction alone, while the browser is at it.
pub fn predicted(told: &Told, browser: &str) -> String {
    let rows = compare(told, &Told::default(), true);
    let line = |row: &Row| {
        format!("<tr><th scope=\"row\">{}</th><td>{}</td><td>…</td></tr>", escape(&row.what), lines(&row.predicted))
    };
    let body: String = rows.iter().filter(|row| !row.predicted.is_empty()).map(line).collect();
    frame("Predicted. Now the browser does it.", "", browser, &body)
}

/// Both side by side.
pub fn table(rows: &[Row], browser: &str) -> String {
    let line = |row: &Row| {
        let (class, sign) = if row.agrees { ("agrees", "agrees") } else { ("differs", "differs: our bug") };
        format!(
            "<tr class=\"{class}\"><th scope=\"row\">{}<small>{sign}</small></th><td>{}</td><td>{}</td></tr>",
            escape(&row.what),
            lines(&row.predicted),
            lines(&row.seen)
        )
    };
    let body: String = rows.iter().map(line).collect();
    frame(verdict(rows), if agree(rows) { "agrees" } else { "differs" }, browser, &body)
}

/// How it came out, in a sentence.
pub fn verdict(rows: &[Row]) -> &'static str {
    if agree(rows) {
        "As predicted: script and server saw what the engine said they would."
    } else {
        "The engine was wrong. That is our bug, not yours and not the browser’s."
    }
}

fn frame(words: &str, class: &str, browser: &str, body: &str) -> String {
    format!(
        "<p class=\"verdict {class}\">{words}</p><div class=\"scrolls\" tabindex=\"0\" role=\"group\" aria-label=\"Predicted and seen\">\
         <table class=\"told\"><thead><tr><td></td><th scope=\"col\">The engine predicted</th><th scope=\"col\">{} did, and the server saw</th></tr></thead>\
         <tbody>{body}</tbody></table></div>",
        escape(browser)
    )
}

/// Lines of a cell.
fn lines(text: &str) -> String {
    if text.is_empty() { "<i>nothing</i>".to_owned() } else { escape(&short(text)).replace('\n', "<br>") }
}

/// A text in which names of trials, which are long and say nothing, are left out.
pub fn short(text: &str) -> String {
    const FOLDER: &str = "/trial/";
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once(FOLDER) {
        out = out + before + FOLDER;
        let end = behind.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(behind.len());
        let (id, after) = behind.split_at(end);
        out += if id.len() == 32 { "…" } else { id };
        rest = after;
    }
    out + rest
}

/// A sentence with what stands between grave accents as code.
pub fn marked(text: &str) -> String {
    let part = |(at, part): (usize, &str)| match at % 2 {
        0 => escape(part),
        _ => ["<code>", &escape(part), "</code>"].concat(),
    };
    text.split('`').enumerate().map(part).collect()
}

/// Why: what was sent, what was answered, and what the standard says to it, in order, each at its node of figure 13.
pub fn why(fetched: &[Fetched]) -> String {
    let mut out = "<details class=\"why\" open><summary>Why, step by step through figure 13</summary><ol>".to_owned();
    let calls = fetched.len();
    let mut steps = figure::steps(fetched).into_iter().enumerate();
    let mut node = || {
        let (at, lit) = steps.next().unwrap_or((0, Lit { call: 0, node: "Check", arrow: None }));
        format!("<button type=\"button\" class=\"node\" data-do=\"at-{at}\">{}</button> ", figure::words(lit.node))
    };
    for (call, fetched) in fetched.iter().enumerate() {
        if calls > 1 {
            out += &format!("<li class=\"call\">Call {}</li>", call + 1);
        }
        for one in &fetched.events {
            out += &event(one, &node());
        }
        out += &format!("<li>{}{}</li>", node(), gets(fetched));
        for words in &fetched.console {
            out += &format!(
                "<li class=\"console\"><span>The console says</span> <code>{}</code></li>",
                escape(&short(words))
            );
        }
    }
    out + "</ol></details>"
}

/// What script gets, and how many requests have left.
fn gets(fetched: &Fetched) -> String {
    let got = match (fetched.seen.status(), fetched.exception()) {
        (Some(status), _) => format!("<code>Response {{ type: \"{}\", status: {status} }}</code>", fetched.seen.word()),
        (None, words) => format!("<code>{}</code>", escape(&words.unwrap_or_default())),
    };
    let sent = match fetched.sent().count() {
        0 => "Nothing has left the browser.".to_owned(),
        1 => "One request has reached the server.".to_owned(),
        many => format!("{many} requests have reached the servers."),
    };
    format!("Script gets {got}. {sent}")
}

fn event(event: &Event, node: &str) -> String {
    match event {
        Event::Sent(sent) => format!(
            "<li class=\"sent\">{node}<b>→</b> <code>{} {}</code>{}</li>",
            escape(&sent.method),
            escape(&short(&sent.url.sent())),
            get(&sent.headers, "Origin")
                .map_or_else(String::new, |origin| format!(" <code>Origin: {}</code>", escape(&origin)))
        ),
        Event::Answered(answer) => format!("<li class=\"came\">{node}<b>←</b> <code>{}</code></li>", answer.status),
        Event::Decided(decision) => {
            let header = decision
                .header
                .as_ref()
                .map_or_else(String::new, |header| format!(" <code>{}</code>", escape(&short(&header.words()))));
            let name = decision.reason.as_ref().map_or_else(String::new, |reason| {
                format!(" <small>Chromium calls it {}.</small>", escape(reason.name()))
            });
            format!(
                "<li>{node}{}{}{header}{name} <a href=\"{}\" target=\"_blank\" rel=\"noreferrer\"><small>{}</small></a></li>",
                ruling(decision.ruling),
                marked(decision.rule.says),
                escape(decision.rule.algorithm.link),
                escape(decision.rule.algorithm.name)
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_trials_are_left_out_and_nothing_else() {
        let id = "0123456789abcdef0123456789abcdef";
        let text = format!("GET http://localhost:8081/trial/{id}/main?x\nLocation: /trial/{id}");
        assert_eq!(short(&text), "GET http://localhost:8081/trial/…/main?x\nLocation: /trial/…");
        for text in ["", "/trial/", "/trial/x/y", "/trial/0123/main", "a /trial/é"] {
            assert_eq!(short(text), text);
        }
    }

    #[test]
    fn sentences_keep_their_signs() {
        assert_eq!(marked("`*` is < `a&b`."), "<code>*</code> is &lt; <code>a&amp;b</code>.");
        assert_eq!(marked(""), "");
    }
}
