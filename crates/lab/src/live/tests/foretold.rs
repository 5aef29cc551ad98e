//! What the engine foretells is what this server answers: every user and nobody, every post and one that is not there, likes
//! and unlikes, twice, and again with the same key; compared by the rules by which the page compares.

use super::*;
use phone::compare::{Others, compare, differs};
use phone::exchange::{Asked, Reply, What};
use phone::held::{Held, READS};

impl Asking {
    /// What a phone reads before it asks.
    async fn reads(&self, cookie: &str) -> String {
        let mut texts = Vec::new();
        for name in READS {
            texts.push(self.get(&format!("/live/{name}"), cookie).await.text);
        }
        texts.join("\n")
    }

    async fn sends(&self, asked: &Asked, cookie: &str) -> Reply {
        let [(name, value)] = asked.headers();
        let method = asked.what.method().parse().unwrap();
        let path = format!("/live{}", asked.path());
        let heard = self.ask(method, &path, &[(COOKIE.as_str(), cookie), (name, &value)], "").await;
        // The length is written by the connection, which there is none of here.
        let length = (String::from("content-length"), heard.text.len().to_string());
        let pair = |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| {
            (name.to_string(), value.to_str().unwrap().to_owned())
        };
        let headers = heard.headers.iter().map(pair).chain([length]).collect();
        Reply { status: heard.status, headers, body: heard.text }
    }

    /// Foretells, asks, compares.
    async fn tries(&self, asked: &Asked, cookie: &str) -> Reply {
        let held = self.reads(cookie).await;
        let said = lens::predict::predict(&format!("{}\n{held}", asked.write()));
        let foretold = Reply::read(&said).unwrap_or_else(|| panic!("{asked:?}: {said}"));
        let came = self.sends(asked, cookie).await;
        let after = Held::read(&self.reads(cookie).await).unwrap();
        let before = Held::read(&held).unwrap();
        assert!((0..=1).contains(&(after.changes - before.changes)), "{asked:?}: nobody else asks");
        let lines = compare(&foretold, &came, Others::Still);
        assert!(!differs(&lines), "{asked:?} by {cookie:?}: {lines:#?}");
        came
    }
}

#[tokio::test]
async fn every_pair_of_requests_is_answered_as_foretold() {
    let mut count = 0;
    for user in 0..4 {
        let mut each = Vec::new();
        for post in [1, 2, 3, 99] {
            each.extend([What::Like, What::Unlike].map(|what| (what, post)));
        }
        for first in &each {
            let asking = Asking::new();
            let cookie = if user == 0 { String::new() } else { asking.sign_in(user).await };
            for (what, post) in [first].into_iter().chain(&each) {
                count += 1;
                let asked = Asked { what: *what, post: *post, key: format!("k{count}") };
                let came = asking.tries(&asked, &cookie).await;
                let status = match (user, what, post) {
                    (0, ..) => 401,
                    (_, What::Like, 99) => 404,
                    _ => 200,
                };
                assert_eq!(came.status, status, "{asked:?} by {user}");
            }
        }
    }
    assert_eq!(count, 4 * 8 * 9);
}

#[tokio::test]
async fn the_same_key_again_is_answered_as_foretold() {
    let asking = Asking::new();
    let (ada, linus) = (asking.sign_in(1).await, asking.sign_in(3).await);
    let asked = Asked { what: What::Like, post: 3, key: "one".to_owned() };
    assert_eq!(asking.tries(&asked, &ada).await.body, "{\"likes\":1}");
    let again = asking.tries(&asked, &ada).await;
    assert_eq!(again.header("Idempotent-Replayed"), Some("true"));
    // What was counted the first time is answered, though another has liked it since.
    asking.like(&linus, 3).await;
    assert_eq!(asking.tries(&asked, &ada).await.body, "{\"likes\":1}");
}
