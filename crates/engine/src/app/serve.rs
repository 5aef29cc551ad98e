//! The route that a request meets, and what comes of it: what is answered and when, what changes, and whether the process
//! survives it. How a handler is followed is the affair of [`super::run`].

use super::body::{self, Body};
use super::eval::{Environment, Scope};
use super::respond;
use super::run::Run;
use super::values::unescaped;
use super::{App, Route};
use crate::literal::Value;
use crate::message::{Request, Response};
use crate::problem::Source;
use crate::time::Micros;

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

/// What a request begins: an answer that is there already, or a handler that must be followed.
pub enum Begun<'a> {
    /// It is over.
    Over(Box<Served>),
    /// This handler runs.
    Runs(Box<Run<'a>>),
}

/// What a function of the script may look at that no request has called.
pub fn scope<'a>(app: &'a App, memory: &[(String, Value)], env: Environment<'a>) -> Scope<'a> {
    let memory = memory.to_vec();
    Scope { app, env: Some(env), request: None, locals: Vec::new(), memory, spent: 0, depth: 0 }
}

/// Finds the route that fits, and begins to follow it with the data as it has become.
pub fn begin<'a>(app: &'a App, memory: &[(String, Value)], env: Environment<'a>, request: &'a Request) -> Begun<'a> {
    let ended = |end, source| Served { end, wait: Micros::ZERO, source, error: None, memory: memory.to_vec() };
    if let (false, Body::Refused(status, error, source)) = (request.body.is_empty(), body::read(app, request)) {
        let production = env("NODE_ENV").as_deref() == Some("production");
        let words = if production { respond::reason(status) } else { &error };
        let response = respond::page(status, words);
        return Begun::Over(Box::new(Served { error: Some(error), ..ended(End::Response(response), Some(source)) }));
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
        return Begun::Over(Box::new(ended(End::Response(response), None)));
    };
    let scope = Scope { request: Some((request, params)), ..scope(app, memory, env) };
    Begun::Runs(Box::new(Run::new(scope, request, &route.handler, route.asynchronous)))
}
