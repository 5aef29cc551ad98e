//! From a script's text to its routes: the statement forms that are read, and what is said of the others.

mod brackets;
mod connect;
mod expressions;
mod grpc;
mod live;
mod statements;
mod top;

use super::tokens::{Kind, Token, tokens};
use super::{App, Statement};
use crate::problem::{Problem, Severity, Source};
use brackets::balanced;

/// How deeply statements and expressions may be nested.
const DEEPEST: u32 = 32;

/// How many tokens a script may have.
const LONGEST: usize = 20_000;

/// Gives the text of a document by its path.
type Files<'f, 'a> = &'f dyn Fn(&str) -> Option<&'a str>;

struct Reader<'a> {
    tokens: Vec<Token>,
    at: usize,
    document: &'a str,
    lines: Vec<&'a str>,
    /// The names that are defined at the top, and those of the handler that is being read.
    names: Vec<String>,
    /// The names that are used: name, line, column.
    used: Vec<(String, u32, u32)>,
    depth: u32,
    /// In a handler of an open WebSocket: its name there.
    socket: Option<String>,
    /// In the handler of a call of gRPC: the name of its callback.
    callback: Option<String>,
    /// Whether the handler that is being read answers with what it returns.
    returns: bool,
    /// The modules that were required by a name: the name, and the module.
    modules: Vec<(String, String)>,
    /// The statements that must come before the one that is being read: what it awaits. None where nothing may be awaited.
    awaits: Option<Vec<Statement>>,
    /// How many values have been awaited inside of statements.
    temporary: u32,
    /// The name of `require("cookie-parser")`.
    cookies: Option<String>,
    /// The name of `require("web-push")`.
    push: Option<String>,
    app: App,
}

/// A form that is not read; the reader goes on after the statement.
struct Strange;

type Read<T> = Result<T, Strange>;

/// Reads a script. `file` gives the text of a document by its path.
pub fn parse<'a>(document: &'a str, text: &'a str, file: Files<'_, '_>) -> App {
    let mut app = App::default();
    let tokens = match tokens(text).and_then(|tokens| balanced(&tokens).map(|()| tokens)) {
        Ok(tokens) => tokens,
        Err((line, column, words)) => {
            app.problems.push(Problem::error(document, line, column, words.to_owned()));
            return app;
        }
    };
    if tokens.len() > LONGEST {
        let words = "a script of so many words is not modelled".to_owned();
        app.problems.push(Problem::not_modelled(document, 1, words));
        return app;
    }
    let names = ["req", "res", "next", "process", "console", "undefined"].map(str::to_owned).to_vec();
    let lines = text.lines().collect();
    let mut reader = Reader {
        tokens,
        at: 0,
        document,
        lines,
        names,
        used: Vec::new(),
        depth: 0,
        socket: None,
        callback: None,
        returns: false,
        modules: Vec::new(),
        awaits: None,
        temporary: 0,
        cookies: None,
        push: None,
        app,
    };
    // A function can be called above the line on which it is defined.
    let named =
        |three: &[Token]| (three[0].text == "async" && three[1].text == "function").then(|| three[2].text.clone());
    let functions: Vec<String> = reader.tokens.windows(3).filter_map(named).collect();
    reader.names.extend(functions);
    while reader.now().kind != Kind::End {
        let (before, names, used) = (reader.at, reader.names.len(), reader.used.len());
        reader.depth = 0;
        if reader.top(file).is_err() {
            reader.names.truncate(names);
            reader.used.truncate(used);
            reader.skip(before);
            let words = ["this statement of the script is not modelled: ", &reader.written(before)].concat();
            let token = &reader.tokens[before];
            let column = token.column;
            reader.app.problems.push(Problem { column, ..Problem::not_modelled(document, token.line, words) });
        }
        reader.at = reader.at.max(before + 1);
    }
    reader.finish()
}

impl Reader<'_> {
    fn now(&self) -> &Token {
        &self.tokens[self.at.min(self.tokens.len() - 1)]
    }

    fn is(&self, text: &str) -> bool {
        let token = self.now();
        token.text == text && matches!(token.kind, Kind::Word | Kind::Sign)
    }

    fn take(&mut self, text: &str) -> bool {
        let fits = self.is(text);
        self.at += usize::from(fits);
        fits
    }

    fn want(&mut self, text: &str) -> Read<()> {
        if self.take(text) { Ok(()) } else { Err(Strange) }
    }

    /// All of these tokens, or none.
    fn all(&mut self, texts: &[&str]) -> bool {
        let start = self.at;
        let fits = texts.iter().all(|text| self.take(text));
        if !fits {
            self.at = start;
        }
        fits
    }

    fn word(&mut self) -> Read<String> {
        if self.now().kind != Kind::Word {
            return Err(Strange);
        }
        self.at += 1;
        Ok(self.tokens[self.at - 1].text.clone())
    }

    fn text(&mut self) -> Read<String> {
        if self.now().kind != Kind::Text {
            return Err(Strange);
        }
        self.at += 1;
        Ok(self.tokens[self.at - 1].text.clone())
    }

    fn source(&self) -> Source {
        Source::new(self.document, self.now().line)
    }

    fn source_of(&self, line: u32) -> Source {
        Source::new(self.document, line)
    }

    /// The end of a statement.
    fn end(&mut self) -> Read<()> {
        if self.take(";") || self.is("}") || self.now().fresh { Ok(()) } else { Err(Strange) }
    }

    /// Goes to the end of the statement that begins at a token.
    fn skip(&mut self, from: usize) {
        self.at = from;
        let mut open = 0_u32;
        while self.now().kind != Kind::End {
            let fresh = self.now().fresh && self.at > from;
            let sign = if self.now().kind == Kind::Sign { self.now().text.as_str() } else { "" };
            match sign {
                "(" | "[" | "{" => open += 1,
                ")" | "]" | "}" if open == 0 => return,
                ")" | "]" | "}" => open -= 1,
                ";" if open == 0 => {
                    self.at += 1;
                    return;
                }
                "." => {}
                _ if fresh && open == 0 => return,
                _ => {}
            }
            self.at += 1;
        }
    }

    /// The line on which a statement begins, from there on.
    fn written(&self, from: usize) -> String {
        let Token { line, column, .. } = self.tokens[from];
        let text = self.lines.get(line as usize - 1).copied().unwrap_or("");
        text.chars().skip(column as usize - 1).collect::<String>().trim_end().to_owned()
    }

    /// What the names say, when everything has been read.
    fn finish(mut self) -> App {
        for (name, line, column) in core::mem::take(&mut self.used) {
            let known = self.names.contains(&name);
            let severity = Severity::Warning;
            if !known {
                let words = ["ReferenceError: ", &name, " is not defined"].concat();
                self.app.problems.push(Problem { source: Source::new(self.document, line), column, severity, words });
            }
        }
        crate::text::sort(&mut self.app.problems, |problem| problem.source.line);
        self.app
    }

    fn deeper(&mut self) -> Read<()> {
        self.depth += 1;
        if self.depth > DEEPEST { Err(Strange) } else { Ok(()) }
    }
}
