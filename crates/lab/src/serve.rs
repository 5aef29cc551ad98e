//! `roundtrip serve`: the site from two origins, on loopback only.
//!
//! The second origin (the next port) serves the same files. It is there to be another origin: a page that embeds the
//! site, or asks it for something, is foreign to it.

use crate::Options;
use crate::host;
use crate::site::{Site, says};
use anyhow::{Context, Result, bail, ensure};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::serve::ListenerExt as _;
use std::io::{self, ErrorKind, Write as _};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::process::{Command, Stdio};
use std::sync::Arc;

/// Serves until the process is told to stop; Ctrl-C ends it at once, there is nothing to put away.
pub fn run(options: &Options) -> Result<()> {
    ensure!(
        options.site.join("index.html").is_file(),
        "no site in {}: `cargo xtask serve` builds it, `--site DIR` names another place",
        options.site.display()
    );
    let doors = match options.port {
        0 => any_doors()?,
        port => [open_door(port)?, open_door(port + 1).context("the second origin takes the port after --port")?],
    };
    let site = Arc::new(Site::at(&options.site));
    let runtime = tokio::runtime::Runtime::new().context("no runtime")?;
    runtime.block_on(async {
        for door in &doors {
            for listener in &door.listeners {
                serve(listener.try_clone()?, router(Arc::clone(&site), door.port))?;
            }
        }
        announce(&doors, options);
        std::future::pending().await
    })
}

/// Everything that is served at one port.
fn router(site: Arc<Site>, port: u16) -> Router {
    Router::new().fallback(show).with_state(site).layer(from_fn_with_state(port, guard))
}

async fn show(State(site): State<Arc<Site>>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let answer = tokio::task::spawn_blocking(move || site.answer(&parts.method, &parts.uri, &parts.headers));
    answer.await.unwrap_or_else(|_| says(StatusCode::INTERNAL_SERVER_ERROR, &[], "The file could not be read.\n"))
}

async fn guard(State(port): State<u16>, request: Request, next: Next) -> Response {
    match host::check(request.headers(), request.uri(), port) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

fn serve(listener: TcpListener, router: Router) -> Result<()> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?.tap_io(|stream| {
        // Small answers must not wait for company. Where that cannot be set they wait.
        let _ = stream.set_nodelay(true);
    });
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(())
}

/// One port of this machine, with IPv4 and, where there is one, IPv6: `localhost` may mean either.
struct Door {
    port: u16,
    listeners: Vec<TcpListener>,
}

fn open_door(port: u16) -> Result<Door> {
    try_door(port).map_err(|problem| match problem.kind() {
        ErrorKind::AddrInUse => {
            anyhow::anyhow!("port {port} is in use; take another two with --port, such as --port 9080")
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

/// Two neighbouring ports that nobody uses.
fn any_doors() -> Result<[Door; 2]> {
    for _ in 0..50 {
        let Ok(first) = try_door(0) else { continue };
        let Some(next) = first.port.checked_add(1) else {
            continue;
        };
        if let Ok(second) = try_door(next) {
            return Ok([first, second]);
        }
    }
    bail!("no two neighbouring ports are free");
}

fn announce(doors: &[Door; 2], options: &Options) {
    let url = format!("http://localhost:{}", doors[0].port);
    let second = doors[1].port;
    let words = format!("site           {url}\nsecond origin  http://localhost:{second}\nCtrl-C stops.\n");
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
