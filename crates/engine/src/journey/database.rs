//! The application and its database: its pool of connections, the way to the server, statements and rows (node-postgres 8,
//! pg-pool 3; PostgreSQL 15 documentation, chapter 55).

use super::apply::Task;
use super::{Flow, Journey};
use crate::app::pool::{self, Got, Options, own, refused, result, system};
use crate::app::run::Want;
use crate::database::Grounds;
use crate::database::error::SqlError;
use crate::database::protocol::{Backend, Frontend, gist};
use crate::database::server::{Client, Reply as Said};
use crate::database::session::Part;
use crate::database::store::Xid;
use crate::literal::Value;
use crate::message::{Flags, Message};
use crate::place::Place::{Database, Instance};
use crate::problem::Source;
use crate::sockets::{self, Owner};
use crate::text::short;
use crate::time::Micros;
use crate::trace::{Basis, Outcome, Ruling};
use crate::world::SCHEMA;
use core::net::{IpAddr, Ipv4Addr, SocketAddr};
use core::ops::ControlFlow::{Break, Continue};

/// What a pool gives.
pub(super) enum Given {
    /// A connection.
    Connection(u32),
    /// An error.
    Error(Value),
    /// Nothing ever.
    Never,
}

/// What came of a statement.
pub(super) enum Carried {
    /// Its result.
    Got(Got),
    /// It waits for a transaction.
    Waits(Xid),
}

impl Journey<'_> {
    /// Why PostgreSQL listens where it does.
    pub(super) fn listens(&self, source: &Source) -> Basis {
        if source.line == 0 {
            return Basis::Standard {
                source: "PostgreSQL 15, section 20.3",
                says: "where nothing else is said, it listens on port 5432 of the machine itself",
            };
        }
        self.state.database_basis(self.world, source)
    }

    /// Somebody speaks HTTP to PostgreSQL: the first bytes would be the length of a message, and no such length is right.
    pub(super) fn hear_http(&mut self) {
        let basis = Basis::Standard {
            source: "PostgreSQL 15, section 55.7",
            says: "the first message says its length and the version of the protocol",
        };
        let words = "invalid length of startup packet: hangs up";
        self.record.decide("database-hangs-up", Database, Ruling::Refuse, words, basis);
    }

    /// Gives a handler what it waits for; none where that never comes. `told`: up to when it is told what the application
    /// did.
    pub(super) fn give(&mut self, task: &Task, want: Want, told: Micros) -> Flow<Option<Got>> {
        let process = task.process;
        match want {
            Want::Connect { pool, source } => Continue(match self.take(process, pool, &source, told)? {
                Given::Connection(pid) => Some(Got::Client(pid)),
                Given::Error(error) => Some(Got::Error(error)),
                Given::Never => None,
            }),
            Want::Query { pool: Some(pool), text, params, source, .. } => {
                let pid = match self.take(process, pool, &source, told)? {
                    Given::Connection(pid) => pid,
                    Given::Error(error) => return Continue(Some(Got::Error(error))),
                    Given::Never => return Continue(None),
                };
                let got = self.ask_database(process, pid, &text, &params, &source)?;
                if got.is_some() {
                    self.give_back(process, pid, false);
                }
                Continue(got)
            }
            Want::Query { client: Some(pid), text, params, source, .. } => {
                self.ask_database(process, pid, &text, &params, &source)
            }
            Want::Push { push, source } => Continue(Some(self.push(process, &push, &source))),
            Want::Query { .. } | Want::Until(_) | Want::Over(_) => Continue(Some(Got::Nothing)),
            Want::Release { client, broken, .. } => {
                let pools = &self.state.processes[process].pools;
                if pools.iter().any(|pool| pool.taken.contains(&client)) {
                    self.give_back(process, client, broken);
                    return Continue(Some(Got::Nothing));
                }
                let words = "Release called on client which has already been released to the pool.";
                Continue(Some(Got::Error(own(words))))
            }
        }
    }

    /// A connection goes back to its pool; one that is broken is closed.
    pub(super) fn give_back(&mut self, process: usize, pid: u32, broken: bool) {
        let now = self.record.now;
        let open = self.state.database.connections.iter().any(|connection| connection.pid == pid);
        for pool in &mut self.state.processes[process].pools {
            if pool.taken.contains(&pid) {
                pool.taken.retain(|other| *other != pid);
                if open && !broken {
                    pool.idle.push((pid, now));
                }
            }
        }
        if broken {
            let clock = self.state.clock(now);
            self.state.database.close(pid, clock);
        }
    }

    /// A connection of a pool: one that is idle, or a new one; or one has to wait (pg-pool, `connect`, `_pulseQueue`).
    pub(super) fn take(&mut self, process: usize, pool: usize, source: &Source, told: Micros) -> Flow<Given> {
        let running = &self.state.processes[process];
        let (app, declared) = (running.app.clone(), running.declared.clone());
        let env = |name: &str| declared.env(name).map(|(value, _)| value.to_owned());
        let options = pool::options(&app.pools[pool], &app, &env);
        let place = self.program(Owner::Process(process));
        let now = self.record.now;
        self.close_idle(process, pool, options.idle);
        let own_pool = &mut self.state.processes[process].pools[pool];
        let most = short(options.max).to_string();
        self.record.now = told;
        if let Some((pid, _)) = own_pool.idle.pop() {
            own_pool.taken.push(pid);
            let open = (own_pool.idle.len() + own_pool.taken.len()).to_string();
            let words = ["takes a connection of its pool that is open already (", &open, " of at most ", &most, ")"];
            let basis = Basis::State { what: "the pool holds a connection that nobody uses".to_owned() };
            self.record.decide_after(now - told, "pool-takes", place, Ruling::Choose, words.concat(), basis);
            return Continue(Given::Connection(pid));
        }
        if own_pool.taken.len() < options.max {
            let at = [options.host.as_str(), ":", &short(options.port)].concat();
            let words = ["no connection of its pool is idle: opens one to ", &at].concat();
            let basis = self.state.process_basis(self.world, process, &app.pools[pool].source);
            self.record.decide_after(now - told, "pool-opens", place, Ruling::Choose, words, basis);
            return self.open_database(process, pool, &options, &app.pools[pool].source);
        }
        let words = ["all ", &most, " connections of its pool are taken: waits for one"].concat();
        let basis = self.state.process_basis(self.world, process, source);
        self.record.decide_after(now - told, "pool-waits", place, Ruling::Choose, words, basis);
        let Some(patience) = options.patience else { return Continue(Given::Never) };
        let words = "timeout exceeded when trying to connect";
        let basis = self.state.process_basis(self.world, process, &app.pools[pool].source);
        self.record.decide_after(patience, "pool-gives-up", place, Ruling::GiveUp, words, basis);
        Continue(Given::Error(own(words)))
    }

    /// Connections that nobody has used for so long have been closed meanwhile.
    fn close_idle(&mut self, process: usize, pool: usize, limit: Option<Micros>) {
        let Some(limit) = limit else { return };
        let now = self.record.now;
        let idle = core::mem::take(&mut self.state.processes[process].pools[pool].idle);
        let (old, young): (Vec<_>, Vec<_>) = idle.into_iter().partition(|(_, since)| *since + limit <= now);
        self.state.processes[process].pools[pool].idle = young;
        for (pid, since) in old {
            let clock = self.state.clock(since + limit);
            self.state.database.close(pid, clock);
        }
    }

    /// A new connection: TCP, then the role, the database and the password.
    fn open_database(&mut self, process: usize, pool: usize, options: &Options, source: &Source) -> Flow<Given> {
        let place = self.program(Owner::Process(process));
        let span = self.network.app_database;
        let local = self.hosts.iter().filter(|(_, name)| *name == options.host).map(|(address, _)| *address);
        let Some(address) = options.host.parse::<IpAddr>().ok().or_else(|| local.into_iter().next()) else {
            let error = system("ENOTFOUND", "getaddrinfo", &options.host);
            let words = ["getaddrinfo ENOTFOUND ", &options.host].concat();
            let basis = self.state.process_basis(self.world, process, source);
            self.record.decide("database-host", place, Ruling::Fail, words, basis);
            return Continue(Given::Error(error));
        };
        let private = self.network.private.as_ref().map(|(address, _)| IpAddr::V4(*address));
        if !address.is_loopback() && Some(address) != private {
            let words = ["not modelled: a database on another machine, at ", &short(address)].concat();
            let basis = self.state.process_basis(self.world, process, source);
            self.record.decide("not-modelled", place, Ruling::Refuse, words.clone(), basis);
            return Break(Outcome::Printed(words));
        }
        let to = SocketAddr::new(address, options.port);
        self.state.passed += 1;
        let from = if address.is_ipv6() { address } else { Ipv4Addr::LOCALHOST.into() };
        let port = 40_000 + (self.state.passed % 20_000) as u16;
        let from = SocketAddr::new(from, port);
        let hop = (place, Database, span);
        self.record.hop("sql-syn", hop, Message::Segment { flags: Flags::Syn, from, to });
        let listeners = self.listeners();
        let found = sockets::taker(&listeners, address, options.port).cloned();
        self.record.now += span;
        match found.as_ref().map(|listener| listener.owner) {
            Some(Owner::Database) => {
                let words = ["postgres listens on ", &short(to)].concat();
                let basis = self.listens(&found.map(|listener| listener.source).unwrap_or_default());
                self.record.decide("database-accepts", Instance, Ruling::Allow, words, basis);
            }
            Some(_) => {
                let words = ["not modelled: PostgreSQL's protocol spoken to another program, at ", &short(to)].concat();
                let basis = self.state.process_basis(self.world, process, source);
                self.record.decide("not-modelled", place, Ruling::Refuse, words.clone(), basis);
                return Break(Outcome::Printed(words));
            }
            None => {
                let words = ["RST: nothing listens on ", &short(to)].concat();
                let basis = self.why_nobody(&listeners, to);
                self.record.decide("database-accepts", Instance, Ruling::Refuse, words, basis);
                return Continue(Given::Error(system("ECONNREFUSED", "connect", &short(to))));
            }
        }
        self.log_in(process, pool, options, port, source)
    }

    /// StartupMessage and SCRAM-SHA-256 (RFC 7677): three exchanges.
    fn log_in(&mut self, process: usize, pool: usize, options: &Options, port: u16, source: &Source) -> Flow<Given> {
        let place = self.program(Owner::Process(process));
        let (to, back) = ((place, Database, self.network.app_database), (Database, place, self.network.app_database));
        let sql = |what: Frontend| Message::Sql(what.into());
        let rows = |what: Backend| Message::Rows(what.into());
        let (user, database) = (options.user.clone(), options.database.clone());
        self.record.hop("sql-startup", to, sql(Frontend::Startup { user, database }));
        let password = options.password.as_deref();
        let client = Client { user: &options.user, base: &options.database, password, system: None, port: Some(port) };
        // Without room for it nobody is asked for a password.
        let full = self.state.database.connections.len() as u32 >= self.state.database.conf.most.0;
        if let (false, None) = (full, password) {
            self.record.hop("sql-sasl", back, rows(Backend::AuthenticationSasl));
            let words = "SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string";
            let basis = self.state.process_basis(self.world, process, source);
            self.record.decide("database-password", place, Ruling::Fail, words, basis);
            return Continue(Given::Error(own(words)));
        }
        if !full {
            self.record.hop("sql-sasl", back, rows(Backend::AuthenticationSasl));
            self.record.hop("sql-sasl", to, sql(Frontend::SaslInitial));
            self.record.hop("sql-sasl", back, rows(Backend::SaslContinue));
            self.record.hop("sql-sasl", to, sql(Frontend::SaslResponse));
        }
        let clock = self.state.clock(self.record.now);
        match self.state.database.connect(client, clock) {
            Ok(pid) => {
                let words = [&options.user, " may use the database ", &options.database].concat();
                let what = ["the role ", &options.user, " was made with this password"].concat();
                self.record.decide("database-admits", Database, Ruling::Allow, words, Basis::State { what });
                self.record.hop("sql-ready", back, rows(Backend::Ready { pid }));
                self.state.processes[process].pools[pool].taken.push(pid);
                Continue(Given::Connection(pid))
            }
            Err(error) => {
                let words = [error.severity, ":  ", &error.message].concat();
                let basis = self.turned_away(&error, options);
                self.record.decide("database-admits", Database, Ruling::Refuse, words, basis);
                let thrown = refused(&error);
                self.record.hop("sql-ready", back, rows(Backend::Fatal(error)));
                Continue(Given::Error(thrown))
            }
        }
    }

    fn turned_away(&self, error: &SqlError, options: &Options) -> Basis {
        match (error.code, &error.source) {
            ("53300", Some(source)) => self.state.database_basis(self.world, source),
            ("53300", None) => Basis::Standard {
                source: "PostgreSQL 15, section 20.3",
                says: "where nothing else is said, there are 100 connections, the last three for superusers",
            },
            ("3D000", _) => Basis::State { what: ["there is no database ", &options.database].concat() },
            _ => Basis::State {
                what: ["the role ", &options.user, " was made with another password, or never"].concat(),
            },
        }
    }

    /// A statement on a connection, and its rows; none where it waits for ever.
    fn ask_database(
        &mut self,
        process: usize,
        pid: u32,
        text: &str,
        params: &[Option<String>],
        source: &Source,
    ) -> Flow<Option<Got>> {
        if let Some(got) = self.send(process, pid, text, params, source) {
            return Continue(Some(got));
        }
        match self.carry_out(process, pid, text, params, source)? {
            Carried::Got(got) => Continue(Some(got)),
            Carried::Waits(_) => {
                self.told_to_wait(text, Ruling::Fail);
                Continue(None)
            }
        }
    }

    /// A statement has to wait for another transaction.
    pub(super) fn told_to_wait(&mut self, text: &str, ruling: Ruling) {
        let end = if ruling == Ruling::Fail { " and does not end" } else { "" };
        let words = [&gist(text), ": waits for a transaction that is at the same row", end].concat();
        let basis = Basis::Standard {
            source: "PostgreSQL 15, section 13.3.2",
            says: "whoever wants to change a row waits for the transaction that has changed it",
        };
        self.record.decide("database-waits", Database, ruling, words, basis);
    }

    /// A statement goes to the server; or the connection is gone, and what the driver then says.
    pub(super) fn send(
        &mut self,
        process: usize,
        pid: u32,
        text: &str,
        params: &[Option<String>],
        source: &Source,
    ) -> Option<Got> {
        let place = self.program(Owner::Process(process));
        let span = self.network.app_database;
        let open = self.state.database.connections.iter().any(|connection| connection.pid == pid);
        if !open {
            let words = "Client has encountered a connection error and is not queryable";
            let basis = Basis::State { what: "the server has closed this connection".to_owned() };
            self.record.decide("client-broken", place, Ruling::Fail, words, basis);
            return Some(Got::Error(own(words)));
        }
        let basis = self.state.process_basis(self.world, process, source);
        self.record.decide("app-asks", place, Ruling::Choose, ["asks: ", &gist(text)].concat(), basis);
        // Without parameters the driver sends a simple query.
        let given = (!params.is_empty()).then_some(params);
        let frontend = match given {
            Some(params) => Frontend::Extended { text: text.to_owned(), params: params.to_vec() },
            None => Frontend::Query(text.to_owned()),
        };
        self.record.hop("sql", (place, Database, span), Message::Sql(frontend.into()));
        None
    }

    /// The server carries a statement out, and its rows come back; or it has to wait.
    pub(super) fn carry_out(
        &mut self,
        process: usize,
        pid: u32,
        text: &str,
        params: &[Option<String>],
        source: &Source,
    ) -> Flow<Carried> {
        let place = self.program(Owner::Process(process));
        let span = self.network.app_database;
        let given = (!params.is_empty()).then_some(params);
        let clock = self.state.clock(self.record.now);
        let said = self.state.database.execute(pid, text, given, None, clock);
        let (parts, block) = match said {
            Said::Answer(parts, block) => (parts, block),
            Said::Waits(xid) => return Continue(Carried::Waits(xid)),
            Said::NotModelled(what) => {
                let words = ["not modelled: ", &what].concat();
                let basis = self.state.process_basis(self.world, process, source);
                self.record.decide("not-modelled", Database, Ruling::Refuse, words.clone(), basis);
                return Break(Outcome::Printed(words));
            }
        };
        let got = result(&parts);
        self.answered(process, text, &parts, source);
        let rows = Backend::Answer { parts, extended: given.is_some(), block };
        self.record.hop("rows", (Database, place, span), Message::Rows(rows.into()));
        Continue(Carried::Got(got))
    }

    /// What the database says of a statement, and because of what.
    fn answered(&mut self, process: usize, text: &str, parts: &[Part], source: &Source) {
        let work = self.network.database_work;
        let (mut ruling, mut words, mut basis) = (Ruling::Answer, "nothing to do".to_owned(), None);
        for part in parts {
            match part {
                Part::Complete(tag, grounds) => {
                    let gist = gist(text);
                    words = if gist == *tag { gist } else { [&gist, ": ", &told(tag)].concat() };
                    basis = grounds.as_ref().map(|grounds| self.because(grounds)).or(basis);
                }
                Part::Error(error) => {
                    (ruling, words) = (Ruling::Refuse, ["ERROR:  ", &error.message].concat());
                    basis = Some(match (&error.source, error.code) {
                        (Some(line), _) => self.state.database_basis(self.world, line),
                        (None, "42P01" | "42703") => {
                            let sought = error.message.strip_suffix(" does not exist").unwrap_or(&error.message);
                            Basis::Absent { document: SCHEMA.into(), sought: sought.to_owned() }
                        }
                        _ => self.state.process_basis(self.world, process, source),
                    });
                }
                _ => {}
            }
        }
        let basis = basis.unwrap_or_else(|| self.state.process_basis(self.world, process, source));
        self.record.decide_after(work, "database-answers", Database, ruling, words, basis);
    }

    fn because(&self, grounds: &Grounds) -> Basis {
        match grounds {
            Grounds::Line(source) => self.state.database_basis(self.world, source),
            Grounds::NoRow(table) => {
                Basis::Absent { document: SCHEMA.into(), sought: ["such row of ", table].concat() }
            }
            Grounds::Earlier(what) => Basis::State { what: what.clone() },
        }
    }
}

/// What a tag says: of a query how many rows there are.
fn told(tag: &str) -> String {
    match tag.strip_prefix("SELECT ") {
        Some("1") => "1 row".to_owned(),
        Some(count) => [count, " rows"].concat(),
        None => tag.to_owned(),
    }
}
