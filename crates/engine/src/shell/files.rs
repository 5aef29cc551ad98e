//! The files on the instance: those documents of the world that lie there, and the few others that can be seen.
//!
//! Who owns a file, and who may read and write it, is as the Debian packages and an Ubuntu image set it. Other files of
//! the system are not modelled, and a listing that would show them says so.

use crate::state::State;
use crate::text;
use crate::tls::Date;
use crate::world::{Document, Kind, World};
use std::sync::Arc;

/// Where a person who logs in stands first.
pub const HOME: &str = "/home/ubuntu";

/// The file that nginx reads first. It is not a document: nothing in it is to be changed.
const NGINX: &str = "user www-data;\nworker_processes 1;\npid /run/nginx.pid;\nerror_log /var/log/nginx/error.log;\n\nevents {\n    worker_connections 768;\n}\n\nhttp {\n    access_log /var/log/nginx/access.log;\n    include /etc/nginx/conf.d/*.conf;\n}\n";

/// Folders that are there whatever lies in them, and whether all that lies in them is modelled.
const FOLDERS: [(&str, bool); 20] = [
    ("/", false),
    ("/etc", false),
    ("/etc/letsencrypt", false),
    ("/etc/letsencrypt/live", true),
    ("/etc/nginx", false),
    ("/etc/nginx/conf.d", true),
    ("/etc/postgresql", true),
    ("/etc/postgresql/15", true),
    ("/etc/postgresql/15/main", false),
    ("/home", true),
    (HOME, true),
    ("/home/ubuntu/.pm2", false),
    ("/home/ubuntu/.pm2/logs", true),
    ("/root", false),
    ("/tmp", false),
    ("/usr", false),
    ("/var", false),
    ("/var/log", false),
    ("/var/log/nginx", true),
    ("/var/log/postgresql", true),
];

/// What a file holds.
#[derive(Clone, Debug)]
pub enum Held {
    /// A document of the world.
    Document(Arc<Document>),
    /// A text that programs write, or that never changes.
    Text(String),
    /// Something that is not modelled.
    Unknown(&'static str),
}

/// A file.
#[derive(Clone, Debug)]
pub struct File {
    /// Its path.
    pub path: String,
    /// What it holds.
    pub held: Held,
    /// Owner and group.
    pub owner: [&'static str; 2],
    /// Whether everybody may read it.
    pub open: bool,
}

impl File {
    /// Its text, if that is known.
    pub fn text(&self) -> Result<&str, &'static str> {
        match &self.held {
            Held::Document(document) => Ok(&document.text),
            Held::Text(text) => Ok(text),
            Held::Unknown(what) => Err(what),
        }
    }
}

/// Whether a document is a file on the instance.
pub fn here(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Nginx
            | Kind::Hosts
            | Kind::Processes
            | Kind::Script
            | Kind::Data
            | Kind::Public
            | Kind::Schema
            | Kind::Settings
    )
}

/// The path of a document.
pub fn path_of(name: &str) -> String {
    if name.starts_with('/') { name.to_owned() } else { [HOME, "/", name].concat() }
}

/// The document's name for a path: those in the home folder go by their names alone.
pub fn name_of(path: &str) -> &str {
    path.strip_prefix(HOME).and_then(|rest| rest.strip_prefix('/')).unwrap_or(path)
}

/// Every file that is modelled, in the order of their paths.
pub fn all(world: &World, state: &State) -> Vec<File> {
    let root = ["root", "root"];
    let user = ["ubuntu", "ubuntu"];
    let mut files = Vec::new();
    for document in world.documents.iter().filter(|document| here(document.kind)) {
        let path = path_of(&document.name);
        let owner = match document.kind {
            Kind::Settings => ["postgres", "postgres"],
            _ if path.starts_with("/home/") => user,
            _ => root,
        };
        files.push(File { path, held: Held::Document(document.clone()), owner, open: true });
    }
    let mut fixed = |path: &str, text: &str| {
        if files.iter().all(|file| file.path != path) {
            files.push(File { path: path.to_owned(), held: Held::Text(text.to_owned()), owner: root, open: true });
        }
    };
    fixed("/etc/nginx/nginx.conf", NGINX);
    fixed("/etc/hostname", &[&hostname(world), "\n"].concat());
    for certificate in world.certificates().0 {
        let key = certificate.path.strip_suffix("/fullchain.pem").map(|folder| [folder, "/privkey.pem"].concat());
        let held = Held::Unknown("the bytes of a certificate and its key; openssl x509 is not modelled either");
        files.extend(key.map(|path| File { path, held: held.clone(), owner: root, open: false }));
        files.push(File { path: certificate.path, held, owner: root, open: true });
    }
    for (path, held) in super::logs::files(world, state) {
        let owner = match path.starts_with("/home/") {
            true => user,
            false if path.starts_with("/var/log/postgresql/") => ["postgres", "adm"],
            false => ["www-data", "adm"],
        };
        files.push(File { path, held, owner, open: false });
    }
    text::sort(&mut files, |file| file.path.clone());
    files
}

/// `ip-10-0-1-10`: how AWS names an instance by its private address.
pub fn hostname(world: &World) -> String {
    let address = world.network().private.map_or("localhost".to_owned(), |(address, _)| address.to_string());
    if address == "localhost" { address } else { ["ip-", &address.replace('.', "-")].concat() }
}

/// When the files were written: when the simulation begins, as `ls -l` says it.
pub fn written(world: &World) -> String {
    world.network().date.map_or_else(|| "Jan  1 00:00".to_owned(), |(date, _)| date_short(date))
}

fn date_short(date: Date) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let iso = date.iso_text();
    let part = |from: usize, to: usize| iso.get(from..to).unwrap_or("");
    let month = part(5, 7).parse::<usize>().ok().and_then(|month| MONTHS.get(month.wrapping_sub(1))).unwrap_or(&"Jan");
    let day = part(8, 10).trim_start_matches('0');
    let gap = if day.len() == 1 { "  " } else { " " };
    [*month, gap, day, " ", part(11, 16)].concat()
}

/// A path seen from a folder, without `.`, `..` and double slashes.
pub fn absolute(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let from = if path.starts_with('/') { "" } else { folder };
    for part in from.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    ["/", &parts.join("/")].concat()
}

/// What lies at a path.
pub enum Found {
    /// A file.
    File(File),
    /// A folder.
    Folder,
    /// Something that the user may not see.
    Denied,
    /// A part of the way is a file.
    NotFolder,
    /// Nothing.
    Absent,
}

/// What lies at a path, for root or for an ordinary user.
pub fn find(files: &[File], path: &str, root: bool) -> Found {
    let below = |folder: &str| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
    if !root && ["/root", "/etc/letsencrypt/live"].into_iter().any(below) {
        return Found::Denied;
    }
    if let Some(file) = files.iter().find(|file| file.path == path) {
        return Found::File(file.clone());
    }
    if is_folder(files, path) {
        return Found::Folder;
    }
    if files.iter().any(|file| below(&file.path)) { Found::NotFolder } else { Found::Absent }
}

/// Whether an ordinary user may read a file: logs are for the group `adm`, in which `ubuntu` is.
pub fn readable(file: &File, root: bool) -> bool {
    root || file.open || file.owner[0] == "ubuntu" || file.owner[1] == "adm"
}

/// Whether a folder may be listed.
pub fn listable(path: &str, root: bool) -> bool {
    root || !matches!(path, "/root" | "/etc/letsencrypt/live")
}

/// Whether all that lies in a folder is modelled.
pub fn complete(path: &str) -> bool {
    FOLDERS.iter().all(|(folder, whole)| *folder != path || *whole)
}

fn is_folder(files: &[File], path: &str) -> bool {
    FOLDERS.iter().any(|(folder, _)| *folder == path)
        || files.iter().any(|file| file.path.strip_prefix(path).is_some_and(|rest| rest.starts_with('/')))
}

/// What lies in a folder: names, and for files the file. Sorted by name.
pub fn children(files: &[File], folder: &str) -> Vec<(String, Option<File>)> {
    let folder = if folder == "/" { "" } else { folder };
    let mut found: Vec<(String, Option<File>)> = Vec::new();
    let paths = FOLDERS.iter().map(|(path, _)| (*path, None)).chain(files.iter().map(|f| (f.path.as_str(), Some(f))));
    for (path, file) in paths {
        let Some(rest) = path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')) else { continue };
        let (name, inner) = rest.split_once('/').map_or((rest, false), |(name, _)| (name, true));
        if !name.is_empty() && found.iter().all(|(other, _)| other != name) {
            found.push((name.to_owned(), file.filter(|_| !inner).cloned()));
        }
    }
    text::sort(&mut found, |(name, _)| name.trim_start_matches('.').to_owned());
    found
}
