//! The server: whether it runs and with which settings, its connections, its log, and the data directory, which survives.
//!
//! The database was made once, when the instance was set up: a role and a database for the application, then `schema.sql`
//! run in it. It is made again only where somebody says so. The data directory is read when first needed.

use super::conf::{Conf, Statements};
use super::error::SqlError;
use super::log::{Log, Writer, stamp};
use super::session::{Answer, Around, Block, Part, Session};
use super::store::{Base, Cluster, Role, Xid};
use super::tokens::statements;
use super::types::Value;
use crate::problem::{Problem, Severity, Source};
use crate::sockets::{Listener, Owner};
use crate::world::Document;
use core::net::Ipv4Addr;
use std::sync::Arc;

/// The application's role, its password, and its database: how the instance was set up.
pub const ROLE: (&str, &str, &str) = ("backend", "mango-lantern-42", "demo");

/// The number of the server's first process.
pub const PID: u32 = 731;

/// `pg_hba.conf`, the line for connections from the machine itself.
pub const HBA: (u32, &str) = (97, "host    all             all             127.0.0.1/32            scram-sha-256");

/// The server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Server {
    /// Whether it runs.
    pub running: bool,
    /// Why it could not start.
    pub failure: Option<Vec<String>>,
    /// Its settings as it read them.
    pub conf: Arc<Conf>,
    /// The documents that it has read: its settings.
    pub loaded: Vec<Arc<Document>>,
    /// The document that the tables were made from.
    pub made: Vec<Arc<Document>>,
    /// The data directory, once something has looked into it.
    cluster: Option<Arc<Cluster>>,
    /// The connections that are open.
    pub connections: Vec<Connection>,
    /// The log.
    pub log: Log,
    /// How many processes it has started for clients.
    pub started: u32,
    /// When it was made: the moment for what `schema.sql` writes.
    pub born: i64,
}

/// An open connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// The number of the process that serves it.
    pub pid: u32,
    /// The client's port; none for one that came through the local socket.
    pub port: Option<u16>,
    /// The session.
    pub session: Session,
    /// Since when it is open.
    pub since: i64,
    /// The statement that it carries out or has carried out last.
    pub statement: String,
}

/// A row as text, a value a column.
pub type Row = Vec<Option<String>>;

/// What came of a message to the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// An answer: what is said, and how the transaction then stands.
    Answer(Vec<Part>, Block),
    /// It waits for a transaction.
    Waits(Xid),
    /// It is not modelled: what.
    NotModelled(String),
}

/// Who connects.
#[derive(Clone, Copy, Debug)]
pub struct Client<'a> {
    /// The role.
    pub user: &'a str,
    /// The database.
    pub base: &'a str,
    /// What it proves to know; none on the local socket, where the name in the operating system decides.
    pub password: Option<&'a str>,
    /// Its name in the operating system, on the local socket.
    pub system: Option<&'a str>,
    /// Its port.
    pub port: Option<u16>,
}

impl Server {
    /// The data directory.
    pub fn cluster(&mut self) -> &mut Cluster {
        let (made, born) = (&self.made, self.born);
        let cluster = self.cluster.get_or_insert_with(|| Arc::new(create(made, born)));
        Arc::make_mut(cluster)
    }

    /// The data directory, as it is.
    pub fn look(&mut self) -> &Cluster {
        self.cluster();
        self.cluster.as_deref().expect("made just now")
    }

    /// The committed rows of a table of a database, in the order in which they were written: the names of its columns, and
    /// each row as text; none where there is no such table.
    pub fn rows(&mut self, base: &str, table: &str) -> Option<(Vec<String>, Vec<Row>)> {
        let cluster = self.look();
        let sight = cluster.sight(0);
        let table = cluster.bases[cluster.base(base)?].tables.iter().find(|one| one.name == table)?;
        let names = table.columns.iter().map(|column| column.name.clone()).collect();
        let seen = table.versions.iter().filter(|version| sight.sees(version));
        Some((names, seen.map(|version| version.values.iter().map(Value::text).collect()).collect()))
    }

    /// What of it a command may change: not the log, and not how many have asked.
    pub fn kept(&self) -> Self {
        let mut kept = Self { log: Log::default(), started: 0, connections: Vec::new(), ..self.clone() };
        kept.cluster();
        kept
    }

    /// Starts it with these settings. False where it does not start.
    pub fn start(&mut self, conf: Conf, loaded: Vec<Arc<Document>>, now: i64) -> bool {
        if self.running {
            return true;
        }
        self.failure.clone_from(&conf.refusal);
        (self.conf, self.loaded) = (conf.into(), loaded);
        if let Some(lines) = &self.failure {
            for line in lines.iter().filter(|_| self.conf.logged) {
                match line.split_once(":  ") {
                    // Settings are read before the prefix is known.
                    Some((severity, words)) => {
                        let writer = Writer { now, prefix: "%m [%p] ", pid: PID, client: None };
                        self.log.write(writer, severity, words);
                    }
                    None => self.log.plain(line),
                }
            }
            if self.conf.logged {
                self.log.plain("pg_ctl: could not start server");
                self.log.plain("Examine the log output.");
            }
            return false;
        }
        self.running = true;
        let port = self.conf.port.0.to_string();
        let says = [
            "starting PostgreSQL 15.18 (Debian 15.18-0+deb12u1) on x86_64-pc-linux-gnu, compiled by gcc (Debian 12.2.0-14+deb12u1) 12.2.0, 64-bit".to_owned(),
            ["listening on IPv4 address \"", &self.address().to_string(), "\", port ", &port].concat(),
            ["listening on Unix socket \"/var/run/postgresql/.s.PGSQL.", &port, "\""].concat(),
            ["database system was shut down at ", &stamp(now, false)].concat(),
            "database system is ready to accept connections".to_owned(),
        ];
        for (i, words) in says.iter().enumerate() {
            self.say(now, if i == 3 { PID + 3 } else { PID }, words);
        }
        true
    }

    /// The address that it listens on, in IPv4.
    fn address(&self) -> Ipv4Addr {
        let everywhere = matches!(self.conf.addresses.0.as_str(), "*" | "0.0.0.0");
        if everywhere { Ipv4Addr::UNSPECIFIED } else { Ipv4Addr::LOCALHOST }
    }

    /// Its socket. The line is that of its port, or of its addresses; none where neither is said.
    pub fn listener(&self) -> Listener {
        let source = self.conf.port.1.clone().or(self.conf.addresses.1.clone()).unwrap_or_default();
        Listener { address: self.address().into(), port: self.conf.port.0, owner: Owner::Database, source }
    }

    /// A process that serves no client says something.
    fn say(&mut self, now: i64, pid: u32, words: &str) {
        let conf = self.conf.clone();
        self.log.write(Writer { now, prefix: &conf.prefix, pid, client: None }, "LOG", words);
    }

    /// Stops it, as `pg_ctlcluster 15 main stop -m fast` does: every connection is told and closed, what was not committed
    /// is lost.
    pub fn stop(&mut self, now: i64) {
        if !self.running {
            return;
        }
        self.running = false;
        self.failure = None;
        for words in ["received fast shutdown request", "aborting any active transactions"] {
            self.say(now, PID, words);
        }
        for connection in core::mem::take(&mut self.connections) {
            self.closed(connection, Some(&terminated()), now);
        }
        for (pid, words) in [(PID + 1, "shutting down"), (PID, "database system is shut down")] {
            self.say(now, pid, words);
        }
    }

    /// A client connects and says who it is. The number of its process, or why it is turned away.
    ///
    /// # Errors
    ///
    /// PostgreSQL's own, of severity FATAL; the connection is then closed.
    pub fn connect(&mut self, client: Client<'_>, now: i64) -> Result<u32, Box<SqlError>> {
        self.started += 1;
        let pid = 2_000 + self.started;
        let conf = self.conf.clone();
        let port = client.port.map(|port| port.to_string());
        let unknown = Writer { now, prefix: &conf.prefix, pid, client: Some(("[unknown]", "[unknown]")) };
        let known = Writer { client: Some((client.user, client.base)), ..unknown };
        if conf.connections {
            let from = match &port {
                Some(port) => ["connection received: host=127.0.0.1 port=", port].concat(),
                None => "connection received: host=[local]".to_owned(),
            };
            self.log.write(unknown, "LOG", &from);
        }
        let admitted = self.admits(client);
        if conf.connections && admitted.as_ref().is_ok_and(|()| client.password.is_some()) {
            let place = ["/etc/postgresql/15/main/pg_hba.conf:", &HBA.0.to_string()].concat();
            let words =
                ["connection authenticated: identity=\"", client.user, "\" method=scram-sha-256 (", &place, ")"]
                    .concat();
            self.log.write(known, "LOG", &words);
            let words = ["connection authorized: user=", client.user, " database=", client.base].concat();
            self.log.write(known, "LOG", &words);
        }
        let admitted = admitted.and_then(|()| match self.look().base(client.base) {
            Some(_) => Ok(()),
            None => {
                let words = ["database \"", client.base, "\" does not exist"].concat();
                Err(Box::new(SqlError::fatal("3D000", words)))
            }
        });
        if let Err(error) = admitted {
            self.log.error(known, &error, None);
            return Err(error);
        }
        let session = Session::new(client.user, client.base);
        self.connections.push(Connection { pid, port: client.port, session, since: now, statement: String::new() });
        Ok(pid)
    }

    /// Whether a client gets in: room for it first, then its password or its name, then whether the last slots are kept
    /// for superusers (`ProcessStartupPacket`, `InitProcess`, `ClientAuthentication`, `InitPostgres`).
    fn admits(&mut self, client: Client<'_>) -> Result<(), Box<SqlError>> {
        let conf = self.conf.clone();
        let taken = self.connections.len() as u32;
        if taken >= conf.most.0 {
            let error = SqlError::fatal("53300", "sorry, too many clients already".to_owned());
            return Err(Box::new(SqlError { source: conf.most.1.clone(), ..error }));
        }
        let role = self.look().role(client.user).cloned();
        match (client.password, client.system) {
            (Some(password), _) => {
                let fits = role.as_ref().is_some_and(|role| role.password.as_deref() == Some(password));
                if !fits {
                    let words = ["password authentication failed for user \"", client.user, "\""].concat();
                    let matched =
                        ["Connection matched pg_hba.conf line ", &HBA.0.to_string(), ": \"", HBA.1, "\""].concat();
                    let missing = ["Role \"", client.user, "\" does not exist.\n"].concat();
                    let detail = [if role.is_none() { &missing } else { "" }, &matched].concat();
                    // The client learns nothing of the detail.
                    return Err(Box::new(SqlError { log: Some(detail), ..SqlError::fatal("28P01", words) }));
                }
            }
            (None, system) => {
                if system != Some(client.user) {
                    let words = ["Peer authentication failed for user \"", client.user, "\""].concat();
                    let matched = "Connection matched pg_hba.conf line 95: \"local   all             all                                     peer\"";
                    return Err(Box::new(SqlError {
                        log: Some(matched.to_owned()),
                        ..SqlError::fatal("28000", words)
                    }));
                }
            }
        }
        let Some(Role { login, superuser, .. }) = role else {
            return Err(Box::new(SqlError::fatal("28000", ["role \"", client.user, "\" does not exist"].concat())));
        };
        if !login {
            return Err(Box::new(SqlError::fatal(
                "28000",
                ["role \"", client.user, "\" is not permitted to log in"].concat(),
            )));
        }
        if !superuser && taken + conf.reserved.0 >= conf.most.0 {
            let words = "remaining connection slots are reserved for non-replication superuser connections".to_owned();
            return Err(Box::new(SqlError { source: conf.most.1.clone(), ..SqlError::fatal("53300", words) }));
        }
        Ok(())
    }

    /// Carries a text out on a connection: with parameters one statement of the extended protocol, without a simple query.
    pub fn execute(
        &mut self,
        pid: u32,
        text: &str,
        params: Option<&[Option<String>]>,
        place: Option<(&str, u32)>,
        now: i64,
    ) -> Reply {
        let Some(at) = self.connections.iter().position(|connection| connection.pid == pid) else {
            return Reply::NotModelled("a connection that is closed".to_owned());
        };
        let mut connection = self.connections.remove(at);
        let conf = self.conf.clone();
        let (user, base) = (connection.session.user.clone(), connection.session.base.clone());
        let writer = Writer { now, prefix: &conf.prefix, pid, client: Some((&user, &base)) };
        if !connection.session.waits() {
            text.clone_into(&mut connection.statement);
            self.note(writer, text, params);
        }
        let settings = |name: &str| setting(&conf, name);
        let around = Around { now, settings: &settings, place };
        let answer = connection.session.execute(self.cluster(), text, params, &around);
        let block = connection.session.block;
        self.connections.insert(at, connection);
        match answer {
            Answer::Waits(xid) => Reply::Waits(xid),
            Answer::NotModelled(what) => Reply::NotModelled(what),
            Answer::Done(parts) => {
                for part in &parts {
                    match part {
                        Part::Error(error) => self.log.error(writer, error, Some(text.trim_end())),
                        Part::Notice(notice) if notice.severity == "WARNING" => {
                            self.log.error(writer, notice, None);
                        }
                        _ => {}
                    }
                }
                Reply::Answer(parts, block)
            }
        }
    }

    /// `log_statement`.
    fn note(&mut self, writer: Writer<'_>, text: &str, params: Option<&[Option<String>]>) {
        let verb = text.split_whitespace().next().unwrap_or("").to_ascii_uppercase();
        let kind = match verb.as_str() {
            "CREATE" | "ALTER" | "DROP" | "GRANT" => Statements::Ddl,
            "INSERT" | "UPDATE" | "DELETE" | "TRUNCATE" => Statements::Mod,
            _ => Statements::All,
        };
        if self.conf.statements == Statements::None || self.conf.statements < kind {
            return;
        }
        match params {
            None => self.log.write(writer, "LOG", &["statement: ", text].concat()),
            Some(params) => {
                self.log.write(writer, "LOG", &["execute <unnamed>: ", text].concat());
                let one = |(i, value): (usize, &Option<String>)| {
                    let value = value.as_ref().map_or_else(|| "NULL".to_owned(), |text| super::protocol::quoted(text));
                    ["$", &(i + 1).to_string(), " = ", &value].concat()
                };
                let list: Vec<String> = params.iter().enumerate().map(one).collect();
                self.log.write(writer, "DETAIL", &["parameters: ", &list.join(", ")].concat());
            }
        }
    }

    /// A client says goodbye, or is gone.
    pub fn close(&mut self, pid: u32, now: i64) {
        if let Some(at) = self.connections.iter().position(|connection| connection.pid == pid) {
            let connection = self.connections.remove(at);
            self.closed(connection, None, now);
        }
    }

    fn closed(&mut self, mut connection: Connection, told: Option<&SqlError>, now: i64) {
        let conf = self.conf.clone();
        let busy = connection.session.waits();
        connection.session.close(self.cluster());
        let Session { user, base, .. } = &connection.session;
        let writer = Writer { now, prefix: &conf.prefix, pid: connection.pid, client: Some((user, base)) };
        if let Some(error) = told {
            self.log.error(writer, error, busy.then_some(connection.statement.as_str()));
        }
        if conf.disconnections {
            let span = (now - connection.since).max(0);
            let (seconds, part) = (span / 1_000_000, (1_000 + span / 1_000 % 1_000).to_string());
            let two = |n: i64| [if n < 10 { "0" } else { "" }, &n.to_string()].concat();
            let clock = [
                &(seconds / 3_600).to_string(),
                ":",
                &two(seconds / 60 % 60),
                ":",
                &two(seconds % 60),
                ".",
                &part[1..],
            ];
            let from = match connection.port {
                Some(port) => ["127.0.0.1 port=", &port.to_string()].concat(),
                None => "[local]".to_owned(),
            };
            let words =
                ["disconnection: session time: ", &clock.concat(), " user=", user, " database=", base, " host=", &from];
            self.log.write(writer, "LOG", &words.concat());
        }
    }

    /// The tables are made anew from a document: what is written there counts, and every row that has been added is lost.
    pub fn remake(&mut self, made: Vec<Arc<Document>>, born: i64) {
        (self.made, self.born, self.cluster) = (made, born, None);
    }
}

/// What a client is told when the server stops.
pub fn terminated() -> SqlError {
    SqlError::fatal("57P01", "terminating connection due to administrator command".to_owned())
}

/// A setting, for `SHOW`.
fn setting(conf: &Conf, name: &str) -> Option<String> {
    let switch = |on: bool| if on { "on" } else { "off" }.to_owned();
    Some(match name {
        "max_connections" => conf.most.0.to_string(),
        "superuser_reserved_connections" => conf.reserved.0.to_string(),
        "port" => conf.port.0.to_string(),
        "listen_addresses" => conf.addresses.0.clone(),
        "log_connections" => switch(conf.connections),
        "log_disconnections" => switch(conf.disconnections),
        "log_line_prefix" => conf.prefix.clone(),
        "log_statement" => match conf.statements {
            Statements::None => "none",
            Statements::Ddl => "ddl",
            Statements::Mod => "mod",
            Statements::All => "all",
        }
        .to_owned(),
        "server_version" => "15.18 (Debian 15.18-0+deb12u1)".to_owned(),
        "default_transaction_isolation" => "read committed".to_owned(),
        "data_directory" => "/var/lib/postgresql/15/main".to_owned(),
        "config_file" => "/etc/postgresql/15/main/postgresql.conf".to_owned(),
        "hba_file" => "/etc/postgresql/15/main/pg_hba.conf".to_owned(),
        "timezone" => "Etc/UTC".to_owned(),
        _ => return None,
    })
}

/// The data directory as the instance was set up: the application's role and database, and `schema.sql` run in it by the
/// superuser. What is refused there is passed over, as psql does.
fn create(made: &[Arc<Document>], born: i64) -> Cluster {
    let mut cluster = Cluster::default();
    let (role, password, base) = ROLE;
    let password = Some(password.to_owned());
    cluster.roles.push(Role { name: role.to_owned(), password, login: true, superuser: false, source: None });
    cluster.bases.push(Base::new(base.to_owned(), "postgres".to_owned()));
    for document in made {
        run_script(&mut cluster, base, document, born);
    }
    cluster
}

/// Runs the statements of a document, and returns what is wrong with them: the byte, and the error or what is not
/// modelled.
pub fn run_script(cluster: &mut Cluster, base: &str, document: &Document, born: i64) -> Vec<(usize, String, bool)> {
    let mut session = Session::new("postgres", base);
    let mut problems = Vec::new();
    for (at, text) in statements(&document.text) {
        let line = document.text[..at].matches('\n').count() as u32 + 1;
        let around = Around { now: born, settings: &|_| None, place: Some((&document.name, line)) };
        match session.execute(cluster, text, None, &around) {
            Answer::Done(parts) => {
                for part in parts {
                    if let Part::Error(error) = part {
                        let place = error.position.map_or(0, |place| byte(text, place));
                        problems.push((at + place, ["ERROR:  ", &error.message].concat(), true));
                    }
                }
            }
            Answer::NotModelled(what) => problems.push((at, what, false)),
            Answer::Waits(_) => {}
        }
    }
    session.close(cluster);
    problems
}

/// What is wrong with a document of statements, when they are run in an empty database.
pub fn problems(document: &Document) -> Vec<Problem> {
    let mut cluster = create(&[], 0);
    let found = run_script(&mut cluster, ROLE.2, document, 0);
    let problem = |(at, words, refused): (usize, String, bool)| {
        let before = &document.text[..at.min(document.text.len())];
        let line = before.matches('\n').count() as u32 + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() as u32 + 1;
        let severity = if refused { Severity::Error } else { Severity::NotModelled };
        Problem { source: Source::new(&document.name, line), column, severity, words }
    };
    found.into_iter().map(problem).collect()
}

/// The byte at which a character stands, counted from 1.
pub fn byte(text: &str, position: usize) -> usize {
    text.char_indices().nth(position.saturating_sub(1)).map_or(text.len(), |(at, _)| at)
}
