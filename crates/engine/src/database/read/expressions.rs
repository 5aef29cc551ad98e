//! Expressions, by how tightly their operators bind (documentation, section 4.1.6, "Operator Precedence").

use super::super::error::{Fault, Sql};
use super::super::tokens::Kind;
use super::super::tree::{Is, Node};
use super::super::types::Type;
use super::{NO_FUNCTION, RESERVED, Reader};

fn node(at: usize, is: Is) -> Node {
    Node { at, is }
}

fn binary(at: usize, left: Node, sign: &'static str, right: Node) -> Node {
    node(at, Is::Binary(Box::new(left), sign, Box::new(right)))
}

impl Reader<'_> {
    pub(super) fn expression(&mut self) -> Sql<Node> {
        self.deeper()?;
        let mut left = self.conjunction()?;
        while self.is("or") {
            let at = self.here();
            self.at += 1;
            left = binary(at, left, "OR", self.conjunction()?);
        }
        self.depth -= 1;
        Ok(left)
    }

    fn conjunction(&mut self) -> Sql<Node> {
        let mut left = self.negation()?;
        while self.is("and") {
            let at = self.here();
            self.at += 1;
            left = binary(at, left, "AND", self.negation()?);
        }
        Ok(left)
    }

    fn negation(&mut self) -> Sql<Node> {
        let at = self.here();
        if self.take(&["not"]) {
            self.deeper()?;
            let value = self.negation()?;
            self.depth -= 1;
            return Ok(node(at, Is::Not(Box::new(value))));
        }
        self.is_something()
    }

    /// `IS NULL` and its like, which bind less tightly than comparisons.
    fn is_something(&mut self) -> Sql<Node> {
        let mut value = self.comparison()?;
        loop {
            let at = self.here();
            if self.take(&["isnull"]) {
                value = node(at, Is::IsNull(Box::new(value), true));
                continue;
            }
            if self.take(&["notnull"]) {
                value = node(at, Is::IsNull(Box::new(value), false));
                continue;
            }
            if !self.take(&["is"]) {
                return Ok(value);
            }
            let yes = !self.take(&["not"]);
            value = if self.take(&["null"]) {
                node(at, Is::IsNull(Box::new(value), yes))
            } else if self.is("true") || self.is("false") {
                let truth = self.is("true");
                self.at += 1;
                node(at, Is::IsBool(Box::new(value), truth, yes))
            } else if self.take(&["distinct"]) {
                self.want(&["from"])?;
                let other = self.comparison()?;
                node(at, Is::Distinct(Box::new(value), Box::new(other), yes))
            } else {
                return self.unexpected();
            };
        }
    }

    fn comparison(&mut self) -> Sql<Node> {
        const SIGNS: [(&str, &str); 7] =
            [("=", "="), ("<>", "<>"), ("!=", "<>"), ("<", "<"), (">", ">"), ("<=", "<="), (">=", ">=")];
        let left = self.membership()?;
        let at = self.here();
        let Some((_, sign)) = SIGNS.into_iter().find(|(written, _)| self.is_sign(written)) else { return Ok(left) };
        self.at += 1;
        let right = self.membership()?;
        // Comparisons do not associate: `a < b < c` is an error at the second one.
        if SIGNS.iter().any(|(written, _)| self.is_sign(written)) {
            return self.syntax();
        }
        Ok(binary(at, left, sign, right))
    }

    /// `IN`, `BETWEEN`, `LIKE`.
    fn membership(&mut self) -> Sql<Node> {
        let value = self.other()?;
        let at = self.here();
        let next = self.tokens.get(self.at + 1).map_or("", |token| token.text.as_str());
        let yes = !(self.is("not") && matches!(next, "in" | "between" | "like"));
        let start = self.at;
        self.at += usize::from(!yes);
        if self.take(&["in"]) {
            self.want_sign("(")?;
            if self.is("select") {
                let query = self.select()?;
                self.want_sign(")")?;
                return Ok(node(at, Is::InSelect(Box::new(value), Box::new(query), yes)));
            }
            let list = self.list()?;
            return Ok(node(at, Is::In(Box::new(value), list, yes)));
        }
        if self.take(&["between"]) {
            let plain = core::mem::replace(&mut self.plain, true);
            let low = self.other()?;
            self.plain = plain;
            self.want(&["and"])?;
            let high = self.other()?;
            let (above, joint, below) = if yes { (">=", "AND", "<=") } else { ("<", "OR", ">") };
            return Ok(binary(at, binary(at, value.clone(), above, low), joint, binary(at, value, below, high)));
        }
        if self.take(&["like"]) {
            let like = binary(at, value, "~~", self.other()?);
            return Ok(if yes { like } else { node(at, Is::Not(Box::new(like))) });
        }
        self.at = start;
        Ok(value)
    }

    /// `a, b)` after the bracket.
    fn list(&mut self) -> Sql<Vec<Node>> {
        let mut list = vec![self.expression()?];
        while self.sign(",") {
            list.push(self.expression()?);
        }
        self.want_sign(")")?;
        Ok(list)
    }

    fn other(&mut self) -> Sql<Node> {
        let mut left = self.sum()?;
        while self.is_sign("||") {
            let at = self.here();
            self.at += 1;
            left = binary(at, left, "||", self.sum()?);
        }
        Ok(left)
    }

    fn sum(&mut self) -> Sql<Node> {
        let mut left = self.product()?;
        while let Some(sign) = ["+", "-"].into_iter().find(|sign| self.is_sign(sign)) {
            let at = self.here();
            self.at += 1;
            left = binary(at, left, sign, self.product()?);
        }
        Ok(left)
    }

    fn product(&mut self) -> Sql<Node> {
        let mut left = self.signed()?;
        while let Some(sign) = ["*", "/", "%"].into_iter().find(|sign| self.is_sign(sign)) {
            let at = self.here();
            self.at += 1;
            left = binary(at, left, sign, self.signed()?);
        }
        Ok(left)
    }

    fn signed(&mut self) -> Sql<Node> {
        let at = self.here();
        if self.sign("-") {
            self.deeper()?;
            let value = self.signed()?;
            self.depth -= 1;
            return Ok(match value.is {
                Is::Number(digits) if !digits.starts_with('-') => node(at, Is::Number(["-", &digits].concat())),
                _ => node(at, Is::Minus(Box::new(value))),
            });
        }
        if self.sign("+") {
            return self.signed();
        }
        self.cast()
    }

    fn cast(&mut self) -> Sql<Node> {
        let mut value = self.primary()?;
        while self.is_sign("::") {
            let at = self.here();
            self.at += 1;
            let kind = self.kind()?;
            value = node(at, Is::Cast(Box::new(value), kind));
        }
        if self.is_sign("[") || self.is_sign("->") {
            return Err(Fault::not_modelled("arrays and JSON"));
        }
        Ok(value)
    }

    /// A type.
    pub(super) fn kind(&mut self) -> Sql<Type> {
        let (mut name, at) = self.name()?;
        for more in [["character", "varying"], ["double", "precision"]] {
            if name == more[0] && self.take(&more[1..]) {
                name = more.join(" ");
            }
        }
        let bracket = self.is_sign("(");
        if matches!(name.as_str(), "timestamp" | "time") {
            if self.take(&["with", "time", "zone"]) {
                name += " with time zone";
            } else if self.take(&["without", "time", "zone"]) {
                name += " without time zone";
            }
        }
        let varchar = matches!(name.as_str(), "varchar" | "character varying");
        if bracket && varchar {
            self.at += 1;
            if self.now().kind != Kind::Number {
                return self.unexpected();
            }
            let most = self.now().text.parse().ok();
            self.at += 1;
            self.want_sign(")")?;
            return Ok(Type::Varchar(most));
        }
        if self.is_sign("[") {
            return Err(Fault::not_modelled("arrays"));
        }
        match Type::named(&name) {
            Some(kind) if !bracket => Ok(kind),
            None if !bracket && !REAL_TYPES.contains(&name.as_str()) => {
                self.error("42704", at, &["type \"", &name, "\" does not exist"])
            }
            _ => Err(Fault::NotModelled(["the type ", &name].concat())),
        }
    }

    fn primary(&mut self) -> Sql<Node> {
        let token = self.now().clone();
        let at = token.at;
        self.at += 1;
        let is = match (token.kind, token.text.as_str()) {
            (Kind::Text, _) => Is::Text(token.text),
            (Kind::Number, _) => Is::Number(token.text),
            (Kind::Param, number) => Is::Param(number.parse().unwrap_or(usize::MAX)),
            (Kind::Sign, "(") => {
                if self.is("select") {
                    let query = self.select()?;
                    self.want_sign(")")?;
                    return Ok(node(at, Is::Scalar(Box::new(query))));
                }
                let plain = core::mem::take(&mut self.plain);
                let value = self.expression()?;
                self.plain = plain;
                if self.is_sign(",") {
                    return Err(Fault::not_modelled("values of several columns"));
                }
                self.want_sign(")")?;
                return Ok(value);
            }
            (Kind::Word, "null") => Is::Null,
            (Kind::Word, "true") => Is::Bool(true),
            (Kind::Word, "false") => Is::Bool(false),
            (Kind::Word, "default") if !self.plain => Is::Default,
            // On the right of an operator it takes all that binds more tightly.
            (Kind::Word, "not") if !self.plain => {
                self.at -= 1;
                return self.negation();
            }
            (Kind::Word, "current_timestamp") => Is::Call("now".into(), Vec::new()),
            (Kind::Word, "current_user" | "session_user" | "user") => Is::Call("current_user".into(), Vec::new()),
            (Kind::Word, "exists") if self.is_sign("(") => {
                self.at += 1;
                if !self.is("select") {
                    return self.unexpected();
                }
                let query = self.select()?;
                self.want_sign(")")?;
                Is::Exists(Box::new(query))
            }
            (Kind::Word, "cast") => {
                self.want_sign("(")?;
                let value = self.expression()?;
                self.want(&["as"])?;
                let kind = self.kind()?;
                self.want_sign(")")?;
                Is::Cast(Box::new(value), kind)
            }
            // `interval '7 days'` and its like: a type before a text.
            (Kind::Word, name) if self.now().kind == Kind::Text && Type::named(name).is_some() => {
                let text = node(self.here(), Is::Text(self.now().text.clone()));
                let kind = Type::named(name).unwrap_or(Type::Unknown);
                self.at += 1;
                Is::Cast(Box::new(text), kind)
            }
            (Kind::Word | Kind::Quoted, _) => {
                let reserved =
                    RESERVED.iter().position(|word| *word == token.text).filter(|_| token.kind == Kind::Word);
                match reserved {
                    Some(at) if at < NO_FUNCTION => {
                        self.at -= 1;
                        return self.unexpected();
                    }
                    Some(_) if !self.is_sign("(") && self.now().kind != Kind::Text => return self.syntax(),
                    _ => {}
                }
                return self.named(token.text, at);
            }
            _ => {
                self.at -= 1;
                return self.unexpected();
            }
        };
        Ok(node(at, is))
    }

    /// A column, or a call.
    fn named(&mut self, name: String, at: usize) -> Sql<Node> {
        // A name before a text is a type.
        if self.now().kind == Kind::Text {
            return match REAL_TYPES.contains(&name.as_str()) {
                true => Err(Fault::NotModelled(["the type ", &name].concat())),
                false => self.error("42704", at, &["type \"", &name, "\" does not exist"]),
            };
        }
        if self.sign("(") {
            if self.take(&["distinct"]) || self.take(&["all"]) {
                return Err(Fault::not_modelled("DISTINCT in a call"));
            }
            if self.sign("*") {
                self.want_sign(")")?;
                return self.called(node(at, Is::CountAll), &name);
            }
            let arguments = if self.sign(")") { Vec::new() } else { self.list()? };
            return self.called(node(at, Is::Call(name.clone(), arguments)), &name);
        }
        if self.sign(".") {
            if self.is_sign("*") {
                return self.unexpected();
            }
            let token = self.now().clone();
            if !matches!(token.kind, Kind::Word | Kind::Quoted) {
                return self.unexpected();
            }
            self.at += 1;
            if self.sign("(") {
                let _ = self.sign(")") || {
                    self.list()?;
                    true
                };
                return self.error("3F000", at, &["schema \"", &name, "\" does not exist"]);
            }
            return Ok(node(at, Is::Name(Some(name), token.text)));
        }
        Ok(node(at, Is::Name(None, name)))
    }

    fn called(&mut self, call: Node, name: &str) -> Sql<Node> {
        if call.is == Is::CountAll && name != "count" {
            return Err(Fault::NotModelled([name, "(*)"].concat()));
        }
        if self.is("over") || self.is("filter") || self.is("within") {
            return self.unexpected();
        }
        Ok(call)
    }
}

/// Types that exist and are not modelled.
const REAL_TYPES: &[&str] = &[
    "smallint",
    "int2",
    "real",
    "float4",
    "float8",
    "float",
    "double precision",
    "numeric",
    "decimal",
    "money",
    "char",
    "character",
    "bpchar",
    "bytea",
    "timestamp",
    "timestamp without time zone",
    "date",
    "time",
    "timetz",
    "time with time zone",
    "time without time zone",
    "uuid",
    "json",
    "jsonb",
    "xml",
    "inet",
    "cidr",
    "macaddr",
    "bit",
    "varbit",
    "tsvector",
    "tsquery",
    "point",
    "line",
    "lseg",
    "box",
    "path",
    "polygon",
    "circle",
    "oid",
    "name",
    "regclass",
    "int4range",
    "int8range",
    "tstzrange",
    "smallserial",
    "citext",
    "hstore",
];
