//! A route's statements, followed for one request: what is answered and when, what changes, and whether the process
//! survives it.

use super::body::{self, Body};
use super::eval::{Environment, Fault, Local, Scope};
use super::grpc::Reply;
use super::live::Heard;
use super::respond::{self, Draft};
use super::values::{truthy, unescaped};
use super::{Act, Answer, App, Route, Statement};
use crate::literal::{Data, Value};
use crate::message::{Request, Response};
use crate::problem::Source;
use crate::time::Micros;

/// How many timers one request may set.
const MOST_TIMERS: usize = 64;

/// What comes of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Served {
    /// How it ends.
    pub end: End,
    /// How long the handler waits, beside what it computes.
    pub wait: Micros,
    /// The line that decided; none where no route fits.
    pub source: Option<Source>,
    /// The error that was thrown, or the way in which the process ended.
    pub error: Option<String>,
    /// The data that has changed since the process started.
    pub memory: Vec<(String, Value)>,
}

/// How a request ends for the application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// It answers.
    Response(Response),
    /// The process ends, with this exit code; the connection is closed without a word, or with this part of an answer.
    Dies(String, Option<Response>),
    /// It never answers.
    Never,
    /// Not modelled: what.
    NotModelled(String),
}

/// The route that answers, if one does, and the parts of the path that it names. As Express by default: letter case and
/// one final slash do not matter, and a GET route answers HEAD (Express 4 API, `app.METHOD`, "strict routing", "case
/// sensitive routing").
pub fn route_for<'a>(app: &'a App, request: &Request) -> Option<(&'a Route, Vec<(String, String)>)> {
    app.routes
        .iter()
        .filter(|route| route.answers(request))
        .find_map(|route| Some((route, fits(route, &request.target)?)))
}

impl Route {
    /// Whether it is for this method.
    pub(super) fn answers(&self, request: &Request) -> bool {
        let head = self.method == "GET" && request.method == "HEAD";
        self.method == request.method || self.method == "ALL" || head
    }
}

/// The parts of the path that the route names, if it fits.
pub(super) fn fits(route: &Route, target: &str) -> Option<Vec<(String, String)>> {
    let path = target.split('?').next().unwrap_or("");
    let (pattern, path) = (bare(&route.path), bare(path));
    let (mut parts, mut params) = (path.split('/'), Vec::new());
    for wanted in pattern.split('/') {
        let part = parts.next()?;
        match wanted.strip_prefix(':') {
            Some(name) if !part.is_empty() => params.push((name.to_owned(), unescaped(part))),
            None if wanted.eq_ignore_ascii_case(part) => {}
            _ => return None,
        }
    }
    parts.next().is_none().then_some(params)
}

/// A path without a final slash.
fn bare(path: &str) -> &str {
    path.strip_suffix('/').unwrap_or(path)
}

/// Why a handler stops before its end.
pub(super) enum Stop {
    Fault(Fault, Source),
    Exit(String, Source),
    Return,
}

/// The statements that a timer runs: when, with which names, and which they are.
pub(super) type Timer<'a> = (Micros, Vec<(String, Local)>, &'a [Statement]);

/// A handler that is being followed.
pub(super) struct Run<'a> {
    pub scope: Scope<'a>,
    pub draft: Draft,
    pub request: &'a Request,
    /// What time it is since the request came.
    pub now: Micros,
    pub timers: Vec<Timer<'a>>,
    /// The first answer, when it was made and by which line.
    pub answer: Option<(Response, Micros, Source)>,
    /// What has been written of an answer, and when first.
    pub written: Option<(String, Micros)>,
    /// What has been done with the open socket that the handler is about, if it is.
    pub socket: Option<Heard>,
    /// Whether what the handler returns is its answer.
    pub gives: bool,
    /// The reply to a call of gRPC, when it was made and by which line.
    pub reply: Option<(Reply, Micros, Source)>,
}

/// Node.js closes an idle connection after five seconds (`server.keepAliveTimeout`).
const IDLE: Micros = Micros::seconds(5);

/// Follows the route that fits, with the data as it has become.
pub fn serve(app: &App, memory: &[(String, Value)], env: Environment<'_>, request: &Request) -> Served {
    let ended = |end, source| Served { end, wait: Micros::ZERO, source, error: None, memory: memory.to_vec() };
    if let (false, Body::Refused(status, error, source)) = (request.body.is_empty(), body::read(app, request)) {
        let production = env("NODE_ENV").as_deref() == Some("production");
        let words = if production { respond::reason(status) } else { &error };
        let response = respond::page(status, words);
        return Served { error: Some(error), ..ended(End::Response(response), Some(source)) };
    }
    let Some((route, params)) = route_for(app, request) else {
        let here = app.routes.iter().filter(|route| fits(route, &request.target).is_some());
        let mut allowed: Vec<&str> = Vec::new();
        for route in here.filter(|_| request.method == "OPTIONS") {
            allowed.push(&route.method);
            allowed.extend((route.method == "GET").then_some("HEAD"));
        }
        let response =
            if allowed.is_empty() { respond::not_found(request) } else { respond::options(&allowed.join(",")) };
        return ended(End::Response(response), None);
    };
    let locals = Vec::new();
    let scope = Scope {
        app,
        env: Some(env),
        request: Some((request, params)),
        locals,
        memory: memory.to_vec(),
        spent: 0,
        depth: 0,
    };
    let mut run = Run::new(scope, request);
    let first = run.all(&app.headers).and_then(|()| run.all(&route.handler));
    let mut stopped = match first {
        Err(Stop::Fault(Fault::Throws(_), source)) if run.written.is_some() => {
            let what = "an error in a handler that has begun its answer";
            Err(Stop::Fault(Fault::NotModelled(what.to_owned()), source))
        }
        // Express answers an error that a handler throws; nobody waits for the promise of an async one.
        Err(Stop::Fault(Fault::Throws(error), source)) if !route.asynchronous => {
            let production = env("NODE_ENV").as_deref() == Some("production");
            let words = if production { "Internal Server Error" } else { &error };
            run.answer.get_or_insert((respond::page(500, words), Micros::ZERO, source));
            let error = Some(error);
            return Served { error, ..run.served() };
        }
        Err(Stop::Fault(Fault::Throws(_), source)) => {
            let what = "an error in an async handler: Express 4 lets the process end, Express 5 answers 500";
            Err(Stop::Fault(Fault::NotModelled(what.to_owned()), source))
        }
        other => other,
    };
    while let (Ok(()) | Err(Stop::Return), false) = (&stopped, run.timers.is_empty()) {
        stopped = run.next_timer();
    }
    match stopped {
        Ok(()) | Err(Stop::Return) if run.written.is_some() && run.answer.is_none() => {
            let what = "an answer that is begun and never ended";
            ended(End::NotModelled(what.to_owned()), Some(route.source.clone()))
        }
        Ok(()) | Err(Stop::Return) => run.served(),
        Err(Stop::Fault(Fault::NotModelled(what), source)) => ended(End::NotModelled(what), Some(source)),
        Err(Stop::Exit(..) | Stop::Fault(..)) if run.answer.is_some() => {
            let source = run.answer.map(|(.., source)| source);
            ended(End::NotModelled("a process that ends after it has answered".to_owned()), source)
        }
        // Nothing catches what a timer throws: Node.js ends the process (documentation, 'uncaughtException').
        Err(Stop::Fault(Fault::Throws(error), source)) => {
            let (wait, end) = (run.now, End::Dies("1".to_owned(), run.part()));
            Served { end, wait, source: Some(source), error: Some(error), memory: Vec::new() }
        }
        Err(Stop::Exit(code, source)) => {
            let (wait, error) = (run.now, Some(["process.exit(", &code, ")"].concat()));
            Served { end: End::Dies(code, run.part()), wait, source: Some(source), error, memory: Vec::new() }
        }
    }
}

impl<'a> Run<'a> {
    /// At the beginning of a handler.
    pub(super) fn new(scope: Scope<'a>, request: &'a Request) -> Self {
        let (draft, timers) = (Draft::default(), Vec::new());
        Self {
            scope,
            draft,
            request,
            now: Micros::ZERO,
            timers,
            answer: None,
            written: None,
            socket: None,
            gives: false,
            reply: None,
        }
    }

    /// Runs the timer whose turn it is. There must be one.
    pub(super) fn next_timer(&mut self) -> Result<(), Stop> {
        crate::text::sort(&mut self.timers, |(at, ..)| *at);
        let (at, locals, body) = self.timers.remove(0);
        self.now = self.now.max(at);
        self.scope.locals = locals;
        self.all(body)
    }

    /// The part of an answer that has left when the process ends. What was written in the same turn of the event loop has
    /// not (`_http_outgoing.js` holds it back until the next tick).
    fn part(&mut self) -> Option<Response> {
        let (text, at) = self.written.take()?;
        let response = core::mem::take(&mut self.draft).plain(text, self.request, false);
        (at < self.now).then_some(Response { cut: true, ..response })
    }

    fn served(self) -> Served {
        let memory = self.scope.memory;
        match self.answer {
            Some((response, wait, source)) => {
                let closes = self.request.header("Connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
                let wait = if response.cut && !closes { wait + IDLE } else { wait };
                Served { end: End::Response(response), wait, source: Some(source), error: None, memory }
            }
            None => Served { end: End::Never, wait: Micros::ZERO, source: None, error: None, memory },
        }
    }

    pub(super) fn all(&mut self, statements: &'a [Statement]) -> Result<(), Stop> {
        statements.iter().try_for_each(|statement| self.one(statement))
    }

    fn one(&mut self, statement: &'a Statement) -> Result<(), Stop> {
        let source = &statement.source;
        let fault = |fault| Stop::Fault(fault, source.clone());
        match &statement.act {
            Act::Let(name, value) => {
                let value = self.scope.local(value).map_err(fault)?;
                self.scope.locals.push((name.clone(), value));
            }
            Act::Do(value) if self.gives && statement.returns => {
                let value = self.scope.value(value).map_err(fault)?;
                self.give(value, source).map_err(fault)?;
            }
            Act::Do(value) => {
                self.scope.local(value).map_err(fault)?;
            }
            Act::If(condition, then, otherwise) => {
                let branch = if truthy(&self.scope.value(condition).map_err(fault)?) { then } else { otherwise };
                let known = self.scope.locals.len();
                let ended = self.all(branch);
                self.scope.locals.truncate(known);
                ended?;
            }
            Act::Header(..) | Act::Status(_) if self.written.is_some() => {
                return Err(fault(Fault::NotModelled(
                    "a header after a part of the answer has been written".to_owned(),
                )));
            }
            Act::Header(name, value, express) => {
                let (name, value) = (self.scope.value(name).map_err(fault)?, self.scope.value(value).map_err(fault)?);
                if let (Some(name), Some(value)) = (name.text(), value.text()) {
                    self.draft.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
                    let value = if *express { respond::with_charset(name, value) } else { value.to_owned() };
                    self.draft.headers.push((name.to_owned().into(), value.into()));
                }
            }
            Act::Status(code) => {
                let code = self.scope.value(code).map_err(fault)?;
                let number = code.text().and_then(|text| text.parse().ok()).filter(|code| (100..1000).contains(code));
                let invalid = || ["RangeError: Invalid status code: ", code.text().unwrap_or("object")].concat();
                self.draft.status = Some(number.ok_or_else(|| fault(Fault::Throws(invalid())))?);
            }
            Act::Answer(..) if self.socket.is_some() => {
                return Err(fault(Fault::NotModelled("an HTTP answer on a WebSocket".to_owned())));
            }
            Act::Answer(answer, value) => {
                let value = value.as_ref().map(|value| self.scope.local(value)).transpose().map_err(fault)?;
                let value = value.as_ref().map(|value| self.scope.seen(value)).transpose().map_err(fault)?;
                if self.answer.is_some() {
                    return Err(fault(Fault::NotModelled("a second answer to one request".to_owned())));
                }
                let draft = core::mem::take(&mut self.draft);
                let response = match (self.written.take(), answer) {
                    (None, _) => draft.finish(*answer, value.as_deref(), self.request),
                    (Some((text, _)), Answer::End) => {
                        let rest = value.as_deref().and_then(Value::text).filter(|text| *text != "undefined");
                        draft.plain([&text, rest.unwrap_or("")].concat(), self.request, false)
                    }
                    (Some(_), _) => {
                        let what = "another answer after a part of one has been written";
                        return Err(fault(Fault::NotModelled(what.to_owned())));
                    }
                };
                self.answer = Some((response, self.now, source.clone()));
            }
            Act::Write(value) => {
                let value = self.scope.value(value).map_err(fault)?;
                let Some(text) = value.text().filter(|_| matches!(value.data, Data::Text(_)) && self.answer.is_none())
                else {
                    let what = "res.write() with anything but a text, or after the end";
                    return Err(fault(Fault::NotModelled(what.to_owned())));
                };
                self.written.get_or_insert((String::new(), self.now)).0.push_str(text);
            }
            Act::Later(delay, body) => {
                let delay = self.delay(delay).map_err(fault)?;
                if self.timers.len() == MOST_TIMERS {
                    return Err(fault(Fault::NotModelled("so many timers".to_owned())));
                }
                self.timers.push((self.now + delay, self.scope.locals.clone(), body));
            }
            Act::Pause(delay) => {
                let delay = self.delay(delay).map_err(fault)?;
                self.now += delay;
            }
            Act::Throw(words) => {
                let words = self.scope.value(words).map_err(fault)?;
                let words = ["Error: ", words.text().filter(|words| *words != "undefined").unwrap_or("")].concat();
                return Err(fault(Fault::Throws(words.trim_end_matches([':', ' ']).to_owned())));
            }
            Act::Exit(code) => {
                let code = self.scope.value(code).map_err(fault)?;
                let code = code.text().filter(|code| code.parse::<u8>().is_ok()).unwrap_or("0").to_owned();
                return Err(Stop::Exit(code, source.clone()));
            }
            Act::Callback(callback) => {
                self.call_back(callback, source).map_err(fault)?;
                if callback.throws {
                    return Err(Stop::Return);
                }
            }
            Act::Socket(act) => self.on_socket(act, source).map_err(fault)?,
            Act::Return => return Err(Stop::Return),
            Act::Unknown(written) => return Err(fault(Fault::NotModelled(["this statement: ", written].concat()))),
        }
        if statement.returns { Err(Stop::Return) } else { Ok(()) }
    }

    /// A number of milliseconds; Node.js takes 1 for what is less, and for what is no number.
    pub(super) fn delay(&mut self, delay: &super::Expression) -> Result<Micros, Fault> {
        let value = self.scope.value(delay)?;
        let number = value.text().and_then(|text| text.parse::<u64>().ok()).filter(|n| *n <= 2_147_483_647);
        Ok(Micros::millis(number.unwrap_or(1).max(1)))
    }
}
