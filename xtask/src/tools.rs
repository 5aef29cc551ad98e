//! What must be on the machine. Each tool is taken where it is found in a version that fits; else it is installed into a
//! cache outside the clone, which all clones share; else one line says what is missing and how to get it.
//!
//! | tool | fits | else |
//! | --- | --- | --- |
//! | Rust's wasm target | the toolchain has it | `rustup target add` |
//! | trunk | 0.21 | binstall, or compiled |
//! | wasm-bindgen | what Cargo.lock says, to the letter | binstall, or compiled |
//! | wasm-opt | 119 or newer | npm's binaryen; without npm the site is built without it |
//! | chromium, chromedriver | any | Debian's packages, by root |
//! | axe-core, for the browser tests | any | npm |
//!
//! Compiled without optimisation: both compilers of a tool's code and the tool then take about a minute or two instead of
//! the 7 and 15 CPU minutes of their release profiles, and a build of the site is slower by less than that saves.

mod browser;
mod lookup;
mod npm;
pub mod other;
mod rust;
mod wasm_opt;

pub use browser::{Browser, browser};
pub use npm::axe;
pub use rust::{checkers, wasm_target};

use crate::shell;
use anyhow::{Context, Result};
use lookup::Found;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

/// What it takes to build the site.
pub struct Tools {
    trunk: Found,
    wasm_bindgen: Found,
    wasm_opt: Found,
}

/// Finds or installs what it takes to build the site.
pub fn for_the_site() -> Result<Tools> {
    wasm_target()?;
    Ok(Tools { wasm_bindgen: rust::wasm_bindgen()?, trunk: rust::trunk()?, wasm_opt: wasm_opt::find_or_stand_in()? })
}

impl Tools {
    /// Trunk, with the tools where it looks for them.
    pub fn trunk(&self) -> Result<Command> {
        let mut trunk = Command::new(&self.trunk.path);
        trunk
            .current_dir(shell::root())
            .env("PATH", self.path()?)
            // Trunk 0.21.14 takes this variable for a flag and refuses the value 1.
            .env_remove("NO_COLOR")
            .env("TRUNK_SKIP_VERSION_CHECK", "true");
        Ok(trunk)
    }

    /// One word for all versions: another tool may build another site.
    pub fn fingerprint(&self) -> String {
        [&self.trunk, &self.wasm_bindgen, &self.wasm_opt]
            .map(|tool| format!("{} {}", tool.name, tool.version))
            .join(", ")
    }

    /// The directories of the tools, then everything that was there before.
    fn path(&self) -> Result<OsString> {
        let tools = [&self.wasm_opt, &self.wasm_bindgen, &self.trunk].map(|tool| tool.path.parent().map(PathBuf::from));
        let mut seen = BTreeSet::new();
        let all = tools.into_iter().flatten().chain(lookup::path()).filter(|dir| seen.insert(dir.clone()));
        std::env::join_paths(all).context("the tools' directories do not fit into PATH")
    }
}

/// `cargo xtask tools`: everything, and where it was found.
pub fn run(args: &[String]) -> Result<()> {
    crate::nothing_more(args)?;
    let tools = for_the_site()?;
    let Browser { chromium, driver } = browser()?;
    for tool in [&tools.trunk, &tools.wasm_bindgen, &tools.wasm_opt, &chromium, &driver] {
        println!("{:<13} {:<16} {}", tool.name, tool.version, tool.path.display());
    }
    println!("{:<13} {:<16} {}", "axe-core", "", axe()?.display());
    Ok(())
}
