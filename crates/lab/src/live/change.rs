//! What may be changed, and what it comes to: the statements of the course's backend (backend.js), within the writer's
//! transaction.
//!
//! Being refused is an outcome. An error is only what the database itself could not do.

use super::idempotency;
use super::session::Asker;
use rusqlite::{Connection, OptionalExtension as _, Result, params};
use serde_json::{Value, json};

/// One change that somebody asks for.
#[derive(Debug)]
pub enum Change {
    /// Whoever asks likes this post.
    Like(Asker, i64, Option<String>),
    /// Whoever asks likes this post no longer.
    Unlike(Asker, i64, Option<String>),
    /// The asker's session ends and another begins: its token, whose it is, and how many seconds it lasts.
    SignIn(Asker, String, i64, i64),
    /// The asker's session ends.
    SignOut(Asker),
    /// The notifications of this user, up to this number, were handed to a connection.
    Sent(i64, i64),
}

/// What it came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It holds, and this is to be answered.
    Done(Value),
    /// The same was asked before, with the same key; this was answered then.
    Again(Value),
    /// No session stands behind the request.
    NotSignedIn,
    /// There is no such post.
    NoSuchPost,
    /// There is no such user.
    NoSuchUser,
    /// The key was used for something else before.
    KeyUsed,
}

/// What a post's owner is to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// Its number. Each later one of this store has a greater one.
    pub id: i64,
    /// Who is told.
    pub user_id: i64,
    /// Who liked.
    pub liked_by: i64,
    /// Which post.
    pub post_id: i64,
}

/// Carries the change out. Whoever calls this holds a transaction, and publishes the notification after the commit.
pub fn apply(database: &Connection, change: &Change) -> Result<(Outcome, Option<Notification>)> {
    let alone = |outcome| Ok((outcome, None));
    match change {
        Change::Like(asker, post, key) => once(database, asker, key.as_deref(), "POST", *post, like),
        Change::Unlike(asker, post, key) => once(database, asker, key.as_deref(), "DELETE", *post, unlike),
        Change::SignIn(asker, token, user, seconds) => alone(sign_in(database, asker, token, *user, *seconds)?),
        Change::SignOut(asker) => {
            sign_out(database, asker)?;
            alone(Outcome::Done(json!({ "user": null })))
        }
        Change::Sent(user, up_to) => {
            let mut mark = database.prepare_cached(
                "UPDATE notifications SET sent_at = unixepoch() WHERE user_id = ?1 AND id <= ?2 AND sent_at IS NULL",
            )?;
            mark.execute([user, up_to])?;
            alone(Outcome::Done(Value::Null))
        }
    }
}

type Told = (Outcome, Option<Notification>);

/// Who asks, and whether the same was asked before; only then the change itself. Whoever asks again with the same key
/// gets the first answer again, and nothing is done twice.
fn once(
    database: &Connection,
    asker: &Asker,
    key: Option<&str>,
    method: &str,
    post: i64,
    change: fn(&Connection, i64, i64) -> Result<Told>,
) -> Result<Told> {
    let Some(user) = asker.user(database)? else {
        return Ok((Outcome::NotSignedIn, None));
    };
    let Some(key) = key else {
        return change(database, user, post);
    };
    let request = format!("{method} /posts/{post}/like");
    if let Some(earlier) = idempotency::earlier(database, user, key, &request)? {
        return Ok((earlier, None));
    }
    let (outcome, told) = change(database, user, post)?;
    if let Outcome::Done(answer) = &outcome {
        idempotency::keep(database, user, key, &request, answer)?;
    }
    Ok((outcome, told))
}

/// The like and what its post's owner is to be told: both, or neither.
fn like(database: &Connection, user: i64, post: i64) -> Result<Told> {
    let mut owner = database.prepare_cached("SELECT user_id FROM posts WHERE id = ?1")?;
    let Some(owner) = owner.query_row([post], |row| row.get::<_, i64>(0)).optional()? else {
        return Ok((Outcome::NoSuchPost, None));
    };
    let liked = database
        .prepare_cached("INSERT INTO likes (user_id, post_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
        .execute([user, post])?;
    let mut told = None;
    if liked == 1 && owner != user {
        let mut note = database.prepare_cached(
            "INSERT INTO notifications (user_id, liked_by, post_id) VALUES (?1, ?2, ?3) RETURNING id",
        )?;
        let id = note.query_row([owner, user, post], |row| row.get(0))?;
        told = Some(Notification { id, user_id: owner, liked_by: user, post_id: post });
    }
    Ok((Outcome::Done(count(database, post)?), told))
}

/// As in backend.js: a post that is not there is liked by nobody, and unliking it changes nothing.
fn unlike(database: &Connection, user: i64, post: i64) -> Result<Told> {
    database.prepare_cached("DELETE FROM likes WHERE user_id = ?1 AND post_id = ?2")?.execute([user, post])?;
    Ok((Outcome::Done(count(database, post)?), None))
}

fn count(database: &Connection, post: i64) -> Result<Value> {
    let mut count = database.prepare_cached("SELECT count(*) AS likes FROM likes WHERE post_id = ?1")?;
    let likes: i64 = count.query_row([post], |row| row.get(0))?;
    Ok(json!({ "likes": likes }))
}

fn sign_in(database: &Connection, asker: &Asker, token: &str, user: i64, seconds: i64) -> Result<Outcome> {
    let mut find = database.prepare_cached("SELECT name FROM users WHERE id = ?1")?;
    let Some(name) = find.query_row([user], |row| row.get::<_, String>(0)).optional()? else {
        return Ok(Outcome::NoSuchUser);
    };
    sign_out(database, asker)?;
    database
        .prepare_cached("INSERT INTO sessions (token, user_id, expires_at) VALUES (?1, ?2, unixepoch() + ?3)")?
        .execute(params![token, user, seconds])?;
    Ok(Outcome::Done(json!({ "user": { "id": user, "name": name } })))
}

fn sign_out(database: &Connection, asker: &Asker) -> Result<()> {
    let mut end = database.prepare_cached("DELETE FROM sessions WHERE token = ?1")?;
    asker.tokens().iter().try_for_each(|token| end.execute([token]).map(drop))
}
