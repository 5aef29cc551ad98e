//! What must hold in the tables whatever is asked of them: the keys, after any sessions side by side; and that a text ends,
//! whatever it says.

use engine::database::conf;
use engine::database::server::{Client, Reply, Server};
use engine::database::session::Part;
use engine::world::{Kind, World};
use proptest::prelude::*;
use proptest::sample::select;

const POSTGRES: Client<'_> =
    Client { user: "postgres", base: "demo", password: None, system: Some("postgres"), port: None };

/// A server with the course's tables.
fn server() -> Server {
    let mut server = Server::default();
    server.remake(World::course().of(Kind::Schema).cloned().collect(), 0);
    assert!(server.start(conf::parse("postgresql.conf", ""), Vec::new(), 0));
    server
}

/// The rows that a statement finds.
fn rows(server: &mut Server, pid: u32, sql: &str) -> Vec<Vec<Option<String>>> {
    match server.execute(pid, sql, None, None, 0) {
        Reply::Answer(parts, _) => {
            assert!(!parts.iter().any(|part| matches!(part, Part::Error(_))), "{sql}: {parts:?}");
            let row = |part| if let Part::Row(row) = part { Some(row) } else { None };
            parts.into_iter().filter_map(row).collect()
        }
        other => panic!("{sql}: {other:?}"),
    }
}

/// A statement about the course's tables, about few users and posts, so that they meet.
fn statement() -> impl Strategy<Value = String> {
    let key = || 1..6_u8;
    prop_oneof![
        3 => Just("BEGIN".to_owned()),
        1 => Just("BEGIN ISOLATION LEVEL REPEATABLE READ".to_owned()),
        3 => Just("COMMIT".to_owned()),
        1 => Just("ROLLBACK".to_owned()),
        6 => (key(), key()).prop_map(|(a, b)| format!("INSERT INTO likes VALUES ({a}, {b})")),
        3 => (key(), key()).prop_map(|(a, b)| format!("INSERT INTO likes VALUES ({a}, {b}) ON CONFLICT DO NOTHING")),
        3 => (key(), key()).prop_map(|(a, b)| format!("DELETE FROM likes WHERE user_id = {a} AND post_id = {b}")),
        2 => (key(), key(), key()).prop_map(|(a, b, c)| format!("UPDATE likes SET post_id = {c} WHERE user_id = {a} AND post_id = {b}")),
        2 => key().prop_map(|a| format!("INSERT INTO users VALUES ({a}, 'someone')")),
        2 => key().prop_map(|a| format!("DELETE FROM users WHERE id = {a}")),
        1 => (key(), key()).prop_map(|(a, b)| format!("UPDATE users SET id = {b} WHERE id = {a}")),
        2 => key().prop_map(|a| format!("INSERT INTO posts (user_id, body) VALUES ({a}, 'words')")),
        2 => key().prop_map(|a| format!("DELETE FROM posts WHERE id = {a}")),
        1 => key().prop_map(|a| format!("SELECT * FROM posts WHERE user_id = {a} FOR UPDATE")),
        1 => Just("INSERT INTO posts (user_id) VALUES (1)".to_owned()),
    ]
}

/// Three sessions, and the statements of those that wait.
struct Sessions {
    pids: [u32; 3],
    waiting: [Option<String>; 3],
    /// How often one of them has begun to wait.
    waited: usize,
}

impl Sessions {
    fn ask(&mut self, server: &mut Server, who: usize, sql: &str) {
        match server.execute(self.pids[who], sql, None, None, 0) {
            Reply::Waits(_) => {
                self.waited += usize::from(self.waiting[who].is_none());
                self.waiting[who] = Some(sql.to_owned());
            }
            Reply::Answer(..) => self.waiting[who] = None,
            Reply::NotModelled(what) => panic!("{sql}: {what}"),
        }
    }

    /// Asks, and then lets those go on who can.
    fn turn(&mut self, server: &mut Server, who: usize, sql: &str) {
        if self.waiting[who].is_none() {
            self.ask(server, who, sql);
        }
        for other in 0..3 {
            if let Some(sql) = self.waiting[other].clone() {
                self.ask(server, other, &sql);
            }
        }
    }
}

/// Statements by three sessions. Those that wait for each other in a circle, which is not modelled, leave at the end.
/// How often one has waited.
fn play(server: &mut Server, script: &[(usize, String)]) -> usize {
    let pids = [(); 3].map(|()| server.connect(POSTGRES, 0).expect("room"));
    let mut sessions = Sessions { pids, waiting: [None, None, None], waited: 0 };
    for (who, sql) in script {
        sessions.turn(server, *who, sql);
    }
    (0..3).for_each(|who| sessions.turn(server, who, "COMMIT"));
    pids.iter().for_each(|pid| server.close(*pid, 0));
    sessions.waited
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn keys_hold_whatever_three_sessions_do(script in proptest::collection::vec((0..3_usize, statement()), 1..60)) {
        let mut server = server();
        let first = server.connect(POSTGRES, 0).expect("room");
        // Nobody and nothing has been liked yet, so that all may go.
        for sql in ["TRUNCATE likes, notifications, sessions, subscriptions", "INSERT INTO users VALUES (5, 'a')", "INSERT INTO posts (user_id, body) VALUES (1, 'c'), (1, 'd')"] {
            rows(&mut server, first, sql);
        }
        play(&mut server, &script);
        let pid = server.connect(POSTGRES, 0).expect("room");
        for (table, key) in [("users", "id"), ("posts", "id"), ("sessions", "token"), ("likes", "user_id, post_id")] {
            let mut keys = rows(&mut server, pid, &format!("SELECT {key} FROM {table}"));
            prop_assert!(keys.iter().flatten().all(Option::is_some));
            let all = keys.len();
            keys.sort();
            keys.dedup();
            prop_assert_eq!(keys.len(), all, "{}: a key stands there twice", table);
        }
        for (table, column, other) in [
            ("likes", "user_id", "users"),
            ("likes", "post_id", "posts"),
            ("posts", "user_id", "users"),
            ("sessions", "user_id", "users"),
        ] {
            let sql = format!("SELECT 1 FROM {table} LEFT JOIN {other} ON {other}.id = {table}.{column} WHERE {other}.id IS NULL");
            prop_assert_eq!(rows(&mut server, pid, &sql).len(), 0, "{}.{} refers to nothing", table, column);
        }
        prop_assert_eq!(rows(&mut server, pid, "SELECT 1 FROM posts WHERE body IS NULL").len(), 0);
    }

    /// What was recorded, cut, doubled and mixed: it ends, with an answer, an error or the word that it is not modelled.
    #[test]
    fn whatever_is_asked_ends(
        pieces in proptest::collection::vec((select(recorded()), 0..200_usize, 0..200_usize), 1..6),
        between in prop_oneof![Just(' '), Just('ä'), any::<char>()],
    ) {
        let mut server = server();
        let pid = server.connect(POSTGRES, 0).expect("room");
        let cut = |(text, from, to): &(String, usize, usize)| {
            let letters: Vec<char> = text.chars().collect();
            let (from, to) = (*from % (letters.len() + 1), *to % (letters.len() + 1));
            letters[from.min(to)..].iter().chain(&letters[..to]).collect::<String>()
        };
        let text = pieces.iter().map(cut).collect::<Vec<_>>().join(between.to_string().as_str());
        for params in [None, Some([None, Some("1".to_owned())].as_slice())] {
            let _ = server.execute(pid, &text, params, None, 0);
            let _ = server.execute(pid, "ROLLBACK", None, None, 0);
        }
    }
}

/// Statements that were recorded.
fn recorded() -> Vec<String> {
    let lines = include_str!("../oracles/sql.jsonl").lines().step_by(7);
    let texts = lines.flat_map(|line| {
        let case: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let list = case["ask"]["statements"].as_array().cloned().unwrap_or_default();
        list.into_iter().filter_map(|one| one["sql"].as_str().map(str::to_owned))
    });
    texts.collect()
}

/// The sessions of the property above do meet.
#[test]
fn sessions_wait_for_each_other() {
    let script = [
        (0, "BEGIN"),
        (1, "BEGIN"),
        (0, "INSERT INTO likes VALUES (1, 3)"),
        (1, "INSERT INTO likes VALUES (1, 3)"),
        (0, "COMMIT"),
        (1, "COMMIT"),
    ];
    let mut server = server();
    assert_eq!(play(&mut server, &script.map(|(who, sql)| (who, sql.to_owned()))), 1);
}
