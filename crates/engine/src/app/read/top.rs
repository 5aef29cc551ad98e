//! The statements at the top of a script.

use super::super::{Act, Expression, Function, Interval, Listen, PoolDef, Route, Statement, constant, pool};
use super::expressions::undefined;
use super::{Files, Kind, Read, Reader, Strange};
use crate::literal::{self, Dialect, Value};
use crate::problem::{Problem, Source};

impl Reader<'_> {
    /// One statement at the top of the script.
    pub(super) fn top(&mut self, file: Files<'_, '_>) -> Read<()> {
        let source = self.source();
        let column = self.now().column;
        if self.take(";") {
            return Ok(());
        }
        if self.is("const") || self.is("let") || self.is("var") {
            self.at += 1;
            if self.takes_names(file, &source, column) {
                return Ok(());
            }
            return if self.takes_package(file, &source, column)? {
                Ok(())
            } else {
                self.define(file, &source, column)
            };
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
        if self.app.live.as_ref().is_some_and(|live| self.is(&live.name)) {
            return self.on_connection(&source);
        }
        if let Some(read) = self.serves_routes(&source) {
            return read;
        }
        if let Some(read) = self.on_grpc_server(&source) {
            return read;
        }
        if self.is("async") || self.is("function") {
            return self.own_function();
        }
        if self.all(&["setInterval", "("]) {
            return self.interval(source);
        }
        if let Some(at) = self.app.pools.iter().position(|pool| self.is(&pool.name)) {
            return self.watch(at, source);
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
            "use" => self.middleware(source),
            "listen" => self.listen(source),
            other if METHODS.contains(&other) => Err(Strange),
            other => {
                let words = ["TypeError: app.", other, " is not a function"].concat();
                self.app.problems.push(Problem::error(self.document, source.line, column, words));
                self.skip_to_close();
                Ok(())
            }
        }
    }

    /// `setInterval(name, milliseconds);`, from its first argument: an async function of the script.
    fn interval(&mut self, source: Source) -> Read<()> {
        let column = self.now().column;
        let function = self.word()?;
        self.want(",")?;
        let every = self.expression()?;
        self.want(")")?;
        self.end()?;
        if !self.names.contains(&function) {
            let words = ["ReferenceError: ", &function, " is not defined"].concat();
            self.app.problems.push(Problem::error(self.document, source.line, column, words));
        }
        self.app.intervals.push(Interval { function, every, source });
        Ok(())
    }

    /// `app.listen(port, host, …)`, from its first argument.
    fn listen(&mut self, source: Source) -> Read<()> {
        let port = self.expression()?;
        let mut host = None;
        if self.take(",") && !self.is("(") && !self.is("function") {
            host = Some(self.expression()?);
        }
        self.app.listen = Some(Listen { port, host, source });
        self.skip_to_close();
        self.end()
    }

    /// Past the bracket that closes the call, whatever stands before it.
    pub(super) fn skip_to_close(&mut self) {
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
    pub(super) fn define(&mut self, file: Files<'_, '_>, source: &Source, column: u32) -> Read<()> {
        // `const { Pool } = require("pg");`
        if self.all(&["{", "Pool", "}", "=", "require", "("]) {
            let module = self.text()?;
            self.want(")")?;
            self.end()?;
            if module != "pg" {
                return Err(Strange);
            }
            self.names.push("Pool".to_owned());
            return Ok(());
        }
        let name = self.word()?;
        self.want("=")?;
        if self.all(&["new", "Pool", "("]) {
            return self.pool(name, source, column);
        }
        if self.all(&["require", "("]) {
            let path = self.text()?;
            self.want(")")?;
            self.end()?;
            self.names.push(name.clone());
            if let Some(path) = path.strip_prefix("./") {
                let folder = self.document.rfind('/').map_or("", |at| &self.document[..=at]);
                match load(path, &[folder, path].concat(), file) {
                    Ok(value) => self.app.data.push((name, value)),
                    Err(words) => {
                        self.app.problems.push(Problem::error(self.document, source.line, column, words));
                    }
                }
            } else if path == "cookie-parser" {
                self.cookies = Some(name);
            } else if path == "web-push" {
                self.push = Some(name);
            } else if path != "express" && !self.grpc_module(&name, &path) {
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
        if self.all(&["app", ".", "listen", "("]) {
            self.names.push(name);
            return self.listen(source.clone());
        }
        if self.routes(&name, source)? {
            self.names.push(name);
            return Ok(());
        }
        if self.grpc_server(&name) {
            self.names.push(name);
            return self.end();
        }
        if self.names.iter().any(|name| name == "WebSocketServer") && self.all(&["new", "WebSocketServer", "(", "{"]) {
            self.live(&name, source)?;
            self.names.push(name);
            return self.end();
        }
        let value = self.expression()?;
        self.end()?;
        self.names.push(name.clone());
        // A constant of the environment keeps its expression; everything else has its value now.
        match constant(&value, &self.app, None) {
            Some(value) => self.app.data.push((name, value)),
            None => self.app.constants.push((name, value)),
        }
        Ok(())
    }

    /// `async function name(…) { … }`. One that is not `async` is not modelled.
    fn own_function(&mut self) -> Read<()> {
        self.want("async")?;
        self.want("function")?;
        let name = self.word()?;
        let (params, body) = self.parameters(false)?;
        self.app.functions.push(Function { name, params, body });
        Ok(())
    }

    /// `name = new Pool({ … });`
    fn pool(&mut self, name: String, source: &Source, column: u32) -> Read<()> {
        if !self.names.iter().any(|name| name == "Pool") {
            let words = "ReferenceError: Pool is not defined".to_owned();
            self.app.problems.push(Problem::error(self.document, source.line, column, words));
        }
        let mut options = Vec::new();
        if !self.is(")") {
            let Expression::Object(found) = self.expression()? else { return Err(Strange) };
            options = found;
        }
        self.want(")")?;
        self.end()?;
        for (option, _) in &options {
            if !pool::OPTIONS.contains(&option.as_str()) {
                let words = ["the option ", option, " of a pool is not modelled"].concat();
                self.app.problems.push(Problem::not_modelled(self.document, source.line, words));
            }
        }
        self.names.push(name.clone());
        self.app.pools.push(PoolDef { name, options, watched: None, source: source.clone() });
        Ok(())
    }

    /// `pool.on("error", (error) => …);`: what it does there does not show.
    fn watch(&mut self, at: usize, source: Source) -> Read<()> {
        self.at += 1;
        self.want(".")?;
        self.want("on")?;
        self.want("(")?;
        if self.text()? != "error" {
            return Err(Strange);
        }
        self.want(",")?;
        let (_, body) = self.function()?;
        self.want(")")?;
        self.end()?;
        let ends = match &body[..] {
            [] => false,
            [Statement { act: Act::Exit(_), .. }] => true,
            _ => return Err(Strange),
        };
        self.app.pools[at].watched = Some((source, ends));
        Ok(())
    }

    /// `app.get("/path", (req, res) => …);`
    pub(super) fn route(&mut self, method: &str, source: Source) -> Read<()> {
        let path = self.text()?;
        if path.contains(['*', '(', '?', '+', '{']) {
            return Err(Strange);
        }
        self.want(",")?;
        let asynchronous = self.is("async");
        let handler = self.function()?.1;
        self.want(")")?;
        self.end()?;
        self.app.routes.push(Route { method: method.to_ascii_uppercase(), path, handler, asynchronous, source });
        Ok(())
    }

    /// `app.use(express.json());`, `app.use(express.urlencoded({ extended: true }));`, `app.use(express.static(folder));`, or
    /// a function that sets headers and goes on.
    pub(super) fn middleware(&mut self, source: Source) -> Read<()> {
        if self.all(&["express", ".", "json", "(", ")", ")"]) {
            self.app.json = Some(source);
            return self.end();
        }
        if self.all(&["express", ".", "urlencoded", "("]) {
            if self.all(&["{", "extended", ":"]) && (self.take("true") || self.take("false")) {
                self.want("}")?;
            }
            self.want(")")?;
            self.want(")")?;
            self.app.forms = Some(source);
            return self.end();
        }
        if self.all(&["express", ".", "static", "("]) {
            let folder = self.text()?;
            self.want(")")?;
            self.want(")")?;
            self.end()?;
            let name = folder.trim_start_matches("./").trim_end_matches('/').to_owned();
            self.app.folders.push((name, source, self.app.routes.len()));
            return Ok(());
        }
        if let Some(name) = self.cookies.clone()
            && self.all(&[&name, "(", ")", ")"])
        {
            self.app.cookies = Some(source);
            return self.end();
        }
        let mut handler = self.function()?.1;
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
}

/// What an Express application has beside the methods that are read (Express 4.21, Node.js 20: its own functions and those
/// of an event emitter).
const METHODS: [&str; 38] = [
    "set",
    "enable",
    "disable",
    "enabled",
    "disabled",
    "engine",
    "param",
    "path",
    "route",
    "render",
    "handle",
    "init",
    "on",
    "once",
    "off",
    "emit",
    "addListener",
    "removeListener",
    "head",
    "options",
    "copy",
    "link",
    "lock",
    "merge",
    "mkcol",
    "move",
    "notify",
    "propfind",
    "purge",
    "report",
    "search",
    "subscribe",
    "trace",
    "unlink",
    "unlock",
    "del",
    "call",
    "apply",
];

/// A JSON file as `require` loads it.
fn load(asked: &str, path: &str, file: Files<'_, '_>) -> Result<Value, String> {
    let Some(text) = file(path) else {
        return Err(["Error: Cannot find module './", asked, "'"].concat());
    };
    literal::parse(text, Dialect::Json).map_err(|stop| [path, ": ", &stop.words].concat())
}
