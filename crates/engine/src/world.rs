//! The world: what is written down, as text that people really write. The text is the source of truth.
//!
//! Parsing gives a value and problems, never a failure. Nothing here has happened yet: see [`crate::state`].

use crate::app::{self, App};
use crate::database::conf::{self, Conf};
use crate::database::server;
use crate::dns::zone::{self, Zone};
use crate::firewall::{self, SecurityGroup};
use crate::network::{self, Network};
use crate::phones::{self, Phones};
use crate::problem::{Problem, Severity};
use crate::processes::{self, Declared};
use crate::proxy::Config;
use crate::proxy::build::{self, Surroundings};
use crate::tls::{self, Certificate};
use crate::{sockets, text};
use core::net::IpAddr;
use std::sync::Arc;

/// Everything that is configured. A world shares with its copies every document that is the same in both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct World {
    /// The documents, in the order in which a request meets them.
    pub documents: Vec<Arc<Document>>,
}

/// One text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its stable name.
    pub name: String,
    /// What kind of text it is.
    pub kind: Kind,
    /// The text.
    pub text: String,
}

/// What a request meets of a world's documents, read once. What programs read when they start is in their state.
#[derive(Clone, Debug)]
pub struct Readings {
    /// The zones.
    pub zones: Arc<[Zone]>,
    /// The security group.
    pub group: SecurityGroup,
    /// The network.
    pub network: Network,
    /// The names of `/etc/hosts`.
    pub hosts: Vec<(IpAddr, String)>,
    /// The phones.
    pub phones: Phones,
}

impl Readings {
    /// Reads the documents.
    pub fn of(world: &World) -> Self {
        let (zones, group) = (world.zones().into(), world.security_group());
        Self { zones, group, network: world.network(), hosts: world.hosts(), phones: world.phones() }
    }

    /// Reads the documents, knowing what was read in a world in which those of this kind alone are others.
    #[must_use]
    pub fn with(&self, world: &World, kind: Kind) -> Self {
        let mut new = self.clone();
        match kind {
            Kind::Zone => new.zones = world.zones().into(),
            Kind::SecurityGroup => new.group = world.security_group(),
            Kind::Network => new.network = world.network(),
            Kind::Hosts => new.hosts = world.hosts(),
            Kind::Phones => new.phones = world.phones(),
            _ => {}
        }
        new
    }
}

/// The kinds of document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A zone file (RFC 1035 section 5.1).
    Zone,
    /// A table of security group rules.
    SecurityGroup,
    /// Addresses, delays, and the browser's date and trusted authorities.
    Network,
    /// A file of `/etc/nginx/conf.d`.
    Nginx,
    /// Certificate files, as `openssl x509 -text` shows them.
    Certificates,
    /// `/etc/hosts` on the instance.
    Hosts,
    /// PM2's `ecosystem.config.js`.
    Processes,
    /// A script that node runs.
    Script,
    /// Data that a script reads.
    Data,
    /// A file that is sent to browsers as it is; read anew for every request.
    Public,
    /// The statements that make a database's tables and their first rows.
    Schema,
    /// `postgresql.conf`.
    Settings,
    /// The phones that have the app, and the push service.
    Phones,
}

/// The name of the document that the database is made from; the other holds PostgreSQL's settings.
pub const SCHEMA: &str = "schema.sql";
/// See [`SCHEMA`].
pub const SETTINGS: &str = "/etc/postgresql/15/main/postgresql.conf";

/// The documents of the course.
const COURSE: [(&str, Kind, &str); 22] = [
    ("root.zone", Kind::Zone, include_str!("world/documents/root.zone")),
    ("doxyz.zone", Kind::Zone, include_str!("world/documents/doxyz.zone")),
    ("senus.doxyz.zone", Kind::Zone, include_str!("world/documents/senus.doxyz.zone")),
    ("security-group", Kind::SecurityGroup, include_str!("world/documents/security-group")),
    ("/etc/nginx/conf.d/backend.conf", Kind::Nginx, include_str!("world/documents/backend.conf")),
    ("/etc/nginx/conf.d/frontend.conf", Kind::Nginx, include_str!("world/documents/frontend.conf")),
    ("certificates", Kind::Certificates, include_str!("world/documents/certificates")),
    ("/etc/hosts", Kind::Hosts, include_str!("world/documents/hosts")),
    ("ecosystem.config.js", Kind::Processes, include_str!("world/documents/ecosystem.config.js")),
    ("backend.js", Kind::Script, include_str!("world/documents/backend.js")),
    ("users.json", Kind::Data, include_str!("world/documents/users.json")),
    (SCHEMA, Kind::Schema, include_str!("world/documents/schema.sql")),
    (SETTINGS, Kind::Settings, include_str!("world/documents/postgresql.conf")),
    ("frontend.js", Kind::Script, include_str!("world/documents/frontend.js")),
    ("public/index.html", Kind::Public, include_str!("world/documents/public/index.html")),
    ("public/count.html", Kind::Public, include_str!("world/documents/public/count.html")),
    ("public/count.js", Kind::Public, include_str!("world/documents/public/count.js")),
    ("public/style.css", Kind::Public, include_str!("world/documents/public/style.css")),
    ("public/app.js", Kind::Public, include_str!("world/documents/public/app.js")),
    ("public/people.svg", Kind::Public, include_str!("world/documents/public/people.svg")),
    ("network", Kind::Network, include_str!("world/documents/network")),
    ("phones", Kind::Phones, include_str!("world/documents/phones")),
];

impl Kind {
    /// The kind of a file that somebody makes on the instance, by its path (in the home folder: by its name).
    pub fn of_file(name: &str) -> Self {
        match name {
            "ecosystem.config.js" => Self::Processes,
            SCHEMA => Self::Schema,
            SETTINGS => Self::Settings,
            _ if name.starts_with("/etc/nginx/conf.d/") => Self::Nginx,
            _ if name.starts_with("public/") => Self::Public,
            _ if name.ends_with(".js") => Self::Script,
            _ => Self::Data,
        }
    }
}

impl FromIterator<Document> for World {
    fn from_iter<T: IntoIterator<Item = Document>>(documents: T) -> Self {
        Self { documents: documents.into_iter().map(Arc::new).collect() }
    }
}

impl World {
    /// The course's own world: one instance with two sites.
    pub fn course() -> Self {
        let document = |(name, kind, text): (&str, Kind, &str)| Document { name: name.into(), kind, text: text.into() };
        COURSE.into_iter().map(document).collect()
    }

    /// A document.
    pub fn document(&self, name: &str) -> Option<&Arc<Document>> {
        self.documents.iter().find(|document| document.name == name)
    }

    /// Puts a document where the one of its name stands, or behind all others.
    pub fn put(&mut self, document: Arc<Document>) {
        match self.documents.iter_mut().find(|old| old.name == document.name) {
            Some(old) => *old = document,
            None => self.documents.push(document),
        }
    }

    /// The text of a document.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.document(name).map(|document| document.text.as_str())
    }

    /// The same world with another text in one document. An unknown name changes nothing.
    #[must_use]
    pub fn with_text(&self, name: &str, text: &str) -> Self {
        let mut world = self.clone();
        if let Some(document) = world.documents.iter_mut().find(|document| document.name == name) {
            text.clone_into(&mut Arc::make_mut(document).text);
        }
        world
    }

    /// The same world with `from` replaced by `to` in one document, at its first occurrence.
    #[must_use]
    pub fn with_edit(&self, name: &str, from: &str, to: &str) -> Self {
        match text::split_once(self.text(name).unwrap_or(""), from) {
            Some((before, after)) => self.with_text(name, &[before, to, after].concat()),
            None => self.clone(),
        }
    }

    /// The same world without one line of one document; lines count from 1.
    #[must_use]
    pub fn with_line_removed(&self, name: &str, line: u32) -> Self {
        let text = self.text(name).unwrap_or("");
        let kept = text::lines(text).filter(|(number, _)| *number != line).map(|(_, line)| line);
        let mut text = kept.collect::<Vec<_>>().join("\n");
        text.push('\n');
        self.with_text(name, &text)
    }

    /// The documents of one kind.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &Arc<Document>> {
        self.documents.iter().filter(move |document| document.kind == kind)
    }

    /// The first document of one kind: its name and text.
    fn first(&self, kind: Kind) -> (&str, &str) {
        self.of(kind).next().map_or(("", ""), |document| (&document.name, &document.text))
    }

    /// The zones.
    pub fn zones(&self) -> Vec<Zone> {
        self.of(Kind::Zone).map(|document| zone::parse(&document.name, &document.text)).collect()
    }

    /// The security group.
    pub fn security_group(&self) -> SecurityGroup {
        let (name, text) = self.first(Kind::SecurityGroup);
        firewall::parse(name, text)
    }

    /// The network.
    pub fn network(&self) -> Network {
        let (name, text) = self.first(Kind::Network);
        network::parse(name, text)
    }

    /// The phones that have the app.
    pub fn phones(&self) -> Phones {
        let (name, text) = self.first(Kind::Phones);
        phones::parse(name, text)
    }

    /// The certificate files.
    pub fn certificates(&self) -> (Vec<Certificate>, Vec<Problem>) {
        let (name, text) = self.first(Kind::Certificates);
        tls::parse(name, text)
    }

    /// The names of `/etc/hosts`.
    pub fn hosts(&self) -> Vec<(IpAddr, String)> {
        sockets::hosts(self.first(Kind::Hosts).1)
    }

    /// The configuration that nginx would load now: the files of `conf.d` in the order of their names.
    pub fn nginx(&self) -> Config {
        let mut files: Vec<(&str, &str)> = self.of(Kind::Nginx).map(|d| (d.name.as_str(), d.text.as_str())).collect();
        text::sort(&mut files, |(name, _)| *name);
        let certificates: Vec<String> = self.certificates().0.into_iter().map(|certificate| certificate.path).collect();
        build::build(
            &files,
            Surroundings { hosts: &self.hosts(), certificates: &certificates, keys: &[], other_keys: &[] },
        )
    }

    /// What PM2 would start.
    pub fn declared(&self) -> (Vec<Declared>, Vec<Problem>) {
        let (name, text) = self.first(Kind::Processes);
        processes::parse(name, text)
    }

    /// The settings that PostgreSQL would read now.
    pub fn settings(&self) -> Conf {
        match self.of(Kind::Settings).next() {
            Some(document) => conf::parse(&document.name, &document.text),
            None => {
                let words = ["Error: ", SETTINGS, ": No such file or directory"].concat();
                Conf { refusal: Some(vec![words]), logged: false, ..Conf::default() }
            }
        }
    }

    /// A script as node would read it now; a script that does not exist has an error and nothing else.
    pub fn script(&self, path: &str) -> App {
        match self.text(path) {
            Some(text) => app::parse(path, text, &|path| self.text(path)),
            None => {
                let words = ["Error: Cannot find module '", path, "'"].concat();
                App { problems: vec![Problem::error(path, 1, 1, words)], ..App::default() }
            }
        }
    }

    /// Everything that is wrong in the documents, in their order.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        for zone in self.zones() {
            problems.extend(zone.problems);
        }
        problems.extend(self.security_group().problems);
        problems.extend(self.nginx().problems);
        problems.extend(self.certificates().1);
        problems.extend(self.declared().1);
        for script in self.of(Kind::Script) {
            problems.extend(self.script(&script.name).problems);
        }
        for document in self.of(Kind::Schema) {
            problems.extend(server::problems(document));
        }
        problems.extend(self.settings().problems);
        problems.extend(self.network().problems);
        problems.extend(self.phones().problems);
        problems
    }

    /// Whether no real program would refuse any document.
    pub fn is_sound(&self) -> bool {
        self.problems().iter().all(|problem| problem.severity != Severity::Error)
    }
}
