//! The terminal on the instance: a line to type into, and everything that was printed so far. What a line does is found
//! out by the lens; the desk changes as it says.

use super::documents::Open;
use super::{Change, change, flag, keydown, press, text};
use crate::desk::Desk;
use crate::screen::{self, History};
use ::lens::question;
use ::lens::session::{Said, Session};
use browser::{dom, field, lens, prompt};
use leptos::prelude::*;

/// Lines that are worth trying, for those who do not know where to begin.
const WORTH: [&str; 6] = [
    "pm2 list",
    "curl localhost:3001/users",
    "cat /etc/nginx/conf.d/backend.conf",
    "sudo nginx -t",
    "sudo ss -tlnp",
    "tail /var/log/nginx/error.log",
];

/// How somebody sits at the terminal.
#[derive(Clone, Copy)]
struct Seat {
    desk: Desk,
    open: Open,
    /// How often the terminal was opened; nought: never.
    opened: RwSignal<u32>,
    /// How it began: nothing as long as the lens is on its way.
    login: Memo<Option<Said>>,
    /// What stands on the screen after that, as HTML.
    screen: RwSignal<String>,
    /// What came of the last line; nothing before the first.
    last: RwSignal<Option<Said>>,
    /// What is typed.
    typed: RwSignal<String>,
    /// The lines typed before.
    history: StoredValue<History>,
    /// The Escape key was pressed: the next Tab leaves the line.
    leaving: StoredValue<bool>,
}

/// The button that opens it; then screen and line.
pub fn terminal(desk: Desk, open: Open) -> impl IntoView {
    let opened = RwSignal::new(0);
    let login = Memo::new(move |_| {
        desk.ready.track();
        if opened.get() == 0 {
            return None;
        }
        let question = question::write("log-in", None, "", &untrack(|| desk.bench())).ok()?;
        Said::read(&lens::ask(&question)?)
    });
    let (screen, last, typed) = (RwSignal::new(String::new()), RwSignal::new(None), RwSignal::new(String::new()));
    let (history, leaving) = (StoredValue::default(), StoredValue::default());
    let seat = Seat { desk, open, opened, login, screen, last, typed, history, leaving };
    let begin = press(move || seat.begin());
    let words = text(move || if seat.closed() { "Log in again".to_owned() } else { "Open a terminal".to_owned() });
    view! {
        <section class="terminal" aria-label="A terminal on the instance">
            <h2>"A terminal on the instance"</h2>
            <p hidden=flag(move || opened.get() > 0)>
                "Look around and mend things as on a real server: the commands print what the real programs print."
            </p>
            {move || (opened.get() > 0).then(|| seat.screen())}
            <button type="button" class="begin" hidden=flag(move || seat.there()) on:click=begin>{words}</button>
        </section>
    }
}

impl Seat {
    /// Logs in, or in again.
    fn begin(self) {
        self.screen.set(String::new());
        self.last.set(None);
        self.opened.update(|count| *count += 1);
        dom::focus_soon(prompt::LINE);
    }

    /// The present prompt; empty where nobody is logged in.
    fn prompt(self) -> String {
        let prompt = |said: &Option<Said>| said.as_ref().map(|said| said.prompt.clone());
        self.last.with(prompt).or_else(|| self.login.with(prompt)).unwrap_or_default()
    }

    /// Whether somebody is logged in, or about to be.
    fn there(self) -> bool {
        self.opened.get() > 0 && !self.closed()
    }

    /// Whether the connection is over.
    fn closed(self) -> bool {
        let over = |said: &Option<Said>| said.as_ref().is_some_and(|said| said.ask == "leave");
        self.last.with(over) || self.login.with(over)
    }

    fn session(self) -> Session {
        let session = |said: &Option<Said>| said.as_ref().map(|said| said.session.clone());
        let session = self.last.with_untracked(session).or_else(|| self.login.with_untracked(session));
        let history = self.history.with_value(|history| history.lines.clone());
        Session { history, ..session.unwrap_or_default() }
    }

    fn screen(self) -> impl IntoView {
        let shown = text(move || {
            let began = self.login.with(|said| said.as_ref().map(|said| screen::printed(&said.printed)));
            began.unwrap_or_else(|| "The terminal is on its way …".to_owned()) + &self.screen.get()
        });
        let enter = change(move |event| {
            event.prevent_default();
            self.enter();
        });
        let write = change(move |event| self.typed.set(event_target_value(&event)));
        let tries = WORTH.map(|line| {
            let take = press(move || {
                self.typed.set(line.to_owned());
                dom::focus_soon(prompt::LINE);
            });
            view! { <button type="button" on:click=take>{line}</button> }
        });
        view! {
            <div class="tty">
                <pre class="screen" role="log" tabindex="0" aria-label="What was printed" inner_html=shown></pre>
                <form hidden=flag(move || self.closed()) on:submit=submit(enter)>
                    <label class="prompt" for="line">{text(move || self.prompt())}</label>
                    <input id="line" type="text" spellcheck="false" autocomplete="off" autocapitalize="off"
                        enterkeyhint="send" aria-describedby="line-keys" maxlength="4096"
                        prop:value=text(move || self.typed.get())
                        on:input=write on:keydown=keydown(move |event| self.key(&event)) />
                </form>
            </div>
            <div class="tries" hidden=flag(move || self.closed())><span>"Worth a try:"</span>{tries.into_iter().collect::<Vec<_>>()}</div>
            <p id="line-keys" class="hint" hidden=flag(move || self.closed())>
                <kbd>"↑"</kbd>" brings earlier lines, "<kbd>"Tab"</kbd>" completes ("<kbd>"Esc"</kbd>" before it lets it leave), "
                <kbd>"Ctrl C"</kbd>" drops the line, "<kbd>"Ctrl L"</kbd>" empties the screen."
            </p>
        }
    }

    /// Runs what is typed.
    fn enter(self) {
        if self.login.with_untracked(Option::is_none) {
            return;
        }
        let line = self.typed.get_untracked();
        let prompt = untrack(|| self.prompt());
        self.typed.set(String::new());
        self.history.update_value(|history| history.push(&line));
        let about = self.session().write(&line);
        let question = question::write("line", None, &about, &untrack(|| self.desk.bench()));
        prompt::to_the_end();
        let said = match question.map(|question| Said::read(&lens::ask(&question)?)) {
            Ok(Some(said)) => said,
            Ok(None) => return,
            Err(why) => return self.screen.update(|screen| *screen += &screen::line(&prompt, &line, &why.to_string())),
        };
        if said.ask == "clear" {
            self.clear();
        } else {
            self.screen.update(|screen| *screen += &screen::line(&prompt, &line, &said.printed));
        }
        if let Some(bench) = said.bench.clone() {
            self.desk.replace(bench);
        }
        let edit = said.ask.strip_prefix("edit ").map(str::to_owned);
        self.last.set(Some(said));
        if let Some(name) = edit {
            self.open.pick(self.desk, &name);
            field::in_a_pause(|| field::go(0));
        }
    }

    /// Empties the screen, the greeting as well.
    fn clear(self) {
        self.screen.set(screen::CLEARED.to_owned());
    }

    /// What a key asks for beyond typing.
    fn key(self, event: &leptos::ev::KeyboardEvent) {
        let held = event.ctrl_key() && !event.alt_key() && !event.meta_key();
        let leaving = self.leaving.get_value();
        self.leaving.set_value(event.key() == "Escape");
        let line = self.typed.get_untracked();
        match event.key().as_str() {
            "ArrowUp" => self.recall(true, &line),
            "ArrowDown" => self.recall(false, &line),
            "Tab" if !line.is_empty() && !leaving && !event.shift_key() => self.complete(&line),
            "c" if held && !prompt::has_selection() => {
                let prompt = untrack(|| self.prompt());
                self.screen.update(|screen| *screen += &screen::line(&prompt, &(line + "^C"), ""));
                self.typed.set(String::new());
            }
            "l" if held => self.clear(),
            "u" if held => self.typed.set(String::new()),
            "d" if held && line.is_empty() => {
                self.typed.set("exit".to_owned());
                self.enter();
            }
            _ => return,
        }
        event.prevent_default();
    }

    fn recall(self, older: bool, line: &str) {
        if let Some(Some(line)) = self.history.try_update_value(|history| history.recall(older, line)) {
            self.typed.set(line);
        }
    }

    /// Goes on with the word as far as there is one way only; where there is none, shows what there is.
    fn complete(self, line: &str) {
        let about = self.session().write(line);
        let question = question::write("complete", None, &about, &untrack(|| self.desk.bench())).ok();
        let Some(answer) = question.and_then(|question| lens::ask(&question)) else { return };
        let ways: Vec<&str> = answer.lines().collect();
        let next = screen::completed(line, &ways);
        if next == line && ways.len() > 1 {
            let (prompt, names) = (untrack(|| self.prompt()), screen::columns(&ways));
            self.screen.update(|screen| *screen += &screen::line(&prompt, line, &names));
        }
        self.typed.set(next);
    }
}

/// The same answer for the form's own event.
fn submit(mut act: Change) -> Box<dyn FnMut(leptos::ev::SubmitEvent)> {
    Box::new(move |event| act(event.into()))
}
