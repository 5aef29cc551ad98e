//! Who asks: the session in the cookie leads to the user (RFC 6265).
//!
//! There is no password. A demonstration user is chosen, and the session is real: a number nobody can guess, kept in the
//! database, sent back by the browser. The cookie is `HttpOnly`, so that no script reads it, and `SameSite=Strict`, so that
//! it comes with no request that another site has caused. It is not `Secure`: not every browser takes such a cookie from
//! `http://localhost`.
//!
//! The windows of a browser share their cookies. So that each may hold another user's phone, every phone may have a path of
//! its own, `/live/phones/NAME/`, and its cookie is for that path. A session counts at the phone for which it was made, and
//! nowhere else: its token begins with the phone's name. That keeps phones apart; it keeps no secrets from a page of
//! ours. Cookies know no ports (RFC 6265 8.5): `Path` keeps ours away from other programs on this machine.

use super::answer::Refusal;
use axum::extract::RawPathParams;
use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use rusqlite::{Connection, OptionalExtension as _};

/// The cookie's name, as in the course's backend.
const NAME: &str = "session";

/// More sessions than this in one request are not looked at.
const MOST: usize = 4;

/// How long a session lasts, in seconds, unless it is said: a month. Nobody gets a longer one.
pub const MONTH: i64 = 30 * 24 * 3600;

/// A phone: its cookies are its own. Without a name it is the browser itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phone(String);

impl Phone {
    /// The phone that the path names.
    pub fn read(params: &RawPathParams) -> Result<Self, Refusal> {
        let Some((_, name)) = params.iter().find(|(key, _)| *key == "phone") else {
            return Ok(Phone(String::new()));
        };
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if (1..=16).contains(&name.len()) && name.chars().all(fits) {
            return Ok(Phone(name.to_owned()));
        }
        let words = "a phone's name has 1 to 16 characters: a to z, 0 to 9, hyphens";
        Err(Refusal::new(StatusCode::NOT_FOUND, words))
    }

    /// The browser itself.
    #[cfg(test)]
    pub fn none() -> Self {
        Phone(String::new())
    }

    /// A new token for a session at this phone: 128 bits from the system's source.
    pub fn token(&self) -> Result<String, Refusal> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)
            .map_err(|_| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "this machine gives no random numbers"))?;
        Ok(format!("{}.{:032x}", self.0, u128::from_ne_bytes(bytes)))
    }

    /// The header that makes the browser keep this token for so many seconds; with 0 it forgets it.
    pub fn cookie(&self, token: &str, seconds: i64) -> HeaderValue {
        let path = if self.0.is_empty() { "/live".to_owned() } else { format!("/live/phones/{}", self.0) };
        let cookie = format!("{NAME}={token}; Path={path}; Max-Age={seconds}; HttpOnly; SameSite=Strict");
        HeaderValue::from_str(&cookie).expect("names and tokens are plain ASCII")
    }

    /// The sessions of this phone that the request carries.
    pub fn asker(&self, headers: &HeaderMap) -> Asker {
        let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        let pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let ours = pairs.filter(|(name, token)| *name == NAME && self.made(token));
        Asker(ours.map(|(_, token)| token.to_owned()).take(MOST).collect())
    }

    fn made(&self, token: &str) -> bool {
        token.strip_prefix(&self.0).and_then(|rest| rest.strip_prefix('.')).is_some_and(|rest| rest.len() == 32)
    }
}

/// Whoever sent a request: what its cookies say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asker(Vec<String>);

impl Asker {
    /// The tokens that came.
    pub fn tokens(&self) -> &[String] {
        &self.0
    }

    /// The user, if one of the sessions holds now.
    pub fn user(&self, database: &Connection) -> rusqlite::Result<Option<i64>> {
        let mut find =
            database.prepare_cached("SELECT user_id FROM sessions WHERE token = ?1 AND expires_at > unixepoch()")?;
        for token in &self.0 {
            if let Some(user) = find.query_row([token], |row| row.get(0)).optional()? {
                return Ok(Some(user));
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phone(name: &str) -> Phone {
        Phone(name.to_owned())
    }

    fn sent(cookies: &[&str]) -> HeaderMap {
        HeaderMap::from_iter(cookies.iter().map(|cookie| (COOKIE, cookie.parse().unwrap())))
    }

    #[test]
    fn a_session_counts_at_its_own_phone() {
        let (here, there, none) = (phone("left"), phone("lef"), phone(""));
        let token = here.token().unwrap();
        assert_eq!(here.asker(&sent(&[&format!("session={token}")])).tokens(), [&*token]);
        assert_eq!(there.asker(&sent(&[&format!("session={token}")])).tokens(), [""; 0]);
        assert_eq!(none.asker(&sent(&[&format!("session={token}")])).tokens(), [""; 0]);
        assert_ne!(token, here.token().unwrap());
    }

    #[test]
    fn the_cookies_of_others_are_passed_over() {
        let phone = phone("");
        let token = phone.token().unwrap();
        let line = format!("a=b; session=express-of-port-3000; xsession={token}; session={token}; =; ;");
        assert_eq!(phone.asker(&sent(&[&line])).tokens(), [&*token]);
        assert_eq!(phone.asker(&sent(&["a=b", &format!("session={token}")])).tokens(), [&*token]);
        assert_eq!(phone.asker(&sent(&[])).tokens(), [""; 0]);
        let many = format!("session={token}; ").repeat(100);
        assert_eq!(phone.asker(&sent(&[&many])).0.len(), MOST);
    }

    #[test]
    fn the_cookie_is_for_its_path_and_no_script() {
        let said = |phone: Phone, seconds| phone.cookie("t", seconds).to_str().unwrap().to_owned();
        assert_eq!(said(phone(""), 60), "session=t; Path=/live; Max-Age=60; HttpOnly; SameSite=Strict");
        assert_eq!(said(phone("left"), 0), "session=t; Path=/live/phones/left; Max-Age=0; HttpOnly; SameSite=Strict");
    }
}
