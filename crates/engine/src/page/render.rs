//! When what of a page shows: told what arrived when, it says what the browser does and when.
//!
//! One main thread takes one task after the other: it parses, runs scripts, paints and handles clicks. What waits for what
//! is the HTML standard's (of 2026-07): "The script element", "Interactions of styling and scripting", "Render-blocking
//! mechanism", "The end". Two things are simpler than in life: a page's HTML arrives as a whole, and parsing and painting
//! take no time.

mod told;

use super::html::{Mode, Page, What};
use super::script::{self, Act, Statement};
use crate::app::files::size;
use crate::browser::rule::Decision;
use crate::message::Response;
use crate::time::Micros;
use crate::trace::{Basis, Ruling};
use std::sync::Arc;
use told::looked;

/// What is known before anything runs.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// The page.
    pub page: &'a Page,
    /// When its HTML was there.
    pub at: Micros,
    /// The document that the HTML is, if it is one.
    pub document: Option<&'a str>,
    /// For each part of the page that comes from an address, what came.
    pub arrivals: &'a [Option<Arrival>],
    /// What came for each question of a script, in the order of the questions.
    pub data: &'a [Arrival],
    /// How long the browser computes for a kilobyte of script.
    pub rate: Micros,
    /// When a person clicks the page's button.
    pub click: Option<Micros>,
}

/// What came from an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// When its last byte was there, or when it was known that nothing comes.
    pub at: Micros,
    /// The answer, or the browser's word for why there is none.
    pub answer: Result<Arc<Response>, String>,
    /// The document that it is, if it is one.
    pub document: Option<String>,
    /// Why no script of the page may read it, if so: it is of another origin, and its server does not allow it (Fetch
    /// standard, "CORS check").
    pub withheld: Option<Decision>,
}

/// Something that happens in the browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: Micros,
    /// For how long.
    pub span: Micros,
    /// Its name.
    pub name: &'static str,
    /// What kind of decision it is.
    pub ruling: Ruling,
    /// In words.
    pub words: String,
    /// Because of what.
    pub basis: Basis,
}

/// What happens, in order, and what a script asks for that has not been answered yet: the address, and when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Course {
    /// What happens.
    pub events: Vec<Event>,
    /// What must be fetched before more can be said.
    pub wants: Option<(String, Micros)>,
}

/// Something that the main thread does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Task {
    /// Runs a script, and goes on with what waits for it.
    Run(usize),
    /// Goes on with a script after the answer to its question: the script, and after which statement.
    Resume(usize, usize),
    Paint,
    Image(usize),
    Click,
}

struct Run<'a> {
    given: Given<'a>,
    course: Course,
    /// What is ready when.
    tasks: Vec<(Micros, Task)>,
    /// Until when the main thread is busy.
    busy: Micros,
    /// At which part the parser is.
    parsed: usize,
    /// Scripts that run when the document has been parsed.
    deferred: Vec<usize>,
    /// Until when style sheets keep scripts waiting, and the first paint.
    sheets: (Micros, Micros),
    /// Whether a sheet is missing, and whether there is one.
    style: (bool, bool),
    content: bool,
    painted: bool,
    listening: bool,
    /// What the listener writes on the button.
    says: Option<String>,
    asked: usize,
    /// Why no listener came: what the scripts ran into.
    trouble: Option<String>,
}

/// What the browser does with a page.
pub fn render(given: Given<'_>) -> Course {
    let mut run = Run {
        given,
        course: Course::default(),
        tasks: given.click.map(|at| (at, Task::Click)).into_iter().collect(),
        busy: given.at,
        parsed: 0,
        deferred: Vec::new(),
        sheets: (given.at, given.at),
        style: (false, false),
        content: false,
        painted: false,
        listening: false,
        says: None,
        asked: 0,
        trouble: None,
    };
    run.parse(given.at);
    while run.course.wants.is_none() && !run.tasks.is_empty() {
        let mut next = 0;
        for (at, (ready, _)) in run.tasks.iter().enumerate() {
            if *ready < run.tasks[next].0 {
                next = at;
            }
        }
        let (ready, task) = run.tasks.remove(next);
        run.one(ready.max(run.busy), task);
    }
    crate::text::sort(&mut run.course.events, |event| event.at);
    run.course
}

impl Run<'_> {
    /// The parser goes on until a script stops it ("The end" follows when nothing is left).
    fn parse(&mut self, now: Micros) {
        while let Some(part) = self.given.page.parts.get(self.parsed) {
            let index = self.parsed;
            self.parsed += 1;
            let arrived = self.arrived(index).max(now);
            match &part.what {
                What::Style(address) => self.sheet(index, address, arrived, now),
                What::OwnStyle => self.style.1 = true,
                What::Script(_, Mode::Async, _) => self.tasks.push((arrived, Task::Run(index))),
                What::Script(_, Mode::Defer, _) | What::OwnScript(_, true) => self.deferred.push(index),
                What::Script(address, Mode::Blocking, _) => {
                    let ready = arrived.max(self.sheets.0);
                    if ready > now {
                        let words = ["the parser waits for ", address, ", and what follows is not there yet"].concat();
                        self.say(now, "parser-waits", Ruling::Choose, words, self.line(index));
                    }
                    return self.tasks.push((ready, Task::Run(index)));
                }
                What::OwnScript(..) => return self.tasks.push((now.max(self.sheets.0), Task::Run(index))),
                What::Image(..) => self.tasks.push((arrived, Task::Image(index))),
                What::Heading(_) | What::Text(_) | What::Button(_) => {
                    if !self.content {
                        self.content = true;
                        self.tasks.push((now.max(self.sheets.1), Task::Paint));
                    }
                }
            }
        }
        self.next_deferred(now);
    }

    /// A style sheet keeps scripts waiting, and in the head the first paint as well.
    fn sheet(&mut self, index: usize, address: &str, arrived: Micros, now: Micros) {
        self.style.1 = true;
        self.sheets.0 = self.sheets.0.max(arrived);
        if self.given.page.parts[index].head {
            self.sheets.1 = self.sheets.1.max(arrived);
            if arrived > now {
                let words = ["paints nothing until ", address, " is there"].concat();
                self.say(now, "paint-waits", Ruling::Choose, words, self.line(index));
            }
        }
        // "A resource whose type is not text/css is no style sheet" (HTML standard, "Link type stylesheet").
        if let Some(why) = self.unusable(index, |kind| kind == "text/css") {
            self.style.0 = true;
            let words = [address, ": ", &why, ": the page goes without it"].concat();
            self.say(arrived, "style-missing", Ruling::Fail, words, self.line(index));
        }
    }

    fn one(&mut self, now: Micros, task: Task) {
        match task {
            Task::Paint => {
                self.painted = true;
                let (name, how) = match self.style {
                    (false, true) => ("first-paint", "text, style and buttons stand on screen"),
                    _ => ("plain-paint", "the text stands on screen, without any style"),
                };
                let what = "HTML standard of 2026-07, Render-blocking mechanism";
                let says = "a page is painted as soon as nothing in its head holds that back";
                let words = ["paints: ", how].concat();
                self.say(now, name, Ruling::Answer, words, Basis::Standard { source: what, says });
            }
            // An image needs a place on screen first.
            Task::Image(index) if !self.painted => {
                let paint = self.tasks.iter().find(|(_, task)| *task == Task::Paint).map(|(at, _)| *at);
                let script = self.tasks.iter().find(|(_, task)| matches!(task, Task::Run(_))).map(|(at, _)| *at);
                if let Some(then) = paint.or(script) {
                    self.tasks.push((then.max(now), Task::Image(index)));
                }
            }
            Task::Image(index) => self.image(index, now),
            Task::Click => self.click(now),
            Task::Run(index) => self.run(index, now),
            Task::Resume(index, from) => {
                let statements = script::parse(&self.text(index));
                self.busy = now;
                self.statements(index, &statements, from);
            }
        }
    }

    /// An image shows if it is one, whatever the status ("Updating the image data").
    fn image(&mut self, index: usize, now: Micros) {
        let What::Image(address, alt) = &self.given.page.parts[index].what else { return };
        let kind = self.answer(index).map(|answer| answer.header("Content-Type").unwrap_or("").to_owned());
        match kind {
            Ok(kind) if kind.starts_with("image/") => {
                let words = ["paints ", address, " in the place that was kept for it"].concat();
                self.say(now, "image-shown", Ruling::Answer, words, self.line(index));
            }
            _ => {
                let why = self.unusable(index, |_| false).unwrap_or_default();
                let words = [address, ": ", &why, ": in its place stand the words ", alt].concat();
                self.say(now, "image-missing", Ruling::Fail, words, self.line(index));
            }
        }
    }

    /// A script runs, and what waited for it goes on.
    fn run(&mut self, index: usize, now: Micros) {
        self.busy = now;
        let part = &self.given.page.parts[index].what;
        let name = self.name(index);
        let module = matches!(part, What::Script(_, _, true) | What::OwnScript(_, true));
        // "Execute the script element": a script whose result is null is not run (a status that is not ok, the wrong type).
        let fits = |kind: &str| match module {
            true => crate::text::contains(kind, "javascript"),
            false => !["image/", "audio/", "video/", "text/csv"].iter().any(|other| kind.starts_with(other)),
        };
        let missing = match part {
            What::Script(..) => match self.withheld(index).filter(|_| module) {
                Some(decision) => {
                    Some(["its server does not allow this origin to read it", &looked(decision)].concat())
                }
                None => self.unusable(index, fits),
            },
            _ => None,
        };
        if let Some(why) = missing {
            let words = [&name, ": ", &why, ": nothing of it runs"].concat();
            self.say(now, "script-missing", Ruling::Fail, words, self.line(index));
            self.trouble = Some([&name, " did not come"].concat());
        } else {
            let text = self.text(index);
            let statements = script::parse(&text);
            let waits = statements.iter().find(|s| matches!(s.act, Act::Ask(..))).filter(|_| !module);
            let bytes = size(&text);
            let span = Micros(self.given.rate.0.saturating_mul(bytes) / 1_000).min(Micros::seconds(3_600));
            let (kilobytes, tenth) = (bytes / 1_000, bytes % 1_000 / 100);
            let words = ["runs ", &name, ", ", &kilobytes.to_string(), ".", &tenth.to_string(), " kB"].concat();
            let event = Event {
                at: now,
                span,
                name: "script-runs",
                ruling: Ruling::Choose,
                words: [&words, ": nothing else happens for ", &span.to_string()].concat(),
                basis: self.line(index),
            };
            self.course.events.push(event);
            self.busy = now + span;
            match waits {
                Some(statement) => {
                    let error =
                        "SyntaxError: await is only valid in async functions and the top level bodies of modules";
                    self.fail(index, statement.line, error);
                }
                None => self.statements(index, &statements, 0),
            }
        }
        match part {
            What::Script(_, Mode::Blocking, _) | What::OwnScript(_, false) => self.parse(self.busy),
            What::Script(_, Mode::Defer, _) | What::OwnScript(_, true) => self.next_deferred(self.busy),
            _ => {}
        }
    }

    /// "The end": the scripts that were put off, in order, each when it is there and no sheet keeps scripts waiting.
    fn next_deferred(&mut self, now: Micros) {
        if self.deferred.is_empty() {
            return;
        }
        let index = self.deferred.remove(0);
        let ready = self.arrived(index).max(now).max(self.sheets.0);
        self.tasks.push((ready, Task::Run(index)));
    }

    fn statements(&mut self, index: usize, statements: &[Statement], from: usize) {
        for (at, statement) in statements.iter().enumerate().skip(from) {
            let line = self.script_line(index, statement.line);
            match &statement.act {
                Act::Let(..) => {}
                // What the parser has not come to is not there yet, and is not found.
                Act::Listen(_) if !self.button() => {
                    let error = "TypeError: Cannot read properties of null (reading 'addEventListener')";
                    return self.fail(index, statement.line, error);
                }
                Act::Write(_) if !self.content => {
                    let error = "TypeError: Cannot set properties of null (setting 'textContent')";
                    return self.fail(index, statement.line, error);
                }
                Act::Listen(value) => {
                    self.listening = true;
                    let data = self.data(statements);
                    let worth = value.as_ref().and_then(|value| script::worth(&statements[..at], value, &data));
                    self.says = worth.map(|worth| match worth.text() {
                        Some(text) => text.to_owned(),
                        None => {
                            let mut json = String::new();
                            worth.json(&mut json);
                            json
                        }
                    });
                    let words = "attaches a listener to the button: from now on a click does something".to_owned();
                    self.say(self.busy, "hydrated", Ruling::Answer, words, line);
                }
                Act::Ask(_, address) => {
                    let Some(arrival) = self.given.data.get(self.asked).cloned() else {
                        self.course.wants = Some((address.clone(), self.busy));
                        return;
                    };
                    self.asked += 1;
                    let words = ["asks for ", address, " and goes on when the answer is there"].concat();
                    self.say(self.busy, "script-asks", Ruling::Choose, words, line);
                    self.tasks.push((arrival.at, Task::Resume(index, at + 1)));
                    return self.resume(index, statement.line, &arrival);
                }
                Act::Write(value) => {
                    let data = self.data(statements);
                    let Some(worth) = script::worth(&statements[..at], value, &data) else {
                        return self.unknown(index, statement.line, value);
                    };
                    let mut shown = String::new();
                    worth.json(&mut shown);
                    let words = ["computed here, in the browser: ", &shown].concat();
                    self.say(self.busy, "browser-computes", Ruling::Answer, words, line);
                }
                Act::Throw(error) => return self.fail(index, statement.line, error),
                Act::Unknown(written) => return self.unknown(index, statement.line, written),
            }
        }
    }

    /// The answer to a script's question that the script may not read, or that did not come: an error in the script.
    fn resume(&mut self, index: usize, line: u32, arrival: &Arrival) {
        let (words, basis) = match (&arrival.answer, &arrival.withheld) {
            (Err(error), _) => (["no answer: ", error].concat(), self.line(index)),
            (Ok(_), Some(decision)) => {
                let words = "the answer came, and is withheld from the script: it is from another origin";
                ([words, &looked(decision)].concat(), decision.basis())
            }
            (Ok(_), None) => return,
        };
        self.say(arrival.at, "answer-withheld", Ruling::Refuse, words, basis);
        // The script learns no more than that it failed.
        self.tasks.pop();
        let basis = self.script_line(index, line);
        self.say(arrival.at, "script-fails", Ruling::Fail, "Uncaught TypeError: Failed to fetch".to_owned(), basis);
        self.trouble = Some([&self.name(index), " failed"].concat());
    }

    /// An error ends its script, and nothing else: the page stays, other scripts run ("Report an exception").
    fn fail(&mut self, index: usize, line: u32, error: &str) {
        let words = ["Uncaught ", error, ": the script ends here, and the page stays as it is"].concat();
        self.say(self.busy, "script-fails", Ruling::Fail, words, self.script_line(index, line));
        self.trouble = Some([&self.name(index), " failed"].concat());
    }

    fn unknown(&mut self, index: usize, line: u32, written: &str) {
        let words = ["not modelled: this statement of ", &self.name(index), ": ", written].concat();
        self.say(self.busy, "not-modelled", Ruling::Refuse, words, self.script_line(index, line));
        self.trouble = Some([&self.name(index), " has a statement that is not modelled"].concat());
    }

    /// A click goes to the listeners that there are (DOM standard, "dispatch"): before hydration there are none.
    fn click(&mut self, now: Micros) {
        let there = self.painted && self.button();
        let source = "DOM standard of 2026-07, Dispatching events";
        let says =
            "an event goes to the listeners that are attached at this moment; where there are none, nothing happens";
        let waits = self.tasks.iter().find_map(|(_, task)| match task {
            Task::Run(index) | Task::Resume(index, _) => Some(self.name(*index)),
            _ => None,
        });
        let (name, ruling, words) = match (there, self.listening, waits) {
            (false, ..) => ("click-too-early", Ruling::Drop, "somebody clicks, and there is no button yet".to_owned()),
            (_, true, _) => {
                let words = "somebody clicks, and the listener runs";
                let words = self.says.as_ref().map_or(words.to_owned(), |says| [words, ": ", says].concat());
                ("click-works", Ruling::Answer, words)
            }
            (_, _, waits) => {
                let why = match (waits, &self.trouble) {
                    (Some(script), _) => [&script, " has not run yet"].concat(),
                    (None, Some(trouble)) => trouble.clone(),
                    (None, None) => "no script attaches one".to_owned(),
                };
                let words = ["somebody clicks, and nothing happens: the button has no listener, ", &why].concat();
                ("click-does-nothing", Ruling::Drop, words)
            }
        };
        self.say(now, name, ruling, words, Basis::Standard { source, says });
    }

    /// Whether the parser has come to a button.
    fn button(&self) -> bool {
        self.given.page.parts[..self.parsed].iter().any(|part| matches!(part.what, What::Button(_)))
    }
}
