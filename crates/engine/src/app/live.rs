//! `WebSocketServer` of the module `ws` 8, attached to the application's HTTP server: which upgrades it takes, and what its
//! handlers do with an open socket (its documentation, `doc/ws.md`; its answers as observed with `ws` 8.23 and Node.js 20).
//!
//! It reads one server with `path`, a handler for `connection`, and inside it handlers for `message` and `close`. It does
//! not know `broadcast` to other sockets, binary messages, and servers of their own port.

use super::eval::{Environment, Fault, Local, Scope};
use super::respond::reason;
use super::serve::{Run, Stop};
use super::values::{bare, text};
use super::{App, Expression, Statement};
use crate::literal::Value;
use crate::message::{Header, Request, Response};
use crate::problem::Source;
use crate::time::Micros;
use crate::websocket;

/// `new WebSocketServer({ server, path })`, with its handlers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Live {
    /// The name of the constant that holds it.
    pub name: String,
    /// The path it takes; every one where none is given.
    pub path: Option<String>,
    /// The line.
    pub source: Source,
    /// `.on("connection", (socket) => …)`.
    pub connection: Option<Handler>,
}

/// A function that is called when something happens: the name of its first parameter, and its statements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handler {
    /// The first parameter; empty where there is none.
    pub takes: String,
    /// What it does.
    pub body: Vec<Statement>,
    /// The line.
    pub source: Source,
}

/// What the application sends on an open socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// `socket.send(text)`.
    Text(String),
    /// `socket.ping()`.
    Ping,
    /// `socket.close(code, reason)`.
    Close(Option<u16>, String),
}

/// An open socket, as the application holds it.
#[derive(Clone, Debug, Default)]
pub struct Open {
    /// The names of the handler for `connection`, which the handlers inside it see.
    locals: Vec<(String, Local)>,
    /// `socket.on("message", …)`.
    message: Option<Handler>,
    /// `socket.on("close", …)`.
    close: Option<Handler>,
    /// How often `setInterval(() => socket.ping(), …)` pings, and its line.
    pub beat: Option<(Micros, Source)>,
}

/// What came of an event on a socket.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// What is sent: so long after the event, what, by which line.
    pub says: Vec<(Micros, Said, Source)>,
    /// The line of the handler that took it; none where nobody listens.
    pub source: Option<Source>,
    /// The data that has changed since the process started.
    pub memory: Vec<(String, Value)>,
    /// Why it does not go on.
    pub end: Option<Halt>,
}

/// Why a handler did not come to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Halt {
    /// It threw this error, or ended the process: Node.js ends with this exit code, and the line.
    Dies(String, String, Source),
    /// Not modelled: what, and the line.
    NotModelled(String, Source),
}

/// What the WebSocket server answers to a request that asks for an upgrade; none where the request is an ordinary one, or
/// where nobody waits for upgrades. Node.js takes it for an upgrade if `Connection` says so and there is an `Upgrade`
/// (documentation, "Event: 'upgrade'"); the version of the request does not matter to it.
pub fn handshake(app: &App, request: &Request) -> Option<(Response, Source)> {
    let live = app.live.as_ref()?;
    let has = |name: &str, word: &str| {
        let mut words = request.header(name).unwrap_or("").split(',');
        words.any(|other| other.trim().eq_ignore_ascii_case(word))
    };
    let upgrade = request.header("Upgrade").filter(|_| has("Connection", "upgrade"))?;
    let key = request.header("Sec-WebSocket-Key").unwrap_or("");
    // 16 bytes in base64: 22 signs and two of nothing.
    let proper = key.len() == 24 && key.ends_with("==");
    let version = request.header("Sec-WebSocket-Version").unwrap_or("");
    let path = request.target.split('?').next().unwrap_or("");
    let refusal = match () {
        () if request.method != "GET" => Some((405, "Invalid HTTP method")),
        () if !upgrade.eq_ignore_ascii_case("websocket") => Some((400, "Invalid Upgrade header")),
        () if !proper => Some((400, "Missing or invalid Sec-WebSocket-Key header")),
        () if version != "13" && version != "8" => Some((400, "Missing or invalid Sec-WebSocket-Version header")),
        () if live.path.as_ref().is_some_and(|wanted| wanted != path) => Some((400, reason(400))),
        () => None,
    };
    let pair = |name: &'static str, value: &'static str| (name.into(), value.into());
    let response = match refusal {
        Some((status, body)) => {
            let length = ("Content-Length".into(), body.len().to_string().into());
            let headers = vec![pair("Connection", "close"), pair("Content-Type", "text/html"), length];
            answer(status, reason(status), headers, body)
        }
        None => {
            let accept = ("Sec-WebSocket-Accept".into(), websocket::accept(key).into());
            let headers = vec![pair("Upgrade", "websocket"), pair("Connection", "Upgrade"), accept];
            answer(101, "Switching Protocols", headers, "")
        }
    };
    Some((response, live.source.clone()))
}

fn answer(status: u16, reason: &'static str, headers: Vec<Header>, body: &str) -> Response {
    let body = body.to_owned();
    Response { status, reason: reason.into(), version: "HTTP/1.1", headers, body, ..Response::default() }
}

/// A socket has opened.
pub fn opened(app: &App, memory: &[(String, Value)], env: Environment<'_>, request: &Request) -> (Open, Told) {
    let mut open = Open::default();
    let Some(handler) = app.live.as_ref().and_then(|live| live.connection.as_ref()) else {
        return (open, Told { memory: memory.to_vec(), ..Told::default() });
    };
    let told = run(app, memory, env, request, handler, bare("[socket]"), &mut open);
    (open, told)
}

/// A message of text has come.
pub fn heard(
    app: &App,
    memory: &[(String, Value)],
    env: Environment<'_>,
    request: &Request,
    open: &mut Open,
    message: &str,
) -> Told {
    let Some(handler) = open.message.clone() else {
        return Told { memory: memory.to_vec(), ..Told::default() };
    };
    run(app, memory, env, request, &handler, text(message.to_owned()), open)
}

/// The socket has closed, with this code.
pub fn closed(
    app: &App,
    memory: &[(String, Value)],
    env: Environment<'_>,
    request: &Request,
    open: &mut Open,
    code: u16,
) -> Told {
    let Some(handler) = open.close.clone() else {
        return Told { memory: memory.to_vec(), ..Told::default() };
    };
    run(app, memory, env, request, &handler, bare(&code.to_string()), open)
}

/// Follows a handler. What its timers do counts as done before the next event.
fn run(
    app: &App,
    memory: &[(String, Value)],
    env: Environment<'_>,
    request: &Request,
    handler: &Handler,
    value: Value,
    open: &mut Open,
) -> Told {
    let mut locals = open.locals.clone();
    let known = locals.len();
    locals.push((handler.takes.clone(), Local::Value(value)));
    let memory = memory.to_vec();
    let scope = Scope { app, env: Some(env), request: Some((request, Vec::new())), locals, memory, spent: 0, depth: 0 };
    let mut run = Run { socket: Some(Heard::default()), ..Run::new(scope, request) };
    let mut stopped = run.all(&handler.body);
    // The names of the first handler live as long as the socket.
    open.locals = match open.message.is_none() && open.close.is_none() {
        true => run.scope.locals.clone(),
        false => run.scope.locals[..known].to_vec(),
    };
    while let (Ok(()) | Err(Stop::Return), false) = (&stopped, run.timers.is_empty()) {
        stopped = run.next_timer();
    }
    let Heard { says, message, close, beat } = run.socket.unwrap_or_default();
    open.message = message.or(open.message.take());
    open.close = close.or(open.close.take());
    open.beat = beat.or(open.beat.take());
    let (memory, end) = match stopped {
        Ok(()) | Err(Stop::Return) => (run.scope.memory, None),
        Err(Stop::Fault(Fault::Throws(error), line)) => (Vec::new(), Some(Halt::Dies("1".to_owned(), error, line))),
        Err(Stop::Fault(Fault::NotModelled(what), line)) => (run.scope.memory, Some(Halt::NotModelled(what, line))),
        Err(Stop::Exit(code, line)) => {
            let words = ["process.exit(", &code, ")"].concat();
            (Vec::new(), Some(Halt::Dies(code, words, line)))
        }
    };
    Told { says, source: Some(handler.source.clone()), memory, end }
}

/// What a handler has done with its socket so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Heard {
    pub says: Vec<(Micros, Said, Source)>,
    pub message: Option<Handler>,
    pub close: Option<Handler>,
    pub beat: Option<(Micros, Source)>,
}

/// A statement about an open socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Socket {
    /// `socket.send(value);`
    Send(Expression),
    /// `socket.ping();`
    Ping,
    /// `socket.close(code, reason);`
    Close(Option<Expression>, Option<Expression>),
    /// `socket.on("message", handler);`, `socket.on("close", handler);`
    On(&'static str, Handler),
    /// `setInterval(() => socket.ping(), milliseconds);`
    Beat(Expression),
}

impl Run<'_> {
    /// Does what a statement about the socket says.
    pub(super) fn on_socket(&mut self, act: &Socket, source: &Source) -> Result<(), Fault> {
        let now = self.now;
        let said = match act {
            Socket::Send(value) => {
                let value = self.scope.value(value)?;
                // Objects are no data: `ws` throws a TypeError of Node.js there.
                let Some(words) = value.text() else {
                    let words = "TypeError: The \"data\" argument must be of type string or an instance of Buffer";
                    return Err(Fault::Throws(words.to_owned()));
                };
                Said::Text(words.to_owned())
            }
            Socket::Ping => Said::Ping,
            Socket::Close(code, reason) => {
                let code = code.as_ref().map(|code| self.scope.value(code)).transpose()?;
                let reason = reason.as_ref().map(|reason| self.scope.value(reason)).transpose()?;
                let code = code.and_then(|code| code.text()?.parse().ok());
                Said::Close(code, reason.and_then(|reason| Some(reason.text()?.to_owned())).unwrap_or_default())
            }
            Socket::On(event, handler) => {
                if let Some(heard) = &mut self.socket {
                    let slot = if *event == "close" { &mut heard.close } else { &mut heard.message };
                    *slot = Some(handler.clone());
                }
                return Ok(());
            }
            Socket::Beat(span) => {
                let span = self.delay(span)?;
                if let Some(heard) = &mut self.socket {
                    heard.beat = Some((span, source.clone()));
                }
                return Ok(());
            }
        };
        match &mut self.socket {
            Some(heard) if heard.says.len() < 64 => heard.says.push((now, said, source.clone())),
            _ => return Err(Fault::NotModelled("so many messages at once".to_owned())),
        }
        Ok(())
    }
}
