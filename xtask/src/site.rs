//! `dist/`: the site as any static host would serve it, built only when something changed.
//!
//! A stamp outside the clone's tracked files holds a hash of everything that goes in (names and contents) and of what came
//! out; a `trunk serve` in between, which writes its own kind of build there, is noticed by that.

use crate::shell;
use crate::tools::Tools;
use anyhow::{Context, Result, ensure};
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

/// Everything that the site is made of.
const INPUTS: [&str; 10] = [
    "Cargo.lock",
    "Cargo.toml",
    "Trunk.toml",
    "crates",
    "index.html",
    "public",
    "rust-toolchain.toml",
    "src",
    "style",
    "xtask",
];

/// Where the site is, or will be.
pub fn dist() -> PathBuf {
    shell::root().join("dist")
}

/// Brings `dist/` up to date.
pub fn build(tools: &Tools) -> Result<()> {
    ensure!(shell::root().join("index.html").is_file(), "there is no index.html to build a site from");
    let stamp = shell::target()?.join("site.stamp");
    let inputs = hash(INPUTS.iter().map(|name| shell::root().join(name)), &tools.fingerprint());
    if fs::read_to_string(&stamp).is_ok_and(|old| old == mark(inputs)) {
        println!("▸ the site: nothing changed since it was built");
        return Ok(());
    }
    shell::step("the site, by trunk build --release", "a minute or more the first time, less later", || {
        shell::run(tools.trunk()?.args(["build", "--release"]))
    })?;
    fs::write(&stamp, mark(inputs)).with_context(|| stamp.display().to_string())
}

fn mark(inputs: u64) -> String {
    format!("{inputs:016x} {:016x}", hash([dist()].into_iter(), ""))
}

/// One number for the names and contents of all files below these paths, and for one more word.
fn hash(paths: impl Iterator<Item = PathBuf>, word: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    word.hash(&mut hasher);
    for path in paths {
        visit(&path, &mut hasher);
    }
    hasher.finish()
}

/// What cannot be read counts as not there.
fn visit(path: &Path, hasher: &mut DefaultHasher) {
    if let Ok(entries) = fs::read_dir(path) {
        let mut inside: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        inside.sort();
        inside.iter().for_each(|path| visit(path, hasher));
    } else if let Ok(content) = fs::read(path) {
        path.hash(hasher);
        content.hash(hasher);
    }
}
