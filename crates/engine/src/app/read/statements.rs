//! The statements of a handler.

use super::super::{Act, Answer, Expression, Statement};
use super::expressions::{bare, undefined};
use super::{Kind, Read, Reader, Strange};
use crate::problem::Problem;

impl Reader<'_> {
    /// `(a, b) => …`, `async (a, b) => …`, `function (a, b) { … }`: its statements.
    pub(super) fn function(&mut self) -> Read<Vec<Statement>> {
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
        Ok(vec![self.plain()?])
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

    /// A statement in a handler; none where it does nothing that shows.
    pub(super) fn statement(&mut self) -> Read<Option<Statement>> {
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

    pub(super) fn condition(&mut self) -> Read<Act> {
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

    pub(super) fn branch(&mut self) -> Read<Vec<Statement>> {
        if self.is("{") {
            return self.block();
        }
        Ok(self.statement()?.into_iter().collect())
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
