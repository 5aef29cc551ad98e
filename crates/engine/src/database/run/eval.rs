//! What an expression is worth. No value makes no value, and a condition that is neither true nor false.

use super::super::error::{Fault, Sql};
use super::super::plan::{Expr, Function, Query};
use super::super::types::{Type, Value};
use super::{Look, Rows};
use core::cmp::Ordering;

impl Look<'_> {
    /// Whether a condition is true.
    pub fn holds(&self, expr: &Expr, rows: &Rows<'_>) -> Sql<bool> {
        Ok(self.eval(expr, rows)? == Value::Bool(true))
    }

    /// Whether a condition is true, where there is one.
    pub fn fits(&self, expr: Option<&Expr>, rows: &Rows<'_>) -> Sql<bool> {
        expr.map_or(Ok(true), |expr| self.holds(expr, rows))
    }

    pub fn eval(&self, expr: &Expr, rows: &Rows<'_>) -> Sql<Value> {
        self.spend(1)?;
        let truth = |truth: Option<bool>| Ok(truth.map_or(Value::Null, Value::Bool));
        Ok(match expr {
            Expr::Value(value) => value.clone(),
            Expr::Text(text) => Value::Text(text.as_str().into()),
            Expr::Param(i) => self.params.get(*i).cloned().unwrap_or(Value::Null),
            Expr::Column(up, table, column) => {
                let mut at = rows;
                for _ in 0..*up {
                    at = at.outer.unwrap_or(at);
                }
                at.rows.get(*table).and_then(|row| row.get(*column)).cloned().unwrap_or(Value::Null)
            }
            Expr::Aggregate(i) => rows.aggregates.get(*i).cloned().unwrap_or(Value::Null),
            Expr::Not(value) => match self.eval(value, rows)? {
                Value::Bool(truth) => Value::Bool(!truth),
                _ => Value::Null,
            },
            Expr::Minus(value, kind) => match self.eval(value, rows)? {
                Value::Int(number) => fitting(number.checked_neg(), *kind)?,
                _ => Value::Null,
            },
            Expr::Logic(left, and, right) => {
                let one = self.eval(left, rows)?;
                if one == Value::Bool(!and) {
                    return Ok(one);
                }
                match (one, self.eval(right, rows)?) {
                    (_, other) if other == Value::Bool(!and) => other,
                    (Value::Null, _) | (_, Value::Null) => Value::Null,
                    _ => Value::Bool(*and),
                }
            }
            Expr::Compare(left, sign, right) => {
                return truth(compared(&self.eval(left, rows)?, sign, &self.eval(right, rows)?));
            }
            Expr::Sum(left, sign, right, kind) => {
                let (Value::Int(a), Value::Int(b)) = (self.eval(left, rows)?, self.eval(right, rows)?) else {
                    return Ok(Value::Null);
                };
                if matches!(*sign, "/" | "%") && b == 0 {
                    return Err(Fault::of("22012", &["division by zero"]));
                }
                let sum = match *sign {
                    "+" => a.checked_add(b),
                    "-" => a.checked_sub(b),
                    "*" => a.checked_mul(b),
                    "/" => a.checked_div(b),
                    _ => Some(a.checked_rem(b).unwrap_or(0)),
                };
                fitting(sum, *kind)?
            }
            Expr::Shift(left, sign, right) => {
                let number = |value: &Value| match value {
                    Value::Time(micros) | Value::Span(micros) => Some(*micros),
                    _ => None,
                };
                let (one, other) = (self.eval(left, rows)?, self.eval(right, rows)?);
                let (Some(a), Some(b)) = (number(&one), number(&other)) else { return Ok(Value::Null) };
                let sum = if *sign == "+" { a.checked_add(b) } else { a.checked_sub(b) };
                let sum = sum.ok_or_else(|| Fault::of("22008", &["timestamp out of range"]))?;
                match (&one, &other) {
                    (Value::Time(_), Value::Span(_)) | (Value::Span(_), Value::Time(_)) => Value::Time(sum),
                    _ => Value::Span(sum),
                }
            }
            Expr::Concat(left, right) => {
                let (one, other) = (self.eval(left, rows)?, self.eval(right, rows)?);
                match (as_text(one), as_text(other)) {
                    (Some(one), Some(other)) => Value::Text([one, other].concat().into()),
                    _ => Value::Null,
                }
            }
            Expr::Like(left, right) => match (self.eval(left, rows)?, self.eval(right, rows)?) {
                (Value::Text(text), Value::Text(pattern)) => {
                    let (text, pattern): (Vec<char>, Vec<char>) = (text.chars().collect(), pattern.chars().collect());
                    Value::Bool(self.like(&text, &pattern)?)
                }
                _ => Value::Null,
            },
            Expr::IsNull(value, yes) => Value::Bool(self.eval(value, rows)?.is_null() == *yes),
            Expr::IsBool(value, wanted, yes) => Value::Bool((self.eval(value, rows)? == Value::Bool(*wanted)) == *yes),
            Expr::Distinct(left, right, yes) => {
                Value::Bool((self.eval(left, rows)? != self.eval(right, rows)?) == *yes)
            }
            Expr::In(value, list, yes) => {
                let value = self.eval(value, rows)?;
                let mut others = Vec::new();
                for item in list {
                    others.push(self.eval(item, rows)?);
                }
                among(&value, others, *yes)
            }
            Expr::Scalar(query) => {
                let found = self.rows(query, Some(rows), 2)?;
                match &found[..] {
                    [] => Value::Null,
                    [row] => row.values[0].clone(),
                    _ => {
                        return Err(Fault::of(
                            "21000",
                            &["more than one row returned by a subquery used as an expression"],
                        ));
                    }
                }
            }
            Expr::Exists(query) => Value::Bool(!self.rows(query, Some(rows), 1)?.is_empty()),
            Expr::Among(value, query, yes) => {
                let value = self.eval(value, rows)?;
                among(&value, self.column(query, rows)?, *yes)
            }
            Expr::Cast(value, kind) => kind.take(self.eval(value, rows)?)?,
            Expr::Cut(value, most) => match self.eval(value, rows)? {
                Value::Text(text) => Value::Text(text.chars().take(*most as usize).collect::<String>().into()),
                other => other,
            },
            Expr::Call(function, arguments) => return self.call(*function, arguments, rows),
        })
    }

    fn column(&self, query: &Query, rows: &Rows<'_>) -> Sql<Vec<Value>> {
        let found = self.rows(query, Some(rows), usize::MAX)?;
        Ok(found.into_iter().filter_map(|row| row.values.into_iter().next()).collect())
    }

    fn call(&self, function: Function, arguments: &[Expr], rows: &Rows<'_>) -> Sql<Value> {
        if function == Function::Coalesce {
            for argument in arguments {
                let value = self.eval(argument, rows)?;
                if !value.is_null() {
                    return Ok(value);
                }
            }
            return Ok(Value::Null);
        }
        let mut values = Vec::new();
        for argument in arguments {
            values.push(self.eval(argument, rows)?);
        }
        Ok(match (function, &values[..]) {
            (Function::Now, _) => Value::Time(self.now),
            (Function::User, _) => Value::Text(self.user.into()),
            (Function::Database, _) => Value::Text(self.base.name.as_str().into()),
            (Function::Length, [Value::Text(text)]) => Value::Int(text.chars().count() as i64),
            (Function::Lower, [Value::Text(text)]) => Value::Text(text.to_lowercase().into()),
            (Function::Upper, [Value::Text(text)]) => Value::Text(text.to_uppercase().into()),
            (Function::Abs, [Value::Int(number)]) => Value::Int(number.saturating_abs()),
            (Function::Nullif, [one, other]) if compared(one, "=", other) == Some(true) => Value::Null,
            (Function::Nullif, [one, _]) => one.clone(),
            _ => Value::Null,
        })
    }

    /// `LIKE`: `%` stands for anything, `_` for one character, a backslash takes the next one as it is.
    fn like(&self, text: &[char], pattern: &[char]) -> Sql<bool> {
        self.spend(1)?;
        match pattern.split_first() {
            None => Ok(text.is_empty()),
            Some(('%', rest)) => {
                for from in 0..=text.len() {
                    if self.like(&text[from..], rest)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Some(('\\', [])) => Err(Fault::of("22025", &["LIKE pattern must not end with escape character"])),
            Some((first, rest)) => {
                let (wanted, rest) = if *first == '\\' { (Some(rest[0]), &rest[1..]) } else { (Some(*first), rest) };
                let any = *first == '_';
                match text.split_first() {
                    Some((c, after)) if any || Some(*c) == wanted => self.like(after, rest),
                    _ => Ok(false),
                }
            }
        }
    }
}

/// A value in a text.
fn as_text(value: Value) -> Option<String> {
    match value {
        Value::Bool(truth) => Some(if truth { "true" } else { "false" }.to_owned()),
        other => other.text(),
    }
}

/// A whole number that fits its type.
fn fitting(number: Option<i64>, kind: Type) -> Sql<Value> {
    let number = number.filter(|number| kind.holds(*number));
    number.map(Value::Int).ok_or_else(|| Fault::of("22003", &[&kind.word(), " out of range"]))
}

/// A comparison; none where a side has no value.
pub fn compared(one: &Value, sign: &str, other: &Value) -> Option<bool> {
    if one.is_null() || other.is_null() {
        return None;
    }
    let order = one.cmp(other);
    Some(match sign {
        "=" => order == Ordering::Equal,
        "<>" => order != Ordering::Equal,
        "<" => order == Ordering::Less,
        ">" => order == Ordering::Greater,
        "<=" => order != Ordering::Greater,
        _ => order != Ordering::Less,
    })
}

/// `IN`, or not.
fn among(value: &Value, others: Vec<Value>, yes: bool) -> Value {
    if others.is_empty() {
        return Value::Bool(!yes);
    }
    let mut unknown = value.is_null();
    for other in others {
        match compared(value, "=", &other) {
            Some(true) => return Value::Bool(yes),
            Some(false) => {}
            None => unknown = true,
        }
    }
    if unknown { Value::Null } else { Value::Bool(!yes) }
}
