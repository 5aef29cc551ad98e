//! The phone itself: what happens to it ([`Event`]), and what is to be done then ([`Task`]).
//!
//! What is pressed is sent in its order, one at a time, each until it is answered, always with the same key; so nothing is
//! lost and nothing counts twice, whatever breaks in between. Before each try the rows are read and the answer is
//! foretold. Notifications are shown once each ([`crate::note`]). Whatever does not succeed is tried again after a pause
//! that doubles from one second to a quarter of a minute.

use crate::compare::{Line, Others, compare};
use crate::exchange::{Asked, Reply, What};
use crate::held::Held;
use crate::memory::Memory;
use crate::note::Note;

/// Something that happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Someone presses Like or Unlike; the key is new.
    Press(Asked),
    /// Someone chooses who they are; none signs out.
    Choose(Option<i64>),
    /// The choice was answered, or was not.
    Chosen(bool),
    /// What the server holds ([`Held::read`]); none where it could not be read.
    Looked(Option<String>),
    /// What the engine foretold ([`Reply::write`]), or why it did not, in words.
    Foretold(String),
    /// What was answered, and after how many milliseconds; none where there was no answer.
    Answered(Option<(Reply, u64)>),
    /// The stream of notifications is open.
    Opened,
    /// An event of the stream: its id and its data.
    Notified(String, String),
    /// The stream is closed: refused, or broken off.
    Broken,
    /// Time has passed.
    Woke,
    /// The reader comes back, or does not want to wait.
    Hurry,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// Read what the server holds: [`Event::Looked`].
    Look,
    /// Sign in as this user, or out: [`Event::Chosen`].
    Choose(Option<i64>),
    /// Ask the engine: [`Event::Foretold`].
    Foretell(String),
    /// Send this: [`Event::Answered`].
    Send(Asked),
    /// Open the stream, from this id on, in place of any other.
    Listen(Option<String>),
    /// Close the stream; nothing more of it is to be heard.
    Hush,
    /// Keep the memory.
    Keep,
}

/// What is under way. One thing at a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Doing {
    /// Nothing.
    #[default]
    Nothing,
    /// The rows are being read.
    Looking,
    /// The engine is at work.
    Foretelling,
    /// A like is under way.
    Sending,
    /// Somebody signs in or out.
    Choosing,
}

/// The stream of notifications.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stream {
    /// There is none.
    #[default]
    Closed,
    /// It is being opened.
    Opening,
    /// What is told comes at once.
    Open,
}

/// One request beside what was foretold of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// What is asked.
    pub asked: Asked,
    /// How often it was tried.
    pub tries: u32,
    /// What was foretold, or why nothing was.
    pub foretold: Option<Result<Reply, String>>,
    /// What came, and after how many milliseconds.
    pub came: Option<(Reply, u64)>,
    /// How many changes the server had carried out when the rows were read.
    changes: i64,
    /// Whether somebody else changed something meanwhile; none as long as it is not known.
    pub others: Option<Others>,
}

/// Until when nothing is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    /// In milliseconds.
    pub until: u64,
    /// Whether the server did not answer; else only the stream is closed.
    pub away: bool,
}

/// A phone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Phone {
    /// What it keeps over a reload.
    pub memory: Memory,
    /// What the server said last that it holds.
    pub held: Option<Held>,
    /// What is under way.
    pub doing: Doing,
    /// The stream of notifications.
    pub stream: Stream,
    /// The pause, where there is one.
    pub pause: Option<Pause>,
    /// How often in a row something did not succeed.
    pub failures: u32,
    /// The last request.
    pub trial: Option<Trial>,
    /// How many notifications have come since the page was opened.
    pub came: u32,
    /// Whether something has changed since the rows were last asked for.
    pub stale: bool,
}

impl Trial {
    /// Both answers, where there are both, and where it is known whether others had a hand in it.
    pub fn compared(&self) -> Option<Vec<Line>> {
        let (Some(Ok(foretold)), Some((came, _)), Some(others)) = (&self.foretold, &self.came, self.others) else {
            return None;
        };
        Some(compare(foretold, came, others))
    }
}

impl Phone {
    /// A phone that remembers this.
    pub fn new(memory: Memory) -> Self {
        Self { memory, ..Self::default() }
    }

    /// Who is signed in, as the server said last.
    pub fn me(&self) -> Option<i64> {
        Some(self.held.as_ref()?.me.as_ref()?.id)
    }

    /// Whether someone may choose who they are: not while something of somebody else's is to be sent.
    pub fn may_choose(&self) -> bool {
        self.doing == Doing::Nothing && self.memory.unsent.is_empty() && self.held.is_some()
    }

    /// When this phone wants to be woken, in milliseconds, at the latest.
    pub fn wakes(&self) -> Option<u64> {
        self.pause.map(|pause| pause.until)
    }

    /// What happens, and what is to be done then.
    pub fn step(&mut self, event: Event, now: u64) -> Vec<Task> {
        match event {
            Event::Press(asked) => {
                self.memory.unsent.push(asked);
                [vec![Task::Keep], self.look()].concat()
            }
            Event::Choose(user) if self.may_choose() => {
                (self.doing, self.stream) = (Doing::Choosing, Stream::Closed);
                vec![Task::Hush, Task::Choose(user)]
            }
            Event::Choose(_) => Vec::new(),
            Event::Chosen(done) if self.doing == Doing::Choosing => {
                self.doing = Doing::Nothing;
                // Nothing of the one before shall stay on screen.
                self.trial = self.trial.take().filter(|_| !done);
                self.look()
            }
            Event::Looked(text) if self.doing == Doing::Looking => self.looked(text, now),
            Event::Foretold(text) if self.doing == Doing::Foretelling => self.foretold(text),
            Event::Answered(answer) if self.doing == Doing::Sending => self.answered(answer, now),
            Event::Opened if self.stream == Stream::Opening => {
                (self.stream, self.failures) = (Stream::Open, 0);
                self.pause = self.pause.filter(|pause| pause.away);
                Vec::new()
            }
            Event::Notified(id, data) if self.stream != Stream::Closed => self.notified(&id, &data),
            Event::Broken if self.stream != Stream::Closed => {
                self.stream = Stream::Closed;
                self.rest(now, false, 0);
                vec![Task::Hush]
            }
            Event::Woke if self.pause.is_some_and(|pause| pause.until <= now) => {
                self.pause = None;
                self.look()
            }
            Event::Hurry => {
                self.pause = self.pause.filter(|_| self.doing != Doing::Nothing);
                self.look()
            }
            // What comes too late is for nobody any more.
            _ => Vec::new(),
        }
    }

    fn look(&mut self) -> Vec<Task> {
        if self.doing != Doing::Nothing {
            return Vec::new();
        }
        (self.doing, self.stale) = (Doing::Looking, false);
        vec![Task::Look]
    }

    /// The rows were read, or the server is not there.
    fn looked(&mut self, text: Option<String>, now: u64) -> Vec<Task> {
        self.doing = Doing::Nothing;
        let read = text.and_then(|text| Held::read(&text).map(|held| (text, held)));
        if let Some(trial) = self.trial.as_mut().filter(|trial| trial.came.is_some() && trial.others.is_none()) {
            // The change that was asked for is one of them. A server that began anew counts anew.
            trial.others = Some(match read.as_ref().map(|(_, held)| held.changes - trial.changes) {
                Some(0 | 1) => Others::Still,
                Some(more @ 2..) => Others::Changed(more - 1),
                _ => Others::Unknown,
            });
        }
        let Some((text, held)) = read else {
            self.rest(now, true, 0);
            return Vec::new();
        };
        self.pause = self.pause.filter(|pause| !pause.away);
        let mut tasks = self.meet(&held);
        let (me, store) = (held.me.is_some(), held.store.clone());
        let changes = held.changes;
        self.held = Some(held);
        if me && self.stream == Stream::Closed && self.pause.is_none() {
            self.stream = Stream::Opening;
            tasks.push(Task::Listen(self.memory.seen.after(&store)));
        }
        if !me || self.stream == Stream::Open {
            self.failures = 0;
        }
        let Some(asked) = self.memory.unsent.first().cloned() else {
            if self.stale {
                tasks.append(&mut self.look());
            }
            return tasks;
        };
        let tries = self.trial.as_ref().filter(|trial| trial.asked == asked).map_or(0, |trial| trial.tries);
        self.doing = Doing::Foretelling;
        tasks.push(Task::Foretell([&asked.write(), "\n", &text].concat()));
        self.trial = Some(Trial { asked, tries, foretold: None, came: None, changes, others: None });
        tasks
    }

    /// Whoever is signed in now may be somebody else than before.
    fn meet(&mut self, held: &Held) -> Vec<Task> {
        let me = held.me.as_ref().map(|me| me.id);
        if self.memory.user == me {
            return Vec::new();
        }
        self.memory.pass_on(me);
        let open = self.stream != Stream::Closed;
        self.stream = Stream::Closed;
        if open { vec![Task::Hush, Task::Keep] } else { vec![Task::Keep] }
    }

    fn foretold(&mut self, text: String) -> Vec<Task> {
        let Some(trial) = &mut self.trial else { return Vec::new() };
        trial.foretold = Some(Reply::read(&text).ok_or(text));
        trial.tries += 1;
        self.doing = Doing::Sending;
        vec![Task::Send(trial.asked.clone())]
    }

    fn answered(&mut self, answer: Option<(Reply, u64)>, now: u64) -> Vec<Task> {
        self.doing = Doing::Nothing;
        // No answer, or none yet (RFC 9110 15.6.4): the same again, later.
        let Some((reply, took)) = answer.clone().filter(|(reply, _)| reply.status != 503) else {
            let patience = answer.and_then(|(reply, _)| reply.header("Retry-After")?.parse::<u64>().ok());
            self.rest(now, true, patience.unwrap_or(0));
            return Vec::new();
        };
        if self.memory.unsent.is_empty() {
            return Vec::new();
        }
        let asked = self.memory.unsent.remove(0);
        self.failures = 0;
        if let Some(held) = self.held.as_mut().filter(|_| reply.status == 200) {
            apply(held, &asked, &reply);
        }
        if let Some(trial) = &mut self.trial {
            trial.came = Some((reply, took));
        }
        [vec![Task::Keep], self.look()].concat()
    }

    fn notified(&mut self, id: &str, data: &str) -> Vec<Task> {
        let Some(note) = Note::read(id, data) else { return Vec::new() };
        if !self.memory.show(note) {
            return Vec::new();
        }
        self.came += 1;
        // The count below the post is another now.
        self.stale = true;
        [vec![Task::Keep], self.look()].concat()
    }

    /// Nothing is tried for a while: twice as long after each failure, and at least as long as the server wants.
    fn rest(&mut self, now: u64, away: bool, least: u64) {
        let running = self.pause.filter(|pause| pause.until > now && pause.away >= away);
        if running.is_some() {
            return;
        }
        let seconds = LONGEST.min(1 << self.failures.min(6)).max(least.min(60));
        self.failures += 1;
        self.pause = Some(Pause { until: now + seconds * 1000, away });
    }
}

/// The longest pause, in seconds, unless the server wants a longer one.
const LONGEST: u64 = 15;

/// What an answer says of the post.
fn apply(held: &mut Held, asked: &Asked, reply: &Reply) {
    let likes = crate::json::read(&reply.body).and_then(|body| crate::json::number(&body, "likes"));
    // An answer of an earlier time says what was counted then.
    let fresh = reply.header("Idempotent-Replayed").is_none();
    if let (Some(likes), Some(post)) =
        (likes.filter(|_| fresh), held.posts.iter_mut().find(|post| post.id == asked.post))
    {
        post.likes = likes;
    }
    held.liked.retain(|post| *post != asked.post);
    if asked.what == What::Like {
        held.liked.push(asked.post);
    }
}
