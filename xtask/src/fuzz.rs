//! `cargo xtask fuzz [SECONDS] [TARGET …]`: runs the fuzz targets, on stable Rust and without a sanitizer. What they find
//! lies in `fuzz/artifacts`, and belongs into a test.

use crate::shell;
use anyhow::{Result, ensure};
use std::process::Command;

/// The targets. Each begins with the documents that we ship, and the words in `fuzz/words`.
const TARGETS: [&str; 11] =
    ["zone", "nginx", "firewall", "url", "script", "network", "pattern", "journey", "link", "sql", "trial"];

/// Runs each target for some seconds; a minute unless told.
pub fn run(args: &[String]) -> Result<()> {
    let (seconds, names) = match args.split_first().and_then(|(first, rest)| Some((first.parse::<u32>().ok()?, rest))) {
        Some((seconds, rest)) => (seconds, rest),
        None => (60, args),
    };
    let there = shell::ask(Command::new("cargo").args(["fuzz", "--version"])).is_some();
    ensure!(there, "missing: cargo-fuzz. Get it with: cargo install cargo-fuzz");
    for target in TARGETS.into_iter().filter(|target| names.is_empty() || names.iter().any(|name| name == target)) {
        let corpus = format!("fuzz/corpus/{target}");
        std::fs::create_dir_all(shell::root().join(&corpus))?;
        let mut fuzz = shell::cargo(["fuzz", "run", "-s", "none", target, &corpus]);
        fuzz.args(["crates/engine/src/world/documents", "--", "-timeout=30", "-rss_limit_mb=1024", "-max_len=4096"]);
        fuzz.args([format!("-max_total_time={seconds}"), format!("-dict=fuzz/words/{target}")]);
        shell::run(&mut fuzz)?;
    }
    Ok(())
}
