//! What may be read, as the course's backend answers it.

use super::change::Notification;
use rusqlite::{Connection, OptionalExtension as _, Result, Row};
use serde_json::{Value, json};

fn all<T>(
    database: &Connection,
    query: &str,
    values: impl rusqlite::Params,
    each: fn(&Row<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    database.prepare_cached(query)?.query_map(values, each)?.collect()
}

/// `GET /posts`: the statement of backend.js.
pub fn posts(database: &Connection) -> Result<Value> {
    let query = "SELECT posts.id, users.name AS author, body, (SELECT count(*) FROM likes WHERE post_id = posts.id) AS likes \
                 FROM posts JOIN users ON users.id = posts.user_id ORDER BY posts.id";
    let post = |row: &Row<'_>| {
        let (id, author, body, likes) =
            (row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?, row.get::<_, i64>(3)?);
        Ok(json!({ "id": id, "author": author, "body": body, "likes": likes }))
    };
    all(database, query, [], post).map(Value::Array)
}

fn a_user(row: &Row<'_>) -> Result<Value> {
    Ok(json!({ "id": row.get::<_, i64>(0)?, "name": row.get::<_, String>(1)? }))
}

/// `GET /users`.
pub fn users(database: &Connection) -> Result<Value> {
    all(database, "SELECT id, name FROM users ORDER BY id", [], a_user).map(Value::Array)
}

/// `GET /users/:id`.
pub fn user(database: &Connection, id: i64) -> Result<Option<Value>> {
    database.prepare_cached("SELECT id, name FROM users WHERE id = ?1")?.query_row([id], a_user).optional()
}

/// The posts that a user likes.
pub fn liked(database: &Connection, user: i64) -> Result<Vec<i64>> {
    all(database, "SELECT post_id FROM likes WHERE user_id = ?1 ORDER BY post_id", [user], |row| row.get(0))
}

/// What a user was told after this number, at most so many.
pub fn told(database: &Connection, user: i64, after: i64, most: usize) -> Result<Vec<Notification>> {
    let query =
        "SELECT id, user_id, liked_by, post_id FROM notifications WHERE user_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3";
    let note = |row: &Row<'_>| {
        Ok(Notification { id: row.get(0)?, user_id: row.get(1)?, liked_by: row.get(2)?, post_id: row.get(3)? })
    };
    all(database, query, [user, after, most as i64], note)
}

/// How many rows each table holds, and how many notifications were not sent yet.
pub fn holds(database: &Connection) -> Result<Value> {
    let count = |query: &str| database.prepare_cached(query)?.query_row([], |row| row.get::<_, i64>(0));
    Ok(json!({
        "users": count("SELECT count(*) FROM users")?,
        "posts": count("SELECT count(*) FROM posts")?,
        "likes": count("SELECT count(*) FROM likes")?,
        "notifications": count("SELECT count(*) FROM notifications")?,
        "unsent": count("SELECT count(*) FROM notifications WHERE sent_at IS NULL")?,
    }))
}
