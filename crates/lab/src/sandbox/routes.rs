//! Paths and methods. All of it is at the site's own port, for pages of the site's own origin and for programs that are no
//! browser; the guard is that of the live part, and no answer has a CORS header.

use super::jail::{Jail, MOST_READ};
use super::{process, socket};
use crate::live::answer::{Refusal, Said, another_method, nothing_here, say};
use crate::live::guard::guarded;
use crate::live::{Limits, body};
use axum::Router;
use axum::extract::{RawQuery, Request, State};
use axum::http::{StatusCode, Uri};
use axum::middleware::from_fn;
use axum::routing::{any, get, post};
use serde_json::json;
use std::sync::Arc;
use tokio::time::Instant;

/// What the handlers know.
#[derive(Clone, Debug)]
struct Room {
    jail: Arc<Jail>,
    limits: Limits,
    began: Instant,
}

/// Everything below `/sandbox`.
pub fn routes(jail: Arc<Jail>, limits: Limits) -> Router {
    let room = Room { jail, limits, began: Instant::now() };
    let ours = Router::new()
        .route("/", get(here))
        .route("/file", get(file))
        .route("/directory", get(directory))
        .route("/log", post(log))
        .route("/environment", get(environment))
        .route("/process", get(this_process))
        .route("/socket", post(open_socket))
        .fallback(nothing_here)
        .method_not_allowed_fallback(another_method)
        .with_state(room);
    Router::new().nest("/sandbox", ours).route("/sandbox/", any(nothing_here)).layer(from_fn(guarded))
}

/// Is this an address of ours?
pub fn covers(target: &Uri) -> bool {
    target.path().strip_prefix("/sandbox").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

async fn here() -> Said {
    let said = json!({ "server": concat!("roundtrip ", env!("CARGO_PKG_VERSION")), "most_bytes": MOST_READ });
    Ok(say(StatusCode::OK, &said))
}

/// What the query says as `path`, with `%2e` and the like taken away once.
fn path(query: Option<&str>) -> Result<String, Refusal> {
    let wanted = || Refusal::new(StatusCode::BAD_REQUEST, "the query must be ?path=NAME, percent-encoded UTF-8");
    let encoded = query.and_then(|query| query.strip_prefix("path=")).ok_or_else(wanted)?;
    crate::site::decode(encoded).ok_or_else(wanted)
}

/// Files are read where waiting is no harm.
async fn waits<T: Send + 'static>(work: impl FnOnce() -> Result<T, Refusal> + Send + 'static) -> Result<T, Refusal> {
    let broke = |_| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "the directory could not be read");
    tokio::task::spawn_blocking(work).await.map_err(broke)?
}

async fn file(State(room): State<Room>, RawQuery(query): RawQuery) -> Said {
    let path = path(query.as_deref())?;
    let asked = path.clone();
    let (text, bytes) = waits(move || room.jail.read(&asked)).await?;
    Ok(say(StatusCode::OK, &json!({ "path": path, "bytes": bytes, "text": text })))
}

async fn directory(State(room): State<Room>, RawQuery(query): RawQuery) -> Said {
    let path = path(query.as_deref())?;
    let asked = path.clone();
    let entries = waits(move || room.jail.list(&asked)).await?;
    let entries: Vec<_> = entries
        .into_iter()
        .map(|(name, folder, bytes)| json!({ "name": name, "kind": if folder { "directory" } else { "file" }, "bytes": bytes }))
        .collect();
    Ok(say(StatusCode::OK, &json!({ "path": path, "entries": entries })))
}

async fn log(State(room): State<Room>, request: Request) -> Said {
    let (parts, sent) = request.into_parts();
    let said = body::object(&parts.headers, sent, &room.limits).await?;
    let wanted = || Refusal::new(StatusCode::BAD_REQUEST, "the body must be {\"line\": \"…\"}");
    let line = said["line"].as_str().filter(|_| said.as_object().is_some_and(|said| said.len() == 1));
    let line = line.ok_or_else(wanted)?.to_owned();
    let lines = waits(move || room.jail.log(&line)).await?;
    Ok(say(StatusCode::OK, &json!({ "path": probe::served::LOG, "lines": lines })))
}

async fn environment() -> Said {
    Ok(say(StatusCode::OK, &json!({ "variables": process::own_environment() })))
}

async fn this_process(State(room): State<Room>) -> Said {
    Ok(say(StatusCode::OK, &process::this(room.began.elapsed())))
}

async fn open_socket(State(room): State<Room>, request: Request) -> Said {
    let (parts, sent) = request.into_parts();
    body::nothing(&parts.headers, sent, &room.limits).await?;
    match socket::talk().await {
        Ok(said) => Ok(say(StatusCode::OK, &said)),
        Err(problem) => {
            Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, format!("the connection failed: {}", problem.kind())))
        }
    }
}
