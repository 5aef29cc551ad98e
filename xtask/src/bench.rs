//! `cargo xtask bench`: criterion's measurements of the engine, the layout and the simulation. `cargo xtask bench
//! --browser`: journeys and clients a second as Wasm, in Chromium. `cargo xtask bench --live`: durable likes a second of
//! the bundled server; `--trials`: what its test server answers, beside a plain handler.

use crate::{shell, tools};
use anyhow::{Context as _, Result, ensure};
use std::path::Path;
use std::process::Command;

/// Runs the benches. Compiled for speed: the site's own profile is for size, and a number from it would say little about
/// the code.
pub fn run(args: &[String]) -> Result<()> {
    match args.first().map(String::as_str) {
        Some("--browser") => browser(),
        Some("--live") => benches(&["--package", "lab", "--bench", "live"]),
        Some("--trials") => benches(&["--package", "lab", "--bench", "trials"]),
        _ => benches(&[&PURE[..], &args.iter().map(String::as_str).collect::<Vec<_>>()].concat()),
    }
}

const PURE: [&str; 12] = [
    "--package",
    "engine",
    "--package",
    "diagram",
    "--package",
    "remedy",
    "--package",
    "load",
    "--features",
    "diagram/layout",
    "--benches",
    "--",
];

fn benches(args: &[&str]) -> Result<()> {
    let mut bench = shell::cargo(["bench"]);
    bench.args(args).env("CARGO_PROFILE_BENCH_OPT_LEVEL", "3").env("CARGO_PROFILE_BENCH_LTO", "thin");
    shell::run(&mut bench)
}

/// Journeys and clients as Wasm, built as the site is, timed by a page in Chromium. That a thousand seeds give the same
/// there as here is asked as well.
fn browser() -> Result<()> {
    tools::wasm_target()?;
    let target = shell::target()?.join("bench");
    let mut build = shell::cargo(["build", "--release", "--target", "wasm32-unknown-unknown"]);
    build.args(["--manifest-path", "bench/Cargo.toml", "--target-dir"]).arg(&target);
    shell::run(&mut build)?;
    println!("{}", in_chromium(&target, "journeys", include_str!("bench/journeys.html"))?);
    let clients = in_chromium(&target, "clients", include_str!("bench/clients.html"))?;
    println!("{clients}");
    let here = format!("{:016x}", load::bench::seeds(0, 1_000));
    ensure!(clients.ends_with(&here), "a thousand seeds give {here} natively, and something else in Chromium");
    println!("and the same natively");
    Ok(())
}

/// What a page shows in Chromium that has a program within it.
fn in_chromium(target: &Path, name: &str, page: &str) -> Result<String> {
    let wasm = std::fs::read(target.join(format!("wasm32-unknown-unknown/release/{name}.wasm")))?;
    let file = target.join(format!("{name}.html"));
    let bytes = wasm.iter().map(u8::to_string).collect::<Vec<_>>().join(",");
    std::fs::write(&file, page.replace("WASM", &bytes))?;
    let chromium = tools::browser()?.chromium.path;
    let mut show = Command::new(chromium);
    show.args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]);
    show.arg(format!("--user-data-dir={}", target.join("profile").display()));
    show.args(["--timeout=120000", "--dump-dom"]).arg(format!("file://{}", file.display()));
    let shown = shell::ask(&mut show).context("Chromium does not start")?;
    let lines = shown.split("<pre id=\"out\">").nth(1).and_then(|rest| rest.split('<').next());
    lines.map(str::to_owned).context("Chromium shows nothing")
}
