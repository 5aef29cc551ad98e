//! What a developer of Roundtrip does, and what the site's build does for itself.
//!
//! `cargo xtask` alone lists the commands. One file a command; this one only chooses.
//!
//! | module | holds |
//! | --- | --- |
//! | [`serve`], [`test`], [`bench`], [`fuzz`], [`size`], [`dist`], [`trunk`] | the commands of the same name |
//! | [`pages`], [`arrows`] | the static page of every section; the count of lit arrows |
//! | [`tools`] | what must be on the machine: finds it, or installs it outside the clone |
//! | [`site`] | `dist/`, built only when something changed |
//! | [`shell`] | running other programs, and saying how long it takes |

#![allow(clippy::disallowed_methods, reason = "a tool for this machine reads its clock and its environment")]

mod arrows;
mod bench;
mod dist;
mod fuzz;
mod pages;
mod serve;
mod shell;
mod site;
mod size;
mod test;
mod tools;
mod trunk;

use anyhow::{Result, bail};
use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask serve [--port 8080] [--others 8081,8082] [--no-open] [--data DIR | --ephemeral]   build the site and show it
cargo xtask test [--long]                     everything that CI runs
cargo xtask test --browser [NAME]             only the browser tests, or those whose name holds NAME
cargo xtask test --firefox | --webkit         the laboratory in another browser, which nothing else needs
cargo xtask trunk …                           Trunk, with its tools: `cargo xtask trunk serve` for day-to-day work
cargo xtask bench [--browser | --live | --trials]   criterion's measurements; in Chromium; likes; the test server
cargo xtask fuzz [SECONDS] [TARGET …]         the fuzz targets, a minute each (needs cargo-fuzz)
cargo xtask size                              bytes of the first load
cargo xtask dist                              one program with the site inside, for people without a compiler
cargo xtask arrows                            which arrows of the figures a run lights
cargo xtask tools                             find or install what the others need
cargo xtask pages                             write the static pages (Trunk calls this)
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("xtask: {problem:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[String]) -> Result<()> {
    let Some((command, rest)) = args.split_first() else {
        print!("{USAGE}");
        return Ok(());
    };
    match command.as_str() {
        "serve" => serve::run(rest),
        "test" => test::run(rest),
        "trunk" => trunk::run(rest),
        "bench" => bench::run(rest),
        "fuzz" => fuzz::run(rest),
        "size" => size::run(rest),
        "dist" => dist::run(rest),
        "arrows" => arrows::run(rest),
        "tools" => tools::run(rest),
        "pages" => nothing_more(rest).and_then(|()| pages::run()),
        "help" | "--help" | "-h" => {
            print!("{USAGE}");
            Ok(())
        }
        other => bail!("no command called {other}\n{USAGE}"),
    }
}

/// Says so where a command that takes nothing was given something.
fn nothing_more(args: &[String]) -> Result<()> {
    match args.first() {
        None => Ok(()),
        Some(arg) => bail!("{arg} is not understood here"),
    }
}
