//! What has happened so far: what browser and resolver remember, which programs run and with which configuration.

pub mod daemon;
mod database;
pub mod handset;
mod pm2;
pub mod unit;

use crate::app::App;
use crate::browser::fetch;
use crate::database::server::Server;
use crate::dns::cache::Cache;
use crate::literal::Value;
use crate::problem::{Problem, Source};
use crate::processes::Declared;
use crate::proxy::Config;
use crate::proxy::upstream::Runtime;
use crate::shell::Terminal;
use crate::sockets::{self, Bound, Owner};
use crate::time::Micros;
use crate::tls::{Certificate, Date};
use crate::trace::Basis;
use crate::world::{Document, Kind, World};
use core::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

/// Everything that running changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// What time it is in the simulation: when the last action was over.
    pub now: Micros,
    /// The addresses that the browser remembers.
    pub addresses: Vec<Remembered>,
    /// What the resolver remembers.
    pub resolver: Cache,
    /// The permanent redirects that the browser remembers: from, to.
    pub redirects: Vec<(String, String)>,
    /// The browser's open connections, idle between requests.
    pub connections: Vec<Connection>,
    /// How many connections the browser has opened so far.
    pub opened: u64,
    /// How many connections nginx has opened to applications so far.
    pub passed: u64,
    /// nginx.
    pub nginx: Nginx,
    /// The same as systemd sees it.
    pub unit: unit::Unit,
    /// The processes that PM2 lists.
    pub processes: Vec<Process>,
    /// PM2's daemon.
    pub daemon: daemon::Daemon,
    /// The hosts that the browser opens with HTTPS only.
    pub secured: Vec<Secured>,
    /// The TLS sessions that the browser can resume. nginx makes the key of its tickets when it loads its configuration.
    pub tickets: Vec<Ticket>,
    /// The certificates that certbot has renewed since the instance booted: on disk they differ from the document.
    pub renewed: Vec<Renewed>,
    /// PostgreSQL.
    pub database: Server,
    /// What date and time it was when the simulation began, in microseconds.
    pub date: i64,
    /// The terminal on the instance.
    pub terminal: Terminal,
    /// The page whose script has asked something: the address that was opened, and the one that it then had.
    pub page: Option<(String, String)>,
    /// What the browser remembers of what scripts have asked: preflights, cookies, answers.
    pub fetches: fetch::Remembered,
    /// What the browsers at other addresses remember.
    pub visitors: Vec<(Ipv4Addr, Memory)>,
    /// What the apps on phones hold, of those that have asked for something or were told something.
    pub handsets: Vec<handset::Handset>,
}

/// What one browser remembers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    addresses: Vec<Remembered>,
    redirects: Vec<(String, String)>,
    connections: Vec<Connection>,
    secured: Vec<Secured>,
    tickets: Vec<Ticket>,
    page: Option<(String, String)>,
    fetches: fetch::Remembered,
}

/// A host that has asked the browser for HTTPS only (RFC 6797).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secured {
    /// The host.
    pub host: String,
    /// When that is forgotten.
    pub until: Micros,
    /// Whether it asked for the names below it as well.
    pub subdomains: bool,
    /// In its own words.
    pub policy: String,
}

/// What the browser needs to resume a TLS session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// The host.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Until when nginx takes it.
    pub until: Micros,
}

/// A renewed certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renewed {
    /// Its path.
    pub path: String,
    /// Valid from.
    pub from: Date,
    /// Valid until.
    pub until: Date,
}

/// An address that the browser remembers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// The host.
    pub host: String,
    /// Its address.
    pub address: Ipv4Addr,
    /// When it is forgotten.
    pub until: Micros,
}

/// An open connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// The host it was opened for.
    pub host: String,
    /// Whether TLS is spoken on it.
    pub secure: bool,
    /// Whether HTTP/2 is spoken on it.
    pub http2: bool,
    /// The browser's end.
    pub client: SocketAddr,
    /// The instance's end, as the browser sees it.
    pub server: SocketAddr,
    /// The instance's end, as the instance sees it.
    pub inside: SocketAddr,
    /// The program that accepted it.
    pub owner: Owner,
    /// Whether the security group tracks it; if not, its rules are asked again for every packet.
    pub tracked: bool,
    /// When the server closes it if nothing comes.
    pub until: Micros,
}

/// nginx on the instance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Nginx {
    /// Whether its processes run.
    pub running: bool,
    /// The configuration it loaded last.
    pub config: Arc<Config>,
    /// What it remembers from one request to the next: whose turn it is, who failed, how many came.
    pub runtime: Runtime,
    /// The certificate files as it loaded them; a renewed file counts from the next reload.
    pub certificates: Arc<Vec<Certificate>>,
    /// The files it loaded it from.
    pub loaded: Vec<Arc<Document>>,
    /// Why it could not start.
    pub failure: Option<Problem>,
}

/// A process that PM2 lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// Its number in PM2's list.
    pub id: u32,
    /// The number of the program that runs; 0 where none does.
    pub pid: u32,
    /// As the file said when it was started.
    pub declared: Arc<Declared>,
    /// The script as it was read.
    pub app: Arc<App>,
    /// Where it binds, as `/etc/hosts` was when it started.
    pub bound: Bound,
    /// How it is.
    pub status: Status,
    /// Why it is `errored`.
    pub failure: Option<String>,
    /// How often PM2 has started it again.
    pub restarts: u32,
    /// How often it ended too soon after it had been started.
    pub unstable: u32,
    /// When somebody started it, not PM2 by itself.
    pub created: Micros,
    /// When it was started last.
    pub started: Micros,
    /// Its data, as far as it has changed since it was started; gone when it ends.
    pub memory: Vec<(String, Value)>,
    /// When its timers (`setInterval`) are due next, in the order of the script.
    pub beats: Vec<Micros>,
    /// Its pools of database connections, in the order in which the script makes them.
    pub pools: Vec<Pool>,
    /// What it wrote as it ended, the last lines of it.
    pub log: Vec<String>,
    /// The documents it was started from.
    pub loaded: Vec<Arc<Document>>,
}

/// What runs on an instance, and what it runs with: all that a command there may change but files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Programs {
    nginx: Nginx,
    processes: Vec<Process>,
    renewed: Vec<Renewed>,
    database: Server,
}

/// A pool of database connections. A connection is named by the number of the server's process at its other end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pool {
    /// Those that nobody uses, and since when; the one that was used last is used first.
    pub idle: Vec<(u32, Micros)>,
    /// Those that are in use.
    pub taken: Vec<u32>,
}

/// PM2's word for a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It runs.
    Online,
    /// It was stopped.
    Stopped,
    /// It ended so often that PM2 gave up.
    Errored,
}

impl Status {
    /// As `pm2 list` writes it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Stopped => "stopped",
            Self::Errored => "errored",
        }
    }
}

impl State {
    /// An instance that has just started with this world: nginx and every process were told to start, and nobody has
    /// visited yet.
    pub fn booted(world: &World) -> Self {
        let mut state = Self { date: began(world), ..Self::default() };
        state.remake_database(world);
        state.start_database(world);
        state.start_unit(world);
        state.start_processes(world);
        state
    }

    /// The same, from an instance that has just started with a world in which documents of this kind alone are others:
    /// what does not read them need not read anything again.
    pub fn booted_like(world: &World, other: &Self, kind: Kind) -> Self {
        let date = if kind == Kind::Network { began(world) } else { other.date };
        let mut state = Self { date, ..Self::default() };
        match kind {
            Kind::Schema | Kind::Settings | Kind::Network => {
                state.remake_database(world);
                state.start_database(world);
            }
            _ => state.database = other.database.clone(),
        }
        match kind {
            // PostgreSQL may have taken an address that nginx wants.
            Kind::Nginx | Kind::Certificates | Kind::Hosts | Kind::Settings => _ = state.start_unit(world),
            _ => (state.nginx, state.unit) = (other.nginx.clone(), other.unit.clone()),
        }
        match kind {
            Kind::Processes | Kind::Script | Kind::Data | Kind::Hosts => state.start_processes(world),
            _ => state.start_processes_of(other),
        }
        state
    }

    /// What the app on somebody's phone holds.
    pub fn handset(&self, name: &str) -> Option<&handset::Handset> {
        self.handsets.iter().find(|handset| handset.name == name)
    }

    /// The same, to be changed: an app that has not been used yet holds nothing.
    pub fn handset_mut(&mut self, name: &str) -> &mut handset::Handset {
        let at = self.handsets.iter().position(|handset| handset.name == name).unwrap_or_else(|| {
            self.handsets.push(handset::Handset { name: name.to_owned(), ..handset::Handset::default() });
            self.handsets.len() - 1
        });
        &mut self.handsets[at]
    }

    /// What runs, to be compared.
    pub fn programs(&self) -> Programs {
        let nginx = Nginx { runtime: Runtime::default(), ..self.nginx.clone() };
        let (processes, renewed, database) = (self.processes.clone(), self.renewed.clone(), self.database.kept());
        Programs { nginx, processes, renewed, database }
    }

    /// Starts nginx with the files as they are now. False where it cannot start.
    pub fn start_nginx(&mut self, world: &World) -> bool {
        if self.nginx.running {
            return true;
        }
        let config = world.nginx();
        let wanted = sockets::listeners(Some(&config), &[], None);
        let wanted: Vec<_> = wanted.into_iter().filter(|l| l.owner == Owner::Nginx).collect();
        let taken = sockets::listeners(None, &self.processes, self.running_database());
        let clash =
            wanted.iter().find(|l| taken.iter().any(|t| t.port == l.port && sockets::clash(t.address, l.address)));
        let failure = config.error().cloned().or_else(|| {
            clash.map(|l| {
                let address = SocketAddr::new(l.address, l.port).to_string();
                let words = ["bind() to ", &address, " failed (98: Address already in use)"].concat();
                Problem::error(&l.source.document, l.source.line, 1, words)
            })
        });
        let running = failure.is_none();
        let certificates = Arc::new(self.certificates(world));
        let (config, runtime) = (Arc::new(config), Runtime::default());
        self.nginx = Nginx { running, config, runtime, certificates, loaded: nginx_files(world), failure };
        self.forget_tickets();
        running
    }

    /// The certificate files as they are on disk: the document's, with what certbot has renewed.
    pub fn certificates(&self, world: &World) -> Vec<Certificate> {
        let mut found = world.certificates().0;
        for certificate in &mut found {
            if let Some(renewed) = self.renewed.iter().find(|renewed| renewed.path == certificate.path) {
                let dated = |date: Date| Some((date, [&date.iso_text(), " UTC"].concat(), Source::default()));
                certificate.issuer = "C = US, O = Let's Encrypt, CN = R11".to_owned();
                certificate.issuer_source = Source::default();
                certificate.not_before = dated(renewed.from);
                certificate.not_after = dated(renewed.until);
                certificate.renewed = true;
            }
        }
        found
    }

    /// Loads the files as they are now, if they are right; else nginx keeps the configuration it has.
    pub fn reload_nginx(&mut self, world: &World) -> Result<(), Problem> {
        let config = world.nginx();
        if let Some(problem) = config.error() {
            return Err(problem.clone());
        }
        self.nginx.config = Arc::new(config);
        self.nginx.runtime = Runtime::default();
        self.nginx.loaded = nginx_files(world);
        self.nginx.certificates = Arc::new(self.certificates(world));
        self.forget_tickets();
        // Old workers close their idle connections and end (nginx.org, "Controlling nginx").
        self.forget_connections(Owner::Nginx);
        Ok(())
    }

    /// Stops nginx; its connections are closed.
    pub fn stop_nginx(&mut self) {
        self.nginx.running = false;
        self.nginx.failure = None;
        self.forget_connections(Owner::Nginx);
    }

    fn forget_connections(&mut self, owner: Owner) {
        self.keep_connections(|connection| connection.owner != owner);
    }

    /// Keeps these connections, in every browser.
    fn keep_connections(&mut self, kept: impl Fn(&Connection) -> bool) {
        self.connections.retain(&kept);
        self.visitors.iter_mut().for_each(|(_, memory)| memory.connections.retain(&kept));
    }

    /// No browser can resume a TLS session any more.
    fn forget_tickets(&mut self) {
        self.tickets.clear();
        self.visitors.iter_mut().for_each(|(_, memory)| memory.tickets.clear());
    }

    /// The browser at `next` comes to the fore, and the one that was there is put aside as the one at `own`.
    pub fn trade_places(&mut self, own: Ipv4Addr, next: Ipv4Addr) {
        if own == next {
            return;
        }
        let there = self.visitors.iter().position(|(address, _)| *address == next);
        let Memory { addresses, redirects, connections, secured, tickets, page, fetches } =
            there.map_or_else(Memory::default, |at| self.visitors.remove(at).1);
        let put_aside = Memory {
            addresses: core::mem::replace(&mut self.addresses, addresses),
            redirects: core::mem::replace(&mut self.redirects, redirects),
            connections: core::mem::replace(&mut self.connections, connections),
            secured: core::mem::replace(&mut self.secured, secured),
            tickets: core::mem::replace(&mut self.tickets, tickets),
            page: core::mem::replace(&mut self.page, page),
            fetches: core::mem::replace(&mut self.fetches, fetches),
        };
        self.visitors.push((own, put_aside));
    }

    /// What a decision of nginx rests on: the line, as long as the document still is what nginx has loaded.
    pub fn nginx_basis(&self, world: &World, source: &Source) -> Basis {
        basis(&self.nginx.loaded, world, source, "nginx still runs the configuration it loaded before the edit: ")
    }

    /// What a decision of a process rests on.
    pub fn process_basis(&self, world: &World, process: usize, source: &Source) -> Basis {
        basis(&self.processes[process].loaded, world, source, "the process still runs as it was started: ")
    }
}

/// What date and time it is when the simulation begins, in microseconds.
fn began(world: &World) -> i64 {
    world.network().date.map_or(0, |(date, _)| date.0 * 1_000_000)
}

/// The documents that nginx reads when it loads its configuration.
fn nginx_files(world: &World) -> Vec<Arc<Document>> {
    let kinds = [Kind::Nginx, Kind::Certificates, Kind::Hosts];
    world.documents.iter().filter(|document| kinds.contains(&document.kind)).cloned().collect()
}

/// The line of the document; or, where that line has been edited since it was loaded, the line as it was.
fn basis(loaded: &[Arc<Document>], world: &World, source: &Source, still: &str) -> Basis {
    let named = |document: &&Arc<Document>| *document.name == *source.document;
    let (old, new) = (loaded.iter().find(named), world.documents.iter().find(named));
    // Most often nothing was edited: then it is the same document, and nobody need look for the line.
    if let Some(old) = old
        && !new.is_some_and(|new| Arc::ptr_eq(old, new))
    {
        let at = source.line.saturating_sub(1) as usize;
        let line = |document: &Arc<Document>| document.text.lines().nth(at).map(|line| line.trim().to_owned());
        if let Some(words) = line(old)
            && new.and_then(line).as_ref() != Some(&words)
        {
            return Basis::State { what: [still, &words].concat() };
        }
    }
    source.clone().into()
}
