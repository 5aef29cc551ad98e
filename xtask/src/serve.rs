//! `cargo xtask serve`: the site, built and shown.

use crate::{shell, site, tools};
use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::process::Command;

/// Builds what is not up to date, then becomes the bundled server.
pub fn run(args: &[String]) -> Result<()> {
    let mut port = "8080".to_owned();
    let mut open = true;
    let mut likes = Vec::new();
    let mut others = Vec::new();
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--port" => port = args.next().context("--port wants a number")?.clone(),
            "--others" => others = vec!["--others", args.next().context("--others wants two ports")?],
            "--no-open" => open = false,
            "--data" => likes = vec!["--data", args.next().context("--data wants a folder")?],
            "--ephemeral" => likes = vec!["--ephemeral"],
            other => bail!("no option called {other}; there are --port, --others, --no-open, --data and --ephemeral"),
        }
    }
    site::build(&tools::for_the_site()?)?;
    let mut serve = Command::new(server()?);
    serve.args(["serve", "--port", &port, "--site"]).arg(site::dist()).args(likes).args(others);
    if open {
        serve.arg("--open");
    }
    shell::become_it(&mut serve)
}

/// The bundled server, up to date. Chosen among the whole workspace, so that what it is made of is compiled with the same
/// features as for the tests, and only once.
pub fn server() -> Result<PathBuf> {
    shell::step("the server", "half a minute the first time", || {
        shell::run(&mut shell::cargo(["build", "--quiet", "--workspace", "--bin", "roundtrip"]))
    })?;
    Ok(shell::target()?.join("debug").join(format!("roundtrip{}", std::env::consts::EXE_SUFFIX)))
}
