//! The body of a request, as Express's own parsers read it (Express 4 API, `express.json`, `express.urlencoded`).

use super::App;
use super::eval::Fault;
use super::values::{bare, object, text, unescaped};
use crate::literal::{self, Data, Dialect, Value};
use crate::message::Request;
use crate::problem::Source;

/// The parsers' limit, `100kb`.
const LONGEST: usize = 100 << 10;

/// What the parsers make of a body.
pub enum Body {
    /// No parser has read anything.
    Unread,
    /// `req.body`.
    Value(Value),
    /// An error before any route is looked for: status, error, and the line of the parser.
    Refused(u16, String, Source),
    /// Not modelled: what.
    NotModelled(&'static str),
}

/// Reads the body with the parser for its media type, if the application uses it.
pub fn read(app: &App, request: &Request) -> Body {
    let kind = request.header("Content-Type").unwrap_or("").split(';').next().unwrap_or("").trim();
    let parser = match kind.to_ascii_lowercase().as_str() {
        "application/json" => &app.json,
        "application/x-www-form-urlencoded" => &app.forms,
        _ => &None,
    };
    let (Some(parser), Some(_)) = (parser, request.header("Content-Length")) else { return Body::Unread };
    if request.body.len() > LONGEST {
        let words = "PayloadTooLargeError: request entity too large".to_owned();
        return Body::Refused(413, words, parser.clone());
    }
    if kind.ends_with("urlencoded") {
        return form(&request.body);
    }
    if request.body.is_empty() {
        return Body::Value(Value { line: 0, data: Data::Object(Vec::new()) });
    }
    match literal::parse(&request.body, Dialect::Json) {
        Err(stop) => Body::Refused(400, stop.words, parser.clone()),
        // By itself the parser is strict: only an object or a list will do.
        Ok(Value { data: Data::Bare(_) | Data::Text(_), .. }) => {
            let first = request.body.trim_start().chars().next().map(String::from).unwrap_or_default();
            Body::Refused(400, ["SyntaxError: Unexpected token ", &first].concat(), parser.clone())
        }
        Ok(value) => Body::Value(value),
    }
}

/// A form: names and values, each once.
fn form(body: &str) -> Body {
    let mut found: Vec<(String, String)> = Vec::new();
    for part in body.split('&').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let plain = |text: &str| unescaped(&text.replace('+', " "));
        let name = plain(name);
        if name.contains('[') || found.iter().any(|(other, _)| *other == name) {
            return Body::NotModelled("a form with lists or objects in it");
        }
        found.push((name, plain(value)));
    }
    Body::Value(object(found))
}

/// `req.body`.
pub fn value(app: &App, request: &Request) -> Result<Value, Fault> {
    let what = match read(app, request) {
        Body::Value(value) => return Ok(value),
        Body::Unread if app.json.is_none() && app.forms.is_none() => return Ok(bare("undefined")),
        Body::Unread => "req.body where no parser has read anything: Express 4 has {} there, Express 5 undefined",
        Body::Refused(_, error, _) => return Ok(text(error)),
        Body::NotModelled(what) => what,
    };
    Err(Fault::NotModelled(what.to_owned()))
}
