//! The demonstration directory. It is made when it is first asked for, below the directory that the platform has for
//! temporary files, for this person alone, and goes with the server.
//!
//! A path is names between slashes, none of which is `..` or begins with a dot; and what they lead to must lie in the
//! directory even after every link on the way was followed.

use crate::live::answer::Refusal;
use axum::http::StatusCode;
use probe::served::{FILES, LOG};
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Bytes of a file that are sent at most.
pub const MOST_READ: u64 = 16 * 1024;
/// Bytes that the log may have; then it begins anew.
pub const MOST_LOG: u64 = 16 * 1024;
/// Letters of a line of the log.
pub const MOST_LINE: usize = 200;
/// Entries of a directory that are listed at most.
pub const MOST_ENTRIES: usize = 100;

/// The directory, once it is there.
#[derive(Debug, Default)]
pub struct Jail(Mutex<Option<PathBuf>>);

/// An entry of a directory: its name, whether it is a directory, its bytes.
pub type Entry = (String, bool, u64);

fn refuse(status: StatusCode, words: impl Into<String>) -> Refusal {
    Refusal::new(status, words)
}

fn nothing(path: &str) -> Refusal {
    refuse(StatusCode::NOT_FOUND, format!("nothing is at “{path}” in the demonstration directory"))
}

fn failed(what: &str) -> Refusal {
    refuse(StatusCode::INTERNAL_SERVER_ERROR, format!("the demonstration directory cannot be {what}"))
}

impl Jail {
    /// The text of a file, and its bytes.
    pub fn read(&self, path: &str) -> Result<(String, u64), Refusal> {
        let file = self.inside(path)?;
        let about = fs::metadata(&file).map_err(|_| nothing(path))?;
        if !about.is_file() {
            return Err(refuse(StatusCode::BAD_REQUEST, format!("“{path}” is no file: ask for /sandbox/directory")));
        }
        let mut text = Vec::new();
        let read = File::open(file).and_then(|file| file.take(MOST_READ).read_to_end(&mut text));
        read.map_err(|_| failed("read"))?;
        Ok((String::from_utf8_lossy(&text).into_owned(), about.len()))
    }

    /// What lies in a directory, by name.
    pub fn list(&self, path: &str) -> Result<Vec<Entry>, Refusal> {
        let folder = self.inside(path)?;
        if !folder.is_dir() {
            return Err(refuse(StatusCode::BAD_REQUEST, format!("“{path}” is no directory: ask for /sandbox/file")));
        }
        let entries = fs::read_dir(folder).map_err(|_| failed("read"))?;
        let entry = |entry: std::io::Result<fs::DirEntry>| {
            let entry = entry.ok()?;
            // Of a link, what it is, not what it leads to.
            let about = entry.metadata().ok()?;
            Some((entry.file_name().into_string().ok()?, about.is_dir(), about.len()))
        };
        let mut entries: Vec<Entry> = entries.filter_map(entry).take(MOST_ENTRIES).collect();
        entries.sort();
        Ok(entries)
    }

    /// Appends a line to the log; returns how many lines it has. A log that would become too long begins anew.
    pub fn log(&self, line: &str) -> Result<usize, Refusal> {
        if line.is_empty() || line.chars().count() > MOST_LINE || line.chars().any(char::is_control) {
            let words = format!("a line of the log is text without control characters, of 1 to {MOST_LINE} letters");
            return Err(refuse(StatusCode::BAD_REQUEST, words));
        }
        // Who holds the lock writes alone.
        let mut made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let path = root(&mut made)?.join(LOG);
        let mut options = File::options();
        options.create(true).append(true).read(true);
        let append = || {
            let mut file = options.open(&path)?;
            if file.metadata()?.len() + line.len() as u64 + 1 > MOST_LOG {
                file.set_len(0)?;
            }
            file.write_all([line, "\n"].concat().as_bytes())?;
            fs::read_to_string(&path)
        };
        append().map(|text| text.lines().count()).map_err(|_| failed("written"))
    }

    /// The file or directory that a path names, if it is there and inside.
    fn inside(&self, path: &str) -> Result<PathBuf, Refusal> {
        let outside =
            || refuse(StatusCode::FORBIDDEN, format!("“{path}” would lead out of the demonstration directory"));
        let names = names(path).ok_or_else(outside)?;
        let root = root(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))?;
        let root = root.canonicalize().map_err(|_| failed("read"))?;
        let found = names.iter().fold(root.clone(), |path, name| path.join(name));
        let found = found.canonicalize().map_err(|_| nothing(path))?;
        if found.starts_with(&root) { Ok(found) } else { Err(outside()) }
    }

    /// Takes the directory away, if it was ever made.
    pub fn remove(&self) {
        if let Some(root) = self.0.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // Should that fail, the platform clears its directory for temporary files.
            let _ = fs::remove_dir_all(root);
        }
    }

    /// Where it is, once it was made.
    #[cfg(test)]
    pub fn place(&self) -> Option<PathBuf> {
        self.0.lock().unwrap().clone()
    }
}

impl Drop for Jail {
    fn drop(&mut self) {
        self.remove();
    }
}

/// The names of a path below the directory; none where one of them might lead elsewhere.
fn names(path: &str) -> Option<Vec<&str>> {
    if path.starts_with('/') || path.len() > 1_000 {
        return None;
    }
    let names = path.split('/').filter(|name| !name.is_empty());
    names.map(|name| (!name.starts_with('.') && !name.contains(['\\', '\0', ':'])).then_some(name)).collect()
}

/// The directory, made and filled where it is not there.
fn root(made: &mut Option<PathBuf>) -> Result<PathBuf, Refusal> {
    if let Some(root) = made {
        return Ok(root.clone());
    }
    let mut chance = [0; 8];
    getrandom::fill(&mut chance).map_err(|_| failed("named"))?;
    let name = format!("roundtrip-sandbox-{}-{:016x}", std::process::id(), u64::from_ne_bytes(chance));
    let root = std::env::temp_dir().join(name);
    fill(&root).map_err(|_| failed("made"))?;
    *made = Some(root.clone());
    Ok(root)
}

/// Makes the directory, which must not be there yet, for this person alone.
fn fill(root: &Path) -> std::io::Result<()> {
    let mut folder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    folder.create(root)?;
    for (name, text) in FILES {
        let file = root.join(name);
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(file, text)?;
    }
    Ok(())
}
