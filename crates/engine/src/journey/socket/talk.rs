//! What is said on an open WebSocket, and how it ends (RFC 6455 sections 5 and 7).

use super::super::{Flow, Journey, Tunnel};
use super::CLOSE_1006;
use crate::app::live::{self, Halt, Open, Said, Told};
use crate::message::{Flags, Message, Request};
use crate::place::Place::{Browser, Proxy};
use crate::problem::Source;
use crate::sockets::Owner;
use crate::state::Connection;
use crate::text::short;
use crate::time::Micros;
use crate::trace::{Basis, Outcome, Ruling};
use crate::websocket::{self, Frame, Opcode};
use core::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

/// How many messages and pings are followed on one socket.
const MOST: u64 = 200;

/// So long after one message the next is said.
const APART: Micros = Micros::seconds(1);

/// What happens next on an open socket.
enum Next {
    Say(usize),
    Beat,
    Close,
    Idle,
}

/// An open socket with both its ends.
pub(super) struct Line {
    pub connection: Connection,
    pub request: Arc<Request>,
    pub process: usize,
    /// How long nginx lets it be silent; none where no nginx is between.
    pub tunnel: Option<Tunnel>,
    pub open: Open,
    /// When something last passed.
    pub last: Micros,
    /// How many frames the browser has masked.
    pub masked: u64,
    /// What the page's script has noted.
    pub log: String,
}

/// How a socket ends.
enum End {
    /// Both sides have said so: with this code.
    Clean(u16, String),
    /// The connection has gone without a word.
    Broken,
}

impl Journey<'_> {
    /// Everything from the first frame to the end.
    pub(super) fn converse(&mut self, line: &mut Line, say: &[String], hold: Micros) -> Flow<()> {
        // The application has opened its end as it answered: what it says then follows its answer closely.
        let opened = self.record.now;
        let born = self.record.trace.steps.iter().rev().find(|step| step.name == "app-answers").map(|step| step.end);
        self.record.now = born.unwrap_or(opened);
        let born = self.record.now;
        let env = |name: &str| self.variable(line.process, name);
        let running = &self.state.processes[line.process];
        let (open, told) = live::opened(&running.app, &running.memory, &env, &line.request);
        line.open = open;
        let mut beats = 1_u64;
        let mut said = 0;
        let mut end = self.answers(line, told, None)?;
        self.record.now = self.record.now.max(opened);
        line.last = self.record.now;
        let mut close = opened + hold;
        while end.is_none() {
            if beats + said as u64 > MOST {
                let words = "not modelled: a socket on which so much is said".to_owned();
                let basis = Basis::State { what: [&short(MOST), " messages and pings have been followed"].concat() };
                self.record.decide("not-modelled", Browser, Ruling::Refuse, words.clone(), basis);
                return Break(Outcome::Printed(words));
            }
            let next = say.get(said).map(|_| opened + Micros(APART.0 * said as u64));
            let beat = line.open.beat.as_ref().map(|(span, _)| born + Micros(span.0.saturating_mul(beats)));
            let idle = line.tunnel.as_ref().map(|tunnel| line.last + tunnel.idle);
            let close_at = if said < say.len() { None } else { Some(close) };
            let mut first = (Micros(u64::MAX), Next::Close);
            let all = [(next, Next::Say(said)), (close_at, Next::Close), (beat, Next::Beat), (idle, Next::Idle)];
            for (at, what) in all {
                if let Some(at) = at.filter(|at| *at < first.0) {
                    first = (at, what);
                }
            }
            self.record.now = self.record.now.max(first.0);
            end = match first.1 {
                Next::Say(which) => {
                    said += 1;
                    close = self.record.now + hold;
                    self.says(line, &say[which])?
                }
                Next::Beat => {
                    beats += 1;
                    self.beats(line)
                }
                Next::Close => Some(self.closes(line)?),
                Next::Idle => Some(self.silent(line)),
            };
        }
        match end {
            Some(End::Clean(code, reason)) => {
                let reason = if reason.is_empty() { String::new() } else { [", “", &reason, "”"].concat() };
                line.log += &["close: code ", &short(code), &reason, ", clean\n"].concat();
            }
            _ => line.log += CLOSE_1006,
        }
        Continue(())
    }

    fn variable(&self, process: usize, name: &str) -> Option<String> {
        self.state.processes[process].declared.env(name).map(|(value, _)| value.to_owned())
    }

    /// The browser sends a frame, masked with a key of its own (section 5.3), and nginx hands its bytes on as they are.
    fn frame_in(&mut self, line: &mut Line, name: &'static str, frame: Frame) {
        line.masked += 1;
        let mask = websocket::random::<4>(self.seed ^ 0x6d61_736b, self.state.opened * 1_000 + line.masked);
        let frame = Frame { mask: Some(mask), secure: line.connection.secure, ..frame };
        let way = self.way_in(line.connection.owner);
        let message = Message::Frame(frame.into());
        self.record.travel(name, &way, message.clone());
        line.last = self.record.now;
        self.behind(line, name, message, true);
    }

    /// The application sends a frame; the browser has it when this returns.
    fn frame_out(&mut self, line: &mut Line, name: &'static str, frame: Frame) {
        let frame = Frame { secure: line.connection.secure, ..frame };
        let message = Message::Frame(frame.into());
        self.behind(line, name, message.clone(), false);
        line.last = self.record.now;
        self.record.travel(name, &self.way_out(line.connection.owner), message);
    }

    /// The hop between nginx and the application, where there is an nginx. It is not encrypted.
    fn behind(&mut self, line: &Line, name: &'static str, message: Message, in_: bool) {
        if line.tunnel.is_none() {
            return;
        }
        let app = self.program(Owner::Process(line.process));
        let (from, to) = if in_ { (Proxy, app) } else { (app, Proxy) };
        let message = match message {
            Message::Frame(frame) => Message::Frame(Frame { secure: false, ..Arc::unwrap_or_clone(frame) }.into()),
            other => other,
        };
        self.record.hop(name, (from, to, self.network.proxy_app), message);
    }

    /// A person says something on the page.
    fn says(&mut self, line: &mut Line, words: &str) -> Flow<Option<End>> {
        self.frame_in(line, "client-frame", Frame::text(words));
        let env = |name: &str| self.variable(line.process, name);
        let running = &self.state.processes[line.process];
        let told = live::heard(&running.app, &running.memory, &env, &line.request, &mut line.open, words);
        self.answers(line, told, Some(words))
    }

    /// What the application says to that, and whether it survives it.
    fn answers(&mut self, line: &mut Line, told: Told, to: Option<&str>) -> Flow<Option<End>> {
        let place = self.program(Owner::Process(line.process));
        let basis = |source: &Source| self.state.process_basis(self.world, line.process, source);
        let script: Arc<str> = self.state.processes[line.process].declared.script.as_str().into();
        match (&told.source, to) {
            (Some(source), Some(words)) => {
                let words = ["takes the message ", words].concat();
                let (work, basis) = (self.network.app_work, basis(source));
                self.record.decide_after(work, "app-hears", place, Ruling::Answer, words, basis);
            }
            (Some(source), None) => {
                self.record.decide("app-accepts", place, Ruling::Allow, "a socket has opened", basis(source));
            }
            (None, Some(words)) => {
                let sought = "handler for messages".to_owned();
                let words = ["nobody listens to the message ", words].concat();
                let basis = Basis::Absent { document: script, sought };
                self.record.decide("app-hears-not", place, Ruling::Fail, words, basis);
            }
            (None, None) => {
                let sought = "handler for new sockets".to_owned();
                let basis = Basis::Absent { document: script, sought };
                self.record.decide(
                    "app-hears-not",
                    place,
                    Ruling::Fail,
                    "a socket has opened, and nobody listens",
                    basis,
                );
            }
        }
        self.state.processes[line.process].memory.clone_from(&told.memory);
        let began = self.record.now;
        let mut arrived = began;
        for (after, said, _) in told.says {
            // The application does not wait until the one before has arrived.
            self.record.now = began + after;
            match said {
                Said::Text(text) => {
                    self.frame_out(line, "server-frame", Frame::text(&text));
                    line.log += &["message: ", &text, "\n"].concat();
                }
                Said::Ping => self.pinged(line),
                Said::Close(code, reason) => {
                    self.frame_out(line, "server-close", Frame::close(code, &reason));
                    let back = code.map_or_else(|| Frame::close(None, ""), |code| Frame::close(Some(code), ""));
                    self.frame_in(line, "client-close", back);
                    return Continue(Some(End::Clean(code.unwrap_or(1005), reason)));
                }
            }
            arrived = arrived.max(self.record.now);
        }
        self.record.now = arrived;
        match told.end {
            None => Continue(None),
            Some(Halt::NotModelled(what, source)) => {
                let words = ["not modelled: ", &what].concat();
                let basis = self.state.process_basis(self.world, line.process, &source);
                self.record.decide("not-modelled", place, Ruling::Refuse, words.clone(), basis);
                Break(Outcome::Printed(words))
            }
            Some(Halt::Dies(code, error, source)) => {
                let basis = self.state.process_basis(self.world, line.process, &source);
                let now = self.record.now;
                let then = self.state.process_died(line.process, self.world, now, (&code, &error));
                let words = [&error, ": the process ends with exit code ", &code, "; ", &then].concat();
                self.record.decide("app-dies", place, Ruling::Fail, words, basis);
                self.hang_up(&line.connection.clone(), Flags::Fin);
                self.broken("the connection is gone without a close frame: code 1006");
                Continue(Some(End::Broken))
            }
        }
    }

    /// The application pings, as it was told to do again and again.
    fn beats(&mut self, line: &mut Line) -> Option<End> {
        if let Some((_, source)) = line.open.beat.clone() {
            let place = self.program(Owner::Process(line.process));
            let basis = self.state.process_basis(self.world, line.process, &source);
            let words = "pings, so that the connection is never silent for long";
            self.record.decide("app-pings", place, Ruling::Choose, words, basis);
        }
        self.pinged(line);
        None
    }

    /// A ping, and the pong that the browser sends by itself (section 5.5.3); the page's script does not learn of it.
    fn pinged(&mut self, line: &mut Line) {
        self.frame_out(line, "ping", Frame::control(Opcode::Ping, Vec::new()));
        self.frame_in(line, "pong", Frame::control(Opcode::Pong, Vec::new()));
    }

    /// The page closes: both sides say so, then the connection ends (section 7.1.2).
    fn closes(&mut self, line: &mut Line) -> Flow<End> {
        self.frame_in(line, "client-close", Frame::close(Some(1000), ""));
        self.ended(line, 1000);
        self.frame_out(line, "server-close", Frame::close(Some(1000), ""));
        let basis = Basis::Standard {
            source: "RFC 6455 section 7.1.4",
            says: "when both sides have sent a close frame, the connection is closed cleanly",
        };
        self.record.decide(
            "socket-closed",
            Browser,
            Ruling::Answer,
            "both sides have said so: code 1000, clean",
            basis,
        );
        Continue(End::Clean(1000, String::new()))
    }

    /// The application learns that the socket has closed. What its handler would still send goes nowhere.
    fn ended(&mut self, line: &mut Line, code: u16) {
        let env = |name: &str| self.variable(line.process, name);
        let running = &self.state.processes[line.process];
        let told = live::closed(&running.app, &running.memory, &env, &line.request, &mut line.open, code);
        self.state.processes[line.process].memory = told.memory;
    }

    /// Nothing has passed for as long as nginx waits: it closes both connections, and knows of no close frames.
    fn silent(&mut self, line: &mut Line) -> End {
        let Some(tunnel) = line.tunnel.clone() else { return End::Broken };
        let basis = match &tunnel.line {
            Some(source) => self.basis(source),
            None => Basis::Standard {
                source: "nginx.org, WebSocket proxying, proxy_read_timeout",
                says: "where nothing passes for 60 seconds, the connection is closed, unless configured",
            },
        };
        let words = ["nothing has passed for ", &short(tunnel.idle), ": closes the connection"].concat();
        self.record.decide("proxy-closes-socket", Proxy, Ruling::GiveUp, words, basis);
        let app = self.program(Owner::Process(line.process));
        let (from, to) = tunnel.ends;
        let fin = Message::Segment { flags: Flags::Fin, from, to };
        let before = self.record.now;
        self.record.hop("proxy-fin", (Proxy, app, self.network.proxy_app), fin);
        self.record.now = before;
        self.ended(line, 1006);
        self.hang_up(&line.connection.clone(), Flags::Fin);
        self.broken("the connection is gone without a close frame: code 1006");
        End::Broken
    }

    fn broken(&mut self, words: &'static str) {
        let basis = Basis::Standard {
            source: "RFC 6455 section 7.1.5",
            says: "where the connection ends without a close frame, its code is 1006; no frame ever carries that",
        };
        self.record.decide("socket-broken", Browser, Ruling::Fail, words, basis);
    }
}
