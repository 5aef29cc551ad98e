//! What comes from npm, into our cache.

use super::lookup;
use crate::shell;
use anyhow::{Context as _, Result};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// axe-core, which finds what keeps people with disabilities out of a page.
const AXE: &str = "axe-core@4.11.0";

/// The folder that npm installs into.
pub fn folder() -> Result<PathBuf> {
    Ok(lookup::cache()?.join("npm"))
}

/// Installs a package, where npm is there; whether that went well is for the caller to see.
pub fn install(package: &str, about: &str) -> Result<()> {
    let folder = folder()?;
    if shell::ask(Command::new("npm").arg("--version")).is_some() {
        fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--loglevel=error", "--prefix"]).arg(&folder).arg(package);
        let _ = shell::step(about, "some seconds", || shell::run(&mut npm));
    }
    Ok(())
}

/// The script of axe-core.
pub fn axe() -> Result<PathBuf> {
    let script = folder()?.join("node_modules/axe-core/axe.min.js");
    if !script.is_file() {
        install(AXE, "axe-core, from npm")?;
    }
    script.is_file().then_some(script).context("missing: axe-core. Get npm with: apt-get install npm (as root)")
}
