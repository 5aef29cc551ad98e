//! A piece: a figure that plays, with its world, its cast and what may be changed.

use crate::load::{Program, past, standing};
use engine::browser::request::{Credentials, Mode};
use engine::journey::{Action, Caller, Fetch, Press, Script, Timed, run};
use engine::text::contains;
use engine::time::Micros;
use engine::trace::Trace;
use engine::world::{Document, Kind, World};
use stage::Cast;
use std::net::Ipv4Addr;

/// A figure that plays.
#[derive(Clone, Copy, Debug)]
pub struct Piece {
    /// The stable name: `summary`.
    pub name: &'static str,
    /// The figure: 1 to 16, or the machine room.
    pub figure: u8,
    /// What somebody does, unless a switch does something else.
    pub start: Start,
    /// What is done after that, where two are shown side by side.
    pub then: Option<Start>,
    /// Whether everything that is done stands beside it as a list that can be changed.
    pub bench: bool,
    /// Who plays whom.
    pub cast: Cast,
    /// Arrows that the drawing leaves out, as Mermaid lines between its nodes: the true way, where the drawing simplifies.
    pub beside: &'static str,
    /// The arrows that the page corrects rather than plays.
    pub corrections: &'static [Correction],
    /// What may be changed beside the figure.
    pub switches: &'static [Switch],
    /// The sentences, one a step.
    pub captions: &'static str,
    /// The documents shown beside the figure, in order.
    pub documents: &'static [&'static str],
}

/// What sets a run going.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// A person opens a URL in the browser.
    Open(&'static str),
    /// A person opens a page, the browser loads what it names, and its button is clicked after so many milliseconds.
    Load(&'static str, Option<u64>),
    /// The browser looks the host of a URL up and connects to it, no more.
    Reach(&'static str),
    /// Somebody at an address tries a port of the instance.
    Connect(Ipv4Addr, u16),
    /// A script of the site's own page asks.
    Fetch(Asked),
    /// A script of this page asks, whatever the origin.
    Ask(&'static str, Asks),
    /// A script of the site's own page opens a WebSocket, says these things, and closes it after so many seconds.
    Socket(&'static str, &'static [&'static str], u64),
    /// Somebody calls a method of gRPC with this message, in JSON.
    Call(&'static str, &'static str, Caller),
    /// Somebody presses something in the app on this phone.
    Press(&'static str, Pressed),
    /// Several of these at once, each so many microseconds after the beginning.
    Together(&'static [(u64, Start)]),
    /// Somebody runs a command on the instance.
    Command(&'static str),
    /// So many seconds pass.
    Wait(u64),
}

/// What is pressed in the app: see [`Press`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pressed {
    /// The empty heart of a post.
    Like(u32),
    /// The filled heart of a post.
    Unlike(u32),
    /// The feed.
    Feed,
    /// The own profile.
    Profile,
    /// A message to another user.
    Write(u32, &'static str),
    /// Any path.
    Look(&'static str),
    /// Any path, with `POST`.
    Send(&'static str),
}

/// What a script gives to `fetch`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The method.
    pub method: &'static str,
    /// The URL.
    pub url: &'static str,
    /// The header `Content-Type`; empty where the script sets none.
    pub content_type: &'static str,
    /// The body; empty where there is none.
    pub body: &'static str,
}

/// What a script of a page gives to `fetch`, whatever the origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asks {
    /// The URL.
    pub url: &'static str,
    /// The method.
    pub method: &'static str,
    /// The headers that the script sets.
    pub headers: &'static [(&'static str, &'static str)],
    /// The body; empty where there is none.
    pub body: &'static str,
    /// The mode.
    pub mode: Mode,
    /// To whom cookies go.
    pub credentials: Credentials,
}

/// An arrow that means something other than what it seems to say.
#[derive(Clone, Copy, Debug)]
pub struct Correction {
    /// The arrow: from, to.
    pub arrow: (&'static str, &'static str),
    /// What is true.
    pub words: &'static str,
}

/// Something that can be broken with one press, and mended with another.
#[derive(Clone, Copy, Debug)]
pub struct Switch {
    /// The stable name: `close-443`.
    pub name: &'static str,
    /// The words on it.
    pub label: &'static str,
    /// What it does.
    pub change: Change,
}

/// What a switch does.
#[derive(Clone, Copy, Debug)]
pub enum Change {
    /// In a document, one text is put in the place of another.
    Edit {
        /// The document's name.
        document: &'static str,
        /// What stands there.
        from: &'static str,
        /// What stands there afterwards.
        to: &'static str,
    },
    /// Somebody writes a file that was not there.
    Make {
        /// The document's name.
        document: &'static str,
        /// Its text.
        text: &'static str,
    },
    /// A command is run on the instance beforehand.
    Command(&'static str),
    /// Something else is asked for.
    Start(Start),
    /// After so many seconds the same is done once more.
    Again(u64),
    /// Then this is done as well.
    Then(&'static [Start]),
    /// A command is run on the instance before the last thing that is done.
    Between(&'static str),
    /// Several of these at once.
    Together(&'static [Change]),
}

/// What is seen of these actions: commands before the first page is opened lie in the past, and only their effect shows.
pub fn play(world: &World, actions: &[Timed]) -> Trace {
    play_loaded(world, world, actions)
}

/// The same where programs still run with what they have read before: `loaded` is the world as they read it.
pub fn play_loaded(world: &World, loaded: &World, actions: &[Timed]) -> Trace {
    let state = standing(world, loaded, actions);
    run(world, &state, &actions[past(actions).len()..], 0).0
}

/// How long after a command on the instance the page is opened.
const AFTER_A_COMMAND: Micros = Micros::seconds(1);

impl Piece {
    /// What is done when nothing was changed: the page is opened.
    pub fn actions(&self) -> Vec<Timed> {
        let timed = |start: Start| Timed { at: Micros::ZERO, what: start.action() };
        let mut actions: Vec<Timed> = [Some(self.start), self.then].into_iter().flatten().map(timed).collect();
        spread(&mut actions);
        actions
    }
}

impl Change {
    /// Whether this program must read its documents anew for this to count.
    pub fn concerns(&self, program: Program, world: &World) -> bool {
        match *self {
            Self::Edit { document, .. } => {
                world.documents.iter().any(|d| d.name == document && Program::of(d.kind) == Some(program))
            }
            Self::Make { document, .. } => Program::of(Kind::of_file(document)) == Some(program),
            Self::Together(changes) => changes.iter().any(|change| change.concerns(program, world)),
            Self::Command(_) | Self::Start(_) | Self::Again(_) | Self::Then(_) | Self::Between(_) => false,
        }
    }

    /// Whether it can be made or taken back: an edit needs its text to stand there still.
    pub fn fits(&self, world: &World) -> bool {
        match *self {
            Self::Edit { document, from, to } => {
                world.text(document).is_some_and(|text| contains(text, from) || contains(text, to))
            }
            Self::Make { document, text } => world.text(document).is_none_or(|there| there == text),
            Self::Together(changes) => changes.iter().all(|change| change.fits(world)),
            Self::Command(_) | Self::Start(_) | Self::Again(_) | Self::Then(_) | Self::Between(_) => true,
        }
    }

    /// Whether it is in force, read off the world and the actions themselves.
    pub fn is_on(&self, world: &World, actions: &[Timed]) -> bool {
        match *self {
            Self::Edit { document, to, .. } => world.text(document).is_some_and(|text| contains(text, to)),
            Self::Make { document, text } => world.text(document) == Some(text),
            Self::Command(command) => past(actions).iter().any(|a| is_command(a, command)),
            Self::Start(start) => actions.iter().any(|action| action.what == start.action()),
            Self::Again(seconds) => actions.iter().any(|action| action.what == wait(seconds)),
            Self::Then(starts) => follows(actions, starts),
            Self::Between(command) => between(actions, command).is_some(),
            Self::Together(changes) => changes.iter().all(|change| change.is_on(world, actions)),
        }
    }

    /// The world and the actions with this change made or taken back.
    pub fn set(&self, on: bool, piece: &Piece, world: &World, actions: &[Timed]) -> (World, Vec<Timed>) {
        if on == self.is_on(world, actions) {
            return (world.clone(), actions.to_vec());
        }
        if let Self::Together(changes) = self {
            let step = |(world, actions): (World, Vec<Timed>), change: &Self| change.set(on, piece, &world, &actions);
            return changes.iter().fold((world.clone(), actions.to_vec()), step);
        }
        let mut actions = actions.to_vec();
        match *self {
            Self::Edit { document, from, to } => {
                let (from, to) = if on { (from, to) } else { (to, from) };
                return (world.with_edit(document, from, to), actions);
            }
            Self::Make { document, text } => {
                let mut world = world.clone();
                if on {
                    let kind = Kind::of_file(document);
                    world.put(Document { name: document.to_owned(), kind, text: text.to_owned() }.into());
                } else {
                    world.documents.retain(|other| other.name != document);
                }
                return (world, actions);
            }
            Self::Command(command) if on => {
                let what = Action::Command(command.to_owned());
                actions.insert(0, Timed { at: Micros::ZERO, what });
            }
            Self::Command(command) => {
                let before = past(&actions).len();
                let mut at = 0;
                actions.retain(|a| {
                    at += 1;
                    at > before || !is_command(a, command)
                });
            }
            Self::Start(start) => {
                let start = if on { start } else { piece.start };
                for action in actions.iter_mut().filter(|action| starts(action)) {
                    action.what = start.action();
                }
            }
            Self::Again(seconds) if on => return (world.clone(), again(&actions, seconds)),
            Self::Again(seconds) => {
                if let Some(at) = actions.iter().position(|action| action.what == wait(seconds)) {
                    actions.drain(at..actions.len().min(at + 2));
                }
            }
            Self::Then(starts) if on => {
                actions.extend(starts.iter().map(|start| Timed { at: Micros::ZERO, what: start.action() }));
            }
            Self::Then(starts) => actions.truncate(actions.len() - starts.len()),
            Self::Between(command) if on => {
                let what = Action::Command(command.to_owned());
                actions.insert(actions.len().saturating_sub(1), Timed { at: Micros::ZERO, what });
            }
            Self::Between(command) => {
                if let Some(at) = between(&actions, command) {
                    actions.remove(at);
                }
            }
            Self::Together(_) => {}
        }
        spread(&mut actions);
        (world.clone(), actions)
    }
}

impl Start {
    fn action(self) -> Action {
        match self {
            Self::Open(url) => Action::Open(url.to_owned()),
            Self::Load(url, click) => Action::Load { url: url.to_owned(), click: click.map(Micros::millis) },
            Self::Reach(url) => Action::Reach(url.to_owned()),
            Self::Connect(from, port) => Action::Connect { from, port },
            Self::Fetch(Asked { method, url, content_type, body }) => {
                let headers = [("Content-Type".to_owned(), content_type.to_owned())];
                let headers = headers.into_iter().filter(|(_, value)| !value.is_empty()).collect();
                let (url, method, body) = (url.to_owned(), method.to_owned(), body.to_owned());
                Action::Fetch(Fetch { url, method, headers, body, from: None })
            }
            Self::Ask(page, Asks { url, method, headers, body, mode, credentials }) => {
                let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
                let from = Some(Script { page: page.to_owned(), mode, credentials });
                let (url, method, body) = (url.to_owned(), method.to_owned(), body.to_owned());
                Action::Fetch(Fetch { url, method, headers, body, from })
            }
            Self::Socket(url, say, seconds) => Action::Socket {
                url: url.to_owned(),
                say: say.iter().map(|text| (*text).to_owned()).collect(),
                hold: Micros::seconds(seconds),
            },
            Self::Call(url, message, by) => Action::Call { url: url.to_owned(), message: message.to_owned(), by },
            Self::Press(phone, what) => Action::Press { phone: phone.to_owned(), what: what.press() },
            Self::Together(starts) => {
                let one = |(at, start): &(u64, Self)| Timed { at: Micros(*at), what: start.action() };
                Action::Together(starts.iter().map(one).collect())
            }
            Self::Command(line) => Action::Command(line.to_owned()),
            Self::Wait(seconds) => wait(seconds),
        }
    }
}

impl Pressed {
    /// What it is to the engine.
    pub fn press(self) -> Press {
        match self {
            Self::Like(post) => Press::Like(post),
            Self::Unlike(post) => Press::Unlike(post),
            Self::Feed => Press::Feed,
            Self::Profile => Press::Profile,
            Self::Write(to, text) => Press::Write { to, text: text.to_owned() },
            Self::Look(path) => Press::Look(path.to_owned()),
            Self::Send(path) => Press::Send(path.to_owned()),
        }
    }
}

/// Whether these are the last things that are done, with something before them.
fn follows(actions: &[Timed], starts: &[Start]) -> bool {
    let first = actions.len().checked_sub(starts.len()).filter(|first| *first > 0);
    first.is_some_and(|first| actions[first..].iter().zip(starts).all(|(a, start)| a.what == start.action()))
}

/// Where a command stands that is run after something has been done.
fn between(actions: &[Timed], command: &str) -> Option<usize> {
    let first = actions.iter().position(starts)?;
    actions[first..].iter().position(|action| is_command(action, command)).map(|at| first + at)
}

/// The actions, and after so many seconds the first visit once more.
pub fn again(actions: &[Timed], seconds: u64) -> Vec<Timed> {
    let mut all = actions.to_vec();
    all.push(Timed { at: Micros::ZERO, what: wait(seconds) });
    all.extend(actions.iter().find(|action| starts(action)).cloned());
    spread(&mut all);
    all
}

/// The actions up to the first visit.
pub fn anew(actions: &[Timed]) -> Vec<Timed> {
    let first = actions.iter().position(starts).map_or(actions.len(), |first| first + 1);
    actions[..first].to_vec()
}

/// Whether an action is one that sets a run going.
const fn starts(action: &Timed) -> bool {
    !matches!(action.what, Action::Command(_) | Action::Wait(_))
}

const fn wait(seconds: u64) -> Action {
    Action::Wait(Micros::seconds(seconds))
}

fn is_command(action: &Timed, command: &str) -> bool {
    matches!(&action.what, Action::Command(run) if run == command)
}

/// The actions with their times given anew, in their order.
pub fn in_turn(mut actions: Vec<Timed>) -> Vec<Timed> {
    spread(&mut actions);
    actions
}

/// Gives the actions their times again: a command takes its second, then comes what follows it.
fn spread(actions: &mut [Timed]) {
    let mut at = Micros::ZERO;
    for action in actions {
        action.at = at;
        at += AFTER_A_COMMAND;
    }
}
