//! `roundtrip serve`: the site on loopback only, likes for real, and two more origins.
//!
//! The second origin (the next port) serves the same files, and nothing live: every page may read what stands there. It is
//! there to be another origin: a page that embeds the site, or asks it for something, is foreign to it. The third one (the
//! port after that) has no files. At all three the trials of the laboratory are answered; the first alone is where they are
//! opened, and where likes are kept.

use crate::bundle::Bundle;
use crate::files::Files;
use crate::live::{self, Limits, Live, Place};
use crate::sandbox::{self, Jail};
use crate::site::{Site, says};
use crate::trials::{self, Trials};
use crate::{Options, connections, host};
use anyhow::{Context, Result, bail, ensure};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use std::io::{self, ErrorKind, Write as _};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::process::{Command, Stdio};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Serves until the process is told to stop; Ctrl-C ends it at once. There is nothing to put away but the sandbox's directory:
/// what was answered is on the disk.
pub fn run(options: &Options) -> Result<()> {
    let files = files(options)?;
    let doors = doors(options)?;
    let site = Arc::new(Site::of(files));
    let (place, limits) = (place(options)?, Limits::USUAL);
    let live = Live::start(&place, limits)?;
    let ports = doors.iter().map(|door| door.port).collect();
    let seats = Arc::new(Semaphore::new(connections::room(&limits)));
    let runtime = tokio::runtime::Runtime::new().context("no runtime")?;
    runtime.block_on(async {
        let trials = Arc::new(Trials::at(ports, limits));
        let jail = Arc::new(Jail::default());
        let sandbox = Some(Arc::clone(&jail));
        let first = Rooms { site: Some(site), live: Some(live), manages: true, trials: Some(trials), sandbox };
        let second = Rooms { live: None, manages: false, sandbox: None, ..first.clone() };
        let third = Rooms { site: None, ..second.clone() };
        for (door, rooms) in doors.iter().zip([first, second, third]) {
            for listener in &door.listeners {
                let router = router(rooms.clone(), door.port);
                tokio::spawn(connections::take(wait_on(listener)?, router, limits, Arc::clone(&seats)));
            }
        }
        announce(&doors, &place, options);
        told_to_stop().await;
        jail.remove();
        anyhow::Ok(())
    })?;
    // Whoever still waits for an answer hears that the connection is closed.
    runtime.shutdown_background();
    Ok(())
}

/// Waits until the process is told to stop: by Ctrl-C, or as a service is.
async fn told_to_stop() {
    #[cfg(unix)]
    if let Ok(mut told) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = told.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        return;
    }
    // Where nobody can be heard, the process ends as the platform ends it.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// The site that was named, else the one within this program, else what was built here.
fn files(options: &Options) -> Result<Files> {
    if options.site.is_none()
        && let Some(bundle) = Bundle::own()
    {
        return Ok(Files::Bundle(bundle));
    }
    let folder = options.folder();
    ensure!(
        folder.join("index.html").is_file(),
        "no site in {}: `cargo xtask serve` builds it, `--site DIR` names another place",
        folder.display()
    );
    Ok(Files::Folder(folder))
}

/// Where likes are kept.
#[allow(clippy::disallowed_methods, reason = "the environment says where this person's data lies")]
fn place(options: &Options) -> Result<Place> {
    match &options.data {
        _ if options.ephemeral => Ok(Place::Memory),
        Some(folder) => Ok(Place::Folder(std::path::absolute(folder).context("--data names no folder")?)),
        None => Place::usual(|name| std::env::var_os(name)),
    }
}

/// What is served at one port.
#[derive(Clone, Debug, Default)]
pub struct Rooms {
    /// The site's files.
    pub site: Option<Arc<Site>>,
    /// The live part.
    pub live: Option<Arc<Live>>,
    /// What trials answer.
    pub trials: Option<Arc<Trials>>,
    /// Whether trials are opened here, too, and their witness read.
    pub manages: bool,
    /// The sandbox's demonstration directory, with what else the server does for it.
    pub sandbox: Option<Arc<Jail>>,
}

/// Everything that is served at one port.
pub fn router(rooms: Rooms, port: u16) -> Router {
    let Rooms { site, live, trials, manages, sandbox } = rooms;
    let shown = match site {
        Some(site) => Router::new().fallback(show).with_state(site),
        None => Router::new().fallback(nothing),
    };
    let all = live.into_iter().fold(shown, |all, live| all.merge(live::routes(live)));
    let all = trials.into_iter().fold(all, |all, trials| {
        let all = if manages { all.merge(trials::managed(Arc::clone(&trials))) } else { all };
        all.merge(trials::at_every_origin(trials))
    });
    let all = sandbox.into_iter().fold(all, |all, jail| all.merge(sandbox::routes(jail, Limits::USUAL)));
    all.layer(from_fn_with_state(port, guard))
}

async fn nothing() -> Response {
    says(StatusCode::NOT_FOUND, &[], "Nothing is here but trials of the laboratory.\n")
}

async fn show(State(site): State<Arc<Site>>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let answer = tokio::task::spawn_blocking(move || site.answer(&parts.method, &parts.uri, &parts.headers));
    answer.await.unwrap_or_else(|_| says(StatusCode::INTERNAL_SERVER_ERROR, &[], "The file could not be read.\n"))
}

async fn guard(State(port): State<u16>, request: Request, next: Next) -> Response {
    match host::check(request.headers(), request.uri(), port) {
        Ok(()) => next.run(request).await,
        Err((status, words))
            if live::covers(request.uri()) || trials::covers(request.uri()) || sandbox::covers(request.uri()) =>
        {
            live::refused(status, words)
        }
        Err(refusal) => refusal.into_response(),
    }
}

fn wait_on(listener: &TcpListener) -> io::Result<tokio::net::TcpListener> {
    let listener = listener.try_clone()?;
    listener.set_nonblocking(true)?;
    tokio::net::TcpListener::from_std(listener)
}

/// One port of this machine, with IPv4 and, where there is one, IPv6: `localhost` may mean either.
struct Door {
    port: u16,
    listeners: Vec<TcpListener>,
}

/// The three doors: at the ports that were named, else at neighbours.
fn doors(options: &Options) -> Result<[Door; 3]> {
    match (options.port, options.others) {
        (0, None) => any_doors(),
        (port, Some([second, third])) => Ok([open_door(port)?, open_door(second)?, open_door(third)?]),
        (port, None) => Ok([
            open_door(port)?,
            open_door(port + 1).context("the second origin takes the port after --port")?,
            open_door(port + 2).context("the third origin takes the second port after --port")?,
        ]),
    }
}

fn open_door(port: u16) -> Result<Door> {
    try_door(port).map_err(|problem| match problem.kind() {
        ErrorKind::AddrInUse => {
            anyhow::anyhow!("port {port} is in use; take others with --port, such as --port 9080, or --others")
        }
        ErrorKind::PermissionDenied => {
            anyhow::anyhow!("port {port} is not ours to take; take one above 1023 with --port")
        }
        _ => anyhow::Error::from(problem).context(format!("port {port}")),
    })
}

fn try_door(port: u16) -> io::Result<Door> {
    let v4 = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    let port = v4.local_addr()?.port();
    let listeners = match TcpListener::bind(SocketAddr::from((Ipv6Addr::LOCALHOST, port))) {
        Ok(v6) => vec![v4, v6],
        Err(problem) if problem.kind() == ErrorKind::AddrInUse => return Err(problem),
        Err(_) => vec![v4],
    };
    Ok(Door { port, listeners })
}

/// Three neighbouring ports that nobody uses.
fn any_doors() -> Result<[Door; 3]> {
    for _ in 0..50 {
        let Ok(first) = try_door(0) else { continue };
        let (Some(second), Some(third)) = (first.port.checked_add(1), first.port.checked_add(2)) else { continue };
        if let (Ok(second), Ok(third)) = (try_door(second), try_door(third)) {
            return Ok([first, second, third]);
        }
    }
    bail!("no three neighbouring ports are free");
}

fn announce(doors: &[Door; 3], place: &Place, options: &Options) {
    let url = format!("http://localhost:{}", doors[0].port);
    let (second, third) = (doors[1].port, doors[2].port);
    let likes = match place {
        Place::Folder(folder) => live::file(folder).display().to_string(),
        Place::Memory => "in memory, gone when the server ends".to_owned(),
    };
    let words = format!(
        "site           {url}\nsecond origin  http://localhost:{second}\n\
         third origin   http://localhost:{third}\nlikes          {likes}\nCtrl-C stops.\n"
    );
    // Whoever reads this may have gone; the site is shown all the same.
    let _ = io::stdout().write_all(words.as_bytes());
    if options.open {
        open_browser(&url);
    }
}

/// Shows the page, where there is a screen to show it on. The address was printed, so a failure needs no words.
#[allow(clippy::disallowed_methods, reason = "whether there is a screen is a fact about the environment")]
fn open_browser(url: &str) {
    let screen = std::env::var("DISPLAY").is_ok() || std::env::var("WAYLAND_DISPLAY").is_ok();
    let opener = match std::env::consts::OS {
        "macos" => "open",
        "linux" if screen => "xdg-open",
        _ => return,
    };
    let _ = Command::new(opener).arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
}

#[cfg(test)]
mod tests;
