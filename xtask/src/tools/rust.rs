//! The tools that are written in Rust: rustup's, and those that cargo can compile.

use super::lookup::{self, Found};
use crate::shell;
use anyhow::{Context, Result, anyhow};
use std::process::Command;

const TARGET: &str = "wasm32-unknown-unknown";

/// 0.22 asks for a newer Rust than ours.
const TRUNK: &str = "0.21.14";

/// Rust's standard library for the browser.
pub fn wasm_target() -> Result<()> {
    let sysroot = shell::ask(Command::new("rustc").args(["--print", "sysroot"]).current_dir(shell::root()));
    let there = |root: String| std::path::Path::new(&root).join("lib/rustlib").join(TARGET).is_dir();
    if sysroot.is_some_and(there) {
        return Ok(());
    }
    rustup(["target", "add", TARGET])
}

/// rustfmt and clippy.
pub fn checkers() -> Result<()> {
    let there = |what| shell::ask(&mut shell::cargo([what, "--version"])).is_some();
    if there("fmt") && there("clippy") {
        return Ok(());
    }
    rustup(["component", "add", "rustfmt", "clippy"])
}

fn rustup<const N: usize>(args: [&str; N]) -> Result<()> {
    let mut rustup = Command::new("rustup");
    rustup.args(args).current_dir(shell::root());
    let words = shell::words(&rustup);
    shell::step(&words, "some seconds", || shell::run(&mut rustup))
        .map_err(|_| anyhow!("missing: {}. Get it with: {words}", args[2..].join(" and ")))
}

/// Trunk, which builds the site.
pub fn trunk() -> Result<Found> {
    let install = Install {
        program: "trunk",
        package: format!("trunk@{TRUNK}"),
        flags: &["--locked", "--no-default-features"],
        about: "about 2 minutes on two cores, once",
    };
    install.unless_there(|version| version.starts_with("0.21."))
}

/// wasm-bindgen, which must be of one version with the crate.
pub fn wasm_bindgen() -> Result<Found> {
    let wanted = locked("wasm-bindgen")?;
    let install = Install {
        program: "wasm-bindgen",
        package: format!("wasm-bindgen-cli@{wanted}"),
        // Its own lock file names a crate that was taken back, so it is not asked.
        flags: &["--no-default-features"],
        about: "about a minute on two cores, once",
    };
    install.unless_there(|version| version == wanted)
}

/// The version of a crate in Cargo.lock.
fn locked(name: &str) -> Result<String> {
    let lock = std::fs::read_to_string(shell::root().join("Cargo.lock")).context("Cargo.lock")?;
    let (_, entry) = lock
        .split_once(&format!("name = \"{name}\"\nversion = \""))
        .with_context(|| format!("no {name} in Cargo.lock"))?;
    let (version, _) = entry.split_once('"').context("Cargo.lock ends in the middle")?;
    Ok(version.to_owned())
}

/// How to come by a program that cargo can compile.
struct Install {
    program: &'static str,
    package: String,
    flags: &'static [&'static str],
    about: &'static str,
}

impl Install {
    /// The program, wherever it is; else from binstall, where there is one; else compiled.
    fn unless_there(&self, fits: impl Fn(&str) -> bool) -> Result<Found> {
        let root = lookup::cache()?.join("tools");
        let find = || lookup::find(self.program, &root.join("bin"), &fits);
        if let Some(found) = find() {
            return Ok(found);
        }
        if shell::ask(&mut shell::cargo(["binstall", "-V"])).is_some() {
            let mut binstall = shell::cargo(["binstall", "--no-confirm", "--disable-strategies", "compile", "--root"]);
            binstall.arg(&root).arg(&self.package);
            // Where that fails there is still the compiler.
            let _ = shell::step(&format!("fetching {}", self.package), "some seconds", || shell::run(&mut binstall));
            if let Some(found) = find() {
                return Ok(found);
            }
        }
        let mut compile = shell::cargo(["install", "--debug", "--force", "--root"]);
        compile.arg(&root).arg(&self.package).args(self.flags);
        compile.env("CARGO_PROFILE_DEV_DEBUG", "0").env("CARGO_PROFILE_DEV_OPT_LEVEL", "0");
        let _ = shell::step(&format!("compiling {}", self.package), self.about, || shell::run(&mut compile));
        find().with_context(|| {
            format!("missing: {}. Get it with: cargo install {} {}", self.program, self.package, self.flags.join(" "))
        })
    }
}
