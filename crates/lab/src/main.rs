//! `roundtrip`: the bundled server.
//!
//! `roundtrip serve` shows the built site on loopback, keeps likes for real, and answers trials from three origins; `roundtrip weigh` tells
//! what a first visit downloads; `roundtrip answer` puts questions to the engine. In reading order:
//!
//! | module | holds |
//! | --- | --- |
//! | [`serve`] | the command: listeners, router, the lines it prints |
//! | [`connections`], [`patient`] | how many there may be, and how slow |
//! | [`host`] | who may speak to us: the `Host` header decides |
//! | [`live`] | likes, notifications, an echo: what is kept, and who may ask |
//! | [`trials`] | the laboratory's test server: it answers as a trial wants it, and tells what arrived |
//! | [`sandbox`] | what a server may do that a page may not, in a jail of its own |
//! | [`site`] | a request path becomes a file, a redirect or the 404 page |
//! | [`files`], [`bundle`] | where its files come from: a folder, or the program itself |
//! | [`kind`] | what a file's name tells: its type, and how long it may be kept |
//! | [`policy`] | the headers that every answer carries |
//! | [`squeeze`] | brotli and gzip, each file once |
//! | [`weigh`] | the first load of a built site, in bytes |
//! | [`answer`](mod@answer) | the engine on the command line |
//!
//! Of the site it reads nothing but its directory; what it keeps are likes, in one file, and, as long as it runs, the
//! sandbox's demonstration directory. It never listens beyond this machine.

mod answer;
mod bundle;
mod connections;
mod files;
mod host;
mod kind;
mod live;
mod patient;
mod policy;
mod sandbox;
mod serve;
mod site;
mod squeeze;
mod trials;
mod weigh;

use anyhow::{Context, Result, bail, ensure};
use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "\
roundtrip: how a backend works, shown by running one

  roundtrip serve [--port 8080] [--others 8081,8082] [--site DIR] [--data DIR | --ephemeral] [--open]
      the site on http://localhost:8080 and, from a second origin, on the next port;
      the laboratory's trials are answered at both, and at a third port;
      --others names the second and the third port, else they are those after the first;
      --site names another than the one within this program, or than dist, where it has none;
      --port 0 takes any free ports, --open shows it in the browser;
      likes are kept in a file in DIR, else where this machine keeps data of programs;
      with --ephemeral they are gone when the server ends
  roundtrip weigh [--site dist]
      the bytes of a first visit: raw, gzip, brotli
  roundtrip pack [--site dist] --to FILE
      the site as one file, which a build takes into the program
  roundtrip answer
      reads one JSON question a line on standard input, writes one JSON answer a line
";

fn main() -> ExitCode {
    match run(std::env::args().skip(1).collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("roundtrip: {problem:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut args: Vec<String>) -> Result<()> {
    if args.is_empty() || args.iter().any(|arg| arg == "--help" || arg == "-h") {
        print!("{USAGE}");
        return Ok(());
    }
    let command = args.remove(0);
    let options = Options::read(args)?;
    match command.as_str() {
        "answer" => answer::run(std::io::stdin().lock(), std::io::stdout().lock()),
        "serve" => serve::run(&options),
        "weigh" => weigh::run(&options.folder()),
        "pack" => {
            let to = options.to.as_ref().context("--to FILE names the file to be written")?;
            std::fs::write(to, bundle::pack(&options.folder())?).with_context(|| to.display().to_string())
        }
        other => bail!("no command called {other}; there are serve, weigh, pack and answer"),
    }
}

/// What stands behind the command's name.
#[derive(Debug)]
struct Options {
    /// The site's port. 0: any that is free.
    port: u16,
    /// The ports of the second and the third origin; else the two after the site's.
    others: Option<[u16; 2]>,
    /// The directory that Trunk wrote, where it was named.
    site: Option<PathBuf>,
    /// Where the packed site is to be written.
    to: Option<PathBuf>,
    /// The folder for likes.
    data: Option<PathBuf>,
    /// Keep likes in memory only.
    ephemeral: bool,
    /// Show the site in the person's browser once it is there.
    open: bool,
}

impl Options {
    /// The site's directory.
    fn folder(&self) -> PathBuf {
        self.site.clone().unwrap_or_else(|| PathBuf::from("dist"))
    }

    fn read(args: Vec<String>) -> Result<Self> {
        let mut options =
            Options { port: 8080, others: None, site: None, to: None, data: None, ephemeral: false, open: false };
        let mut args = args.into_iter();
        while let Some(arg) = args.next() {
            let mut value = || args.next().with_context(|| format!("{arg} wants a value"));
            match arg.as_str() {
                "--port" => options.port = port(&value()?)?,
                "--others" => options.others = Some(others(&value()?)?),
                "--site" => options.site = Some(PathBuf::from(value()?)),
                "--to" => options.to = Some(PathBuf::from(value()?)),
                "--data" => options.data = Some(PathBuf::from(value()?)),
                "--ephemeral" => options.ephemeral = true,
                "--open" => options.open = true,
                other => {
                    bail!(
                        "no option called {other}; there are --port, --others, --site, --data, --ephemeral, --open and --to"
                    )
                }
            }
        }
        ensure!(
            options.data.is_none() || !options.ephemeral,
            "--data keeps likes, --ephemeral does not: take one of them"
        );
        Ok(options)
    }
}

/// The two other origins take the next ports, so the last two are no choice.
fn port(text: &str) -> Result<u16> {
    const LAST: u16 = u16::MAX - 2;
    match text.parse() {
        Ok(port @ 0..=LAST) => Ok(port),
        _ => bail!("--port wants a number from 0 to {LAST}, not {text}"),
    }
}

/// Two ports between which a comma stands.
fn others(text: &str) -> Result<[u16; 2]> {
    let pair = text.split_once(',').and_then(|(second, third)| Some([second.parse().ok()?, third.parse().ok()?]));
    match pair {
        Some([second, third]) if second != third || second == 0 => Ok([second, third]),
        _ => bail!("--others wants two ports, such as 8081,8082, not {text}"),
    }
}
