//! A gRPC service (`@grpc/grpc-js` 1.14 with `@grpc/proto-loader` 0.8, or Connect 2): what it answers to a call (gRPC,
//! `PROTOCOL-HTTP2.md` and `PROTOCOL-WEB.md`). The words are those of the real libraries, as recorded.
//!
//! It reads one server with one description, and handlers for calls of one question and one answer. It does not know
//! streams, metadata, deadlines, compression, servers with TLS of their own, and Connect's own protocol.

use super::App;
use super::eval::{Environment, Fault, Local, Scope};
use super::serve::{End, Run, Served, Stop};
use super::{Expression, Statement};
use crate::literal::{Data, Value};
use crate::message::{Header, Request, Response};
use crate::problem::Source;
use crate::protobuf::{self, Proto};
use crate::time::Micros;

/// The service of a script.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grpc {
    /// What `loadSync` has read, or what the generated file was made of.
    pub proto: Proto,
    /// Whether it is a service of Connect, which speaks gRPC-Web as well.
    pub connect: bool,
    /// The service that is offered, by its full name: `demo.Users`, and the line of `addService`.
    pub service: Option<(String, Source)>,
    /// Its handlers: the key in the script, the names of call and callback, and what it does.
    pub methods: Vec<Method>,
}

/// A handler: `get: (call, callback) => { … }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    /// The key: the method's name, with a small first letter or as it is.
    pub key: String,
    /// The name of what was asked.
    pub call: String,
    /// What it does.
    pub body: Vec<Statement>,
    /// The line.
    pub source: Source,
}

/// `callback(error, value);`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callback {
    /// The error; `null` where there is none.
    pub error: Option<Expression>,
    /// The answer.
    pub value: Option<Expression>,
    /// Whether the handler ends with it: it is an error that is thrown.
    pub throws: bool,
}

/// The codes by number (gRPC, `statuscodes.md`).
pub const CODES: [&str; 17] = [
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
];

/// What `Code` of Connect holds: `Code.NotFound`.
pub fn codes() -> Value {
    let camel = |name: &str| -> String {
        let part = |part: &str| {
            let (first, rest) = part.split_at(part.len().min(1));
            [first.to_owned(), rest.to_ascii_lowercase()].concat()
        };
        name.split('_').map(part).collect()
    };
    let numbered = CODES.iter().enumerate().skip(1).map(|(code, name)| {
        // One of them has another spelling there.
        let name = if *name == "CANCELLED" { "Canceled".to_owned() } else { camel(name) };
        (name, Value { line: 0, data: Data::Bare(code.to_string()) })
    });
    Value { line: 0, data: Data::Object(numbered.collect()) }
}

/// What `require("@grpc/grpc-js")` holds, as far as scripts look at it: `grpc.status.NOT_FOUND`.
pub fn library() -> Value {
    let object = |items| Value { line: 0, data: Data::Object(items) };
    let bare = |text: String| Value { line: 0, data: Data::Bare(text) };
    let codes = CODES.iter().enumerate().map(|(code, name)| ((*name).to_owned(), bare(code.to_string())));
    object(vec![("status".to_owned(), object(codes.collect()))])
}

/// What a handler has replied: the answer, or code and details.
pub(super) type Reply = Result<Value, (u16, String)>;

/// What the service answers to a request of HTTP/2.
pub fn serve(app: &App, grpc: &Grpc, memory: &[(String, Value)], env: Environment<'_>, request: &Request) -> Served {
    let kept = |end, source| Served { end, wait: Micros::ZERO, source, error: None, memory: memory.to_vec() };
    let kind = request.header("Content-Type").unwrap_or("");
    let offered = grpc.service.as_ref().map(|(_, source)| source.clone());
    let bare = |status| End::Response(Response { status, version: "HTTP/2.0", ..Response::default() });
    if !kind.starts_with("application/grpc") {
        return kept(bare(415), offered);
    }
    let way = match (grpc.connect, kind.starts_with("application/grpc-web")) {
        (false, _) => Way::GrpcJs,
        (true, false) => Way::Connect,
        (true, true) => Way::ConnectWeb,
    };
    let refused = |code, details: String| kept(End::Response(way.reply(Err((code, details)))), offered.clone());
    let service = request.target.rsplit_once('/').map_or("", |(service, _)| service);
    let method = grpc
        .proto
        .method(&request.target)
        .filter(|_| grpc.service.as_ref().is_some_and(|(name, _)| service.strip_prefix('/') == Some(name)));
    let Some((asks, answers)) = method else {
        if grpc.connect {
            return kept(bare(404), offered);
        }
        return refused(12, ["The server does not implement the method ", &request.target].concat());
    };
    let name = request.target.rsplit('/').next().unwrap_or("");
    let Some(handler) = grpc.methods.iter().find(|method| method.key == name || method.key == small(name)) else {
        return refused(
            12,
            match grpc.connect {
                true => [&request.target[1..].replace('/', "."), " is not implemented"].concat(),
                false => ["The server does not implement the method ", name].concat(),
            },
        );
    };
    let question = grpc.proto.message(asks).and_then(|message| match protobuf::unframed(&request.data)?.as_slice() {
        [(0, bytes)] => protobuf::decode(&grpc.proto, message, bytes),
        _ => None,
    });
    let Some(question) = question else {
        let what = "a call whose message is not the one described".to_owned();
        return kept(End::NotModelled(what), Some(handler.source.clone()));
    };
    // grpc-js hands the handler a call that holds the question, Connect the question itself.
    let call = match grpc.connect {
        true => question,
        false => Value { line: 0, data: Data::Object(vec![("request".to_owned(), question)]) },
    };
    let (followed, wait, source, memory) = follow(app, memory, env, request, (handler, grpc.connect), call);
    let served = |end, error| Served { end, wait, source: Some(source.clone()), error, memory: memory.clone() };
    match followed {
        Ok(Some(Ok(value))) => match grpc.proto.message(answers) {
            Some(message) => {
                let bytes = protobuf::encode(&grpc.proto, message, &value);
                served(End::Response(way.reply(Ok(protobuf::framed(0, &bytes)))), None)
            }
            None => served(End::NotModelled(["the message ", answers].concat()), None),
        },
        Ok(Some(Err(refusal))) => served(End::Response(way.reply(Err(refusal))), None),
        Ok(None) => served(End::Never, None),
        // Both libraries catch what a handler throws, and do not tell it to the client.
        Err(Fault::Throws(error)) => {
            let refusal = if grpc.connect { (13, "internal error") } else { (2, "Unknown error") };
            served(End::Response(way.reply(Err((refusal.0, refusal.1.to_owned())))), Some(error))
        }
        Err(Fault::NotModelled(what)) => served(End::NotModelled(what), None),
    }
}

/// Which library answers, and how: as recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    GrpcJs,
    Connect,
    ConnectWeb,
}

impl Way {
    /// The answer: a message with its prefix, or code and details.
    fn reply(self, reply: Result<Vec<u8>, (u16, String)>) -> Response {
        let pair = |name: &'static str, value: &'static str| (name.into(), value.into());
        let (code, details) = match &reply {
            Ok(_) => (0, "OK"),
            Err((code, details)) => (*code, details.as_str()),
        };
        let status: Header = ("grpc-status".into(), code.to_string().into());
        let message: Header = ("grpc-message".into(), escaped(details).into());
        let (mut headers, mut trailers) = (Vec::new(), Vec::new());
        match (self, reply.is_ok()) {
            (Self::GrpcJs, true) => {
                headers.extend([pair("content-type", KIND), pair("grpc-accept-encoding", "identity,deflate,gzip")]);
                headers.push(pair("grpc-encoding", "identity"));
                trailers.extend([status, message]);
            }
            // Where there is no message, what the trailers would say stands in the head ("Trailers-Only").
            (Self::GrpcJs, false) => headers.extend([status, message, pair("content-type", KIND)]),
            (Self::Connect, fine) => {
                headers.extend([pair("content-type", KIND), pair("grpc-encoding", "gzip")]);
                trailers.extend([message, status].into_iter().skip(usize::from(fine)));
            }
            // The trailers are a part of the body, behind the message (gRPC, `PROTOCOL-WEB.md`).
            (Self::ConnectWeb, fine) => {
                headers.push(pair("content-type", "application/grpc-web+proto"));
                let lines = [message, status].into_iter().skip(usize::from(fine));
                let text: String = lines.flat_map(|(name, value)| [name, ": ".into(), value, "\r\n".into()]).collect();
                let end = protobuf::framed(0x80, text.as_bytes());
                let data = [reply.unwrap_or_default(), end].concat();
                return Response { status: 200, version: "HTTP/2.0", headers, data, ..Response::default() };
            }
        }
        let data = reply.unwrap_or_default();
        Response { status: 200, version: "HTTP/2.0", headers, data, trailers, ..Response::default() }
    }
}

/// What came of a handler: its reply, when it was made and by which line, and what is left in memory.
type Followed = (Result<Option<Reply>, Fault>, Micros, Source, Vec<(String, Value)>);

/// Follows a handler.
fn follow(
    app: &App,
    memory: &[(String, Value)],
    env: Environment<'_>,
    request: &Request,
    (handler, gives): (&Method, bool),
    call: Value,
) -> Followed {
    let locals = vec![(handler.call.clone(), Local::Value(call))];
    let memory = memory.to_vec();
    let scope = Scope { app, env: Some(env), request: Some((request, Vec::new())), locals, memory, spent: 0, depth: 0 };
    let mut run = Run { gives, ..Run::new(scope, request) };
    let mut stopped = run.all(&handler.body);
    while let (Ok(()) | Err(Stop::Return), false) = (&stopped, run.timers.is_empty()) {
        stopped = run.next_timer();
    }
    let memory = core::mem::take(&mut run.scope.memory);
    match (run.reply, stopped) {
        (Some((reply, at, source)), Ok(()) | Err(Stop::Return)) => (Ok(Some(reply)), at, source, memory),
        (None, Ok(()) | Err(Stop::Return)) => (Ok(None), run.now, handler.source.clone(), memory),
        (_, Err(Stop::Fault(fault, source))) => (Err(fault), run.now, source, memory),
        (_, Err(Stop::Exit(_, source))) => {
            let what = Fault::NotModelled("a process that ends in the middle of a call".to_owned());
            (Err(what), run.now, source, memory)
        }
    }
}

impl Run<'_> {
    /// What the handler returns is the answer.
    pub(super) fn give(&mut self, value: Value, source: &Source) -> Result<(), Fault> {
        if !matches!(value.data, Data::Object(_)) {
            return Err(Fault::NotModelled("an answer that is no object".to_owned()));
        }
        self.reply = Some((Ok(value), self.now, source.clone()));
        Ok(())
    }

    /// `callback(error, value)`: the first one counts.
    pub(super) fn call_back(&mut self, callback: &Callback, source: &Source) -> Result<(), Fault> {
        let mut value = |expression: &Option<Expression>| match expression {
            Some(expression) => self.scope.value(expression).map(Some),
            None => Ok(None),
        };
        let (error, answer) = (value(&callback.error)?, value(&callback.value)?);
        let fine = error.as_ref().and_then(Value::text).is_none_or(|word| matches!(word, "null" | "undefined"));
        let reply = match error {
            Some(error) if !fine || matches!(error.data, Data::Object(_)) => {
                let field = |name: &str| error.get(name).and_then(Value::text);
                let code = field("code").and_then(|code| code.parse().ok()).unwrap_or(2);
                Err((code, field("details").or(field("message")).unwrap_or("Unknown Error").to_owned()))
            }
            _ => match answer {
                Some(answer) if matches!(answer.data, Data::Object(_)) => Ok(answer),
                _ => return Err(Fault::NotModelled("an answer that is no object".to_owned())),
            },
        };
        if self.reply.is_none() {
            self.reply = Some((reply, self.now, source.clone()));
        }
        Ok(())
    }
}

const KIND: &str = "application/grpc+proto";

/// The details as a header carries them (ECMAScript, `encodeURI`).
pub fn escaped(text: &str) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b";,/?:@&=+$-_.!~*'()#".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(DIGITS[usize::from(byte >> 4)]));
            out.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
    }
    out
}

/// `get` for `Get`.
fn small(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| [&first.to_lowercase().to_string(), letters.as_str()].concat())
}

/// How a call went, as trailers or a head without a body say it: code and details.
pub fn status(response: &Response) -> Option<(u16, String)> {
    let web = response.header("content-type").is_some_and(|kind| kind.starts_with("application/grpc-web"));
    let inside = if web { web_trailers(&response.data) } else { Vec::new() };
    let of = |headers: &[Header], name: &str| crate::message::header(headers, name).map(str::to_owned);
    let find = |name: &str| of(&response.trailers, name).or(of(&inside, name)).or(of(&response.headers, name));
    let code = find("grpc-status")?.parse().ok()?;
    Some((code, super::values::unescaped(&find("grpc-message").unwrap_or_default())))
}

/// The trailers that stand at the end of a body of gRPC-Web (gRPC, `PROTOCOL-WEB.md`).
pub fn web_trailers(data: &[u8]) -> Vec<Header> {
    let pieces = protobuf::unframed(data).unwrap_or_default();
    let Some((_, text)) = pieces.iter().find(|(flags, _)| flags & 0x80 != 0) else { return Vec::new() };
    let text = core::str::from_utf8(text).unwrap_or("");
    let pair = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.trim().to_owned().into(), value.trim().to_owned().into()))
    };
    text.lines().filter_map(pair).collect()
}

/// The name of a code.
pub fn name(code: u16) -> &'static str {
    CODES.get(usize::from(code)).copied().unwrap_or("UNKNOWN")
}
