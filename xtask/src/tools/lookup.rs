//! Looking for a program, in the places where it may lie.

use crate::shell;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A program that is there.
#[derive(Debug)]
pub struct Found {
    /// As Trunk and we call it.
    pub name: &'static str,
    /// As it says itself.
    pub version: String,
    /// The whole path.
    pub path: PathBuf,
}

/// The directories of `PATH`.
pub fn path() -> Vec<PathBuf> {
    std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default()
}

/// Our cache: outside the clone, so that all clones share it.
pub fn cache() -> Result<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let base = set("XDG_CACHE_HOME").or_else(|| Some(set("HOME")?.join(".cache")));
    Ok(base.context("neither XDG_CACHE_HOME nor HOME is set")?.join("roundtrip"))
}

/// The first program of this name, on `PATH` or in the directory given, whose version fits.
pub fn find(name: &'static str, also: &Path, fits: impl Fn(&str) -> bool) -> Option<Found> {
    path().into_iter().chain([also.to_owned()]).find_map(|dir| {
        let path = dir.join(name);
        let version = version(&path)?;
        fits(&version).then_some(Found { name, version, path })
    })
}

/// What a program says when asked for its version: the first word of the answer that begins with a digit.
pub fn version(program: &Path) -> Option<String> {
    let words = program.is_file().then(|| shell::ask(Command::new(program).arg("--version")))??;
    words.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit())).map(str::to_owned)
}
