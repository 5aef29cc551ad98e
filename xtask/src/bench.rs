//! `cargo xtask bench`: criterion's measurements of the engine and of the layout. `cargo xtask bench --browser`: journeys a
//! second as Wasm, in Chromium. `cargo xtask bench --live`: durable likes a second of the bundled server.

use crate::{shell, tools};
use anyhow::{Context as _, Result};
use std::process::Command;

/// Runs the benches. Compiled for speed: the site's own profile is for size, and a number from it would say little about
/// the code.
pub fn run(args: &[String]) -> Result<()> {
    match args.first().map(String::as_str) {
        Some("--browser") => browser(),
        Some("--live") => benches(&["--package", "lab", "--bench", "live"]),
        _ => benches(&[&PURE[..], &args.iter().map(String::as_str).collect::<Vec<_>>()].concat()),
    }
}

const PURE: [&str; 10] = [
    "--package",
    "engine",
    "--package",
    "diagram",
    "--package",
    "remedy",
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

/// The page that takes the time: five rounds, the best of which the machine disturbed least.
const PAGE: &str = "<!DOCTYPE html><title>bench</title><p id=out>nothing came</p><script>
const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array([WASM])), {});
let best = Infinity;
for (let round = 0; round < 5; round++) {
    const began = performance.now();
    exports.main(0, 0);
    best = Math.min(best, performance.now() - began);
}
document.getElementById('out').textContent = `journeys a second in Chromium: ${Math.round(1e6 / best)}`;
</script>";

/// Journeys as Wasm, built as the site is.
fn browser() -> Result<()> {
    tools::wasm_target()?;
    let target = shell::target()?.join("bench");
    let mut build = shell::cargo(["build", "--release", "--target", "wasm32-unknown-unknown"]);
    build.args(["--manifest-path", "bench/Cargo.toml", "--target-dir"]).arg(&target);
    shell::run(&mut build)?;
    let wasm = std::fs::read(target.join("wasm32-unknown-unknown/release/journeys.wasm"))?;
    let page = target.join("journeys.html");
    let bytes = wasm.iter().map(u8::to_string).collect::<Vec<_>>().join(",");
    std::fs::write(&page, PAGE.replace("WASM", &bytes))?;
    let chromium = tools::browser()?.chromium.path;
    let mut show = Command::new(chromium);
    show.args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]);
    show.arg(format!("--user-data-dir={}", target.join("profile").display()));
    show.args(["--timeout=60000", "--dump-dom"]).arg(format!("file://{}", page.display()));
    let shown = shell::ask(&mut show).context("Chromium does not start")?;
    let line = shown.split("<p id=\"out\">").nth(1).and_then(|rest| rest.split('<').next());
    println!("{}", line.context("Chromium shows no number")?);
    Ok(())
}
