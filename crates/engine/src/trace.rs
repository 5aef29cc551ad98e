//! The record of one run: what travelled, what was decided, and because of which line.
//!
//! A trace is a plain value. It knows no picture: who draws it looks at places and names only.

use crate::message::Message;
use crate::place::Place;
use crate::text::Text;
use crate::time::Micros;
use core::fmt;
use std::sync::Arc;

/// One run, from the first action to the last answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// Everything that happened, ordered by start time; equal times keep the order of cause and effect.
    pub steps: Vec<Step>,
    /// How each action ended, in the order of the actions.
    pub outcomes: Vec<Outcome>,
    /// Where several people did something at once: which action it was, and how it ended for each of them.
    pub together: Vec<(usize, Vec<Outcome>)>,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The stable name of this kind of step, as links use it: `firewall-decides`, `client-hello`, …
    pub name: &'static str,
    /// When it began.
    pub start: Micros,
    /// When it was over. Never before `start`.
    pub end: Micros,
    /// Which action it serves: an index into the actions given to `run`.
    pub action: usize,
    /// What it was.
    pub act: Act,
}

/// A message moves, or somebody decides. There is nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// `message` goes from one place to the next. Where it is lost on the way, the decision that lost it follows.
    Travel {
        /// Where it leaves.
        from: Place,
        /// Where it arrives.
        to: Place,
        /// What travels.
        message: Message,
    },
    /// Somebody decides something, because of something.
    Decide {
        /// Who decides.
        at: Place,
        /// What was decided.
        verdict: Verdict,
        /// Because of what.
        basis: Basis,
    },
}

/// What was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The kind of decision, which gives it its colour, shape and word.
    pub ruling: Ruling,
    /// One plain sentence, the real tool's own words where it has some.
    pub words: Text,
}

/// The kinds of decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ruling {
    /// Let through, accepted, valid.
    Allow,
    /// One among several was chosen (a record, a server block, a certificate, an upstream).
    Choose,
    /// An answer was made (data, a page, a status).
    Answer,
    /// Refused, and the other side is told (RST, 4xx, 5xx, certificate error).
    Refuse,
    /// Thrown away in silence: nobody is told.
    Drop,
    /// Waited as long as it may, and gave up.
    GiveUp,
    /// Cannot go on, though nobody refused anything: no such name, nobody at the address, a connection that was reset.
    Fail,
}

impl Ruling {
    /// The one word on screen.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Allow => "allowed",
            Self::Choose => "chosen",
            Self::Answer => "answered",
            Self::Refuse => "refused",
            Self::Drop => "dropped",
            Self::GiveUp => "timed out",
            Self::Fail => "failed",
        }
    }

    /// Whether the request cannot go on after it.
    pub const fn stops(self) -> bool {
        matches!(self, Self::Refuse | Self::Drop | Self::GiveUp | Self::Fail)
    }
}

/// What a decision rests on: always something that a person can look up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Basis {
    /// A line of a document of the world that the learner can see and edit.
    Line {
        /// Which document, by its stable name (`security-group`, `senus.doxyz.zone`, `/etc/nginx/conf.d/backend.conf`).
        document: Arc<str>,
        /// The line, counted from 1.
        line: u32,
    },
    /// A document was searched and holds nothing that fits: the absence decides.
    Absent {
        /// Which document.
        document: Arc<str>,
        /// What was looked for, in words: `an inbound rule for tcp port 443 from 203.0.113.7`.
        sought: String,
    },
    /// What has happened before decides: a cache entry, an open connection, a stopped process.
    State {
        /// What, in words: `pm2: backend is stopped`.
        what: String,
    },
    /// A published rule decides, whatever is configured.
    Standard {
        /// Where: `RFC 9293 section 3.10.7.1`.
        source: &'static str,
        /// What it says, in our words.
        says: &'static str,
    },
}

/// How an action ended, as the person who acted sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// An HTTP response reached the browser.
    Response {
        /// The status code.
        status: u16,
        /// The reason phrase nginx or the application sent.
        reason: Text,
        /// The media type, `application/json`.
        content_type: String,
        /// The body as text; what came of it where the connection ended before it did.
        body: String,
        /// Chromium's name for that: `ERR_CONTENT_LENGTH_MISMATCH`.
        cut: Option<&'static str>,
    },
    /// The browser shows an error page of its own.
    BrowserError {
        /// Chromium's name for it: `ERR_CONNECTION_TIMED_OUT`.
        code: &'static str,
        /// The page's title: `This site can’t be reached`.
        title: String,
        /// The page's sentence: `backend-demo.senus.doxyz took too long to respond.`
        text: String,
    },
    /// A command was run; this is what it printed.
    Printed(String),
}

impl Step {
    /// The name for links: the step's name, and for a message also its hop: `request.browser-firewall`.
    pub fn slug(&self) -> String {
        match &self.act {
            Act::Decide { .. } => self.name.to_owned(),
            Act::Travel { from, to, .. } => {
                format!("{}.{}-{}", self.name, from.slug(), to.slug())
            }
        }
    }
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line { document, line } => write!(f, "{document}, line {line}"),
            Self::Absent { document, sought } => write!(f, "{document} holds no {sought}"),
            Self::State { what } => f.write_str(what),
            Self::Standard { source, says } => write!(f, "{source}: {says}"),
        }
    }
}

impl fmt::Display for Trace {
    /// The golden form: one line a step — when, where, its name, what, and in brackets because of what.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.steps {
            let time = step.start.0;
            write!(f, "{:>10}.{:03} ms  ", time / 1_000, time % 1_000)?;
            match &step.act {
                Act::Travel { from, to, message } => {
                    let hop = [from.slug(), " → ", to.slug()].concat();
                    let text = message.to_string();
                    let first = text.lines().next().unwrap_or("");
                    writeln!(f, "{hop:<21}  {:<23}  {first}", step.name)?;
                }
                Act::Decide { at, verdict, basis } => {
                    let Verdict { ruling, words } = verdict;
                    writeln!(f, "{:<21}  {:<23}  {}: {words} [{basis}]", at.slug(), step.name, ruling.word())?;
                }
            }
        }
        for (action, outcome) in self.outcomes.iter().enumerate() {
            match self.together.iter().find(|(which, _)| *which == action) {
                None => writeln!(f, "{outcome}")?,
                Some((_, each)) => each.iter().try_for_each(|outcome| writeln!(f, "{outcome}"))?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Outcome {
    /// One heading, then the text line by line; carriage returns are left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Response { status, reason, content_type, body, cut } => {
                write!(f, "=> {status} {reason}, {content_type}")?;
                cut.iter().try_for_each(|code| write!(f, ", {code}"))?;
                body
            }
            Self::BrowserError { code, title, text } => {
                write!(f, "=> {code}\n{title}")?;
                text
            }
            Self::Printed(text) => {
                f.write_str("=> printed")?;
                text
            }
        };
        text.lines().try_for_each(|line| write!(f, "\n{line}"))
    }
}
