//! Expressions and their types.

use super::super::error::{Fault, Sql};
use super::super::plan::{Aggregate, Expr, Function};
use super::super::tree::{Is, Node};
use super::super::types::{Type, Value};
use super::{Analyzer, Typed};

const CASTS: &str = "No operator matches the given name and argument types. You might need to add explicit type casts.";
const NO_FUNCTION: &str =
    "No function matches the given name and argument types. You might need to add explicit type casts.";

/// Real functions that are not modelled.
const REAL: &[&str] = &[
    "avg",
    "round",
    "random",
    "concat",
    "concat_ws",
    "format",
    "substr",
    "substring",
    "strpos",
    "replace",
    "trim",
    "ltrim",
    "rtrim",
    "btrim",
    "left",
    "right",
    "repeat",
    "reverse",
    "split_part",
    "md5",
    "sha256",
    "encode",
    "decode",
    "greatest",
    "least",
    "date_trunc",
    "date_part",
    "extract",
    "age",
    "to_char",
    "to_timestamp",
    "to_date",
    "string_agg",
    "array_agg",
    "bool_and",
    "bool_or",
    "every",
    "row_number",
    "rank",
    "generate_series",
    "gen_random_uuid",
    "clock_timestamp",
    "statement_timestamp",
    "nextval",
    "currval",
    "lastval",
    "setval",
    "ceil",
    "floor",
    "mod",
    "power",
    "sqrt",
    "version",
    "row_to_json",
    "to_json",
    "to_jsonb",
    "initcap",
    "lpad",
    "rpad",
    "char_length",
    "octet_length",
    "cardinality",
    "unnest",
    "txid_current",
    "stddev",
    "variance",
    "exists",
    "any",
    "hashtext",
    "set_config",
    "current_setting",
];

impl Analyzer<'_> {
    pub(in super::super) fn expr(&mut self, node: &Node) -> Sql<Typed> {
        let at = node.at;
        let begin = start(node);
        let typed = |expr, kind| Ok(Typed { expr, kind, at: begin });
        match &node.is {
            Is::Null => typed(Expr::Value(Value::Null), Type::Unknown),
            Is::Bool(truth) => typed(Expr::Value(Value::Bool(*truth)), Type::Boolean),
            Is::Text(text) => typed(Expr::Text(text.clone()), Type::Unknown),
            Is::Number(digits) => match digits.parse::<i64>() {
                Ok(number) => {
                    let kind = if Type::Integer.holds(number) { Type::Integer } else { Type::Bigint };
                    typed(Expr::Value(Value::Int(number)), kind)
                }
                Err(_) => Err(Fault::not_modelled("numbers that are not whole or do not fit bigint")),
            },
            Is::Param(number) => self.param(*number, at),
            Is::Name(table, name) => self.column(table.as_deref(), name, at),
            Is::Not(value) => {
                let value = self.truth(value, "NOT")?;
                typed(Expr::Not(Box::new(value)), Type::Boolean)
            }
            Is::Minus(value) => {
                let mut value = self.expr(value)?;
                if value.kind == Type::Unknown {
                    return Err(Fault::not_modelled("- before a text"));
                }
                if !value.kind.is_number() {
                    return self.hinted("42883", at, &["operator does not exist: - ", &value.kind.plain()], NO_PREFIX);
                }
                value.expr = Expr::Minus(Box::new(value.expr), value.kind);
                typed(value.expr, value.kind)
            }
            Is::Binary(left, sign @ ("AND" | "OR"), right) => {
                let (left, right) = (self.truth(left, sign)?, self.truth(right, sign)?);
                typed(Expr::Logic(Box::new(left), *sign == "AND", Box::new(right)), Type::Boolean)
            }
            Is::Binary(left, sign, right) => {
                let (one, other) = (self.expr(left)?, self.expr(right)?);
                Ok(Typed { at: begin, ..self.binary(one, sign, other, at)? })
            }
            Is::IsNull(value, yes) => {
                let value = self.settled(value)?;
                typed(Expr::IsNull(Box::new(value.expr), *yes), Type::Boolean)
            }
            Is::IsBool(value, truth, yes) => {
                let clause = match (truth, yes) {
                    (true, true) => "IS TRUE",
                    (true, false) => "IS NOT TRUE",
                    (false, true) => "IS FALSE",
                    (false, false) => "IS NOT FALSE",
                };
                let value = self.truth(value, clause)?;
                typed(Expr::IsBool(Box::new(value), *truth, *yes), Type::Boolean)
            }
            Is::Distinct(left, right, yes) => {
                let (one, other) = (self.expr(left)?, self.expr(right)?);
                let (one, other) = self.alike(one, "=", other, at)?;
                typed(Expr::Distinct(Box::new(one.expr), Box::new(other.expr), *yes), Type::Boolean)
            }
            Is::In(value, list, yes) => self.in_list(value, list, *yes, at),
            Is::InSelect(value, query, yes) => {
                let value = self.expr(value)?;
                let mut query = self.query(query)?;
                let few = query.items.is_empty();
                let [shown] = &mut query.items[..] else {
                    return self.error(
                        "42601",
                        at,
                        &["subquery has too ", if few { "few" } else { "many" }, " columns"],
                    );
                };
                let other = Typed { expr: shown.value.clone(), kind: shown.kind, at };
                let (one, other) = self.alike(value, "=", other, at)?;
                shown.value = other.expr;
                typed(Expr::Among(Box::new(one.expr), Box::new(query), *yes), Type::Boolean)
            }
            Is::Scalar(query) => {
                let query = self.query(query)?;
                let kind = match &query.items[..] {
                    [shown] => shown.kind,
                    _ => return self.error("42601", at, &["subquery must return only one column"]),
                };
                typed(Expr::Scalar(Box::new(query)), kind)
            }
            Is::Exists(query) => {
                let query = self.query(query)?;
                typed(Expr::Exists(Box::new(query)), Type::Boolean)
            }
            Is::Cast(value, kind) => self.cast(value, *kind, at),
            Is::CountAll => self.aggregate("count", None, Type::Bigint, at),
            Is::Call(name, arguments) => self.call(name, arguments, at),
            Is::Default => self.error("42601", at, &["DEFAULT is not allowed in this context"]),
        }
    }

    fn param(&mut self, number: usize, at: usize) -> Sql<Typed> {
        if !self.open || number == 0 || number > 1_000 {
            return self.error("42P02", at, &["there is no parameter $", &number.to_string()]);
        }
        if self.params.len() < number {
            self.params.resize(number, Type::Unknown);
        }
        Ok(Typed { expr: Expr::Param(number - 1), kind: self.params[number - 1], at })
    }

    /// An expression whose type is text where nothing says otherwise.
    pub(super) fn settled(&mut self, node: &Node) -> Sql<Typed> {
        let typed = self.expr(node)?;
        if typed.kind == Type::Unknown { self.become_of(typed, Type::Text) } else { Ok(typed) }
    }

    /// A condition.
    pub(in super::super) fn truth(&mut self, node: &Node, clause: &str) -> Sql<Expr> {
        let typed = self.expr(node)?;
        match typed.kind {
            Type::Boolean => Ok(typed.expr),
            Type::Unknown => Ok(self.become_of(typed, Type::Boolean)?.expr),
            kind => {
                let parts = ["argument of ", clause, " must be type boolean, not type ", &kind.plain()];
                self.error("42804", typed.at, &parts)
            }
        }
    }

    /// A text or a parameter of unknown type becomes one of this type.
    pub(super) fn become_of(&mut self, typed: Typed, kind: Type) -> Sql<Typed> {
        let expr = match typed.expr {
            Expr::Text(text) => match kind.read(&text) {
                Ok(value) => Expr::Value(value),
                Err(Fault::Error(error)) => return Err(Fault::error(error.at(self.text, typed.at))),
                Err(other) => return Err(other),
            },
            Expr::Param(i) => {
                let known = &mut self.params[i];
                // The length of a varchar is no part of a parameter's type.
                let kind = if let Type::Varchar(_) = kind { Type::Varchar(None) } else { kind };
                if *known == Type::Unknown {
                    *known = kind;
                } else if *known != kind {
                    let number = (i + 1).to_string();
                    let detail = [known.plain(), " versus ".to_owned(), kind.plain()].concat();
                    let fault = self.fault("42P08", typed.at, &["inconsistent types deduced for parameter $", &number]);
                    return match fault {
                        Fault::Error(error) => Err(Fault::error(error.detail(&[&detail]))),
                        other => Err(other),
                    };
                }
                Expr::Param(i)
            }
            other => other,
        };
        Ok(Typed { expr, kind, at: typed.at })
    }

    /// Two values that can be compared; or there is no such operator.
    pub(super) fn alike(&mut self, one: Typed, sign: &str, other: Typed, at: usize) -> Sql<(Typed, Typed)> {
        let (a, b) = (one.kind, other.kind);
        match (a, b) {
            (Type::Unknown, Type::Unknown) => {
                Ok((self.become_of(one, Type::Text)?, self.become_of(other, Type::Text)?))
            }
            (Type::Unknown, kind) => Ok((self.become_of(one, plain_text(kind))?, other)),
            (kind, Type::Unknown) => Ok((one, self.become_of(other, plain_text(kind))?)),
            _ if a == b || (a.is_number() && b.is_number()) || (a.is_text() && b.is_text()) => Ok((one, other)),
            _ => {
                let parts = ["operator does not exist: ", &a.plain(), " ", sign, " ", &b.plain()];
                self.hinted("42883", at, &parts, CASTS)
            }
        }
    }

    fn binary(&mut self, one: Typed, sign: &'static str, other: Typed, at: usize) -> Sql<Typed> {
        let typed = |expr, kind| Ok(Typed { expr, kind, at });
        if matches!(sign, "=" | "<>" | "<" | ">" | "<=" | ">=") {
            let (one, other) = self.alike(one, sign, other, at)?;
            return typed(Expr::Compare(Box::new(one.expr), sign, Box::new(other.expr)), Type::Boolean);
        }
        let none = |this: &Self, a: Type, b: Type| {
            this.hinted("42883", at, &["operator does not exist: ", &a.plain(), " ", sign, " ", &b.plain()], CASTS)
        };
        let (a, b) = (one.kind, other.kind);
        if matches!(sign, "||" | "~~") {
            let texts = |kind: Type| kind.is_text() || kind == Type::Unknown;
            if (sign == "||" && !texts(a) && !texts(b)) || (sign == "~~" && !(texts(a) && texts(b))) {
                return none(self, a, b);
            }
            let one = if a == Type::Unknown { self.become_of(one, Type::Text)? } else { one };
            let other = if b == Type::Unknown { self.become_of(other, Type::Text)? } else { other };
            let (one, other) = (Box::new(one.expr), Box::new(other.expr));
            return match sign {
                "||" => typed(Expr::Concat(one, other), Type::Text),
                _ => typed(Expr::Like(one, other), Type::Boolean),
            };
        }
        let time = |kind| matches!(kind, Type::Timestamptz | Type::Interval);
        if time(a) || time(b) {
            let pair = match (a, sign, b) {
                (Type::Timestamptz, "+" | "-", Type::Unknown) => (a, Type::Interval),
                (Type::Unknown, "+", Type::Timestamptz) => (Type::Interval, b),
                (Type::Interval, _, Type::Unknown) | (Type::Unknown, _, Type::Interval) => {
                    return Err(Fault::not_modelled("calculating with spans"));
                }
                pair => (pair.0, pair.2),
            };
            let kind = match (pair.0, sign, pair.1) {
                (Type::Timestamptz, "+" | "-", Type::Interval) | (Type::Interval, "+", Type::Timestamptz) => {
                    Type::Timestamptz
                }
                (Type::Timestamptz, "-", Type::Timestamptz) | (Type::Interval, "+" | "-", Type::Interval) => {
                    Type::Interval
                }
                _ => return none(self, a, b),
            };
            let (one, other) = (self.become_of(one, pair.0)?, self.become_of(other, pair.1)?);
            return typed(Expr::Shift(Box::new(one.expr), sign, Box::new(other.expr)), kind);
        }
        let kind = match (a, b) {
            (Type::Unknown, kind) | (kind, Type::Unknown) if kind.is_number() => kind,
            (Type::Integer, Type::Integer) => Type::Integer,
            _ if a.is_number() && b.is_number() => Type::Bigint,
            (Type::Unknown, Type::Unknown) => {
                let parts = ["operator is not unique: unknown ", sign, " unknown"];
                let hint = "Could not choose a best candidate operator. You might need to add explicit type casts.";
                return self.hinted("42725", at, &parts, hint);
            }
            _ => return none(self, a, b),
        };
        let one = if a == Type::Unknown { self.become_of(one, kind)? } else { one };
        let other = if b == Type::Unknown { self.become_of(other, kind)? } else { other };
        typed(Expr::Sum(Box::new(one.expr), sign, Box::new(other.expr), kind), kind)
    }

    fn in_list(&mut self, value: &Node, list: &[Node], yes: bool, at: usize) -> Sql<Typed> {
        let mut value = self.expr(value)?;
        let mut items = Vec::new();
        for item in list {
            items.push(self.expr(item)?);
        }
        // Each is compared by itself; a value of unknown type takes that of the first that has one.
        let first = items.iter().map(|item| item.kind).find(|kind| *kind != Type::Unknown);
        if value.kind == Type::Unknown {
            value = self.become_of(value, first.unwrap_or(Type::Text))?;
        }
        let sign = if yes { "=" } else { "<>" };
        let mut found = Vec::new();
        for item in items {
            found.push(self.alike(value.clone(), sign, item, at)?.1.expr);
        }
        Ok(Typed { expr: Expr::In(Box::new(value.expr), found, yes), kind: Type::Boolean, at: value.at })
    }

    fn cast(&mut self, node: &Node, kind: Type, at: usize) -> Sql<Typed> {
        let start = start(node);
        let value = self.expr(node)?;
        let from = value.kind;
        // What is too long for a varchar is cut off where that was asked for.
        if let Type::Varchar(Some(most)) = kind {
            let text = if from == Type::Unknown { self.become_of(value, Type::Text)? } else { value };
            let text = Expr::Cast(Box::new(text.expr), Type::Text);
            return Ok(Typed { expr: Expr::Cut(Box::new(text), most), kind, at: start });
        }
        if from == Type::Unknown {
            let value = self.become_of(value, kind)?;
            return Ok(Typed { at: start, ..value });
        }
        let fits = from == kind
            || kind.is_text()
            || from.is_text()
            || (from.is_number() && kind.is_number())
            || matches!((from, kind), (Type::Integer, Type::Boolean) | (Type::Boolean, Type::Integer));
        if !fits {
            return self.error("42846", at, &["cannot cast type ", &from.plain(), " to ", &kind.plain()]);
        }
        Ok(Typed { expr: Expr::Cast(Box::new(value.expr), kind), kind, at: start })
    }

    /// A value that is put into a column: what may be converted by itself is.
    pub(in super::super) fn assigned(&mut self, typed: Typed, column: &str, kind: Type) -> Sql<Expr> {
        let from = typed.kind;
        if from == Type::Unknown {
            if let Type::Varchar(Some(_)) = kind {
                let text = self.become_of(typed, Type::Varchar(None))?;
                return Ok(Expr::Cast(Box::new(text.expr), kind));
            }
            return Ok(self.become_of(typed, kind)?.expr);
        }
        if from == kind {
            return Ok(typed.expr);
        }
        if kind.is_text() || (from.is_number() && kind.is_number()) {
            return Ok(Expr::Cast(Box::new(typed.expr), kind));
        }
        let parts =
            ["column \"", column, "\" is of type ", &kind.plain(), " but expression is of type ", &from.plain()];
        self.hinted("42804", typed.at, &parts, "You will need to rewrite or cast the expression.")
    }

    fn aggregate(&mut self, name: &'static str, of: Option<Expr>, kind: Type, at: usize) -> Sql<Typed> {
        let clause = self.level().clause;
        if self.level().inside {
            return self.error("42803", at, &["aggregate function calls cannot be nested"]);
        }
        let Some(aggregates) = &mut self.level().aggregates else {
            return self.error("42803", at, &["aggregate functions are not allowed in ", clause]);
        };
        aggregates.push(Aggregate { name, of });
        let expr = Expr::Aggregate(aggregates.len() - 1);
        Ok(Typed { expr, kind, at })
    }

    fn call(&mut self, name: &str, arguments: &[Node], at: usize) -> Sql<Typed> {
        if let Some(name) = ["count", "sum", "min", "max"].into_iter().find(|known| *known == name)
            && let [of] = arguments
        {
            let inside = core::mem::replace(&mut self.level().inside, true);
            let of = self.settled(of);
            self.level().inside = inside;
            let of = of?;
            let kind = match (name, of.kind) {
                ("count", _) => Type::Bigint,
                ("sum", Type::Integer) => Type::Bigint,
                ("sum", Type::Bigint) => return Err(Fault::not_modelled("sums of bigint, which are numeric")),
                ("sum", kind) => return self.no_function(name, &[kind], at),
                (_, Type::Boolean) => return self.no_function(name, &[of.kind], at),
                (_, Type::Varchar(_)) => Type::Text,
                (_, kind) => kind,
            };
            return self.aggregate(name, Some(of.expr), kind, at);
        }
        let mut found = Vec::new();
        for argument in arguments {
            found.push(self.expr(argument)?);
        }
        let kinds: Vec<Type> = found.iter().map(|typed| typed.kind).collect();
        let text = |kind: &Type| kind.is_text() || *kind == Type::Unknown;
        let (function, kind) = match (name, &kinds[..]) {
            ("now" | "transaction_timestamp", []) => (Function::Now, Type::Timestamptz),
            ("current_user", []) => (Function::User, Type::Text),
            ("current_database", []) => (Function::Database, Type::Text),
            ("length", [kind]) if text(kind) => (Function::Length, Type::Integer),
            ("lower", [kind]) if text(kind) => (Function::Lower, Type::Text),
            ("upper", [kind]) if text(kind) => (Function::Upper, Type::Text),
            ("abs", [kind]) if kind.is_number() => (Function::Abs, *kind),
            ("coalesce", [_, ..]) => return self.coalesce(found, at),
            ("nullif", [_, _]) => {
                let other = found.pop().expect("two");
                let one = found.pop().expect("two");
                let (one, other) = self.alike(one, "=", other, at)?;
                let kind = if one.kind == Type::Unknown { Type::Text } else { one.kind };
                return Ok(Typed { expr: Expr::Call(Function::Nullif, vec![one.expr, other.expr]), kind, at });
            }
            _ if REAL.contains(&name) || name.starts_with("pg_") || name.starts_with("json") => {
                return Err(Fault::NotModelled(["the function ", name].concat()));
            }
            _ => return self.no_function(name, &kinds, at),
        };
        let mut values = Vec::new();
        for typed in found {
            values.push(if typed.kind == Type::Unknown { self.become_of(typed, Type::Text)? } else { typed }.expr);
        }
        Ok(Typed { expr: Expr::Call(function, values), kind, at })
    }

    fn no_function<T>(&self, name: &str, kinds: &[Type], at: usize) -> Sql<T> {
        let kinds: Vec<String> = kinds.iter().map(|kind| kind.plain()).collect();
        let parts = ["function ", name, "(", &kinds.join(", "), ") does not exist"];
        self.hinted("42883", at, &parts, NO_FUNCTION)
    }

    /// Of several values the first that there is; they share a type.
    fn coalesce(&mut self, found: Vec<Typed>, at: usize) -> Sql<Typed> {
        let mut kind = Type::Unknown;
        for typed in &found {
            kind = match (kind, typed.kind) {
                (Type::Unknown, other) | (other, Type::Unknown) => other,
                (a, b) if a.is_number() && b.is_number() => {
                    if a == b {
                        a
                    } else {
                        Type::Bigint
                    }
                }
                (a, b) if a == b => a,
                (a, b) if a.is_text() && b.is_text() => Type::Text,
                (a, b) => {
                    let parts = ["COALESCE types ", &a.plain(), " and ", &b.plain(), " cannot be matched"];
                    return self.error("42804", typed.at, &parts);
                }
            };
        }
        let kind = if kind == Type::Unknown { Type::Text } else { kind };
        let mut values = Vec::new();
        for typed in found {
            values.push(if typed.kind == Type::Unknown { self.become_of(typed, kind)? } else { typed }.expr);
        }
        Ok(Typed { expr: Expr::Call(Function::Coalesce, values), kind, at })
    }
}

const NO_PREFIX: &str =
    "No operator matches the given name and argument type. You might need to add an explicit type cast.";

/// A column that is a varchar is compared as a text.
const fn plain_text(kind: Type) -> Type {
    if let Type::Varchar(_) = kind { Type::Text } else { kind }
}

/// Where an expression begins: of an operator, where its left side does (`exprLocation`).
pub(super) fn start(node: &Node) -> usize {
    match &node.is {
        Is::Binary(left, ..)
        | Is::IsNull(left, _)
        | Is::IsBool(left, ..)
        | Is::Distinct(left, ..)
        | Is::In(left, ..) => start(left).min(node.at),
        Is::Cast(value, _) => start(value).min(node.at),
        _ => node.at,
    }
}
