//! From a text to a statement. Reading never fails: what PostgreSQL would refuse is an error in its words at its place, and
//! what is not modelled says so by name.
//!
//! `statements`, `tables` and `expressions` hold one kind of form each.

mod expressions;
mod statements;
mod tables;

use super::error::{Fault, Sql, SqlError};
use super::tokens::{Kind, Token, tokens};
use super::tree::Statement;

/// How deeply a statement may be nested.
const DEEPEST: u32 = 40;

/// The longest text of a statement, in bytes.
pub const LONGEST: usize = 64 << 10;

/// Words that begin or continue something real which is not modelled.
const STRANGE: &[&str] = &[
    "having",
    "union",
    "intersect",
    "except",
    "with",
    "recursive",
    "window",
    "over",
    "filter",
    "lateral",
    "right",
    "full",
    "natural",
    "using",
    "case",
    "any",
    "all",
    "some",
    "array",
    "row",
    "similar",
    "ilike",
    "collate",
    "at",
    "extract",
    "position",
    "substring",
    "overlay",
    "trim",
    "distinct",
    "fetch",
    "within",
    "tablesample",
    "exclude",
    "deferrable",
    "initially",
    "inherits",
    "partition",
    "tablespace",
    "skip",
    "nowait",
    "of",
    "savepoint",
    "release",
    "copy",
    "explain",
    "vacuum",
    "analyze",
    "prepare",
    "execute",
    "deallocate",
    "listen",
    "notify",
    "lock",
    "declare",
    "comment",
    "merge",
    "do",
    "call",
    "reindex",
    "set",
    "reset",
    "refresh",
    "grant",
    "revoke",
    "alter",
    "drop",
    "values",
    "table",
    "schema",
    "temp",
    "temporary",
    "unlogged",
    "like",
    "between",
    "current_date",
    "current_time",
    "localtime",
    "localtimestamp",
    "serializable",
    "concurrently",
    "include",
    "match",
    "rename",
    "add",
    "only",
    "symmetric",
    "column",
    "restrict",
    "interval",
    "begin",
    "abort",
    "end",
];

/// Words that are no names (documentation, appendix C, "reserved" and "reserved (can be function or type)").
const RESERVED: &[&str] = &[
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "both",
    "case",
    "cast",
    "check",
    "collate",
    "column",
    "constraint",
    "create",
    "current_catalog",
    "current_date",
    "current_role",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "false",
    "fetch",
    "for",
    "foreign",
    "from",
    "grant",
    "group",
    "having",
    "in",
    "initially",
    "intersect",
    "into",
    "lateral",
    "leading",
    "limit",
    "localtime",
    "localtimestamp",
    "not",
    "null",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "placing",
    "primary",
    "references",
    "returning",
    "select",
    "session_user",
    "some",
    "symmetric",
    "table",
    "then",
    "to",
    "trailing",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "variadic",
    "when",
    "where",
    "window",
    "with",
    "authorization",
    "binary",
    "collation",
    "concurrently",
    "cross",
    "current_schema",
    "freeze",
    "full",
    "ilike",
    "inner",
    "is",
    "isnull",
    "join",
    "left",
    "like",
    "natural",
    "notnull",
    "outer",
    "overlaps",
    "right",
    "similar",
    "tablesample",
    "verbose",
];

/// How many of [`RESERVED`] are no names of functions either.
const NO_FUNCTION: usize = 77;

pub(super) struct Reader<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    /// Why the text could be divided no further.
    broken: Option<Fault>,
    at: usize,
    depth: u32,
    /// Whether an expression is read that holds no `NOT` and no `DEFAULT` (`b_expr`).
    plain: bool,
}

/// Reads a text of any number of statements, with the place of each. An error anywhere in it is the error of the whole.
pub fn parse(text: &str) -> Sql<Vec<(usize, Statement)>> {
    if text.len() > LONGEST {
        return Err(Fault::not_modelled("so long a statement"));
    }
    let (tokens, broken) = tokens(text);
    let mut reader = Reader { text, tokens, broken, at: 0, depth: 0, plain: false };
    let mut found = Vec::new();
    loop {
        while reader.sign(";") {}
        if reader.now().kind == Kind::End {
            return reader.broken.map_or(Ok(found), Err);
        }
        let at = reader.here();
        found.push((at, reader.statement()?));
        if !reader.is_sign(";") && reader.now().kind != Kind::End {
            return reader.unexpected();
        }
    }
}

impl Reader<'_> {
    fn now(&self) -> &Token {
        &self.tokens[self.at.min(self.tokens.len() - 1)]
    }

    fn here(&self) -> usize {
        self.now().at
    }

    fn is(&self, word: &str) -> bool {
        let token = self.now();
        token.kind == Kind::Word && token.text == word
    }

    fn is_sign(&self, sign: &str) -> bool {
        let token = self.now();
        token.kind == Kind::Sign && token.text == sign
    }

    /// All of these words, or none.
    fn take(&mut self, words: &[&str]) -> bool {
        let start = self.at;
        for word in words {
            if !self.is(word) {
                self.at = start;
                return false;
            }
            self.at += 1;
        }
        true
    }

    fn want(&mut self, words: &[&str]) -> Sql<()> {
        for word in words {
            if !self.take(&[word]) {
                return self.unexpected();
            }
        }
        Ok(())
    }

    fn sign(&mut self, sign: &str) -> bool {
        let fits = self.is_sign(sign);
        self.at += usize::from(fits);
        fits
    }

    fn want_sign(&mut self, sign: &str) -> Sql<()> {
        if self.sign(sign) { Ok(()) } else { self.unexpected() }
    }

    /// What stands here fits nowhere: not modelled where it is a word of something real, else PostgreSQL's own error.
    fn unexpected<T>(&self) -> Sql<T> {
        let token = self.now();
        let written = self.text.get(token.at..token.end).unwrap_or("");
        if token.kind == Kind::Word && STRANGE.contains(&token.text.as_str()) {
            return Err(Fault::NotModelled([&written.to_uppercase(), " here"].concat()));
        }
        self.syntax()
    }

    /// PostgreSQL's error at the present token.
    fn syntax<T>(&self) -> Sql<T> {
        let token = self.now();
        if let (Kind::End, Some(broken)) = (token.kind, &self.broken) {
            return Err(broken.clone());
        }
        let written = self.text.get(token.at..token.end).unwrap_or("");
        let words = match token.kind {
            Kind::End => "syntax error at end of input".to_owned(),
            _ => ["syntax error at or near \"", written, "\""].concat(),
        };
        Err(Fault::error(SqlError::new("42601", words).at(self.text, token.at)))
    }

    /// An error at a place.
    fn error<T>(&self, code: &'static str, at: usize, parts: &[&str]) -> Sql<T> {
        Err(Fault::error(SqlError::new(code, parts.concat()).at(self.text, at)))
    }

    /// A name and its place.
    fn name(&mut self) -> Sql<(String, usize)> {
        let token = self.now();
        let fits = match token.kind {
            Kind::Word => !RESERVED.contains(&token.text.as_str()),
            Kind::Quoted => true,
            _ => false,
        };
        if !fits {
            return self.syntax();
        }
        let found = (token.text.clone(), token.at);
        self.at += 1;
        Ok(found)
    }

    /// A table's name; the schema `public` may stand before it.
    fn table(&mut self) -> Sql<(String, usize)> {
        let (name, at) = self.name()?;
        if !self.sign(".") {
            return Ok((name, at));
        }
        if name != "public" {
            return Err(Fault::NotModelled(["the schema ", &name].concat()));
        }
        Ok((self.name()?.0, at))
    }

    /// `(a, b)`.
    fn names(&mut self) -> Sql<Vec<(String, usize)>> {
        self.want_sign("(")?;
        let mut found = vec![self.name()?];
        while self.sign(",") {
            found.push(self.name()?);
        }
        self.want_sign(")")?;
        Ok(found)
    }

    fn deeper(&mut self) -> Sql<()> {
        self.depth += 1;
        if self.depth > DEEPEST { Err(Fault::not_modelled("a statement that is nested so deeply")) } else { Ok(()) }
    }
}
