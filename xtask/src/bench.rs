//! `cargo xtask bench`: criterion's measurements of the engine and of the layout.

use crate::shell;
use anyhow::Result;

/// Runs the benches. Compiled for speed: the site's own profile is for size, and a number from it would say little about
/// the code.
pub fn run(args: &[String]) -> Result<()> {
    let mut bench = shell::cargo(["bench", "--package", "engine", "--package", "diagram"]);
    bench
        .args(["--features", "diagram/layout", "--benches", "--"])
        .args(args)
        .env("CARGO_PROFILE_BENCH_OPT_LEVEL", "3")
        .env("CARGO_PROFILE_BENCH_LTO", "thin");
    shell::run(&mut bench)
}
