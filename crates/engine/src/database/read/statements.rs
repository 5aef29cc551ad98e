//! `SELECT`, `INSERT`, `UPDATE`, `DELETE`, transactions.

use super::super::error::{Fault, Sql};
use super::super::tokens::Kind;
use super::super::tree::{
    Conflict, Delete, From, Given, Insert, Item, Join, Lock, Node, Order, Select, Set, Statement, Update,
};
use super::{RESERVED, Reader};

impl Reader<'_> {
    pub(super) fn statement(&mut self) -> Sql<Statement> {
        if self.is("select") || self.is_sign("(") {
            if self.is_sign("(") {
                return Err(Fault::not_modelled("a query in brackets"));
            }
            return Ok(Statement::Select(self.select()?));
        }
        if self.is("insert") {
            return Ok(Statement::Insert(self.insert()?));
        }
        if self.is("update") {
            return Ok(Statement::Update(self.update()?));
        }
        if self.is("delete") {
            return Ok(Statement::Delete(self.delete()?));
        }
        if self.take(&["begin"]) {
            let _ = self.take(&["work"]) || self.take(&["transaction"]);
            return self.begin("BEGIN");
        }
        if self.take(&["start", "transaction"]) {
            return self.begin("START TRANSACTION");
        }
        for (word, statement) in [
            ("commit", Statement::Commit),
            ("end", Statement::Commit),
            ("rollback", Statement::Rollback),
            ("abort", Statement::Rollback),
        ] {
            if self.take(&[word]) {
                let _ = self.take(&["work"]) || self.take(&["transaction"]);
                return if self.is("to") { Err(Fault::not_modelled("savepoints")) } else { Ok(statement) };
            }
        }
        if self.take(&["show"]) {
            return Ok(Statement::Show(self.name()?.0));
        }
        self.definition()
    }

    fn begin(&mut self, tag: &'static str) -> Sql<Statement> {
        if !self.take(&["isolation", "level"]) {
            return Ok(Statement::Begin(tag, false));
        }
        if self.take(&["repeatable", "read"]) {
            return Ok(Statement::Begin(tag, true));
        }
        if self.take(&["read", "committed"]) || self.take(&["read", "uncommitted"]) {
            return Ok(Statement::Begin(tag, false));
        }
        self.unexpected()
    }

    pub(super) fn select(&mut self) -> Sql<Select> {
        self.deeper()?;
        self.want(&["select"])?;
        if self.is("distinct") || self.is("all") {
            return self.unexpected();
        }
        // `SELECT FROM t` shows nothing, and is right.
        let over = self.now().kind == Kind::End || self.is_sign(")") || self.is_sign(";");
        let empty = over || self.is("from") || self.is("where");
        let items = if empty { Vec::new() } else { self.items()? };
        let mut from = Vec::new();
        if self.take(&["from"]) {
            self.joined(&mut from)?;
        }
        let filter = self.filter()?;
        let mut group = Vec::new();
        if self.take(&["group"]) {
            self.want(&["by"])?;
            group.push(self.expression()?);
            while self.sign(",") {
                group.push(self.expression()?);
            }
        }
        let order = self.order()?;
        let (mut limit, mut offset, mut lock) = (None, None, None);
        loop {
            if limit.is_none() && self.take(&["limit"]) {
                limit = if self.take(&["all"]) { None } else { Some(self.expression()?) };
            } else if offset.is_none() && self.take(&["offset"]) {
                offset = Some(self.expression()?);
                let _ = self.take(&["rows"]) || self.take(&["row"]);
            } else if lock.is_none() && self.take(&["for"]) {
                lock = Some(self.lock()?);
            } else {
                break;
            }
        }
        self.depth -= 1;
        Ok(Select { items, from, filter, group, order, limit, offset, lock })
    }

    fn lock(&mut self) -> Sql<Lock> {
        let kinds: [(&[&str], Lock); 4] = [
            (&["update"], Lock::Update),
            (&["no", "key", "update"], Lock::NoKeyUpdate),
            (&["share"], Lock::Share),
            (&["key", "share"], Lock::KeyShare),
        ];
        match kinds.into_iter().find(|(words, _)| self.take(words)) {
            Some(_) if self.is("of") || self.is("nowait") || self.is("skip") => self.unexpected(),
            Some((_, lock)) => Ok(lock),
            None => self.unexpected(),
        }
    }

    fn order(&mut self) -> Sql<Vec<Order>> {
        let mut found = Vec::new();
        if !self.take(&["order"]) {
            return Ok(found);
        }
        self.want(&["by"])?;
        loop {
            let value = self.expression()?;
            let descending = self.take(&["desc"]);
            let _ = !descending && self.take(&["asc"]);
            let mut nulls_first = descending;
            if self.take(&["nulls"]) {
                nulls_first = self.take(&["first"]);
                if !nulls_first {
                    self.want(&["last"])?;
                }
            }
            found.push(Order { value, descending, nulls_first });
            if !self.sign(",") {
                return Ok(found);
            }
        }
    }

    fn filter(&mut self) -> Sql<Option<Node>> {
        if self.take(&["where"]) { self.expression().map(Some) } else { Ok(None) }
    }

    fn items(&mut self) -> Sql<Vec<Item>> {
        let mut found = Vec::new();
        loop {
            let at = self.here();
            let second = |n: usize| self.tokens.get(self.at + n);
            let word = matches!(self.now().kind, Kind::Word | Kind::Quoted);
            let all = word && second(1).is_some_and(|t| t.text == ".") && second(2).is_some_and(|t| t.text == "*");
            if self.sign("*") {
                found.push(Item::All(None, at));
            } else if all {
                let name = self.name()?.0;
                self.at += 2;
                found.push(Item::All(Some(name), at));
            } else {
                let value = self.expression()?;
                found.push(Item::Value(value, self.label()?));
            }
            if !self.sign(",") {
                return Ok(found);
            }
        }
    }

    /// The name of what is shown: any word after `AS`, without it one that is not reserved.
    fn label(&mut self) -> Sql<Option<String>> {
        let named = self.take(&["as"]);
        let token = self.now();
        let fits = match token.kind {
            Kind::Quoted => true,
            Kind::Word => named || !RESERVED.contains(&token.text.as_str()),
            _ => false,
        };
        if !fits {
            return if named { self.syntax() } else { Ok(None) };
        }
        let text = token.text.clone();
        self.at += 1;
        Ok(Some(text))
    }

    /// A table of a list, with its other name.
    fn from(&mut self) -> Sql<From> {
        if self.is_sign("(") {
            return Err(Fault::not_modelled("a query or brackets in FROM"));
        }
        let table = self.table()?;
        if self.is_sign("(") {
            return Err(Fault::NotModelled(["the function ", &table.0, " in FROM"].concat()));
        }
        let alias = if self.take(&["as"]) {
            Some(self.name()?.0)
        } else {
            let token = self.now();
            let fits = token.kind == Kind::Quoted
                || (token.kind == Kind::Word && !RESERVED.contains(&token.text.as_str()) && token.text != "set");
            if fits { Some(self.name()?.0) } else { None }
        };
        if alias.is_some() && self.is_sign("(") {
            return Err(Fault::not_modelled("other names for columns in FROM"));
        }
        Ok(From { table, alias, join: None })
    }

    fn joined(&mut self, found: &mut Vec<From>) -> Sql<()> {
        found.push(self.from()?);
        loop {
            if self.sign(",") {
                found.push(self.from()?);
                continue;
            }
            if self.take(&["cross", "join"]) {
                let from = self.from()?;
                found.push(From { join: Some(Join { left: false, on: None }), ..from });
                continue;
            }
            let left = self.take(&["left"]);
            let _ = left && self.take(&["outer"]);
            let kind = left || self.take(&["inner"]);
            if !kind && !self.is("join") {
                return Ok(());
            }
            self.want(&["join"])?;
            let from = self.from()?;
            self.want(&["on"])?;
            let on = Some(self.expression()?);
            found.push(From { join: Some(Join { left, on }), ..from });
        }
    }

    fn returning(&mut self) -> Sql<Vec<Item>> {
        if self.take(&["returning"]) { self.items() } else { Ok(Vec::new()) }
    }

    fn insert(&mut self) -> Sql<Insert> {
        self.want(&["insert"])?;
        self.want(&["into"])?;
        let table = self.table()?;
        let alias = if self.take(&["as"]) { Some(self.name()?.0) } else { None };
        let columns = if self.is_sign("(") { Some(self.names()?) } else { None };
        let mut overriding = false;
        if self.take(&["overriding"]) {
            overriding = self.take(&["system"]);
            if !overriding {
                self.want(&["user"])?;
                return Err(Fault::not_modelled("OVERRIDING USER VALUE"));
            }
            self.want(&["value"])?;
        }
        let from = if self.take(&["default", "values"]) {
            Given::Defaults
        } else if self.take(&["values"]) {
            let mut rows = Vec::new();
            loop {
                let at = self.here();
                self.want_sign("(")?;
                let mut row = vec![self.expression()?];
                while self.sign(",") {
                    row.push(self.expression()?);
                }
                self.want_sign(")")?;
                rows.push((at, row));
                if !self.sign(",") {
                    break Given::Values(rows);
                }
            }
        } else if self.is("select") {
            Given::Select(Box::new(self.select()?))
        } else {
            let _ = columns.is_some() && self.sign("(");
            return self.unexpected();
        };
        let conflict = self.conflict()?;
        let returning = self.returning()?;
        Ok(Insert { table, alias, columns, overriding, from, conflict, returning })
    }

    fn conflict(&mut self) -> Sql<Option<Conflict>> {
        let at = self.here();
        if !self.take(&["on", "conflict"]) {
            return if self.take(&["on"]) { self.syntax() } else { Ok(None) };
        }
        let mut columns = Vec::new();
        let mut constraint = None;
        let inferred = self.here();
        if self.is_sign("(") {
            columns = self.names()?;
            if self.is("where") {
                return Err(Fault::not_modelled("a condition in ON CONFLICT"));
            }
        } else if self.take(&["on", "constraint"]) {
            constraint = Some(self.name()?);
        }
        self.want(&["do"])?;
        if self.take(&["nothing"]) {
            return Ok(Some(Conflict { at, inferred, columns, constraint, update: None }));
        }
        self.want(&["update"])?;
        self.want(&["set"])?;
        let set = self.sets()?;
        let filter = self.filter()?;
        if columns.is_empty() && constraint.is_none() {
            return match self.error(
                "42601",
                at,
                &["ON CONFLICT DO UPDATE requires inference specification or constraint name"],
            ) {
                Err(Fault::Error(error)) => Err(Fault::error(error.hint("For example, ON CONFLICT (column_name)."))),
                other => other,
            };
        }
        Ok(Some(Conflict { at, inferred, columns, constraint, update: Some((set, filter)) }))
    }

    fn sets(&mut self) -> Sql<Vec<Set>> {
        let mut found = Vec::new();
        loop {
            if self.is_sign("(") {
                return Err(Fault::not_modelled("setting several columns at once"));
            }
            let column = self.name()?;
            if self.is_sign(".") || self.is_sign("[") {
                return Err(Fault::not_modelled("setting a part of a column"));
            }
            self.want_sign("=")?;
            found.push(Set { column, value: self.expression()? });
            if !self.sign(",") {
                return Ok(found);
            }
        }
    }

    fn update(&mut self) -> Sql<Update> {
        self.want(&["update"])?;
        let table = self.from()?;
        self.want(&["set"])?;
        let set = self.sets()?;
        if self.is("from") {
            return Err(Fault::not_modelled("UPDATE … FROM"));
        }
        let filter = self.filter()?;
        let returning = self.returning()?;
        Ok(Update { table, set, filter, returning })
    }

    fn delete(&mut self) -> Sql<Delete> {
        self.want(&["delete"])?;
        self.want(&["from"])?;
        let table = self.from()?;
        if self.is("using") {
            return self.unexpected();
        }
        let filter = self.filter()?;
        let returning = self.returning()?;
        Ok(Delete { table, filter, returning })
    }
}
