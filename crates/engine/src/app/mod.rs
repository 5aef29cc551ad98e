//! The application: an Express server, read from its script.
//!
//! It does not run JavaScript. It reads the few statement forms that such a script is made of ([`read`]), reports every
//! other one by name at its line, and follows a route's statements for one request ([`serve`]). A route with a statement
//! that is not modelled says so when it is asked; nothing is guessed. At every `await` it stops, and is gone on with when the answer is there ([`run`]).

mod body;
mod eval;
pub mod files;
pub mod grpc;
pub mod live;
pub mod pool;
pub mod push;
mod read;
mod respond;
pub mod run;
pub mod serve;
mod tokens;
mod values;

use crate::literal::Value;
use crate::problem::{Problem, Source};
pub use eval::{constant, variable};
pub use read::parse;
pub use respond::reason;
pub use serve::{Begun, End, Served, begin, route_for, scope};

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
    /// `app.use(cookieParser())`.
    pub cookies: Option<Source>,
    /// Its pools of database connections (`new Pool({ … })`).
    pub pools: Vec<PoolDef>,
    /// Its functions.
    pub functions: Vec<Function>,
    /// Its timers: `setInterval(function, milliseconds)` at the top.
    pub intervals: Vec<Interval>,
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

/// `const name = new Pool({ … })`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolDef {
    /// Its name.
    pub name: String,
    /// Its options.
    pub options: Vec<(String, Expression)>,
    /// The line of `pool.on("error", …)`, if there is one, and whether that ends the process.
    pub watched: Option<(Source, bool)>,
    /// Its line.
    pub source: Source,
}

/// `setInterval(name, milliseconds)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interval {
    /// The function of the script.
    pub function: String,
    /// After how many milliseconds, again and again.
    pub every: Expression,
    /// The line.
    pub source: Source,
}

/// `async function name(…) { … }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// Its parameters.
    pub params: Vec<String>,
    /// What it does.
    pub body: Vec<Statement>,
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
    /// `await …`, and where its value goes.
    Await(Target, Awaited),
    /// `for (const name of list) …`.
    Each(String, Expression, Vec<Statement>),
    /// `const { a, b: c } = value`: the fields and their names here.
    Fields(Vec<(String, String)>, Expression),
    /// `try { … } catch (name) { … } finally { … }`.
    Try(Vec<Statement>, Option<(Option<String>, Vec<Statement>)>, Vec<Statement>),
    /// `client.release()`: whose, whether one that is missing is passed over, and whether the connection is thrown away.
    Release(String, bool, bool),
    /// `next(error)`.
    Next(Expression),
    /// `throw error`.
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

/// Where the value of `await` goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Nowhere.
    Nowhere,
    /// Into a new name.
    Name(String),
    /// Into new names, each a field of it.
    Fields(Vec<(String, String)>),
    /// Into a name that is there.
    Assign(String),
}

/// What is awaited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Awaited {
    /// `new Promise((done) => setTimeout(done, milliseconds))`.
    Pause(Expression),
    /// `pool.query(text, values)`, `client.query(…)`.
    Query(String, Vec<Expression>),
    /// `pool.connect()`.
    Connect(String),
    /// One of the script's own functions.
    Call(String, Vec<Expression>),
    /// `webpush.sendNotification(subscription, payload, options)`.
    Push(Vec<Expression>),
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
    /// `of?.name`.
    Optional(Box<Self>, String),
    /// `condition ? one : other`.
    Choose(Box<Self>, Box<Self>, Box<Self>),
    /// `of.find((item) => condition)`, `filter`.
    Find(Box<Self>, String, Box<Self>, bool),
    /// `of.push(value)`.
    Push(Box<Self>, Box<Self>),
    /// `Number(value)`, `String(value)`, `parseInt(value)`, `new Error(words)`.
    Call(String, Box<Self>),
    /// `!value`.
    Not(Box<Self>),
    /// `left op right`.
    Binary(Box<Self>, &'static str, Box<Self>),
    /// `target = value`; whether the value before or after is meant matters only to `target++`.
    Assign(Box<Self>, Box<Self>, bool),
}
