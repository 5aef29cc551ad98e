//! From a script's text to its routes: the statement forms that are read, and what is said of the others.

use super::tokens::{Kind, Token, tokens};
use super::{Act, Answer, App, Expression, Listen, Route, Statement};
use crate::literal::{self, Data, Dialect, Value};
use crate::problem::{Problem, Severity, Source};

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
    let mut reader = Reader { tokens, at: 0, document, lines, names, used: Vec::new(), depth: 0, app };
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

/// Whether every bracket is closed by its like; V8's words where one is not.
fn balanced(tokens: &[Token]) -> Result<(), (u32, u32, &'static str)> {
    // The brackets that are open, and whether they hold the arguments of a call.
    let mut open: Vec<(&str, bool)> = Vec::new();
    let mut before = None;
    for token in tokens {
        let wrong = |words| Err((token.line, token.column, words));
        let text = if token.kind == Kind::Sign { token.text.as_str() } else { "" };
        let unlike = match (text, open.last().copied()) {
            ("(" | "[" | "{", _) => {
                let call = text == "(" && !matches!(before, Some("for" | "if" | "while" | "")) && before.is_some();
                open.push((text, call));
                false
            }
            (")" | "]" | "}", last) => {
                let opened = open.pop().map(|(sign, _)| sign);
                !matches!((opened, text), (Some("("), ")") | (Some("["), "]") | (Some("{"), "}")) && {
                    open.extend(last);
                    true
                }
            }
            // `for (;;)` is the one bracket that may hold it; it is none of a call.
            (";", Some(("(", call))) => call,
            (";", Some(("[", _))) => true,
            _ if token.kind == Kind::End && !open.is_empty() => {
                return wrong("SyntaxError: Unexpected end of input");
            }
            _ => false,
        };
        if unlike {
            return wrong(match (open.last(), text) {
                (Some(("(", true)), _) => "SyntaxError: missing ) after argument list",
                (_, ")") => "SyntaxError: Unexpected token ')'",
                (_, "]") => "SyntaxError: Unexpected token ']'",
                (_, "}") => "SyntaxError: Unexpected token '}'",
                _ => "SyntaxError: Unexpected token ';'",
            });
        }
        before = Some(if token.kind == Kind::Word { token.text.as_str() } else { "" });
    }
    Ok(())
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
            let known = self.names.iter().any(|known| *known == name);
            let severity = Severity::Warning;
            if !known {
                let words = ["ReferenceError: ", &name, " is not defined"].concat();
                self.app.problems.push(Problem { source: Source::new(self.document, line), column, severity, words });
            }
        }
        crate::text::sort(&mut self.app.problems, |problem| problem.source.line);
        self.app
    }

    /// One statement at the top of the script.
    fn top(&mut self, file: Files<'_, '_>) -> Read<()> {
        let source = self.source();
        let column = self.now().column;
        if self.take(";") {
            return Ok(());
        }
        if self.is("const") || self.is("let") || self.is("var") {
            self.at += 1;
            return self.define(file, &source, column);
        }
        if self.is("console") {
            self.skip(self.at);
            return Ok(());
        }
        if self.is("throw") || (self.is("process") && self.tokens.get(self.at + 2).is_some_and(|t| t.text == "exit")) {
            let words = if self.is("throw") { "Error: thrown as the script starts" } else { "the script ends itself" };
            self.app.problems.push(Problem::error(self.document, source.line, column, words.to_owned()));
            self.skip(self.at);
            return Ok(());
        }
        self.want("app")?;
        if !self.names.iter().any(|name| name == "app") {
            let words = "ReferenceError: app is not defined".to_owned();
            self.app.problems.push(Problem::error(self.document, source.line, column, words));
        }
        self.want(".")?;
        let method = self.word()?;
        self.want("(")?;
        match method.as_str() {
            "get" | "post" | "put" | "delete" | "patch" | "all" => self.route(&method, source),
            "use" => self.middleware(),
            "listen" => {
                let port = self.expression()?;
                let mut host = None;
                if self.take(",") && !self.is("(") && !self.is("function") {
                    host = Some(self.expression()?);
                }
                self.app.listen = Some(Listen { port, host, source });
                self.skip_to_close();
                self.end()
            }
            _ => Err(Strange),
        }
    }

    /// Past the bracket that closes the call, whatever stands before it.
    fn skip_to_close(&mut self) {
        let mut open = 1_u32;
        while self.now().kind != Kind::End && open > 0 {
            let sign = if self.now().kind == Kind::Sign { self.now().text.as_str() } else { "" };
            match sign {
                "(" | "[" | "{" => open += 1,
                ")" | "]" | "}" => open -= 1,
                _ => {}
            }
            self.at += 1;
        }
    }

    /// `name = require("…");`, `name = express();`, `name = value;`
    fn define(&mut self, file: Files<'_, '_>, source: &Source, column: u32) -> Read<()> {
        let name = self.word()?;
        self.want("=")?;
        if self.all(&["require", "("]) {
            let path = self.text()?;
            self.want(")")?;
            self.end()?;
            self.names.push(name.clone());
            if let Some(path) = path.strip_prefix("./") {
                let folder = self.document.rfind('/').map_or("", |at| &self.document[..=at]);
                match load(&[folder, path].concat(), file) {
                    Ok(value) => self.app.data.push((name, value)),
                    Err(words) => {
                        self.app.problems.push(Problem::error(self.document, source.line, column, words));
                    }
                }
            } else if path != "express" {
                let words = ["the module ", &path, " is not modelled"].concat();
                let problem = Problem::not_modelled(self.document, source.line, words);
                self.app.problems.push(Problem { column, ..problem });
            }
            return Ok(());
        }
        if self.all(&["express", "(", ")"]) {
            if !self.names.iter().any(|name| name == "express") {
                let words = "ReferenceError: express is not defined".to_owned();
                self.app.problems.push(Problem::error(self.document, source.line, column, words));
            }
            self.names.push(name);
            return self.end();
        }
        let value = self.expression()?;
        self.end()?;
        self.names.push(name.clone());
        // A constant of the environment keeps its expression; everything else has its value now.
        match super::constant(&value, &self.app, None) {
            Some(value) => self.app.data.push((name, value)),
            None => self.app.constants.push((name, value)),
        }
        Ok(())
    }

    /// `app.get("/path", (req, res) => …);`
    fn route(&mut self, method: &str, source: Source) -> Read<()> {
        let path = self.text()?;
        if path.contains(['*', '(', '?', '+', '{']) {
            return Err(Strange);
        }
        self.want(",")?;
        let asynchronous = self.is("async");
        let handler = self.function()?;
        self.want(")")?;
        self.end()?;
        self.app.routes.push(Route { method: method.to_ascii_uppercase(), path, handler, asynchronous, source });
        Ok(())
    }

    /// `app.use(express.json());`, or a function that sets headers and goes on.
    fn middleware(&mut self) -> Read<()> {
        if self.all(&["express", ".", "json", "(", ")", ")"]) {
            return self.end();
        }
        let mut handler = self.function()?;
        self.want(")")?;
        self.end()?;
        let goes_on = |s: &Statement| s.act == Act::Do(Expression::Call("next".into(), Box::new(undefined())));
        let only_headers = handler.iter().all(|s| goes_on(s) || matches!(s.act, Act::Header(..)));
        if !only_headers || !handler.last().is_some_and(goes_on) {
            return Err(Strange);
        }
        handler.pop();
        self.app.headers.extend(handler);
        Ok(())
    }

    /// `(a, b) => …`, `async (a, b) => …`, `function (a, b) { … }`: its statements.
    fn function(&mut self) -> Read<Vec<Statement>> {
        self.take("async");
        let arrow = !self.take("function");
        let known = self.names.len();
        if self.take("(") {
            while !self.take(")") {
                let name = self.word()?;
                self.names.push(name);
                self.take(",");
            }
        } else {
            let name = self.word()?;
            self.names.push(name);
        }
        if arrow {
            self.want("=>")?;
        }
        let body = if self.is("{") { self.block() } else { self.single() };
        self.names.truncate(known);
        body
    }

    /// An arrow function's only expression.
    fn single(&mut self) -> Read<Vec<Statement>> {
        Ok(vec![self.plain()?])
    }

    /// A statement that is no `if`.
    fn plain(&mut self) -> Read<Statement> {
        let (source, returns) = (self.source(), self.is("return"));
        Ok(Statement { act: self.act()?, returns, source })
    }

    fn block(&mut self) -> Read<Vec<Statement>> {
        self.want("{")?;
        let known = self.names.len();
        let mut found = Vec::new();
        while !self.take("}") {
            let (source, before) = (self.source(), self.at);
            let (depth, names, used) = (self.depth, self.names.len(), self.used.len());
            if self.now().kind == Kind::End {
                return Err(Strange);
            }
            if self.take(";") {
                continue;
            }
            if let Ok(statement) = self.statement() {
                found.extend(statement);
                continue;
            }
            self.depth = depth;
            self.names.truncate(names);
            self.used.truncate(used);
            self.skip(before);
            self.at = self.at.max(before + 1);
            let written = self.written(before);
            let words = ["this statement of the script is not modelled: ", &written].concat();
            let column = self.tokens[before].column;
            let problem = Problem::not_modelled(self.document, source.line, words);
            self.app.problems.push(Problem { column, ..problem });
            found.push(Statement { act: Act::Unknown(written), returns: true, source });
        }
        self.names.truncate(known);
        Ok(found)
    }

    /// A statement in a handler; none where it does nothing that shows.
    fn statement(&mut self) -> Read<Option<Statement>> {
        if self.is("console") {
            self.skip(self.at);
            return Ok(None);
        }
        if self.is("if") {
            let source = self.source();
            return Ok(Some(Statement { act: self.condition()?, returns: false, source }));
        }
        let statement = self.plain()?;
        self.end()?;
        Ok(Some(statement))
    }

    fn condition(&mut self) -> Read<Act> {
        self.at += 1;
        self.deeper()?;
        self.want("(")?;
        let condition = self.expression()?;
        self.want(")")?;
        let then = self.branch()?;
        let otherwise = if self.take("else") { self.branch()? } else { Vec::new() };
        self.depth -= 1;
        Ok(Act::If(condition, then, otherwise))
    }

    fn branch(&mut self) -> Read<Vec<Statement>> {
        if self.is("{") {
            return self.block();
        }
        Ok(self.statement()?.into_iter().collect())
    }

    fn deeper(&mut self) -> Read<()> {
        self.depth += 1;
        if self.depth > DEEPEST { Err(Strange) } else { Ok(()) }
    }

    fn act(&mut self) -> Read<Act> {
        let returns = self.take("return");
        if returns && (self.is(";") || self.is("}") || self.now().fresh) {
            return Ok(Act::Return);
        }
        if self.is("const") || self.is("let") || self.is("var") {
            self.at += 1;
            let name = self.word()?;
            self.want("=")?;
            let value = self.expression()?;
            self.names.push(name.clone());
            return Ok(Act::Let(name, value));
        }
        if self.all(&["throw", "new", "Error", "("]) {
            let words = if self.is(")") { undefined() } else { self.expression()? };
            self.want(")")?;
            return Ok(Act::Throw(words));
        }
        if self.all(&["process", ".", "exit", "("]) {
            let code = if self.is(")") { undefined() } else { self.expression()? };
            self.want(")")?;
            return Ok(Act::Exit(code));
        }
        if self.all(&["setTimeout", "("]) {
            self.deeper()?;
            let body = self.function()?;
            self.want(",")?;
            let delay = self.expression()?;
            self.want(")")?;
            self.depth -= 1;
            return Ok(Act::Later(delay, body));
        }
        if self.all(&["await", "new", "Promise", "("]) {
            let bare = !self.take("(");
            let done = self.word()?;
            if !bare {
                self.want(")")?;
            }
            self.want("=>")?;
            self.want("setTimeout")?;
            self.want("(")?;
            self.want(&done)?;
            self.want(",")?;
            let delay = self.expression()?;
            self.want(")")?;
            self.want(")")?;
            return Ok(Act::Pause(delay));
        }
        if self.all(&["res", "."]) {
            return self.response();
        }
        if self.all(&["next", "(", ")"]) {
            return Ok(Act::Do(Expression::Call("next".into(), Box::new(undefined()))));
        }
        // A value that is returned goes nowhere: Express looks at the response only.
        Ok(Act::Do(self.expression()?))
    }

    /// What follows `res.`
    fn response(&mut self) -> Read<Act> {
        let method = self.word()?;
        self.want("(")?;
        if method == "status" {
            let code = self.expression()?;
            self.want(")")?;
            if !self.take(".") {
                return Ok(Act::Status(code));
            }
            let source = self.source();
            let act = self.response()?;
            // One statement that does both: the status first.
            let status = Statement { act: Act::Status(code), returns: false, source: source.clone() };
            let always = Expression::Literal(bare("true"));
            return Ok(Act::If(always, vec![status, Statement { act, returns: false, source }], Vec::new()));
        }
        if matches!(method.as_str(), "set" | "header" | "setHeader") {
            let name = self.expression()?;
            self.want(",")?;
            let value = self.expression()?;
            self.want(")")?;
            return Ok(Act::Header(name, value));
        }
        let answer = match method.as_str() {
            "json" => Answer::Json,
            "send" => Answer::Send,
            "redirect" => Answer::Redirect,
            "sendStatus" => Answer::SendStatus,
            "end" => Answer::End,
            _ => return Err(Strange),
        };
        let mut value = if self.is(")") { None } else { Some(self.expression()?) };
        // `res.redirect(301, "/elsewhere")`
        if let (Answer::Redirect, true, Some(status)) = (answer, self.take(","), value.clone()) {
            let to = self.expression()?;
            value = Some(Expression::List(vec![status, to]));
        }
        self.want(")")?;
        Ok(Act::Answer(answer, value))
    }

    fn expression(&mut self) -> Read<Expression> {
        self.deeper()?;
        let found = self.binary(0);
        self.depth -= 1;
        let target = found?;
        for (sign, op) in [("+=", "+"), ("-=", "-"), ("*=", "*")] {
            if self.take(sign) {
                let value = self.expression()?;
                let sum = Expression::Binary(Box::new(target.clone()), op, Box::new(value));
                return Ok(Expression::Assign(Box::new(target), Box::new(sum), true));
            }
        }
        if self.take("=") {
            let value = self.expression()?;
            return Ok(Expression::Assign(Box::new(target), Box::new(value), true));
        }
        Ok(target)
    }

    /// Binary operators by how tightly they bind (ECMAScript, "Expressions").
    fn binary(&mut self, level: usize) -> Read<Expression> {
        const LEVELS: [&[&str]; 5] =
            [&["||", "??"], &["&&"], &["===", "!==", "==", "!="], &["<", ">", "<=", ">="], &["+", "-", "*"]];
        let Some(signs) = LEVELS.get(level) else { return self.unary() };
        let mut left = self.binary(level + 1)?;
        while let Some(sign) = signs.iter().find(|sign| self.is(sign)) {
            self.at += 1;
            let right = self.binary(level + 1)?;
            left = Expression::Binary(Box::new(left), sign, Box::new(right));
        }
        Ok(left)
    }

    fn unary(&mut self) -> Read<Expression> {
        if self.take("!") {
            self.deeper()?;
            let value = self.unary()?;
            self.depth -= 1;
            return Ok(Expression::Not(Box::new(value)));
        }
        for (sign, op) in [("++", "+"), ("--", "-")] {
            if self.take(sign) {
                let target = self.postfix()?;
                return Ok(step(target, op, true));
            }
        }
        let target = self.postfix()?;
        for (sign, op) in [("++", "+"), ("--", "-")] {
            if !self.now().fresh && self.take(sign) {
                return Ok(step(target, op, false));
            }
        }
        Ok(target)
    }

    fn postfix(&mut self) -> Read<Expression> {
        let mut value = self.primary()?;
        loop {
            if self.take("[") {
                let index = self.expression()?;
                self.want("]")?;
                value = Expression::Index(Box::new(value), Box::new(index));
            } else if self.take(".") {
                let name = self.word()?;
                let find = name == "find";
                if (find || name == "filter") && self.take("(") {
                    let known = self.names.len();
                    let bracket = self.take("(");
                    let item = self.word()?;
                    self.names.push(item.clone());
                    if bracket {
                        self.want(")")?;
                    }
                    self.want("=>")?;
                    let condition = self.expression()?;
                    self.names.truncate(known);
                    self.want(")")?;
                    value = Expression::Find(Box::new(value), item, Box::new(condition), find);
                } else if name == "push" && self.take("(") {
                    let new = self.expression()?;
                    self.want(")")?;
                    value = Expression::Push(Box::new(value), Box::new(new));
                } else {
                    value = Expression::Member(Box::new(value), name);
                }
            } else if self.is("(") {
                return Err(Strange);
            } else {
                return Ok(value);
            }
        }
    }

    fn primary(&mut self) -> Read<Expression> {
        let Token { kind, text, line, column, .. } = self.now().clone();
        self.at += 1;
        match (kind, text.as_str()) {
            (Kind::Text, _) => Ok(Expression::Literal(Value { line, data: Data::Text(text) })),
            (Kind::Number, _) => Ok(Expression::Literal(Value { line, data: Data::Bare(text) })),
            (Kind::Word, "true" | "false" | "null" | "undefined") => {
                Ok(Expression::Literal(Value { line, data: Data::Bare(text) }))
            }
            (Kind::Word, "Number" | "String" | "parseInt") => {
                self.want("(")?;
                let value = self.expression()?;
                // `parseInt(text, 10)`
                if self.take(",") && (text != "parseInt" || !self.take("10")) {
                    self.expression()?;
                }
                self.want(")")?;
                Ok(Expression::Call(text, Box::new(value)))
            }
            (Kind::Word, "new" | "await" | "async" | "function" | "typeof" | "class") => Err(Strange),
            (Kind::Word, _) => {
                if !self.names.contains(&text) {
                    self.used.push((text.clone(), line, column));
                }
                Ok(Expression::Name(text, line))
            }
            (Kind::Sign, "(") => {
                let value = self.expression()?;
                self.want(")")?;
                Ok(value)
            }
            (Kind::Sign, "[") => {
                let mut items = Vec::new();
                while !self.take("]") {
                    items.push(self.expression()?);
                    if !self.take(",") && !self.is("]") {
                        return Err(Strange);
                    }
                }
                Ok(Expression::List(items))
            }
            (Kind::Sign, "{") => self.object(),
            (Kind::Sign, "-") if self.now().kind == Kind::Number => {
                let number = ["-", &self.now().text].concat();
                self.at += 1;
                Ok(Expression::Literal(Value { line, data: Data::Bare(number) }))
            }
            _ => Err(Strange),
        }
    }

    fn object(&mut self) -> Read<Expression> {
        let mut items = Vec::new();
        while !self.take("}") {
            let Token { kind, text: name, line, column, .. } = self.now().clone();
            if !matches!(kind, Kind::Word | Kind::Text) {
                return Err(Strange);
            }
            self.at += 1;
            if self.take(":") {
                items.push((name, self.expression()?));
            } else {
                // `{ likes }` is `{ likes: likes }`.
                if !self.names.contains(&name) {
                    self.used.push((name.clone(), line, column));
                }
                items.push((name.clone(), Expression::Name(name, line)));
            }
            if !self.take(",") && !self.is("}") {
                return Err(Strange);
            }
        }
        Ok(Expression::Object(items))
    }
}

/// `++target` and its like.
fn step(target: Expression, op: &'static str, after: bool) -> Expression {
    let one = Expression::Literal(bare("1"));
    let sum = Expression::Binary(Box::new(target.clone()), op, Box::new(one));
    Expression::Assign(Box::new(target), Box::new(sum), after)
}

fn bare(word: &str) -> Value {
    Value { line: 0, data: Data::Bare(word.to_owned()) }
}

fn undefined() -> Expression {
    Expression::Literal(bare("undefined"))
}

/// A JSON file as `require` loads it.
fn load(path: &str, file: Files<'_, '_>) -> Result<Value, String> {
    let Some(text) = file(path) else {
        return Err(["Error: Cannot find module '", path, "'"].concat());
    };
    literal::parse(text, Dialect::Json).map_err(|stop| [path, ": ", &stop.words].concat())
}
