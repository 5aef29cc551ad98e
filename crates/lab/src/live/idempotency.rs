//! The header `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-06 of February 2025): a request that is sent
//! again with the same key is carried out once, and answered as it was the first time.
//!
//! The key belongs to whoever is signed in. A key that comes back with another request is an error (422). Since one
//! writer does everything in turn, no request with a key can still be under way when it comes again, so the draft's 409
//! cannot happen here. Only what was done is remembered, for a day, in the transaction that did it; a request that was
//! refused may be repeated.

use super::answer::Refusal;
use super::change::Outcome;
use axum::http::{HeaderMap, StatusCode};
use rusqlite::{Connection, OptionalExtension as _, params};
use serde_json::Value;

/// The most characters of a key.
const LONGEST: usize = 255;

/// The key of a request, if it has one: a string of RFC 9651 3.3.3 (`"8e03978e"`), parameters after it ignored; or, as many
/// clients send it, the bare characters.
pub fn key(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let mut values = headers.get_all("idempotency-key").iter();
    let key = match (values.next(), values.next()) {
        (None, _) => return Ok(None),
        (Some(value), None) => value.to_str().ok().and_then(|text| read(text.trim_matches([' ', '\t']))),
        _ => None,
    };
    let refusal = || {
        let words = format!("Idempotency-Key is one string of 1 to {LONGEST} visible ASCII characters");
        Refusal::new(StatusCode::BAD_REQUEST, words)
    };
    key.filter(|key| (1..=LONGEST).contains(&key.len())).map(Some).ok_or_else(refusal)
}

fn read(text: &str) -> Option<String> {
    let Some(quoted) = text.strip_prefix('"') else {
        let bare = text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\",;\\".contains(&byte));
        return bare.then(|| text.to_owned());
    };
    let mut key = String::new();
    let mut rest = quoted.chars();
    loop {
        match rest.next()? {
            '"' => break,
            '\\' => key.push(rest.next().filter(|c| ['"', '\\'].contains(c))?),
            c @ ' '..='~' => key.push(c),
            _ => return None,
        }
    }
    let after = rest.as_str();
    (after.is_empty() || after.trim_start_matches(' ').starts_with(';')).then_some(key)
}

/// What this user was answered with this key, if anything.
pub fn earlier(database: &Connection, user: i64, key: &str, request: &str) -> rusqlite::Result<Option<Outcome>> {
    let mut find = database.prepare_cached(
        "SELECT request, answer FROM idempotency_keys WHERE user_id = ?1 AND key = ?2 AND kept_at > unixepoch() - 86400",
    )?;
    let found = find.query_row(params![user, key], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)));
    Ok(found.optional()?.map(|(asked, answer)| {
        let answer = serde_json::from_str(&answer).unwrap_or(Value::Null);
        if asked == request { Outcome::Again(answer) } else { Outcome::KeyUsed }
    }))
}

/// Remembers what was answered.
pub fn keep(database: &Connection, user: i64, key: &str, request: &str, answer: &Value) -> rusqlite::Result<()> {
    let mut keep =
        database.prepare_cached("INSERT OR REPLACE INTO idempotency_keys VALUES (?1, ?2, ?3, ?4, unixepoch())")?;
    keep.execute(params![user, key, request, answer.to_string()]).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[&str]) -> Result<Option<String>, StatusCode> {
        let headers = values.iter().map(|value| ("idempotency-key".parse().unwrap(), value.parse().unwrap()));
        key(&HeaderMap::from_iter(headers)).map_err(|refusal| refusal.status())
    }

    #[test]
    fn a_key_is_a_string_or_bare() {
        let long = "k".repeat(LONGEST);
        for (value, key) in [
            ("\"8e03978e-40d5-43dd-bc93-6894a57f9324\"", "8e03978e-40d5-43dd-bc93-6894a57f9324"),
            ("8e03978e", "8e03978e"),
            (" \"a b\" ", "a b"),
            ("\"a\\\"b\\\\c\"", "a\"b\\c"),
            ("\"k\";p=1", "k"),
            ("\"k\" ; p", "k"),
            (&long, &long),
        ] {
            assert_eq!(of(&[value]), Ok(Some(key.to_owned())), "{value}");
        }
        assert_eq!(of(&[]), Ok(None));
    }

    #[test]
    fn what_is_no_key_is_said_to_be_none() {
        let long = "k".repeat(LONGEST + 1);
        for value in ["", "\"\"", "\"k", "k\"", "\"a\\b\"", "\"k\"x", "a, b", "a;b", "a b", &long] {
            assert_eq!(of(&[value]), Err(StatusCode::BAD_REQUEST), "{value}");
        }
        assert_eq!(of(&["a", "b"]), Err(StatusCode::BAD_REQUEST), "two of them");
    }
}
