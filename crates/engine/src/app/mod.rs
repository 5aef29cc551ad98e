//! The application: an Express server, read from its script.
//!
//! It does not run JavaScript. It reads the few statement forms that such a script is made of ([`read`]), reports every
//! other one by name at its line, and follows a route's statements for one request ([`serve`]). A route with a statement
//! that is not modelled says so when it is asked; nothing is guessed.

mod body;
mod eval;
pub mod files;
pub mod grpc;
pub mod live;
mod read;
mod respond;
pub mod serve;
mod tokens;
mod values;

use crate::literal::Value;
use crate::problem::{Problem, Source};
pub use eval::{constant, variable};
pub use read::parse;
pub use serve::{End, Served, route_for, serve};

/// A script as read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct App {
    /// Its routes, in order; the first that fits answers.
    pub routes: Vec<Route>,
    /// The headers that middleware sets on every answer (`app.use((req, res, next) => { res.set(…); next(); })`).
    pub headers: Vec<Statement>,
    /// `app.use(express.json())`.
    pub json: Option<Source>,
    /// `app.use(express.urlencoded(…))`.
    pub forms: Option<Source>,
    /// The folders whose files it sends as they are (`app.use(express.static(folder))`), each with its line and how many
    /// routes come before it.
    pub folders: Vec<(String, Source, usize)>,
    /// The server of WebSockets on the same port.
    pub live: Option<live::Live>,
    /// The gRPC service that it offers in place of HTTP.
    pub grpc: Option<grpc::Grpc>,
    /// Where it listens.
    pub listen: Option<Listen>,
    /// The data that it holds when it starts: names and values.
    pub data: Vec<(String, Value)>,
    /// Names whose value depends on the environment.
    pub constants: Vec<(String, Expression)>,
    /// What is wrong with it. An error ends the process as it starts.
    pub problems: Vec<Problem>,
}

/// `app.get(path, handler)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The method, upper case; `ALL` for every one.
    pub method: String,
    /// The path; a segment that begins with `:` takes any text.
    pub path: String,
    /// What its handler does.
    pub handler: Vec<Statement>,
    /// Whether it is an `async` function.
    pub asynchronous: bool,
    /// The line.
    pub source: Source,
}

/// `app.listen(port, host)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    /// The port.
    pub port: Expression,
    /// The host; none binds every address (Node.js documentation, `server.listen`).
    pub host: Option<Expression>,
    /// The line.
    pub source: Source,
}

/// One statement of a handler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// What it does.
    pub act: Act,
    /// Whether the handler ends with it.
    pub returns: bool,
    /// Its line.
    pub source: Source,
}

/// What a statement does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// `const name = value;`
    Let(String, Expression),
    /// An expression for its effect: `likes += 1;`, `post.likes++;`, `posts.push(post);`
    Do(Expression),
    /// `if (condition) …`, and what else.
    If(Expression, Vec<Statement>, Vec<Statement>),
    /// `res.set(name, value);`, Express's own, or Node.js's `res.setHeader(name, value);`.
    Header(Expression, Expression, bool),
    /// `res.status(code);`
    Status(Expression),
    /// `res.write(value)`: a part of the answer.
    Write(Expression),
    /// `res.json(value)`, `res.send(value)`, `res.redirect(to)`, `res.sendStatus(code)`, `res.end()`.
    Answer(Answer, Option<Expression>),
    /// `setTimeout(() => …, milliseconds)`: the rest goes on, these follow later.
    Later(Expression, Vec<Statement>),
    /// `await new Promise((done) => setTimeout(done, milliseconds))`.
    Pause(Expression),
    /// `throw new Error(words)`.
    Throw(Expression),
    /// `process.exit(code)`.
    Exit(Expression),
    /// Something with an open WebSocket.
    Socket(live::Socket),
    /// The reply to a call of gRPC.
    Callback(grpc::Callback),
    /// `return;`
    Return,
    /// Something that is not modelled, as written.
    Unknown(String),
}

/// How an answer is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// As JSON.
    Json,
    /// As text, or as JSON where it is no text.
    Send,
    /// With a `Location`.
    Redirect,
    /// With the status's own words.
    SendStatus,
    /// As it is, or with nothing.
    End,
}

/// A value to be worked out for a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expression {
    /// A text, a number, `true`, `false`, `null`, `undefined`.
    Literal(Value),
    /// `[a, b]`.
    List(Vec<Self>),
    /// `{ name: value }`.
    Object(Vec<(String, Self)>),
    /// A name, and the line on which it stands.
    Name(String, u32),
    /// `of.name`.
    Member(Box<Self>, String),
    /// `of[index]`.
    Index(Box<Self>, Box<Self>),
    /// `of.find((item) => condition)`, `filter`.
    Find(Box<Self>, String, Box<Self>, bool),
    /// `of.push(value)`.
    Push(Box<Self>, Box<Self>),
    /// `Number(value)`, `String(value)`, `parseInt(value)`.
    Call(String, Box<Self>),
    /// `!value`.
    Not(Box<Self>),
    /// `left op right`.
    Binary(Box<Self>, &'static str, Box<Self>),
    /// `target = value`; whether the value before or after is meant matters only to `target++`.
    Assign(Box<Self>, Box<Self>, bool),
}
