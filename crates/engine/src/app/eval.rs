//! What an expression is worth for one request (ECMAScript, "Expressions", as far as the forms go). Whole numbers only; a
//! calculation with others is not modelled.

use super::values::{bare, converted, error, field, object, pairs, text, truthy, unescaped, weight};
use super::{App, Expression};
use crate::literal::{Data, Value};
use crate::message::{Header, Request};
use std::borrow::Cow;

/// How much may be worked out for one request.
const MOST: usize = 200_000;

/// How far expressions may lie within each other, names followed: one that is made of itself has no end.
const DEEPEST: u32 = 200;

/// Why an expression has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It throws this.
    Throws(Value),
    /// It is not modelled.
    NotModelled(String),
}

/// One step into a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    Field(String),
    At(usize),
}

/// A value, or the place in the script's data where it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Local {
    Value(Value),
    Place(String, Vec<Key>),
    /// A connection that was taken out of a pool, by the number of the server's process.
    Client(u32),
}

/// The variables of the environment.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// What an expression may look at.
pub struct Scope<'a> {
    pub app: &'a App,
    /// The environment; none while the script is read.
    pub env: Option<Environment<'a>>,
    /// The request, and the parts of its path that the route names.
    pub request: Option<(&'a Request, Vec<(String, String)>)>,
    /// The names of the handler.
    pub locals: Vec<(String, Local)>,
    /// The data that has changed since the process started.
    pub memory: Vec<(String, Value)>,
    /// What has been worked out so far.
    pub spent: usize,
    /// Within how many expressions the present one lies.
    pub depth: u32,
}

type Found<T> = Result<T, Fault>;

/// The variable of the environment that an expression looks at first.
pub fn variable<'e>(mut expression: &'e Expression, app: &'e App) -> Option<&'e str> {
    for _ in 0..DEEPEST {
        expression = match expression {
            Expression::Name(name, _) => &app.constants.iter().find(|(known, _)| known == name)?.1,
            Expression::Member(of, name) => {
                let env = matches!(&**of, Expression::Member(_, env) if env == "env");
                return env.then_some(name);
            }
            Expression::Binary(left, ..) => left,
            Expression::Call(_, value) => value,
            _ => return None,
        };
    }
    None
}

/// A value that depends on nothing but the script's data and, where given, the environment.
pub fn constant(expression: &Expression, app: &App, env: Option<Environment<'_>>) -> Option<Value> {
    let mut scope = Scope { app, env, request: None, locals: Vec::new(), memory: Vec::new(), spent: 0, depth: 0 };
    scope.value(expression).ok()
}

impl Scope<'_> {
    fn spend(&mut self, amount: usize) -> Found<()> {
        self.spent += amount;
        if self.spent > MOST { Err(Fault::NotModelled("a handler that computes so long".into())) } else { Ok(()) }
    }

    /// The whole value.
    pub fn value(&mut self, expression: &Expression) -> Found<Value> {
        let local = self.local(expression)?;
        self.copy(local)
    }

    fn copy(&mut self, local: Local) -> Found<Value> {
        match local {
            Local::Value(value) => Ok(value),
            local => self.seen(&local).map(Cow::into_owned),
        }
    }

    /// The whole value, left where it is.
    pub fn seen<'v>(&'v mut self, local: &'v Local) -> Found<Cow<'v, Value>> {
        let (name, path) = match local {
            Local::Value(value) => return Ok(Cow::Borrowed(value)),
            Local::Place(name, path) => (name, path),
            // It is there; what it is made of is not modelled.
            Local::Client(_) => return Ok(Cow::Owned(object(Vec::new()))),
        };
        self.spend(self.at(name, path).map_or(1, weight))?;
        Ok(self.at(name, path).map_or_else(|| Cow::Owned(bare("undefined")), Cow::Borrowed))
    }

    fn at(&self, name: &str, path: &[Key]) -> Option<&Value> {
        let held = |(known, _): &&(String, Value)| known == name;
        let (_, found) = self.memory.iter().find(held).or_else(|| self.app.data.iter().find(held))?;
        let mut value = found;
        for key in path {
            value = match (key, &value.data) {
                (Key::Field(name), Data::Object(_)) => value.get(name)?,
                (Key::At(index), Data::List(items)) => items.get(*index)?,
                _ => return None,
            };
        }
        Some(value)
    }

    /// The place in memory, which from now on differs from the script's own data.
    fn at_mut(&mut self, name: &str, path: &[Key]) -> Option<&mut Value> {
        let index = match self.memory.iter().position(|(known, _)| known == name) {
            Some(index) => index,
            None => {
                let (_, value) = self.app.data.iter().find(|(known, _)| known == name)?;
                self.memory.push((name.to_owned(), value.clone()));
                self.memory.len() - 1
            }
        };
        let mut value = &mut self.memory[index].1;
        for key in path {
            value = match (key, &mut value.data) {
                (Key::Field(name), Data::Object(items)) => field(items, name),
                (Key::At(index), Data::List(items)) => items.get_mut(*index)?,
                _ => return None,
            };
        }
        Some(value)
    }

    pub fn local(&mut self, expression: &Expression) -> Found<Local> {
        self.spend(1)?;
        if self.depth == DEEPEST {
            return Err(not_modelled("an expression that lies so deep, or is made of itself"));
        }
        self.depth += 1;
        let found = self.found(expression);
        self.depth -= 1;
        found
    }

    fn found(&mut self, expression: &Expression) -> Found<Local> {
        Ok(Local::Value(match expression {
            Expression::Literal(value) => value.clone(),
            Expression::List(items) => {
                let items = items.iter().map(|item| self.value(item)).collect::<Found<_>>()?;
                Value { line: 0, data: Data::List(items) }
            }
            Expression::Object(items) => {
                let mut made = Vec::new();
                for (name, item) in items {
                    made.push((name.clone(), self.value(item)?));
                }
                Value { line: 0, data: Data::Object(made) }
            }
            Expression::Name(name, _) => return self.name(name),
            Expression::Member(of, name) => return self.member(of, name),
            Expression::Index(of, index) => {
                let index = self.value(index)?;
                let key = index.text().unwrap_or("").to_owned();
                return self.step(of, &key);
            }
            Expression::Find(of, item, condition, first) => return self.find(of, item, condition, *first),
            Expression::Push(of, new) => {
                let (place, new) = (self.local(of)?, self.value(new)?);
                let Local::Place(name, path) = place else { return Err(not_modelled("push to such a list")) };
                let Some(Value { data: Data::List(items), .. }) = self.at_mut(&name, &path) else {
                    return Err(throws("TypeError", "push is not a function"));
                };
                items.push(new);
                bare(&items.len().to_string())
            }
            Expression::Call(name, value) if name == "Error" => {
                let words = self.value(value)?;
                let words = words.text().filter(|words| *words != "undefined").unwrap_or("");
                error("Error", words, Vec::new())
            }
            Expression::Call(name, value) => {
                let value = self.value(value)?;
                converted(name, &value)
            }
            Expression::Choose(condition, one, other) => {
                let branch = if truthy(&self.value(condition)?) { one } else { other };
                return self.local(branch);
            }
            Expression::Optional(of, name) => {
                let nothing =
                    matches!(&self.value(of)?.data, Data::Bare(word) if word == "undefined" || word == "null");
                if nothing {
                    return Ok(Local::Value(bare("undefined")));
                }
                return self.member(of, name);
            }
            Expression::Not(value) => bare(if truthy(&self.value(value)?) { "false" } else { "true" }),
            Expression::Binary(left, op, right) => return self.binary(left, op, right),
            Expression::Assign(target, value, after) => {
                let before = if *after { bare("undefined") } else { self.value(target)? };
                let value = self.value(value)?;
                self.assign(target, value.clone())?;
                if *after { value } else { before }
            }
        }))
    }

    fn name(&mut self, name: &str) -> Found<Local> {
        if let Some((_, local)) = self.locals.iter().rev().find(|(known, _)| known == name) {
            let local = local.clone();
            if let Local::Value(value) = &local {
                self.spend(weight(value))?;
            }
            return Ok(local);
        }
        if self.app.data.iter().any(|(known, _)| known == name) {
            // Of a number or a text one gets the value as it is now, of anything else the thing itself.
            return Ok(match self.at(name, &[]) {
                Some(value) if matches!(value.data, Data::Bare(_) | Data::Text(_)) => Local::Value(value.clone()),
                _ => Local::Place(name.to_owned(), Vec::new()),
            });
        }
        if let Some((_, value)) = self.app.constants.iter().find(|(known, _)| known == name) {
            return self.local(value);
        }
        match name {
            "req" | "res" | "next" | "process" | "console" | "express" | "app" => {
                Err(not_modelled(&[name, " as a value"].concat()))
            }
            _ => Err(throws("ReferenceError", &[name, " is not defined"].concat())),
        }
    }

    fn member(&mut self, of: &Expression, name: &str) -> Found<Local> {
        let is = |expression: &Expression, sought: &str| matches!(expression, Expression::Name(n, _) if n == sought);
        if is(of, "req") {
            let Some((request, params)) = &self.request else { return Err(not_modelled("req")) };
            let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
            return Ok(Local::Value(match name {
                "params" => object(params.clone()),
                "query" => object(pairs(query)),
                "headers" => {
                    let lower = |(name, value): &Header| (name.to_ascii_lowercase(), value.clone().into_owned());
                    object(request.headers.iter().map(lower).collect())
                }
                "cookies" if self.app.cookies.is_some() => cookies(request.header("Cookie").unwrap_or(""))?,
                "cookies" => bare("undefined"),
                "body" => super::body::value(self.app, request)?,
                "method" => text(request.method.clone().into_owned()),
                "path" => text(path.to_owned()),
                "url" | "originalUrl" => text(request.target.clone()),
                _ => return Err(not_modelled(&["req.", name].concat())),
            }));
        }
        if matches!(of, Expression::Member(process, env) if env == "env" && is(process, "process")) {
            let Some(env) = self.env else { return Err(not_modelled("process.env")) };
            return Ok(Local::Value(env(name).map_or_else(|| bare("undefined"), text)));
        }
        self.step(of, name)
    }

    /// `of.key` or `of[key]`.
    fn step(&mut self, of: &Expression, key: &str) -> Found<Local> {
        let local = self.local(of)?;
        let value = match &local {
            Local::Value(value) => Some(value),
            Local::Place(name, path) => self.at(name, path),
            Local::Client(_) => return Err(not_modelled("this of a client")),
        };
        let found = match value.map(|value| &value.data) {
            Some(Data::List(items)) => match key.parse::<usize>() {
                Ok(at) if at < items.len() => Key::At(at),
                _ if key == "length" => return Ok(Local::Value(bare(&items.len().to_string()))),
                _ => return Ok(Local::Value(bare("undefined"))),
            },
            Some(Data::Object(_)) => Key::Field(key.to_owned()),
            Some(Data::Text(text)) if key == "length" => {
                return Ok(Local::Value(bare(&text.encode_utf16().count().to_string())));
            }
            Some(Data::Bare(word)) if !matches!(word.as_str(), "undefined" | "null") => {
                return Ok(Local::Value(bare("undefined")));
            }
            Some(Data::Text(_)) => return Ok(Local::Value(bare("undefined"))),
            Some(Data::Bare(word)) => return Err(unreadable(word, key)),
            None => return Err(unreadable("undefined", key)),
        };
        Ok(match local {
            Local::Place(name, mut path) => {
                path.push(found);
                match self.at(&name, &path) {
                    Some(value) if matches!(value.data, Data::Bare(_) | Data::Text(_)) => Local::Value(value.clone()),
                    Some(_) => Local::Place(name, path),
                    None => Local::Value(bare("undefined")),
                }
            }
            Local::Value(Value { data: Data::List(mut items), .. }) => match found {
                Key::At(at) => Local::Value(items.swap_remove(at)),
                Key::Field(_) => Local::Value(bare("undefined")),
            },
            Local::Value(value) => Local::Value(value.get(key).cloned().unwrap_or_else(|| bare("undefined"))),
            client @ Local::Client(_) => client,
        })
    }

    /// `of.find((item) => condition)`: the first such item or undefined; `filter`: all of them.
    fn find(&mut self, of: &Expression, item: &str, condition: &Expression, first: bool) -> Found<Local> {
        let list = self.local(of)?;
        let count = match &list {
            Local::Client(_) => 0,
            Local::Value(value) => value.items().len(),
            Local::Place(name, path) => self.at(name, path).map_or(0, |value| value.items().len()),
        };
        let mut kept = Vec::new();
        for index in 0..count {
            let one = match &list {
                Local::Client(_) => break,
                Local::Value(value) => Local::Value(value.items()[index].clone()),
                Local::Place(name, path) => {
                    Local::Place(name.clone(), path.iter().cloned().chain([Key::At(index)]).collect())
                }
            };
            self.locals.push((item.to_owned(), one.clone()));
            let fits = self.value(condition);
            self.locals.pop();
            if truthy(&fits?) {
                if first {
                    return Ok(one);
                }
                kept.push(self.copy(one)?);
            }
        }
        Ok(Local::Value(if first { bare("undefined") } else { Value { line: 0, data: Data::List(kept) } }))
    }

    fn binary(&mut self, left: &Expression, op: &str, right: &Expression) -> Found<Local> {
        let one = self.local(left)?;
        if matches!(op, "||" | "&&" | "??") {
            let value = self.copy(one.clone())?;
            let nothing = matches!(&value.data, Data::Bare(word) if word == "undefined" || word == "null");
            let keep = match op {
                "||" => truthy(&value),
                "&&" => !truthy(&value),
                _ => !nothing,
            };
            return if keep { Ok(one) } else { self.local(right) };
        }
        let other = self.local(right)?;
        let same_place = one == other && matches!(one, Local::Place(..));
        let (one, other) = (self.copy(one)?, self.copy(other)?);
        let truth = |is: bool| Ok(Local::Value(bare(if is { "true" } else { "false" })));
        let equal = same_place
            || match (&one.data, &other.data) {
                (Data::Bare(a), Data::Bare(b)) => a == b && a != "NaN",
                (Data::Text(a), Data::Text(b)) => a == b,
                (Data::Bare(a), Data::Text(b)) | (Data::Text(a), Data::Bare(b)) => op.len() == 2 && a == b,
                _ => false,
            };
        match op {
            "===" | "==" => return truth(equal),
            "!==" | "!=" => return truth(!equal),
            "+" if matches!(one.data, Data::Text(_)) || matches!(other.data, Data::Text(_)) => {
                return match (one.text(), other.text()) {
                    (Some(one), Some(other)) => Ok(Local::Value(text([one, other].concat()))),
                    _ => Err(not_modelled("an object as text")),
                };
            }
            _ => {}
        }
        let number = |value: &Value| value.text().and_then(|text| text.parse::<i64>().ok());
        let (Some(a), Some(b)) = (number(&one), number(&other)) else {
            return Err(not_modelled("calculating with anything but whole numbers"));
        };
        let sum = match op {
            "<" => return truth(a < b),
            ">" => return truth(a > b),
            "<=" => return truth(a <= b),
            ">=" => return truth(a >= b),
            "+" => a.checked_add(b),
            "-" => a.checked_sub(b),
            _ => a.checked_mul(b),
        };
        let sum = sum.ok_or_else(|| not_modelled("so large a number"))?;
        Ok(Local::Value(bare(&sum.to_string())))
    }

    fn assign(&mut self, target: &Expression, value: Value) -> Found<()> {
        if let Expression::Name(name, _) = target {
            if let Some((_, local)) = self.locals.iter_mut().rev().find(|(known, _)| known == name) {
                *local = Local::Value(value);
                return Ok(());
            }
            return match self.at_mut(name, &[]) {
                Some(place) => {
                    *place = value;
                    Ok(())
                }
                None => Err(throws("ReferenceError", &[name, " is not defined"].concat())),
            };
        }
        let (of, key) = match target {
            Expression::Member(of, name) => (of, name.clone()),
            Expression::Index(of, index) => (of, self.value(index)?.text().unwrap_or("").to_owned()),
            _ => return Err(not_modelled("such an assignment")),
        };
        let Local::Place(name, path) = self.local(of)? else {
            return Err(not_modelled("changing a value that is not the script's data"));
        };
        match self.at_mut(&name, &path) {
            Some(Value { data: Data::Object(items), .. }) => *field(items, &key) = value,
            _ => return Err(not_modelled("such an assignment")),
        }
        Ok(())
    }
}

fn not_modelled(what: &str) -> Fault {
    Fault::NotModelled(what.to_owned())
}

fn unreadable(word: &str, key: &str) -> Fault {
    throws("TypeError", &["Cannot read properties of ", word, " (reading '", key, "')"].concat())
}

/// An error of this kind is thrown.
pub fn throws(name: &str, message: &str) -> Fault {
    Fault::Throws(error(name, message, Vec::new()))
}

/// `req.cookies`: the header's pairs, as the module cookie-parser reads them; the first of a name counts.
fn cookies(header: &str) -> Found<Value> {
    let mut found: Vec<(String, String)> = Vec::new();
    for pair in header.split(';') {
        let Some((name, value)) = pair.split_once('=') else { continue };
        let (name, value) = (name.trim(), value.trim());
        if value.starts_with("j:") || value.starts_with("j%3A") {
            return Err(not_modelled("a cookie that holds JSON"));
        }
        let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
        if found.iter().all(|(known, _)| known != name) {
            found.push((name.to_owned(), unescaped(value)));
        }
    }
    Ok(object(found))
}
