//! `CREATE`, `ALTER` and `DROP`, `GRANT`.

use super::super::error::{Fault, Sql};
use super::super::tokens::Kind;
use super::super::tree::{Alter, ColumnDef, ConstraintDef, CreateIndex, CreateTable, Gone, Identity, Rule, Statement};
use super::super::types::Type;
use super::Reader;

impl Reader<'_> {
    pub(super) fn definition(&mut self) -> Sql<Statement> {
        if self.take(&["create", "table"]) {
            return Ok(Statement::CreateTable(self.create_table()?));
        }
        if self.take(&["create", "unique", "index"]) {
            return Ok(Statement::CreateIndex(self.create_index(true)?));
        }
        if self.take(&["create", "index"]) {
            return Ok(Statement::CreateIndex(self.create_index(false)?));
        }
        if self.take(&["create", "database"]) {
            return Ok(Statement::CreateDatabase(self.name()?.0));
        }
        for (verb, new) in [("create", true), ("alter", false)] {
            if self.take(&[verb, "role"]) || self.take(&[verb, "user"]) {
                return self.role(new);
            }
        }
        if self.take(&["drop", "table"]) {
            let lenient = self.take(&["if", "exists"]);
            let names = self.tables()?;
            return Ok(Statement::DropTable(names, lenient, self.cascade()));
        }
        if self.take(&["drop", "index"]) {
            let lenient = self.take(&["if", "exists"]);
            return Ok(Statement::DropIndex(self.tables()?, lenient));
        }
        if self.take(&["drop", "database"]) {
            let lenient = self.take(&["if", "exists"]);
            return Ok(Statement::DropDatabase(self.name()?.0, lenient));
        }
        if self.take(&["truncate"]) {
            let _ = self.take(&["table"]);
            let names = self.tables()?;
            let restart = self.take(&["restart", "identity"]);
            let _ = self.take(&["continue", "identity"]);
            return Ok(Statement::Truncate(names, restart, self.cascade()));
        }
        if self.take(&["alter", "table"]) {
            return self.alter();
        }
        if self.take(&["grant"]) {
            return self.grant();
        }
        // Of what is real and not modelled the kind is named; another word is no kind of thing at all.
        if ["create", "drop", "alter"].into_iter().any(|verb| self.take(&[verb])) {
            let word = self.now().text.clone();
            return if THINGS.contains(&word.as_str()) {
                Err(Fault::NotModelled([&word.to_uppercase(), " in the database"].concat()))
            } else {
                self.syntax()
            };
        }
        self.unexpected()
    }

    fn tables(&mut self) -> Sql<Vec<(String, usize)>> {
        let mut found = vec![self.table()?];
        while self.sign(",") {
            found.push(self.table()?);
        }
        Ok(found)
    }

    fn cascade(&mut self) -> bool {
        let cascade = self.take(&["cascade"]);
        let _ = self.take(&["restrict"]);
        cascade
    }

    fn role(&mut self, new: bool) -> Sql<Statement> {
        let name = self.name()?.0;
        let _ = self.take(&["with"]);
        let (mut password, mut login) = (None, None);
        loop {
            if self.take(&["login"]) {
                login = Some(true);
            } else if self.take(&["nologin"]) {
                login = Some(false);
            } else if self.take(&["password"]) {
                if self.now().kind != Kind::Text {
                    return self.unexpected();
                }
                password = Some(self.now().text.clone());
                self.at += 1;
            } else if self.now().kind == Kind::Word {
                return Err(Fault::NotModelled(["a role with ", &self.now().text.to_uppercase()].concat()));
            } else {
                return Ok(Statement::Role { name, password, login, new });
            }
        }
    }

    fn grant(&mut self) -> Sql<Statement> {
        let mut privileges = Vec::new();
        loop {
            let known = ["select", "insert", "update", "delete", "truncate", "references", "trigger", "all"];
            let Some(word) = known.into_iter().find(|word| self.is(word)) else {
                if self.is("create") {
                    return Err(Fault::not_modelled("privileges on anything but tables"));
                }
                return self.unexpected();
            };
            self.at += 1;
            privileges.push(word.to_owned());
            if !self.sign(",") {
                break;
            }
        }
        let _ = self.take(&["privileges"]);
        self.want(&["on"])?;
        let tables = if self.take(&["all", "tables", "in", "schema"]) {
            if self.name()?.0 != "public" {
                return Err(Fault::not_modelled("other schemas than public"));
            }
            None
        } else {
            let _ = self.take(&["table"]);
            Some(self.tables()?)
        };
        self.want(&["to"])?;
        Ok(Statement::Grant(privileges, tables, self.name()?.0))
    }

    fn alter(&mut self) -> Sql<Statement> {
        let (name, at) = self.table()?;
        if self.take(&["drop", "constraint"]) {
            let lenient = self.take(&["if", "exists"]);
            let constraint = self.name()?.0;
            let _ = self.cascade();
            return Ok(Statement::AlterTable(name, at, Alter::Drop(constraint, lenient)));
        }
        if self.take(&["add"])
            && let Some(constraint) = self.constraint(None)?
        {
            return Ok(Statement::AlterTable(name, at, Alter::Add(constraint)));
        }
        Err(Fault::not_modelled("ALTER TABLE for anything but constraints"))
    }

    fn create_index(&mut self, unique: bool) -> Sql<CreateIndex> {
        let lenient = self.take(&["if", "not", "exists"]);
        let at = self.here();
        let name = if self.is("on") { None } else { Some(self.name()?.0) };
        self.want(&["on"])?;
        let table = self.table()?;
        if self.take(&["using"]) && !self.take(&["btree"]) {
            return Err(Fault::not_modelled("indexes of another kind than btree"));
        }
        self.want_sign("(")?;
        let mut columns = Vec::new();
        loop {
            columns.push(self.name()?);
            if self.is_sign("(") {
                return Err(Fault::not_modelled("an index on an expression"));
            }
            let _ = self.take(&["desc"]) || self.take(&["asc"]);
            if !self.sign(",") {
                break;
            }
        }
        self.want_sign(")")?;
        if self.is("where") {
            return Err(Fault::not_modelled("an index with a condition"));
        }
        Ok(CreateIndex { name, at, unique, lenient, table, columns })
    }

    fn create_table(&mut self) -> Sql<CreateTable> {
        let lenient = self.take(&["if", "not", "exists"]);
        let name = self.table()?;
        self.want_sign("(")?;
        let (mut columns, mut constraints) = (Vec::new(), Vec::new());
        if self.sign(")") {
            return Ok(CreateTable { name, lenient, columns, constraints });
        }
        loop {
            match self.constraint(None)? {
                Some(constraint) => constraints.push(constraint),
                None => columns.push(self.column(&mut constraints)?),
            }
            if !self.sign(",") {
                break;
            }
        }
        self.want_sign(")")?;
        Ok(CreateTable { name, lenient, columns, constraints })
    }

    fn column(&mut self, constraints: &mut Vec<ConstraintDef>) -> Sql<ColumnDef> {
        let name = self.name()?;
        let serial = [("serial", Type::Integer), ("serial4", Type::Integer), ("bigserial", Type::Bigint)];
        let serial = serial.into_iter().find(|(word, _)| self.take(&[word]));
        let kind = match serial {
            Some((_, kind)) => kind,
            None => self.kind()?,
        };
        let identity = serial.map(|_| Identity::Serial);
        let mut column = ColumnDef { name, kind, required: serial.is_some(), default: None, identity };
        loop {
            if let Some(constraint) = self.constraint(Some(&column.name))? {
                constraints.push(constraint);
            } else if self.take(&["not", "null"]) {
                column.required = true;
            } else if self.take(&["null"]) {
            } else if self.take(&["default"]) {
                // What may follow a default without brackets binds as tightly as a comparison's side.
                column.default = Some(self.expression()?);
            } else if self.take(&["generated", "always", "as", "identity"]) {
                (column.identity, column.required) = (Some(Identity::Always), true);
            } else if self.take(&["generated", "by", "default", "as", "identity"]) {
                (column.identity, column.required) = (Some(Identity::ByDefault), true);
            } else if self.is("generated") {
                return Err(Fault::not_modelled("generated columns"));
            } else {
                return Ok(column);
            }
        }
    }

    /// A constraint of a table, or of a column.
    fn constraint(&mut self, column: Option<&(String, usize)>) -> Sql<Option<ConstraintDef>> {
        let at = self.here();
        let name = if self.take(&["constraint"]) { Some(self.name()?.0) } else { None };
        let own = |reader: &mut Self| match column {
            Some(column) => Ok(vec![column.clone()]),
            None => reader.names(),
        };
        let rule = if self.take(&["primary", "key"]) {
            Rule::Primary(own(self)?)
        } else if self.take(&["unique"]) {
            Rule::Unique(own(self)?)
        } else if self.take(&["check"]) {
            self.want_sign("(")?;
            let value = self.expression()?;
            self.want_sign(")")?;
            Rule::Check(value)
        } else if column.is_some() && self.take(&["references"]) {
            {
                let columns = own(self)?;
                self.references(columns)?
            }
        } else if column.is_none() && self.take(&["foreign", "key"]) {
            let columns = self.names()?;
            self.want(&["references"])?;
            self.references(columns)?
        } else if name.is_some() {
            return if self.is("not") || self.is("null") || self.is("default") {
                Err(Fault::not_modelled("names for NOT NULL"))
            } else {
                self.unexpected()
            };
        } else {
            return Ok(None);
        };
        Ok(Some(ConstraintDef { name, at, column: column.map(|(name, _)| name.clone()), rule }))
    }

    fn references(&mut self, columns: Vec<(String, usize)>) -> Sql<Rule> {
        let table = self.table()?;
        let there = if self.is_sign("(") { self.names()? } else { Vec::new() };
        let mut gone = Gone::Refuse;
        loop {
            let delete = self.take(&["on", "delete"]);
            if !delete && !self.take(&["on", "update"]) {
                break;
            }
            let said = if self.take(&["no", "action"]) || self.take(&["restrict"]) {
                Gone::Refuse
            } else if self.take(&["cascade"]) {
                Gone::Cascade
            } else if self.take(&["set", "null"]) {
                Gone::SetNull
            } else {
                return self.unexpected();
            };
            if delete {
                gone = said;
            } else if said != Gone::Refuse {
                return Err(Fault::not_modelled("ON UPDATE"));
            }
        }
        Ok(Rule::References { columns, table, there, gone })
    }
}

/// What can be made, changed and dropped, and is not modelled.
const THINGS: &[&str] = &[
    "view",
    "materialized",
    "function",
    "procedure",
    "trigger",
    "sequence",
    "schema",
    "extension",
    "type",
    "domain",
    "or",
    "temp",
    "temporary",
    "unlogged",
    "role",
    "user",
    "database",
    "table",
    "index",
    "unique",
    "aggregate",
    "policy",
    "rule",
    "publication",
    "subscription",
    "collation",
    "cast",
    "server",
    "foreign",
    "language",
    "operator",
    "statistics",
    "tablespace",
    "event",
    "access",
    "constraint",
    "conversion",
    "default",
    "global",
    "local",
    "group",
    "owned",
    "system",
    "routine",
    "transform",
    "text",
    "large",
];
