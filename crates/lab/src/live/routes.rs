//! Paths and methods, as the course's backend has them (backend.js), below `/live` or below a phone's own path.

use super::answer::{Refusal, Said, another_method, apply, nothing_here, say, text};
use super::change::{Change, Outcome};
use super::guard::guarded;
use super::session::{MONTH, Phone};
use super::{Live, body, echo, hello, idempotency, read, stream, work};
use axum::Router;
use axum::extract::{RawPathParams, Request, State};
use axum::http::header::{HeaderName, HeaderValue, SET_COOKIE, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri};
use axum::middleware::from_fn;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, get, post};
use serde_json::{Value, json};
use std::sync::Arc;

/// Everything below `/live`.
pub fn routes(live: Arc<Live>) -> Router {
    let ours = Router::new()
        .route("/state", get(state))
        .route("/hello", get(hello::hello))
        .route("/echo", get(echo::open))
        .route("/work", post(work::work))
        .merge(of_a_phone())
        .nest("/phones/{phone}", of_a_phone())
        .fallback(nothing_here)
        .method_not_allowed_fallback(another_method)
        .with_state(live);
    Router::new().nest("/live", ours).route("/live/", any(nothing_here)).layer(from_fn(guarded))
}

/// Is this an address of ours?
pub fn covers(target: &Uri) -> bool {
    target.path().strip_prefix("/live").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A request that never came here, refused as we refuse it.
pub fn refused(status: StatusCode, words: &str) -> Response {
    let mut answer = Refusal::new(status, words.trim_end().trim_end_matches('.')).into_response();
    apply(answer.headers_mut());
    answer
}

/// What a phone asks for.
fn of_a_phone() -> Router<Arc<Live>> {
    Router::new()
        .route("/session", get(who).post(sign_in).delete(sign_out))
        .route("/users", get(users))
        .route("/users/{id}", get(user))
        .route("/posts", get(posts))
        .route("/posts/{id}/like", post(like).delete(unlike))
        .route("/notifications", get(notifications))
}

fn not_signed_in() -> Refusal {
    // RFC 9110 15.5.2 wants a challenge; there is no registered scheme for a session in a cookie.
    Refusal::new(StatusCode::UNAUTHORIZED, "not signed in").with(WWW_AUTHENTICATE, "Session realm=\"live\"")
}

async fn state(State(live): State<Arc<Live>>) -> Said {
    let holds = live.readers.read(read::holds).await?;
    Ok(say(StatusCode::OK, &live.describe(&holds)))
}

async fn users(State(live): State<Arc<Live>>) -> Said {
    Ok(say(StatusCode::OK, &live.readers.read(read::users).await?))
}

async fn user(State(live): State<Arc<Live>>, params: RawPathParams) -> Said {
    let id = number(&params);
    let found = live.readers.read(move |database| id.map_or(Ok(None), |id| read::user(database, id))).await?;
    let found = found.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "no such user"))?;
    Ok(say(StatusCode::OK, &found))
}

async fn posts(State(live): State<Arc<Live>>) -> Said {
    Ok(say(StatusCode::OK, &live.readers.read(read::posts).await?))
}

/// Who is signed in at this phone, and which posts they like.
async fn who(State(live): State<Arc<Live>>, params: RawPathParams, request: Request) -> Said {
    let asker = Phone::read(&params)?.asker(request.headers());
    let found = live.readers.read(move |database| {
        let Some(id) = asker.user(database)? else { return Ok(json!({ "user": null })) };
        Ok(json!({ "user": read::user(database, id)?, "liked": read::liked(database, id)? }))
    });
    Ok(say(StatusCode::OK, &found.await?))
}

/// `{"user": 1}`, and, to see a session end soon, `"seconds": 5`.
async fn sign_in(State(live): State<Arc<Live>>, params: RawPathParams, request: Request) -> Said {
    let phone = Phone::read(&params)?;
    let (parts, sent) = request.into_parts();
    let asked = body::object(&parts.headers, sent, &live.limits).await?;
    let unclear = |words| Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, words);
    let user = asked["user"].as_i64().ok_or_else(|| unclear("\"user\" must be a user's number"))?;
    let seconds = match &asked["seconds"] {
        Value::Null => Some(MONTH),
        seconds => seconds.as_i64().filter(|seconds| (1..=MONTH).contains(seconds)),
    };
    let seconds = seconds.ok_or_else(|| unclear("\"seconds\" must be a number from 1 to 2592000"))?;
    let token = phone.token()?;
    let change = Change::SignIn(phone.asker(&parts.headers), token.clone(), user, seconds);
    let outcome = live.writer.ask(change).await?;
    let mut answer = told(outcome)?;
    answer.headers_mut().insert(SET_COOKIE, phone.cookie(&token, seconds));
    Ok(answer)
}

async fn sign_out(State(live): State<Arc<Live>>, params: RawPathParams, request: Request) -> Said {
    let phone = Phone::read(&params)?;
    let (parts, sent) = request.into_parts();
    body::nothing(&parts.headers, sent, &live.limits).await?;
    let mut answer = told(live.writer.ask(Change::SignOut(phone.asker(&parts.headers))).await?)?;
    answer.headers_mut().insert(SET_COOKIE, phone.cookie("", 0));
    Ok(answer)
}

async fn like(State(live): State<Arc<Live>>, params: RawPathParams, request: Request) -> Said {
    let (parts, post) = about_a_post(&live, &params, request).await?;
    let (asker, key) = (Phone::read(&params)?.asker(&parts.headers), idempotency::key(&parts.headers)?);
    told(live.writer.ask(Change::Like(asker, post, key)).await?)
}

async fn unlike(State(live): State<Arc<Live>>, params: RawPathParams, request: Request) -> Said {
    let (parts, post) = about_a_post(&live, &params, request).await?;
    let (asker, key) = (Phone::read(&params)?.asker(&parts.headers), idempotency::key(&parts.headers)?);
    told(live.writer.ask(Change::Unlike(asker, post, key)).await?)
}

/// The post that the path names, of a request without a body.
async fn about_a_post(live: &Live, params: &RawPathParams, request: Request) -> Result<(Parts, i64), Refusal> {
    let (parts, sent) = request.into_parts();
    body::nothing(&parts.headers, sent, &live.limits).await?;
    let post =
        number(params).ok_or_else(|| Refusal::new(StatusCode::BAD_REQUEST, "a post's number is a whole number"))?;
    Ok((parts, post))
}

/// The number in the path: digits only, as PostgreSQL's `integer` holds it.
fn number(params: &RawPathParams) -> Option<i64> {
    let (_, text) = params.iter().find(|(key, _)| *key == "id")?;
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse::<i32>().ok().filter(|_| digits).map(i64::from)
}

async fn notifications(State(live): State<Arc<Live>>, params: RawPathParams, request: Request) -> Said {
    let asker = Phone::read(&params)?.asker(request.headers());
    let after = stream::after(request.headers(), request.uri(), &live.readers.store().id)?;
    let asked = asker.clone();
    let user = live.readers.read(move |database| asked.user(database)).await?.ok_or_else(not_signed_in)?;
    Ok(text(StatusCode::OK, stream::KIND, stream::open(live, asker, user, after)?))
}

/// What a change came to, as an answer.
fn told(outcome: Outcome) -> Said {
    match outcome {
        Outcome::Done(value) => Ok(say(StatusCode::OK, &value)),
        Outcome::Again(value) => {
            let mut answer = say(StatusCode::OK, &value);
            let name = HeaderName::from_static("idempotent-replayed");
            answer.headers_mut().insert(name, HeaderValue::from_static("true"));
            Ok(answer)
        }
        Outcome::NotSignedIn => Err(not_signed_in()),
        Outcome::NoSuchPost => Err(Refusal::new(StatusCode::NOT_FOUND, "no such post")),
        Outcome::NoSuchUser => Err(Refusal::new(StatusCode::NOT_FOUND, "no such user")),
        Outcome::KeyUsed => {
            let words = "this Idempotency-Key was used for another request";
            Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, words))
        }
    }
}
