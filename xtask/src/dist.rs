//! `cargo xtask dist`: what a stranger without a compiler needs: one program with the site inside, and the site beside it.
//!
//! The server packs the site, since it has the compressors, and is then built once more, with what was packed. The program
//! runs on machines of this kind, with a C library at least as new as this one's. Before it is handed over it is asked
//! for a page and for its state, in a folder where nothing else lies.

use crate::{serve, shell, site, tools};
use anyhow::{Context as _, Result, ensure};
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};

/// Builds what is not up to date and puts it into `target/roundtrip`.
pub fn run(args: &[String]) -> Result<()> {
    crate::nothing_more(args)?;
    site::build(&tools::for_the_site()?)?;
    let bundle = shell::target()?.join("site.bundle");
    let packing = serve::server()?;
    shell::step("the site, packed", "a few seconds", || {
        shell::run(Command::new(packing).args(["pack", "--site"]).arg(site::dist()).arg("--to").arg(&bundle))
    })?;
    shell::step("the program, with the site inside", "some minutes the first time", || {
        let mut build = shell::cargo(["build", "--quiet", "--release", "--package", "lab", "--bin", "roundtrip"]);
        // The site's own profile is for size; this one counts likes.
        build.env("ROUNDTRIP_BUNDLE", &bundle).env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "3");
        build.env("CARGO_PROFILE_RELEASE_LTO", "thin").env("CARGO_PROFILE_RELEASE_STRIP", "symbols");
        shell::run(&mut build)
    })?;
    let folder = shell::target()?.join("roundtrip");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
    }
    let name = format!("roundtrip{}", std::env::consts::EXE_SUFFIX);
    copy(&site::dist(), &folder.join("dist"))?;
    let program = folder.join(&name);
    fs::copy(shell::target()?.join("release").join(&name), &program).context("the program")?;
    for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
        fs::copy(shell::root().join(licence), folder.join(licence))?;
    }
    try_out(&program)?;
    println!("{}: {} bytes", program.display(), fs::metadata(&program)?.len());
    println!("{}: the site, for any static host", folder.join("dist").display());
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| from.display().to_string())? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to)?;
        } else {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}

/// Starts it where it can find nothing but itself, and compares what it shows with what was built.
fn try_out(program: &Path) -> Result<()> {
    let nowhere = shell::target()?.join("nowhere");
    fs::create_dir_all(&nowhere)?;
    let mut serve = Command::new(program);
    serve.args(["serve", "--port", "0", "--ephemeral"]).current_dir(&nowhere).stdout(Stdio::piped());
    let mut running = serve.spawn().context("the program does not start")?;
    let line = running.stdout.take().and_then(|out| BufReader::new(out).lines().next()?.ok());
    let port = line.and_then(|line| line.rsplit_once(':')?.1.parse::<u16>().ok());
    let tried = port.context("the program says no address").and_then(|port| {
        let home = ask(port, "/")?;
        ensure!(home.ends_with(&fs::read_to_string(site::dist().join("index.html"))?), "its home page is another one");
        let state = ask(port, "/live/state")?;
        ensure!(state.starts_with("HTTP/1.1 200 OK\r\n") && state.contains("\"likes\":"), "it does not say how it is");
        Ok(())
    });
    let _ = running.kill();
    let _ = running.wait();
    tried.with_context(|| format!("{} was tried in an empty folder", program.display()))
}

fn ask(port: u16, path: &str) -> Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
