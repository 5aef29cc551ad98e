//! Every short sequence of likes and unlikes, with keys and without, against a model that fits on a page.

use super::*;
use change::{Change, Outcome, apply};
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};

/// One request: who, which post, a like or an unlike, with the key or without.
#[derive(Clone, Copy, Debug)]
struct Asked {
    user: i64,
    post: i64,
    like: bool,
    key: bool,
}

/// Ada and Grace; a post of Grace's, and one that is not there.
fn all() -> Vec<Asked> {
    let mut all = Vec::new();
    for user in [1, 2] {
        for post in [2, 99] {
            for (like, key) in [(true, false), (true, true), (false, false), (false, true)] {
                all.push(Asked { user, post, like, key });
            }
        }
    }
    all
}

/// What should be: who likes what, who was told, and what was answered to whom with the key.
#[derive(Default)]
struct Model {
    likes: BTreeSet<(i64, i64)>,
    told: Vec<(i64, i64, i64)>,
    kept: BTreeMap<i64, ((i64, bool), Value)>,
}

impl Model {
    fn new() -> Self {
        Model { likes: [(2, 1), (3, 2)].into(), ..Model::default() }
    }

    fn ask(&mut self, asked: Asked) -> Outcome {
        let Asked { user, post, like, key } = asked;
        if let Some((request, answer)) = self.kept.get(&user).filter(|_| key) {
            return if *request == (post, like) { Outcome::Again(answer.clone()) } else { Outcome::KeyUsed };
        }
        if post == 99 && like {
            return Outcome::NoSuchPost;
        }
        if !like {
            self.likes.remove(&(user, post));
        } else if self.likes.insert((user, post)) && user != 2 {
            self.told.push((2, user, post));
        }
        let answer = json!({ "likes": self.likes.iter().filter(|(_, liked)| *liked == post).count() });
        if key {
            self.kept.insert(user, ((post, like), answer.clone()));
        }
        Outcome::Done(answer)
    }
}

fn rows<const N: usize>(database: &Connection, query: &str) -> Vec<[i64; N]> {
    let mut statement = database.prepare_cached(query).unwrap();
    let read = |row: &rusqlite::Row<'_>| Ok(std::array::from_fn(|place| row.get(place).unwrap()));
    statement.query_map([], read).unwrap().map(Result::unwrap).collect()
}

#[test]
fn every_sequence_of_three_is_as_it_should_be() {
    let (_store, database) = Store::open(&Place::Memory, &Limits::USUAL).unwrap();
    let asker = |user: i64| {
        let cookie = format!("session=.{user:032x}").parse().unwrap();
        session::Phone::none().asker(&HeaderMap::from_iter([(COOKIE, cookie)]))
    };
    for user in [1, 2] {
        apply(&database, &Change::SignIn(asker(3), format!(".{user:032x}"), user, 60)).unwrap();
    }
    let all = all();
    let mut seen = 0;
    for number in 0..all.len().pow(3) {
        let [first, second, third] =
            [number / all.len().pow(2), number / all.len(), number].map(|n| all[n % all.len()]);
        database.execute_batch("BEGIN").unwrap();
        let mut model = Model::new();
        for asked in [first, second, third] {
            let key = asked.key.then(|| "k".to_owned());
            let change = match asked.like {
                true => Change::Like(asker(asked.user), asked.post, key),
                false => Change::Unlike(asker(asked.user), asked.post, key),
            };
            let (outcome, told) = apply(&database, &change).unwrap();
            let before = model.told.len();
            assert_eq!(outcome, model.ask(asked), "{first:?} {second:?} {third:?}");
            let news = model.told.get(before).copied();
            assert_eq!(told.map(|told| (told.user_id, told.liked_by, told.post_id)), news, "told of this one only");
        }
        let likes = rows(&database, "SELECT user_id, post_id FROM likes ORDER BY user_id, post_id");
        assert_eq!(likes, model.likes.iter().map(|(user, post)| [*user, *post]).collect::<Vec<_>>());
        let told = rows(&database, "SELECT user_id, liked_by, post_id FROM notifications ORDER BY id");
        assert_eq!(told, model.told.iter().map(|(user, by, post)| [*user, *by, *post]).collect::<Vec<_>>());
        database.execute_batch("ROLLBACK").unwrap();
        seen += 1;
    }
    assert_eq!(seen, 16 * 16 * 16);
}
