//! Expressions.

use super::super::Expression;
use super::{Kind, Read, Reader, Strange, Token};
use crate::literal::{Data, Value};

impl Reader<'_> {
    pub(super) fn expression(&mut self) -> Read<Expression> {
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
    pub(super) fn binary(&mut self, level: usize) -> Read<Expression> {
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

    pub(super) fn unary(&mut self) -> Read<Expression> {
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

    pub(super) fn postfix(&mut self) -> Read<Expression> {
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

    pub(super) fn primary(&mut self) -> Read<Expression> {
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
            (Kind::Word, "JSON") if self.all(&[".", "stringify", "("]) => {
                let value = self.expression()?;
                self.want(")")?;
                Ok(Expression::Call("JSON.stringify".to_owned(), Box::new(value)))
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

    pub(super) fn object(&mut self) -> Read<Expression> {
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

pub fn bare(word: &str) -> Value {
    Value { line: 0, data: Data::Bare(word.to_owned()) }
}

pub fn undefined() -> Expression {
    Expression::Literal(bare("undefined"))
}
