//! Paths and methods.
//!
//! Below `/trials`, at the site's port only, pages of the site's own origin open trials and read what arrived; the guard is
//! that of the live part, and no answer has a CORS header. Below `/trial/ID/`, at every port, whoever knows the name of a
//! trial is answered as that trial says; the name is 128 bits of chance, and without it there is a bare `404`.
//!
//! What is below `/trial/` is for `fetch` alone: a browser that wants it as a page, a script or a picture (its
//! `Sec-Fetch-Dest` says so) does not get it, so that nothing that a trial says can run in our name.

use super::store::Trial;
use super::witness::Arrived;
use super::{Trials, frame, refusal, told, write};
use crate::host;
use crate::live::answer::{Refusal, Said, another_method, nothing_here, say};
use crate::live::guard::guarded;
use crate::live::{Limits, body};
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::header::{CACHE_CONTROL, HOST};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::middleware::from_fn;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, get};
use futures_util::StreamExt as _;
use serde_json::json;
use std::sync::Arc;

/// What the site's own pages ask for.
pub fn managed(trials: Arc<Trials>) -> Router {
    let ours = Router::new()
        .route("/", get(all).post(open))
        .route("/{id}", get(arrived).put(tell).delete(close))
        .fallback(nothing_here)
        .method_not_allowed_fallback(another_method)
        .with_state(Arc::clone(&trials));
    let ours = Router::new().nest("/trials", ours).route("/trials/", any(nothing_here)).layer(from_fn(guarded));
    ours.route("/trials/frame", get(frame::frame).with_state(trials))
}

/// What trials answer.
pub fn at_every_origin(trials: Arc<Trials>) -> Router {
    let paths = ["/trial", "/trial/", "/trial/{*rest}"];
    paths.into_iter().fold(Router::new(), |all, path| all.route(path, any(answer))).with_state(trials)
}

/// Is this an address of ours?
pub fn covers(target: &Uri) -> bool {
    ["/trials", "/trial"]
        .iter()
        .any(|ours| target.path().strip_prefix(ours).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

fn no_such_trial() -> Refusal {
    refusal(StatusCode::NOT_FOUND, "no such trial; it may be too old")
}

/// Who is here, and how much there is.
async fn all(State(trials): State<Arc<Trials>>) -> Said {
    let (store, _) = trials.open();
    let said = json!({
        "server": concat!("roundtrip ", env!("CARGO_PKG_VERSION")),
        "origins": trials.origins().collect::<Vec<_>>(),
        "open": store.count(),
        "bytes": store.size(),
        "most": trials.limits.trials,
    });
    Ok(say(StatusCode::OK, &said))
}

async fn open(State(trials): State<Arc<Trials>>, request: Request) -> Said {
    let (parts, sent) = request.into_parts();
    body::nothing(&parts.headers, sent, &trials.limits).await?;
    let id = name()?;
    let (mut store, now) = trials.open();
    store.open(id.clone(), now);
    drop(store);
    Ok(say(StatusCode::CREATED, &json!({ "trial": id, "origins": trials.origins().collect::<Vec<_>>() })))
}

async fn tell(State(trials): State<Arc<Trials>>, Path(id): Path<String>, request: Request) -> Said {
    let (parts, sent) = request.into_parts();
    let limits = Limits { body_bytes: trials.limits.trial_bytes, ..trials.limits };
    let said = body::object(&parts.headers, sent, &limits).await?;
    let places = told::read(&trials, &id, said)?;
    let count = places.len();
    let (mut store, now) = trials.open();
    if !store.tell(&id, places, now) {
        return Err(no_such_trial());
    }
    Ok(say(StatusCode::OK, &json!({ "trial": id, "places": count })))
}

async fn arrived(State(trials): State<Arc<Trials>>, Path(id): Path<String>) -> Said {
    let (store, now) = trials.open();
    let Trial { places, arrived, left_out, .. } = store.find(&id, now).cloned().ok_or_else(no_such_trial)?;
    drop(store);
    let arrived: Vec<_> = arrived.iter().map(Arrived::json).collect();
    let said = json!({ "trial": id, "places": places.len(), "arrived": arrived, "left_out": left_out });
    Ok(say(StatusCode::OK, &said))
}

async fn close(State(trials): State<Arc<Trials>>, Path(id): Path<String>, request: Request) -> Said {
    let (parts, sent) = request.into_parts();
    body::nothing(&parts.headers, sent, &trials.limits).await?;
    let (mut store, now) = trials.open();
    if store.close(&id, now) { Ok(say(StatusCode::OK, &json!({}))) } else { Err(no_such_trial()) }
}

/// An answer without a word, and without a CORS header.
fn bare(status: StatusCode) -> Response {
    let mut answer = status.into_response();
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

/// A request arrives at a trial: it is noted, then answered as the trial says.
async fn answer(State(trials): State<Arc<Trials>>, request: Request) -> Response {
    let (parts, sent) = request.into_parts();
    if !is_fetched(&parts.headers) {
        return bare(StatusCode::FORBIDDEN);
    }
    let Some((id, number, answer)) = note(&trials, &parts) else { return bare(StatusCode::NOT_FOUND) };
    match tokio::time::timeout(trials.limits.body, length(sent, trials.limits.body_bytes)).await {
        Ok(Some(bytes)) => number.into_iter().for_each(|number| trials.open().0.body(&id, number, bytes)),
        // It did not come to its end, or not in time: whoever sends so is no browser of ours.
        _ => return bare(StatusCode::BAD_REQUEST),
    }
    write::write(&answer).unwrap_or_else(|| bare(StatusCode::INTERNAL_SERVER_ERROR))
}

/// Notes what has arrived: at which trial, as which of its requests, and what is to be answered. None where there is no such
/// trial.
fn note(trials: &Trials, parts: &Parts) -> Option<(String, Option<usize>, engine::browser::exchange::Answer)> {
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str()).to_owned();
    let id = parts.uri.path().split('/').nth(2)?.to_owned();
    let (mut store, now) = trials.open();
    let after = now.saturating_sub(store.find(&id, now)?.opened);
    let (method, headers) = (parts.method.to_string(), Arrived::lines(&parts.headers));
    let arrived = Arrived { after, at: origin(&parts.headers), method, target, headers, body_bytes: 0 };
    let (number, answer) = store.answer(&id, arrived, now);
    Some((id, number, answer.unwrap_or_else(trial::served::unknown)))
}

/// How many bytes a body has, as far as we count them; none where it breaks off.
async fn length(body: Body, most: usize) -> Option<usize> {
    let (mut bytes, mut parts) = (0, body.into_data_stream());
    while bytes <= most
        && let Some(part) = parts.next().await
    {
        bytes += part.ok()?.len();
    }
    Some(bytes.min(most))
}

/// Whether `fetch` asks, or what is no browser (Fetch Metadata: a script's request has the destination `empty`).
fn is_fetched(headers: &HeaderMap) -> bool {
    let mut wants = headers.get_all("sec-fetch-dest").iter();
    matches!((wants.next().map(HeaderValue::as_bytes), wants.next()), (None, _) | (Some(b"empty"), None))
}

/// The origin at which a request arrived. The `Host` header has been found to be ours.
fn origin(headers: &HeaderMap) -> String {
    let host = headers.get(HOST).and_then(|host| host::split(host.as_bytes()));
    host.map_or_else(String::new, |(name, port)| format!("http://{}:{port}", name.to_ascii_lowercase()))
}

/// A name that nobody guesses.
fn name() -> Result<String, Refusal> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|_| refusal(StatusCode::INTERNAL_SERVER_ERROR, "this machine gives no random numbers"))?;
    Ok(format!("{:032x}", u128::from_ne_bytes(bytes)))
}
