//! The browser of the browser tests, and the driver that holds its reins.

use super::lookup::{self, Found};
use crate::shell;
use anyhow::{Result, bail};
use std::path::PathBuf;
use std::process::Command;

/// Chromium and what drives it.
pub struct Browser {
    /// The browser itself.
    pub chromium: Found,
    /// Its WebDriver.
    pub driver: Found,
}

/// Finds Chromium and its driver, or installs them where this is Debian and we are root.
pub fn browser() -> Result<Browser> {
    if let Some(found) = find() {
        return Ok(found);
    }
    if is_root() && lookup::path().iter().any(|dir| dir.join("apt-get").is_file()) {
        let apt =
            |args: &[&str]| shell::run(Command::new("apt-get").args(args).env("DEBIAN_FRONTEND", "noninteractive"));
        let _ = shell::step("chromium and its driver, from Debian's packages", "about a minute, once", || {
            apt(&["-qq", "update"])?;
            apt(&["-qq", "install", "--yes", "--no-install-recommends", "chromium", "chromium-driver"])
        });
    }
    match find() {
        Some(found) => Ok(found),
        None => bail!(
            "missing: chromium and its driver. Get them with: apt-get install chromium chromium-driver (as root), \
             or name them in CHROMIUM=… and CHROMEDRIVER=…"
        ),
    }
}

fn find() -> Option<Browser> {
    let chromium = named("CHROMIUM", &["chromium", "chromium-browser", "google-chrome"])?;
    let driver = named("CHROMEDRIVER", &["chromedriver"])?;
    Some(Browser { chromium, driver })
}

/// The program that the variable names, or the first of these names on `PATH`.
fn named(variable: &str, names: &[&'static str]) -> Option<Found> {
    let set = std::env::var_os(variable).map(PathBuf::from);
    let on_path = names.iter().flat_map(|name| lookup::path().into_iter().map(move |dir| dir.join(name)));
    set.into_iter()
        .chain(on_path)
        .find_map(|path| Some(Found { name: names[0], version: lookup::version(&path)?, path }))
}

fn is_root() -> bool {
    shell::ask(Command::new("id").arg("-u")).as_deref() == Some("0")
}
