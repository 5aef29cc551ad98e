//! The application: an Express server's routes, read from its script.
//!
//! It does not run JavaScript. It reads the few statement forms that such a script is made of, one a line, and reports
//! every other line as not modelled:
//! `const x = require("./file.json");`, `app.get("/path", (req, res) => res.json(x));`, `res.send("text")`,
//! `res.status(404).send("text")`, `app.listen(process.env.PORT);`, `app.listen(3001, "127.0.0.1");`.

use crate::literal::{self, Dialect};
use crate::message::{Request, Response};
use crate::problem::{Problem, Severity, Source};
use crate::text;

/// A script as read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct App {
    /// Its routes, in order; the first that fits answers.
    pub routes: Vec<Route>,
    /// Where it listens.
    pub listen: Option<Listen>,
    /// What is wrong with it. An error ends the process as it starts.
    pub problems: Vec<Problem>,
}

/// `app.get(path, handler)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The method, upper case.
    pub method: String,
    /// The path.
    pub path: String,
    /// The status of its answer.
    pub status: u16,
    /// The media type of its answer.
    pub content_type: &'static str,
    /// The body of its answer.
    pub body: String,
    /// The error that its handler throws when it is called.
    pub failure: Option<String>,
    /// The line.
    pub source: Source,
}

/// `app.listen(port, host)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    /// The port as written: a number or `process.env.PORT`.
    pub port: String,
    /// The host as written, quotes removed; none binds every address (Node.js documentation, `server.listen`).
    pub host: Option<String>,
    /// The line.
    pub source: Source,
}

/// Reads a script. `file` gives the text of a document by its path.
pub fn parse<'a>(document: &str, text: &str, file: &dyn Fn(&str) -> Option<&'a str>) -> App {
    let mut app = App::default();
    let mut data: Vec<(&str, String)> = Vec::new();
    let folder = document.rfind('/').map_or("", |at| &document[..=at]);
    // Which of the script's names are defined by now.
    let (mut express, mut made) = (false, false);
    for (number, line) in text::lines(text) {
        let statement = line.trim();
        let source = Source::new(document, number);
        if statement.is_empty() || statement.starts_with("//") {
            continue;
        }
        if let Some((name, path)) = required(statement) {
            express |= (name, path) == ("express", "express");
            if let Some(path) = path.strip_prefix("./") {
                match load(&[folder, path].concat(), file) {
                    Ok(json) => data.push((name, json)),
                    Err(words) => app.problems.push(Problem::error(document, number, 1, words)),
                }
            }
        } else if statement == "const app = express();" {
            made = express;
            if !express {
                app.problems.push(undefined(document, number, "express"));
            }
        } else if statement.starts_with("app.") && !made {
            app.problems.push(undefined(document, number, "app"));
        } else if let Some(rest) = statement.strip_prefix("app.listen(") {
            app.listen = Some(listen(rest, source));
        } else if let Some(route) = route(statement, &data, &source) {
            // A handler with a mistake in it starts well; it fails when it is called.
            if let Some(words) = &route.failure {
                let severity = Severity::Warning;
                app.problems.push(Problem { source, column: 1, severity, words: words.clone() });
            }
            app.routes.push(route);
        } else if statement != "app.use(express.json());" {
            let words = ["this line of the script is not modelled: ", statement].concat();
            app.problems.push(Problem::not_modelled(document, number, words));
        }
    }
    app
}

/// `const name = require("path");`
fn required(statement: &str) -> Option<(&str, &str)> {
    let (name, rest) = text::split_once(statement.strip_prefix("const ")?, " = require(")?;
    Some((name, rest.trim_end_matches(';').strip_suffix(')')?.trim_matches(['"', '\''])))
}

/// A JSON file as `require` loads it, written compactly.
fn load<'a>(path: &str, file: &dyn Fn(&str) -> Option<&'a str>) -> Result<String, String> {
    let Some(text) = file(path) else {
        return Err(["Error: Cannot find module '", path, "'"].concat());
    };
    let value = literal::parse(text, Dialect::Json).map_err(|stop| [path, ": ", &stop.words].concat())?;
    let mut json = String::new();
    value.json(&mut json);
    Ok(json)
}

/// What stands after `app.listen(`.
fn listen(rest: &str, source: Source) -> Listen {
    let inside = rest.split(')').next().unwrap_or("");
    let mut arguments = inside.split(',').map(str::trim);
    let port = arguments.next().unwrap_or("").to_owned();
    let host = arguments.next().filter(|host| !host.is_empty() && !host.starts_with('('));
    Listen { port, host: host.map(|host| host.trim_matches(['"', '\'']).to_owned()), source }
}

/// `app.get("/users", (req, res) => res.json(users));` — `None` where the line is no such statement.
fn route(statement: &str, data: &[(&str, String)], source: &Source) -> Option<Route> {
    let (method, rest) = statement.strip_prefix("app.")?.split_once('(')?;
    if !matches!(method, "get" | "post" | "put" | "delete" | "patch") {
        return None;
    }
    let (path, handler) = rest.split_once(',')?;
    let handler = handler.trim().strip_prefix("(req, res) => res")?;
    let (status, answer) = match handler.strip_prefix(".status(") {
        Some(rest) => {
            let (status, rest) = rest.split_once(')')?;
            (status.parse().ok()?, rest)
        }
        None => (200, handler),
    };
    let answer = answer.trim_end_matches(';').strip_suffix("))")?;
    let mut failure = None;
    let (content_type, body) = if let Some(name) = answer.strip_prefix(".json(") {
        let mut json = String::new();
        match (data.iter().find(|(n, _)| *n == name), literal::parse(name, Dialect::Module)) {
            (Some((_, known)), _) => json.clone_from(known),
            (None, Ok(value)) => value.json(&mut json),
            (None, Err(stop)) => failure = Some(stop.words),
        }
        ("application/json; charset=utf-8", json)
    } else {
        let value = literal::parse(answer.strip_prefix(".send(")?, Dialect::Module).ok()?;
        (HTML, value.text()?.to_owned())
    };
    let (status, content_type, body) = match &failure {
        Some(words) => (500, HTML, page(words)),
        None => (status, content_type, body),
    };
    Some(Route {
        method: method.to_ascii_uppercase(),
        path: path.trim().trim_matches(['"', '\'']).to_owned(),
        status,
        content_type,
        body,
        failure,
        source: source.clone(),
    })
}

/// A name that the script uses and never defines: the process ends as it starts.
fn undefined(document: &str, line: u32, name: &str) -> Problem {
    Problem::error(document, line, 1, ["ReferenceError: ", name, " is not defined"].concat())
}

/// The route that answers, if one does. As Express by default: letter case and one final slash do not matter, and a
/// GET route answers HEAD (Express 4 API, `app.METHOD`, "strict routing", "case sensitive routing").
pub fn route_for<'a>(app: &'a App, request: &Request) -> Option<&'a Route> {
    let path = request.target.split('?').next().unwrap_or("");
    let bare = |path: &str| path.strip_suffix('/').filter(|rest| !rest.is_empty()).unwrap_or(path).to_ascii_lowercase();
    app.routes.iter().find(|route| {
        let method = route.method == request.method || (route.method == "GET" && request.method == "HEAD");
        method && bare(&route.path) == bare(path)
    })
}

/// What the application answers; without a route, the page of Express's `finalhandler`.
pub fn answer(route: Option<&Route>, request: &Request) -> Response {
    match route {
        Some(route) => response(route.status, route.content_type, route.body.clone(), &[]),
        None => {
            let path = request.target.split('?').next().unwrap_or("");
            let words = ["Cannot ", &request.method, " ", path].concat();
            let headers = [("Content-Security-Policy", "default-src 'none'"), ("X-Content-Type-Options", "nosniff")];
            response(404, HTML, page(&words), &headers)
        }
    }
}

const HTML: &str = "text/html; charset=utf-8";

/// The page of Express's `finalhandler`; of an error's stack only the first line.
fn page(words: &str) -> String {
    let head = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Error</title>\n</head>\n<body>\n<pre>";
    [head, &escape(words), "</pre>\n</body>\n</html>\n"].concat()
}

fn response(status: u16, content_type: &str, body: String, more: &[(&str, &str)]) -> Response {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut headers = vec![pair("X-Powered-By", "Express")];
    headers.extend(more.iter().map(|(name, value)| pair(name, value)));
    headers.push(pair("Content-Type", content_type));
    headers.push(pair("Content-Length", &body.len().to_string()));
    Response { status, reason: reason(status).to_owned(), version: "HTTP/1.1", headers, body, secure: false }
}

/// The reason phrase as Node.js writes it (`http.STATUS_CODES`).
fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        409 => "Conflict",
        418 => "I'm a Teapot",
        422 => "Unprocessable Entity",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "unknown",
    }
}

/// HTML-escaped, as `finalhandler` does.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
