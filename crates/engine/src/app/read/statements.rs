//! The statements of a handler.

use super::super::{Act, Answer, Awaited, Expression, Statement, Target};
use super::expressions::{bare, undefined};
use super::{Kind, Read, Reader, Strange};
use crate::problem::Problem;

impl Reader<'_> {
    /// `(a, b) => …`, `async (a, b) => …`, `function (a, b) { … }`: its parameters and statements.
    pub(super) fn function(&mut self) -> Read<(Vec<String>, Vec<Statement>)> {
        self.take("async");
        let arrow = !self.take("function");
        self.parameters(arrow)
    }

    /// From the parameters of a function on.
    pub(super) fn parameters(&mut self, arrow: bool) -> Read<(Vec<String>, Vec<Statement>)> {
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
        let params = self.names[known..].to_vec();
        let body = if self.is("{") { self.block() } else { self.single() };
        self.names.truncate(known);
        Ok((params, body?))
    }

    /// `(a, b) { … }` of a method in an object: its statements.
    pub(super) fn method_body(&mut self) -> Read<Vec<Statement>> {
        let known = self.names.len();
        self.want("(")?;
        while !self.take(")") {
            let name = self.word()?;
            self.names.push(name);
            self.take(",");
        }
        let body = self.block();
        self.names.truncate(known);
        body
    }

    /// An arrow function's only expression.
    pub(super) fn single(&mut self) -> Read<Vec<Statement>> {
        if self.is("console") {
            self.skip(self.at);
            return Ok(Vec::new());
        }
        let outer = self.awaits.replace(Vec::new());
        let statement = self.plain();
        let mut found = core::mem::replace(&mut self.awaits, outer).unwrap_or_default();
        found.push(statement?);
        Ok(found)
    }

    /// A statement that is no `if`.
    pub(super) fn plain(&mut self) -> Read<Statement> {
        let (source, returns) = (self.source(), self.is("return"));
        Ok(Statement { act: self.act()?, returns, source })
    }

    pub(super) fn block(&mut self) -> Read<Vec<Statement>> {
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

    /// A statement in a handler, and before it what it awaits; none where it does nothing that shows.
    pub(super) fn statement(&mut self) -> Read<Vec<Statement>> {
        if self.is("console") {
            self.skip(self.at);
            return Ok(Vec::new());
        }
        let outer = self.awaits.replace(Vec::new());
        let statement = self.one_statement();
        let mut found = core::mem::replace(&mut self.awaits, outer).unwrap_or_default();
        found.push(statement?);
        Ok(found)
    }

    fn one_statement(&mut self) -> Read<Statement> {
        let source = self.source();
        if self.is("if") {
            return Ok(Statement { act: self.condition()?, returns: false, source });
        }
        if self.take("for") {
            return Ok(Statement { act: self.each()?, returns: false, source });
        }
        if self.take("try") {
            return Ok(Statement { act: self.attempt()?, returns: false, source });
        }
        let statement = self.plain()?;
        self.end()?;
        Ok(statement)
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

    /// What follows `for`: `(const name of list) …`. No other loop is read.
    fn each(&mut self) -> Read<Act> {
        self.deeper()?;
        self.want("(")?;
        if !self.take("const") && !self.take("let") {
            return Err(Strange);
        }
        let name = self.word()?;
        self.want("of")?;
        let list = self.expression()?;
        self.want(")")?;
        let known = self.names.len();
        self.names.push(name.clone());
        let body = self.branch();
        self.names.truncate(known);
        self.depth -= 1;
        Ok(Act::Each(name, list, body?))
    }

    fn branch(&mut self) -> Read<Vec<Statement>> {
        if self.is("{") {
            return self.block();
        }
        self.statement()
    }

    /// What follows `try`.
    fn attempt(&mut self) -> Read<Act> {
        self.deeper()?;
        let body = self.block()?;
        let mut catch = None;
        if self.take("catch") {
            let known = self.names.len();
            let mut name = None;
            if self.take("(") {
                let word = self.word()?;
                self.names.push(word.clone());
                name = Some(word);
                self.want(")")?;
            }
            catch = Some((name, self.block()?));
            self.names.truncate(known);
        }
        let last = if self.take("finally") { self.block()? } else { Vec::new() };
        self.depth -= 1;
        Ok(Act::Try(body, catch, last))
    }

    /// What follows `const`: one name or several fields, and the value.
    fn definition(&mut self) -> Read<Act> {
        if self.take("{") {
            let mut fields = Vec::new();
            while !self.take("}") {
                let field = self.word()?;
                let name = if self.take(":") { self.word()? } else { field.clone() };
                fields.push((field, name));
                if !self.take(",") && !self.is("}") {
                    return Err(Strange);
                }
            }
            self.want("=")?;
            let names: Vec<String> = fields.iter().map(|(_, name)| name.clone()).collect();
            let act = match self.is("await") {
                true => self.awaited_or(|awaited| Act::Await(Target::Fields(fields.clone()), awaited))?,
                false => None,
            };
            let act = match act {
                Some(act) => act,
                None => Act::Fields(fields, self.expression()?),
            };
            self.names.extend(names);
            return Ok(act);
        }
        let name = self.word()?;
        if self.is(";") || self.now().fresh {
            self.names.push(name.clone());
            return Ok(Act::Let(name, undefined()));
        }
        self.want("=")?;
        let act = match self.is("await") {
            true => self.awaited_or(|awaited| Act::Await(Target::Name(name.clone()), awaited))?,
            false => None,
        };
        let act = match act {
            Some(act) => act,
            None => Act::Let(name.clone(), self.expression()?),
        };
        self.names.push(name);
        Ok(act)
    }

    /// A statement that is nothing but `await …`; none where more follows, as in `(await …).rows`.
    fn awaited_or(&mut self, make: impl Fn(Awaited) -> Act) -> Read<Option<Act>> {
        let (start, used) = (self.at, self.used.len());
        let awaited = self.awaited()?;
        if self.is(";") || self.is("}") || self.is(")") || self.now().fresh {
            return Ok(Some(make(awaited)));
        }
        self.at = start;
        self.used.truncate(used);
        Ok(None)
    }

    /// `await …`: a pause, a query, a connection, a function of the script.
    pub(super) fn awaited(&mut self) -> Read<Awaited> {
        self.want("await")?;
        if self.all(&["new", "Promise", "("]) {
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
            return Ok(Awaited::Pause(delay));
        }
        let line = self.now().line;
        let column = self.now().column;
        let name = self.word()?;
        if !self.names.contains(&name) {
            self.used.push((name.clone(), line, column));
        }
        if self.all(&[".", "query", "("]) {
            return Ok(Awaited::Query(name, self.arguments()?));
        }
        if self.push.as_ref() == Some(&name) && self.all(&[".", "sendNotification", "("]) {
            return Ok(Awaited::Push(self.arguments()?));
        }
        if self.all(&[".", "connect", "(", ")"]) {
            return Ok(Awaited::Connect(name));
        }
        self.want("(")?;
        Ok(Awaited::Call(name, self.arguments()?))
    }

    fn arguments(&mut self) -> Read<Vec<Expression>> {
        let mut found = Vec::new();
        while !self.take(")") {
            found.push(self.expression()?);
            if !self.take(",") && !self.is(")") {
                return Err(Strange);
            }
        }
        Ok(found)
    }

    /// `client.release();`, `client?.release(true);`
    fn release(&mut self) -> Read<Option<Act>> {
        let start = self.at;
        let Ok(name) = self.word() else { return Ok(None) };
        let lenient = self.all(&["?.", "release", "("]);
        if !lenient && !self.all(&[".", "release", "("]) {
            self.at = start;
            return Ok(None);
        }
        if !self.names.contains(&name) {
            let token = &self.tokens[start];
            self.used.push((name.clone(), token.line, token.column));
        }
        let broken = !self.is(")");
        if broken {
            self.expression()?;
        }
        self.want(")")?;
        Ok(Some(Act::Release(name, lenient, broken)))
    }

    pub(super) fn act(&mut self) -> Read<Act> {
        let returns = self.take("return");
        if returns && (self.is(";") || self.is("}") || self.now().fresh) {
            return Ok(Act::Return);
        }
        if let Some(act) = self.socket_act()? {
            return Ok(act);
        }
        if let Some(act) = self.refusal_act()? {
            return Ok(act);
        }
        if let Some(act) = self.callback_act()? {
            return Ok(act);
        }
        if self.is("const") || self.is("let") || self.is("var") {
            self.at += 1;
            return self.definition();
        }
        if self.take("throw") {
            return Ok(Act::Throw(self.expression()?));
        }
        if self.all(&["process", ".", "exit", "("]) {
            let code = if self.is(")") { undefined() } else { self.expression()? };
            self.want(")")?;
            return Ok(Act::Exit(code));
        }
        if self.all(&["setTimeout", "("]) {
            self.deeper()?;
            let awaits = self.awaits.take();
            let body = self.function()?.1;
            self.awaits = awaits;
            self.want(",")?;
            let delay = self.expression()?;
            self.want(")")?;
            self.depth -= 1;
            return Ok(Act::Later(delay, body));
        }
        if self.is("await")
            && !returns
            && let Some(act) = self.awaited_or(|awaited| Act::Await(Target::Nowhere, awaited))?
        {
            return Ok(act);
        }
        // `client = await pool.connect()`
        let next = self.tokens.get(self.at + 1).map_or("", |token| token.text.as_str());
        let then = self.tokens.get(self.at + 2).map_or("", |token| token.text.as_str());
        if self.now().kind == Kind::Word && next == "=" && then == "await" {
            let start = self.at;
            let name = self.word()?;
            self.at += 1;
            if let Some(act) = self.awaited_or(|awaited| Act::Await(Target::Assign(name.clone()), awaited))? {
                return Ok(act);
            }
            self.at = start;
        }
        if let Some(act) = self.release()? {
            return Ok(act);
        }
        if self.all(&["res", "."]) {
            return self.response();
        }
        if self.all(&["next", "("]) {
            if self.take(")") {
                return Ok(Act::Do(Expression::Call("next".into(), Box::new(undefined()))));
            }
            let error = self.expression()?;
            self.want(")")?;
            return Ok(Act::Next(error));
        }
        Ok(Act::Do(self.expression()?))
    }

    /// What follows `res.`
    pub(super) fn response(&mut self) -> Read<Act> {
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
            return Ok(Act::Header(name, value, method != "setHeader"));
        }
        if method == "write" {
            let value = self.expression()?;
            self.want(")")?;
            return Ok(Act::Write(value));
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
}
