//! `roundtrip`: the bundled server.
//!
//! `roundtrip serve` shows the built site on loopback, from two origins, and keeps likes for real; `roundtrip weigh` tells
//! what a first visit downloads; `roundtrip answer` puts questions to the engine. In reading order:
//!
//! | module | holds |
//! | --- | --- |
//! | [`serve`] | the command: listeners, router, the lines it prints |
//! | [`connections`], [`patient`] | how many there may be, and how slow |
//! | [`host`] | who may speak to us: the `Host` header decides |
//! | [`live`] | likes, notifications, an echo: what is kept, and who may ask |
//! | [`site`] | a request path becomes a file, a redirect or the 404 page |
//! | [`files`], [`bundle`] | where its files come from: a folder, or the program itself |
//! | [`kind`] | what a file's name tells: its type, and how long it may be kept |
//! | [`policy`] | the headers that every answer carries |
//! | [`squeeze`] | brotli and gzip, each file once |
//! | [`weigh`] | the first load of a built site, in bytes |
//! | [`answer`](mod@answer) | the engine on the command line |
//!
//! Of the site it reads nothing but its directory; what it keeps are likes, in one file. It never listens beyond this
//! machine.

mod answer;
mod bundle;
mod connections;
mod files;
mod host;
mod kind;
mod live;
mod patient;
mod policy;
mod serve;
mod site;
mod squeeze;
mod weigh;

use anyhow::{Context, Result, bail, ensure};
use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "\
roundtrip: how a backend works, shown by running one

  roundtrip serve [--port 8080] [--site DIR] [--data DIR | --ephemeral] [--open]
      the site on http://localhost:8080 and, from a second origin, on the next port;
      --site names another than the one within this program, or than dist, where it has none;
      --port 0 takes any two free ports, --open shows it in the browser;
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
    /// The site's port; the second origin takes the next one. 0: any two that are free.
    port: u16,
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
        let mut options = Options { port: 8080, site: None, to: None, data: None, ephemeral: false, open: false };
        let mut args = args.into_iter();
        while let Some(arg) = args.next() {
            let mut value = || args.next().with_context(|| format!("{arg} wants a value"));
            match arg.as_str() {
                "--port" => options.port = port(&value()?)?,
                "--site" => options.site = Some(PathBuf::from(value()?)),
                "--to" => options.to = Some(PathBuf::from(value()?)),
                "--data" => options.data = Some(PathBuf::from(value()?)),
                "--ephemeral" => options.ephemeral = true,
                "--open" => options.open = true,
                other => {
                    bail!("no option called {other}; there are --port, --site, --data, --ephemeral, --open and --to")
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

/// The second origin needs the next port, so the last one is no choice.
fn port(text: &str) -> Result<u16> {
    match text.parse() {
        Ok(u16::MAX) | Err(_) => bail!("--port wants a number from 0 to 65534, not {text}"),
        Ok(port) => Ok(port),
    }
}
