//! Types and values: how a text becomes a value and a value a text (PostgreSQL 15 documentation, chapter 8).
//!
//! It knows whole numbers, texts, truth values, moments in UTC, and spans of whole microseconds for calculating with
//! moments. It knows no fractions, no dates without a time and no time zones but UTC.

use super::error::{Fault, Sql, SqlError};
use crate::tls::Date;
use std::sync::Arc;

/// A type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// `boolean`.
    Boolean,
    /// `integer`.
    Integer,
    /// `bigint`.
    Bigint,
    /// `text`.
    Text,
    /// `character varying`, with its longest length in characters.
    Varchar(Option<u32>),
    /// `timestamp with time zone`.
    Timestamptz,
    /// `interval`.
    Interval,
    /// A text or a parameter whose type nothing has said yet.
    Unknown,
}

/// A value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A text; texts are compared by their bytes, as the locale `C.UTF-8` does.
    Text(Arc<str>),
    /// A moment in UTC: microseconds, from where [`Date`] counts.
    Time(i64),
    /// A span in microseconds.
    Span(i64),
    /// No value. It stands last in an order.
    Null,
}

impl Type {
    /// As PostgreSQL names it in its messages.
    pub fn word(self) -> String {
        match self {
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Bigint => "bigint",
            Self::Text => "text",
            Self::Varchar(Some(most)) => return ["character varying(", &most.to_string(), ")"].concat(),
            Self::Varchar(None) => "character varying",
            Self::Timestamptz => "timestamp with time zone",
            Self::Interval => "interval",
            Self::Unknown => "unknown",
        }
        .to_owned()
    }

    /// The same without a length, as messages about expressions name it.
    pub fn plain(self) -> String {
        match self {
            Self::Varchar(_) => Self::Varchar(None).word(),
            other => other.word(),
        }
    }

    /// Its name in the catalog, which a column without a name of its own gets from a cast.
    pub const fn internal(self) -> &'static str {
        match self {
            Self::Boolean => "bool",
            Self::Integer => "int4",
            Self::Bigint => "int8",
            Self::Text | Self::Unknown => "text",
            Self::Varchar(_) => "varchar",
            Self::Timestamptz => "timestamptz",
            Self::Interval => "interval",
        }
    }

    /// Its number in the catalog (`pg_type`), as RowDescription carries it.
    pub const fn oid(self) -> u32 {
        match self {
            Self::Boolean => 16,
            Self::Bigint => 20,
            Self::Integer => 23,
            Self::Text | Self::Unknown => 25,
            Self::Varchar(_) => 1043,
            Self::Timestamptz => 1184,
            Self::Interval => 1186,
        }
    }

    /// Whether it is a whole number.
    pub const fn is_number(self) -> bool {
        matches!(self, Self::Integer | Self::Bigint)
    }

    /// Whether it is a text.
    pub const fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::Varchar(_))
    }

    /// The type with this name.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "bool" | "boolean" => Self::Boolean,
            "int" | "int4" | "integer" => Self::Integer,
            "int8" | "bigint" => Self::Bigint,
            "text" => Self::Text,
            "varchar" | "character varying" => Self::Varchar(None),
            "timestamptz" | "timestamp with time zone" => Self::Timestamptz,
            "interval" => Self::Interval,
            _ => return None,
        })
    }

    /// A value from its text.
    pub fn read(self, text: &str) -> Sql<Value> {
        let invalid = |code: &'static str| {
            let words = ["invalid input syntax for type ", &self.plain(), ": \"", text, "\""].concat();
            Err(Fault::error(SqlError::new(code, words)))
        };
        match self {
            Self::Text | Self::Unknown => Ok(Value::Text(text.into())),
            Self::Varchar(most) => fitted(text, most),
            Self::Boolean => match truth(text) {
                Some(truth) => Ok(Value::Bool(truth)),
                None => invalid("22P02"),
            },
            Self::Integer | Self::Bigint => {
                let trimmed = text.trim_matches([' ', '\t', '\n', '\r']);
                let digits = trimmed.strip_prefix(['-', '+']).unwrap_or(trimmed);
                if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
                    return invalid("22P02");
                }
                let number = trimmed.parse::<i64>().ok().filter(|number| self.holds(*number));
                number.map(Value::Int).ok_or_else(|| {
                    Fault::of("22003", &["value \"", text, "\" is out of range for type ", &self.word()])
                })
            }
            Self::Timestamptz => match moment(text.trim()) {
                Some(moment) => Ok(Value::Time(moment)),
                None if !text.bytes().any(|b| b.is_ascii_digit()) && !is_special(text.trim()) => invalid("22007"),
                None => Err(Fault::not_modelled("moments that are not written as 2026-02-14 09:00:00+00")),
            },
            Self::Interval => match span(text) {
                Some(span) => Ok(Value::Span(span)),
                None => Err(Fault::not_modelled("spans of anything but weeks, days, hours, minutes and seconds")),
            },
        }
    }

    /// Whether a number fits.
    pub fn holds(self, number: i64) -> bool {
        self != Self::Integer || i32::try_from(number).is_ok()
    }

    /// A value of another type as one of this type: an assignment or a cast that is allowed.
    pub fn take(self, value: Value) -> Sql<Value> {
        match (self, value) {
            (_, Value::Null) => Ok(Value::Null),
            (Self::Integer | Self::Bigint, Value::Int(number)) if self.holds(number) => Ok(Value::Int(number)),
            (Self::Integer, Value::Int(_)) => Err(Fault::of("22003", &["integer out of range"])),
            (Self::Integer | Self::Bigint, Value::Bool(truth)) => Ok(Value::Int(i64::from(truth))),
            (Self::Boolean, Value::Int(number)) => Ok(Value::Bool(number != 0)),
            (Self::Varchar(most), Value::Text(text)) => fitted(&text, most),
            (_, Value::Text(text)) => self.read(&text),
            (Self::Text | Self::Varchar(_), value) => {
                let text = match value {
                    Value::Bool(truth) => if truth { "true" } else { "false" }.to_owned(),
                    value => value.text().unwrap_or_default(),
                };
                self.take(Value::Text(text.into()))
            }
            (_, value) => Ok(value),
        }
    }
}

/// A text of at most so many characters; blanks beyond are cut off.
fn fitted(text: &str, most: Option<u32>) -> Sql<Value> {
    let most = most.map_or(usize::MAX, |most| most as usize);
    let end = text.char_indices().nth(most).map_or(text.len(), |(at, _)| at);
    if text[end..].chars().any(|c| c != ' ') {
        let words = ["value too long for type character varying(", &most.to_string(), ")"];
        return Err(Fault::of("22001", &words));
    }
    Ok(Value::Text(text[..end].into()))
}

/// The texts that are truth values (documentation, section 8.6), and their unique beginnings.
fn truth(text: &str) -> Option<bool> {
    let text = text.trim().to_ascii_lowercase();
    let begins = |word: &str, least: usize| text.len() >= least && word.starts_with(&text);
    if begins("true", 1) || begins("yes", 1) || text == "on" || text == "1" {
        return Some(true);
    }
    (begins("false", 1) || begins("no", 1) || begins("off", 2) || text == "0").then_some(false)
}

fn is_special(text: &str) -> bool {
    matches!(text.to_ascii_lowercase().as_str(), "now" | "today" | "tomorrow" | "yesterday" | "infinity" | "-infinity")
}

/// `2026-02-14`, `2026-02-14 09:00:00.25+00`, `2026-02-14T09:00:00Z`.
fn moment(text: &str) -> Option<i64> {
    let text = text.strip_suffix(['Z', 'z']).unwrap_or(text);
    let text = ["+00:00", "+00", "-00", " UTC"].into_iter().find_map(|zone| text.strip_suffix(zone)).unwrap_or(text);
    let (date, time) = text.split_once([' ', 'T']).unwrap_or((text, "00:00:00"));
    let (time, part) = time.split_once('.').unwrap_or((time, ""));
    let time = if time.len() == 5 { [time, ":00"].concat() } else { time.to_owned() };
    if part.len() > 6 || !part.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let micros: i64 = ["0", part, &"000000"[part.len()..]].concat().parse().ok()?;
    let Date(seconds) = Date::iso(&[date, " ", &time].concat())?;
    // A day that no month has is refused by PostgreSQL, and not known to `Date`.
    Date(seconds).iso_text().starts_with(date).then_some(seconds * 1_000_000 + micros)
}

/// `7 days`, `1 hour 30 minutes`.
fn span(text: &str) -> Option<i64> {
    let mut words = text.split_whitespace();
    let mut sum = 0_i64;
    while let Some(number) = words.next() {
        let number: i64 = number.parse().ok()?;
        let unit = words.next()?;
        let scale = match unit.strip_suffix('s').unwrap_or(unit) {
            "week" => 604_800,
            "day" => 86_400,
            "hour" => 3_600,
            "minute" | "min" => 60,
            "second" | "sec" => 1,
            _ => return None,
        };
        sum = sum.checked_add(number.checked_mul(scale * 1_000_000)?)?;
    }
    (!text.trim().is_empty()).then_some(sum)
}

impl Value {
    /// As PostgreSQL writes it; none for no value.
    pub fn text(&self) -> Option<String> {
        Some(match self {
            Self::Null => return None,
            Self::Bool(truth) => if *truth { "t" } else { "f" }.to_owned(),
            Self::Int(number) => number.to_string(),
            Self::Text(text) => text.to_string(),
            Self::Time(micros) => time_text(*micros),
            Self::Span(micros) => micros.to_string(),
        })
    }

    /// Whether it is no value.
    pub fn is_null(&self) -> bool {
        *self == Self::Null
    }
}

/// `2026-02-14 09:00:00.25+00`.
fn time_text(micros: i64) -> String {
    let text = Date(micros.div_euclid(1_000_000)).iso_text();
    let part = micros.rem_euclid(1_000_000);
    let part = if part == 0 {
        String::new()
    } else {
        [".".to_owned(), (1_000_000 + part).to_string()[1..].trim_end_matches('0').to_owned()].concat()
    };
    [&text, &part, "+00"].concat()
}
