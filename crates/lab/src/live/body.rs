//! The body of a request: not too long, not too slow, and what it should be.

use super::answer::Refusal;
use super::limits::Limits;
use axum::body::{Body, HttpBody as _};
use axum::http::header::{CONNECTION, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use futures_util::StreamExt as _;
use serde_json::Value;

/// How much of a body that is too long is still read, so that a client which first sends and then listens hears why.
const PATIENCE: usize = 1 << 20;

/// Reads the JSON object that must be there.
pub async fn object(headers: &HeaderMap, body: Body, limits: &Limits) -> Result<Value, Refusal> {
    let bytes = read(body, limits).await?;
    is_json(headers)?;
    parse(&bytes)
}

/// Makes sure that nothing is there, or an empty object, as some clients send it.
pub async fn nothing(headers: &HeaderMap, body: Body, limits: &Limits) -> Result<(), Refusal> {
    let bytes = read(body, limits).await?;
    if bytes.is_empty() {
        return Ok(());
    }
    is_json(headers)?;
    match parse(&bytes)?.as_object().is_some_and(serde_json::Map::is_empty) {
        true => Ok(()),
        false => Err(Refusal::new(StatusCode::BAD_REQUEST, "this request takes no body, or {}")),
    }
}

async fn read(body: Body, limits: &Limits) -> Result<Vec<u8>, Refusal> {
    let late = |_| Refusal::new(StatusCode::REQUEST_TIMEOUT, "the body did not come in time").with(CONNECTION, "close");
    tokio::time::timeout(limits.body, collect(body, limits.body_bytes)).await.map_err(late)?
}

async fn collect(body: Body, most: usize) -> Result<Vec<u8>, Refusal> {
    let promised = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    let (mut bytes, mut seen) = (Vec::new(), 0);
    let mut parts = body.into_data_stream();
    while promised <= PATIENCE
        && seen <= PATIENCE
        && let Some(part) = parts.next().await
    {
        let part = part.map_err(|_| Refusal::new(StatusCode::BAD_REQUEST, "the body broke off"))?;
        seen += part.len();
        if seen <= most {
            bytes.extend_from_slice(&part);
        }
    }
    if seen.max(promised) <= most {
        return Ok(bytes);
    }
    let words = format!("the body is longer than {most} bytes");
    Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, words).with(CONNECTION, "close"))
}

fn is_json(headers: &HeaderMap) -> Result<(), Refusal> {
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let essence =
        |text: &str| text.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json");
    match (types.next().and_then(|kind| kind.to_str().ok()), types.next()) {
        (Some(kind), None) if essence(kind) => Ok(()),
        _ => Err(Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "the body must be JSON: Content-Type: application/json",
        )),
    }
}

fn parse(bytes: &[u8]) -> Result<Value, Refusal> {
    let refusal = |words| Refusal::new(StatusCode::BAD_REQUEST, words);
    let value: Value =
        serde_json::from_slice(bytes).map_err(|problem| refusal(format!("the body is no JSON: {problem}")))?;
    if value.is_object() { Ok(value) } else { Err(refusal("the body must be a JSON object".to_owned())) }
}
