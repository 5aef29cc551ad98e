//! The panel beside figure 7: carries out what [`phone::step`] wants, and writes into each place what it says now.

use super::{PLACE, feed, fill, trial, whose};
use ::lens::question;
use browser::ask::{self, Answer, Ask};
use browser::stream::{Heard, Stream};
use browser::{lens, slot, storage, timer, turn};
use link::Bench;
use phone::exchange::{Asked, Reply, What};
use phone::held::READS;
use phone::memory::Memory;
use phone::step::{Event, Phone, Task};
use std::cell::RefCell;

/// The places of the panel, each with what stands there.
const SLOTS: [&str; 8] = ["state", "who", "feed", "notes", "doors", "trial", "time", "said"];

const PANEL: &str = "<p class=\"lead\">Here a like is a row in the server’s SQLite file. This window is a phone of its own.</p>\
    <div class=\"state\"></div><div class=\"doors\"></div>\
    <div class=\"phone\" role=\"group\" aria-label=\"A phone\"><div class=\"who\"></div><div class=\"feed\"></div>\
    <div class=\"notes\"></div></div>\
    <div class=\"answers\"><div class=\"trial\"></div><div class=\"time\"></div></div>\
    <p class=\"said unseen\" role=\"status\"></p>";

/// The panel on the open page.
struct Panel {
    phone: Phone,
    /// Its path: `/live/phones/ada`.
    path: String,
    /// Who signs in where nobody is; once.
    user: Option<i64>,
    stream: Option<Stream>,
    /// What the engine is to be asked when it is there.
    question: Option<String>,
    timer: i32,
    written: [String; SLOTS.len()],
    /// What comes for an earlier panel is for nobody.
    number: u32,
}

thread_local! {
    static PANEL_NOW: RefCell<Option<Panel>> = const { RefCell::new(None) };
    static NUMBER: RefCell<u32> = const { RefCell::new(0) };
}

/// Once for all panels: the engine arrives, the reader comes back to the window.
pub fn once() {
    lens::on_ready(foretell);
    slot::on_return(|| give(Event::Hurry));
}

/// Puts the panel in its place.
pub fn open() {
    let asked = whose::read(&turn::query());
    // The name stays with the window, also where the reader turns to other pages and comes back.
    let name = asked.phone.or_else(|| storage::of_window("phone")).unwrap_or_else(new_name);
    storage::set_of_window("phone", &name);
    let path = ["/live/phones/", &name].concat();
    let memory = Memory::read(&storage::get(&["phone:", &name].concat()).unwrap_or_default());
    let number = NUMBER.with_borrow_mut(|number| {
        *number += 1;
        *number
    });
    fill(PANEL);
    slot::on_press(PLACE, pressed);
    PANEL_NOW.set(Some(Panel {
        phone: Phone::new(memory),
        path,
        user: asked.user,
        stream: None,
        question: None,
        timer: 0,
        written: Default::default(),
        number,
    }));
    // It will be needed as soon as something is pressed.
    lens::want();
    give(Event::Hurry);
}

/// The page is turned: what was not sent stays in the memory.
pub fn close() {
    if let Some(panel) = PANEL_NOW.take() {
        timer::forget(panel.timer);
    }
}

/// Eight characters drawn by lot; for a window that was opened without a name.
fn new_name() -> String {
    timer::lot().map_or_else(|| "here".to_owned(), |lot| lot[..8].to_owned())
}

/// What a pressed thing asks for.
fn pressed(what: &str) {
    let (verb, number) = what.split_once(' ').unwrap_or((what, ""));
    let number = number.parse().ok();
    let event = match (verb, number) {
        ("like", Some(post)) => Event::Press(new(What::Like, post)),
        ("unlike", Some(post)) => Event::Press(new(What::Unlike, post)),
        ("be", user @ Some(_)) => Event::Choose(user),
        ("leave", _) => Event::Choose(None),
        _ => Event::Hurry,
    };
    give(event);
}

fn new(what: What, post: i64) -> Asked {
    let key = timer::lot().unwrap_or_else(|| timer::now().to_string());
    Asked { what, post, key }
}

/// Something happens: the phone says what follows, the page shows it, and it is done, in this order; so what was foretold
/// stands there before anything is sent.
fn give(event: Event) {
    let tasks = PANEL_NOW.with_borrow_mut(|panel| {
        let panel = panel.as_mut()?;
        let looked = matches!(event, Event::Looked(Some(_)));
        let mut tasks = panel.phone.step(event, timer::now());
        if looked && panel.phone.may_choose() && panel.phone.me().is_none() && panel.user.is_some() {
            tasks.extend(panel.phone.step(Event::Choose(panel.user.take()), timer::now()));
        }
        panel.write();
        panel.wake();
        Some((tasks, panel.path.clone(), panel.number))
    });
    let Some((tasks, path, number)) = tasks else { return };
    tasks.into_iter().for_each(|task| carry_out(task, &path, number));
}

/// For the panel of this number only.
fn give_to(number: u32, event: Event) {
    if PANEL_NOW.with_borrow(|panel| panel.as_ref().is_some_and(|panel| panel.number == number)) {
        give(event);
    }
}

fn carry_out(task: Task, path: &str, number: u32) {
    match task {
        Task::Look => {
            let below = |name: &&str| [path, "/", name].concat();
            let then = move |texts: Option<Vec<String>>| {
                give_to(number, Event::Looked(texts.map(|texts| texts.join("\n"))));
            };
            ask::all(["/live/", READS[0]].concat(), READS[1..].iter().map(below).collect(), then);
        }
        Task::Choose(user) => {
            let mut ask = Ask { method: "DELETE".to_owned(), path: [path, "/session"].concat(), ..Ask::default() };
            if let Some(user) = user {
                ask.method = "POST".to_owned();
                ask.headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
                ask.body = ["{\"user\": ", &user.to_string(), "}"].concat();
            }
            let then = move |answer: Option<Answer>| {
                give_to(number, Event::Chosen(answer.is_some_and(|answer| answer.status == 200)));
            };
            ask::ask(ask, then);
        }
        Task::Foretell(about) => {
            with(|panel| panel.question = Some(about));
            foretell();
            timer::after(PATIENCE, move || too_late(number));
        }
        Task::Send(asked) => {
            let path = [path, &asked.path()].concat();
            let headers = asked.headers().map(|(name, value)| (name.to_owned(), value)).to_vec();
            let ask = Ask { method: asked.what.method().to_owned(), path, headers, body: String::new() };
            let then = move |answer: Option<Answer>| {
                let reply = |Answer { status, headers, body, took }| (Reply { status, headers, body }, took);
                give_to(number, Event::Answered(answer.map(reply)));
            };
            // A moment for the page to paint what was foretold.
            timer::after(FRAME, move || ask::ask(ask, then));
        }
        Task::Listen(after) => {
            let after = after.map_or_else(String::new, |id| ["?after=", &id].concat());
            let stream = Stream::open(&[path, "/notifications", &after].concat(), "notification", heard);
            let closed = stream.is_none();
            with(|panel| panel.stream = stream);
            if closed {
                give(Event::Broken);
            }
        }
        Task::Hush => with(|panel| panel.stream = None),
        Task::Keep => with(|panel| {
            let name = panel.path.rsplit('/').next().unwrap_or_default();
            storage::set(&["phone:", name].concat(), &panel.phone.memory.write());
        }),
    }
}

/// Who waits for the engine longer than so many milliseconds sends without it.
const PATIENCE: u64 = 20_000;

/// About one frame, in milliseconds.
const FRAME: u64 = 20;

fn with(act: impl FnOnce(&mut Panel)) {
    PANEL_NOW.with_borrow_mut(|panel| panel.as_mut().map(act));
}

fn heard(heard: Heard) {
    give(match heard {
        Heard::Opened => Event::Opened,
        Heard::Told(id, data) => Event::Notified(id, data),
        Heard::Broken => Event::Broken,
    });
}

/// Asks the engine what waits to be asked, if it is there.
fn foretell() {
    let Some(about) = PANEL_NOW.with_borrow(|panel| panel.as_ref()?.question.clone()) else { return };
    if !lens::there() {
        return lens::want();
    }
    with(|panel| panel.question = None);
    let answer = question::write("predict", None, &about, &Bench::default()).ok();
    let answer = answer.and_then(|question| lens::ask(&question));
    give(Event::Foretold(answer.unwrap_or_else(|| "The engine did not answer.".to_owned())));
}

fn too_late(number: u32) {
    let waits = PANEL_NOW.with_borrow_mut(|panel| {
        panel.as_mut().filter(|panel| panel.number == number).and_then(|panel| panel.question.take())
    });
    if waits.is_some() {
        give(Event::Foretold("The engine has not come in time.".to_owned()));
    }
}

impl Panel {
    fn write(&mut self) {
        let phone = &self.phone;
        let texts = [
            feed::state(phone, timer::now()),
            feed::who(phone),
            feed::feed(phone),
            feed::notes(phone),
            feed::doors(phone),
            trial::trial(phone, &self.path),
            trial::time(phone),
            course::html::escape(&feed::said(phone)),
        ];
        for ((name, text), before) in SLOTS.iter().zip(&texts).zip(&mut self.written) {
            slot::write(&[PLACE, " .", name].concat(), text, before);
        }
    }

    /// Is woken when the pause is over, and each second before, to count down.
    fn wake(&mut self) {
        timer::forget(self.timer);
        let now = timer::now();
        self.timer = match self.phone.wakes() {
            Some(until) => timer::after(until.saturating_sub(now).clamp(1, 1000), || give(Event::Woke)),
            None => 0,
        };
    }
}
