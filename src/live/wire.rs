//! The panel beside figure 1: one plain exchange of HTTP, and a WebSocket that sends back what it gets, both with the bundled
//! server.

use super::{PLACE, fill, took};
use browser::ask::{self, Answer, Ask};
use browser::socket::{Heard, Socket};
use browser::{slot, timer};
use course::html::escape;
use phone::wire::{Event, code, head, hex};
use std::cell::RefCell;

/// What `/live/hello` is asked for: the word on the button, and the `Accept` of the request.
const FORMS: [(&str, &str); 4] = [
    ("JSON", "application/json"),
    ("A page", "text/html"),
    ("A picture", "image/svg+xml"),
    ("What there is not", "application/grpc"),
];

const PATH: &str = "/live/echo";

/// The panel on the open page.
#[derive(Default)]
struct Panel {
    /// What was asked, and what came.
    plain: Option<(&'static str, Option<Option<Answer>>)>,
    socket: Option<Socket>,
    log: Vec<Event>,
    open: bool,
    /// When the last text was sent.
    sent: u64,
    written: [String; 3],
}

thread_local! {
    static PANEL_NOW: RefCell<Option<Panel>> = const { RefCell::new(None) };
}

/// Puts the panel in its place.
pub fn open() {
    let forms: String = FORMS
        .iter()
        .enumerate()
        .map(|(at, (word, _))| {
            format!("<button type=\"button\" id=\"live-form-{at}\" data-do=\"plain {at}\">{word}</button>")
        })
        .collect();
    let panel = [
        "<p class=\"lead\">The same two protocols with a real server: the one that shows this page.</p>\
         <div class=\"half\"><h3>A plain exchange</h3><div role=\"group\" aria-label=\"What to ask for\" class=\"forms\"><span>Ask for</span>",
        &forms,
        "</div><div class=\"plain\" aria-live=\"polite\"></div></div>\
         <div class=\"half\"><h3>A WebSocket</h3><div class=\"open\"></div>\
         <form data-do=\"say\"><label for=\"live-say\">A text</label>\
         <input id=\"live-say\" type=\"text\" value=\"Hello ♥\" maxlength=\"4000\" autocomplete=\"off\">\
         <button type=\"submit\" id=\"live-send\">Send</button></form>\
         <div class=\"log\" role=\"log\" aria-label=\"What went over the socket\" tabindex=\"0\"></div></div>",
    ];
    fill(&panel.concat());
    slot::on_press(PLACE, pressed);
    slot::on_submit(PLACE, |_| say());
    PANEL_NOW.set(Some(Panel::default()));
    with(|_| {});
}

/// The page is turned: the socket closes.
pub fn close() {
    PANEL_NOW.set(None);
}

fn pressed(what: &str) {
    match what.split_once(' ') {
        Some(("plain", at)) => plain(at.parse().unwrap_or(0)),
        _ if what == "open" => begin(),
        _ if what == "close" => with(|panel| {
            if let Some(socket) = &panel.socket {
                socket.close();
            }
        }),
        _ => {}
    }
}

/// Changes the panel, and shows what it is then.
fn with(act: impl FnOnce(&mut Panel)) {
    PANEL_NOW.with_borrow_mut(|panel| {
        if let Some(panel) = panel {
            act(panel);
            panel.write();
        }
    });
}

fn plain(at: usize) {
    let Some((_, accept)) = FORMS.get(at) else { return };
    with(|panel| panel.plain = Some((accept, None)));
    let headers = vec![("Accept".to_owned(), (*accept).to_owned())];
    let ask = Ask { path: "/live/hello".to_owned(), headers, ..Ask::default() };
    ask::ask(ask, |answer| {
        with(|panel| {
            if let Some((_, came)) = &mut panel.plain {
                *came = Some(answer);
            }
        });
    });
}

fn begin() {
    with(|panel| {
        if panel.socket.is_none() {
            panel.socket = Socket::open(PATH, heard);
            let url = panel.socket.as_ref().map_or_else(String::new, Socket::url);
            panel.log = vec![Event::Asked(url)];
        }
    });
}

fn say() {
    let text = slot::typed("#live-say");
    with(|panel| {
        if panel.socket.as_ref().is_some_and(|socket| socket.send(&text)) {
            panel.sent = timer::now();
            panel.log.push(Event::Sent(text));
        }
    });
}

fn heard(heard: Heard) {
    with(|panel| match heard {
        Heard::Opened => {
            panel.open = true;
            let extensions = panel.socket.as_ref().map_or_else(String::new, Socket::extensions);
            panel.log.push(Event::Opened(extensions));
        }
        Heard::Text(text) => panel.log.push(Event::Came(text, timer::now() - panel.sent)),
        Heard::Closed(code, reason, clean) => {
            (panel.open, panel.socket) = (false, None);
            panel.log.push(Event::Closed(code, reason, clean));
        }
    });
}

impl Panel {
    fn write(&mut self) {
        let texts = [exchange(self.plain.as_ref()), self.door(), log(&self.log)];
        for ((name, text), before) in ["plain", "open", "log"].iter().zip(&texts).zip(&mut self.written) {
            slot::write(&[PLACE, " .", name].concat(), text, before);
        }
    }

    fn door(&self) -> String {
        let (what, word) = if self.socket.is_some() { ("close", "Close") } else { ("open", "Open") };
        let state = match (self.open, self.socket.is_some()) {
            (true, _) => "Open.",
            (false, true) => "Opening …",
            (false, false) => "Not open.",
        };
        format!("<button type=\"button\" id=\"live-door\" data-do=\"{what}\">{word}</button> <span>{state}</span>")
    }
}

/// The plain exchange as a script sees it.
fn exchange(plain: Option<&(&str, Option<Option<Answer>>)>) -> String {
    let Some((accept, came)) = plain else {
        return "<p class=\"empty\">One request, one answer, over HTTP/1.1.</p>".to_owned();
    };
    let request =
        ["<pre tabindex=\"0\" aria-label=\"The request\">GET /live/hello HTTP/1.1\nAccept: ", accept, "</pre>"]
            .concat();
    let answer = match came {
        None => "<p class=\"empty\">Waiting for the answer …</p>".to_owned(),
        Some(None) => "<p class=\"verdict differs\">No answer: the server does not answer.</p>".to_owned(),
        Some(Some(answer)) => {
            let headers: String =
                answer.headers.iter().map(|(name, value)| [name, ": ", value, "\n"].concat()).collect();
            let all = [&answer.status.to_string(), "\n", &headers, "\n", &answer.body].concat();
            let time = took(answer.took);
            [
                "<pre tabindex=\"0\" aria-label=\"The answer\">",
                &escape(&all),
                "</pre><p class=\"aside\">The answer was there after ",
                &time,
                ". A script sees no reason phrase and gets the names of headers in small letters.</p>",
            ]
            .concat()
        }
    };
    request + &answer
}

/// What happened on the socket.
fn log(events: &[Event]) -> String {
    match events.is_empty() {
        true => String::new(),
        false => ["<ol>", &events.iter().map(line).collect::<String>(), "</ol>"].concat(),
    }
}

/// One thing of it, as an item of the list.
fn line(event: &Event) -> String {
    let frame = |text: &str, from_client: bool| {
        let (bytes, words) = head(text, from_client);
        ["<code>", &hex(&bytes), " …</code> <small>", &words, "</small>"].concat()
    };
    let (class, words) = match event {
        Event::Asked(url) => {
            let words = "<code>GET /live/echo</code> with <code>Upgrade: websocket</code>, to ";
            ("sent", [words, "<code>", &escape(url), "</code>"].concat())
        }
        Event::Opened(extensions) => {
            let agreed = match extensions.is_empty() {
                true => "no extension was agreed on".to_owned(),
                false => ["agreed on <code>", &escape(extensions), "</code>: the frames are other ones"].concat(),
            };
            let words = "<code>101 Switching Protocols</code>: from now on, frames both ways; ";
            ("came", [words, &agreed].concat())
        }
        Event::Sent(text) => ("sent", ["<q>", &escape(text), "</q> ", &frame(text, true)].concat()),
        Event::Came(text, after) => {
            ("came", ["<q>", &escape(text), "</q> after ", &took(*after), " ", &frame(text, false)].concat())
        }
        Event::Closed(number, reason, clean) => {
            let both = if *clean { "both sides said so" } else { "not both sides said so" };
            let reason = if reason.is_empty() { String::new() } else { [" “", &escape(reason), "”"].concat() };
            ("end", ["closed: ", &number.to_string(), reason.as_str(), ", ", code(*number), "; ", both].concat())
        }
    };
    let sign = match class {
        "sent" => "to the server: ",
        "came" => "from the server: ",
        _ => "",
    };
    ["<li class=\"", class, "\"><span class=\"unseen\">", sign, "</span>", &words, "</li>"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_is_text_and_nothing_else() {
        let answer = Answer { status: 200, body: "<h1>".into(), ..Answer::default() };
        let html = exchange(Some(&("text/html", Some(Some(answer)))));
        assert!(html.contains("200\n\n&lt;h1&gt;") && !html.contains("<h1>"), "{html}");
        assert!(exchange(Some(&("a", Some(None)))).contains("does not answer"));
        assert!(
            line(&Event::Sent("<b>".into())).contains("&lt;b&gt;")
                && line(&Event::Sent(String::new())).contains("81 80")
        );
        assert!(line(&Event::Closed(1006, String::new(), false)).contains("no closing frame came"));
    }
}
