//! The application and its database: a like from end to end, and what becomes of it when something is wrong.

use engine::journey::{Action, Timed, run};
use engine::message::Message;
use engine::state::State;
use engine::time::Micros;
use engine::trace::{Act, Outcome, Trace};
use engine::world::World;
use viewpoint::inspect;
use viewpoint::{Case, Who};

fn command(line: &str) -> Timed {
    Timed { at: Micros::ZERO, what: Action::Command(line.to_owned()) }
}

/// Somebody asks the application on the instance, with a session.
fn ask(method: &str, path: &str, session: &str) -> Timed {
    command(&format!("curl -sS -X {method} -b session={session} localhost:3001{path}"))
}

/// Several at once, each so many microseconds after the beginning.
fn together(each: Vec<(u64, Timed)>) -> Timed {
    let each = each.into_iter().map(|(at, action)| Timed { at: Micros(at), ..action }).collect();
    Timed { at: Micros::ZERO, what: Action::Together(each) }
}

fn play(world: &World, actions: &[Timed]) -> (Trace, State) {
    run(world, &State::booted(world), actions, 0)
}

fn printed(outcomes: &[Outcome]) -> Vec<String> {
    let text = |outcome: &Outcome| match outcome {
        Outcome::Printed(text) => text.clone(),
        _ => String::new(),
    };
    outcomes.iter().map(text).collect()
}

/// The last decision of this name.
fn words<'a>(trace: &'a Trace, name: &str) -> &'a str {
    let found = trace.steps.iter().rev().find(|step| step.name == name);
    match found.map(|step| &step.act) {
        Some(Act::Decide { verdict, .. }) => &verdict.words,
        _ => panic!("no decision {name} in\n{trace}"),
    }
}

/// The log of the database, as it stands afterwards, from its first message of a client on.
fn log(state: &State) -> String {
    let own = |line: &&std::sync::Arc<str>| line.contains('@') || line.starts_with('\t');
    state.database.log.lines.iter().filter(own).flat_map(|line| [line, "\n"]).collect()
}

/// What the superuser sees in the database.
fn look(world: &World, state: &State, sql: &str) -> String {
    let line = format!("sudo -u postgres psql -At -d demo -c \"{sql}\"");
    engine::shell::run(world, &mut state.clone(), &line)
}

#[test]
fn a_like_from_end_to_end() {
    let cases: [(&str, Vec<Timed>); 11] = [
        (
            "through-nginx",
            vec![command("curl -s -X POST -b session=ada-7f3c https://backend-demo.senus.doxyz/posts/2/like")],
        ),
        ("twice", vec![ask("POST", "/posts/2/like", "ada-7f3c"), ask("POST", "/posts/2/like", "ada-7f3c")]),
        ("unlike", vec![ask("POST", "/posts/2/like", "ada-7f3c"), ask("DELETE", "/posts/2/like", "ada-7f3c")]),
        ("own-post", vec![ask("POST", "/posts/1/like", "ada-7f3c")]),
        ("expired-session", vec![ask("POST", "/posts/1/like", "linus-d205")]),
        ("no-such-post", vec![ask("POST", "/posts/99/like", "ada-7f3c")]),
        ("database-stopped", vec![command("systemctl stop postgresql"), ask("POST", "/posts/2/like", "ada-7f3c")]),
        (
            "two-at-once",
            vec![together(vec![
                (0, ask("POST", "/posts/3/like", "ada-7f3c")),
                (200, ask("POST", "/posts/3/like", "grace-91be")),
            ])],
        ),
        (
            "double-click",
            vec![together(vec![
                (0, ask("POST", "/posts/3/like", "ada-7f3c")),
                (200, ask("POST", "/posts/3/like", "ada-7f3c")),
            ])],
        ),
        (
            "database-stopped-meanwhile",
            vec![together(vec![
                (0, ask("POST", "/posts/3/like", "ada-7f3c")),
                (6_000, command("systemctl stop postgresql")),
            ])],
        ),
        (
            "database-restarted-between",
            vec![
                ask("POST", "/posts/2/like", "ada-7f3c"),
                command("systemctl restart postgresql"),
                ask("GET", "/posts", "ada-7f3c"),
            ],
        ),
    ];
    for (name, actions) in cases {
        let (trace, state) = play(&World::course(), &actions);
        tests::golden(&format!("traces/like-{name}.txt"), &format!("{trace}\n{}", log(&state)));
    }
}

/// Whenever the second of two likes of the same post by the same person begins: it is there once, and the owner is told
/// once.
#[test]
fn two_likes_at_any_distance_are_one() {
    let world = World::course();
    for apart in (0..14_000).step_by(100) {
        let like = || ask("POST", "/posts/3/like", "ada-7f3c");
        let (trace, state) = play(&world, &[together(vec![(0, like()), (apart, like())])]);
        assert_eq!(printed(&trace.together[0].1), [r#"{"likes":1}"#, r#"{"likes":1}"#], "{apart} µs apart");
        assert_eq!(look(&world, &state, "SELECT count(*) FROM likes WHERE post_id = 3"), "1\n");
        assert_eq!(look(&world, &state, "SELECT user_id, liked_by, post_id FROM notifications"), "2|1|3\n");
    }
}

/// Whenever the server stops: a like that was answered with success is there, and it is there with what its owner is to be
/// told, or neither is.
#[test]
fn whenever_the_database_stops_a_confirmed_like_is_kept_and_no_half_of_one() {
    let world = World::course();
    let mut seen = [0; 2];
    for after in (0..16_000).step_by(50) {
        let stop = command("systemctl restart postgresql");
        let like = ask("POST", "/posts/3/like", "ada-7f3c");
        let (trace, state) = play(&world, &[together(vec![(0, like), (after, stop)])]);
        let likes = look(&world, &state, "SELECT count(*) FROM likes WHERE post_id = 3");
        let told = look(&world, &state, "SELECT count(*) FROM notifications");
        let confirmed = printed(&trace.together[0].1)[0] == r#"{"likes":1}"#;
        assert_eq!(likes, told, "stopped after {after} µs:\n{trace}");
        assert!(!confirmed || likes == "1\n", "stopped after {after} µs:\n{trace}");
        seen[usize::from(confirmed)] += 1;
    }
    assert!(seen.iter().all(|count| *count > 20), "{seen:?}");
}

/// Reading first and writing afterwards loses a like of two; adding where it stands loses none; nor does a lock.
#[test]
fn a_lost_update_and_how_none_is_lost() {
    const SLOW: &str = "await new Promise((done) => setTimeout(done, 5));";
    let read = "const { rows } = await client.query(\"SELECT likes FROM counts WHERE post_id = 1";
    let write = "await client.query(\"UPDATE counts SET likes = $1 WHERE post_id = 1\", [rows[0].likes + 1]);";
    let ways = [
        ("read, then write", format!("{read}\"); {SLOW} {write}"), "1\n"),
        (
            "atomic",
            format!("{SLOW} await client.query(\"UPDATE counts SET likes = likes + 1 WHERE post_id = 1\");"),
            "2\n",
        ),
        ("locked", format!("{read} FOR UPDATE\"); {SLOW} {write}"), "2\n"),
    ];
    let table = "CREATE TABLE counts (post_id integer PRIMARY KEY, likes integer NOT NULL);\nINSERT INTO counts VALUES (1, 0);\n\n-- What";
    for (name, body, expected) in ways {
        let route = format!(
            "app.post(\"/count\", async (req, res) => {{\n  const client = await pool.connect();\n  await client.query(\"BEGIN\");\n  {body}\n  await client.query(\"COMMIT\");\n  client.release();\n  res.json(1);\n}});\n\napp.listen("
        );
        let world =
            World::course().with_edit("backend.js", "app.listen(", &route).with_edit("schema.sql", "-- What", table);
        assert!(world.problems().is_empty(), "{name}: {:?}", world.problems());
        let (trace, state) =
            play(&world, &[together(vec![(0, ask("POST", "/count", "x")), (1_000, ask("POST", "/count", "x"))])]);
        assert_eq!(printed(&trace.together[0].1), ["1", "1"], "{name}\n{trace}");
        assert_eq!(look(&world, &state, "SELECT likes FROM counts"), expected, "{name}\n{trace}");
    }
}

/// The rows outlive the server and the application; only running `schema.sql` makes them anew.
#[test]
fn rows_stay_until_the_tables_are_made_anew() {
    let world = World::course();
    let like = ask("POST", "/posts/3/like", "ada-7f3c");
    let count = "SELECT count(*) FROM likes";
    for (line, expected) in [
        ("pm2 restart backend", "3\n"),
        ("systemctl restart postgresql", "3\n"),
        ("systemctl stop postgresql; systemctl start postgresql", "3\n"),
        ("sudo -u postgres psql -d demo -f schema.sql", "2\n"),
        (
            "sudo -u postgres dropdb demo; sudo -u postgres createdb demo; sudo -u postgres psql -q -d demo -f schema.sql",
            "2\n",
        ),
    ] {
        let (_, state) = play(&world, &[like.clone(), command(line)]);
        assert_eq!(look(&world, &state, count), expected, "{line}");
    }
}

/// A pool keeps its connections for ten seconds, then closes them; a new query opens another.
#[test]
fn connections_of_a_pool_are_kept_for_a_while() {
    let world = World::course();
    let wait = |seconds| Timed { at: Micros::ZERO, what: Action::Wait(Micros::seconds(seconds)) };
    let posts = || ask("GET", "/posts", "x");
    for (seconds, opened) in [(0, 1), (9, 1), (11, 2)] {
        let (trace, _) = play(&world, &[posts(), wait(seconds), posts()]);
        let count = trace.steps.iter().filter(|step| step.name == "pool-opens").count();
        assert_eq!(count, opened, "after {seconds} s");
    }
}

/// The words of PostgreSQL for whoever it does not let in, and of its settings for the number of connections.
#[test]
fn who_is_not_let_in_learns_why() {
    let cases = [
        ("backend.js", "database: \"demo\"", "database: \"dmeo\"", "FATAL:  database \"dmeo\" does not exist"),
        (
            "backend.js",
            "user: \"backend\"",
            "user: \"bakcend\"",
            "FATAL:  password authentication failed for user \"bakcend\"",
        ),
        ("ecosystem.config.js", "mango", "mangoo", "FATAL:  password authentication failed for user \"backend\""),
        (
            "/etc/postgresql/15/main/postgresql.conf",
            "max_connections = 20",
            "max_connections = 4\nsuperuser_reserved_connections = 3",
            "backend may use the database demo",
        ),
    ];
    for (document, from, to, expected) in cases {
        let (trace, _) = play(&World::course().with_edit(document, from, to), &[ask("GET", "/posts", "x")]);
        assert_eq!(words(&trace, "database-admits"), expected, "{document}");
    }
    // The last slots are for superusers; with none left nobody gets in.
    let conf = "/etc/postgresql/15/main/postgresql.conf";
    let world = World::course().with_edit(conf, "max_connections = 20", "max_connections = 4");
    let each = (0..2).map(|_| (0, ask("GET", "/posts", "x"))).collect();
    let (trace, _) = play(&world, &[together(each)]);
    let reserved = "FATAL:  remaining connection slots are reserved for non-replication superuser connections";
    assert_eq!(words(&trace, "database-admits"), reserved, "{trace}");
    let world = World::course().with_edit(
        conf,
        "max_connections = 20",
        "max_connections = 1\nsuperuser_reserved_connections = 0",
    );
    let each = (0..2).map(|_| (0, ask("GET", "/posts", "x"))).collect();
    let (trace, _) = play(&world, &[together(each)]);
    // That is found out before anybody is asked for a password.
    assert!(trace.to_string().contains("refused: FATAL:  sorry, too many clients already"), "{trace}");
}

/// Settings that PostgreSQL refuses keep it from starting, in its own words, and the application finds nobody there.
#[test]
fn settings_that_are_refused_keep_it_from_starting() {
    let conf = "/etc/postgresql/15/main/postgresql.conf";
    let cases = [
        (
            "max_conections = 20",
            "unrecognized configuration parameter \"max_conections\" in file \"/etc/postgresql/15/main/postgresql.conf\" line 5",
        ),
        ("max_connections = many", "invalid value for parameter \"max_connections\": \"many\""),
        ("max_connections = 0", "0 is outside the valid range for parameter \"max_connections\" (1 .. 262143)"),
        ("log_connections = maybe", "parameter \"log_connections\" requires a Boolean value"),
        ("log_statement = 'some'", "invalid value for parameter \"log_statement\": \"some\""),
        ("port = 99999", "99999 is outside the valid range for parameter \"port\" (1 .. 65535)"),
        ("max_connections = 3", "postgres: superuser_reserved_connections (3) must be less than max_connections (3)"),
    ];
    for (line, expected) in cases {
        let world = World::course().with_edit(conf, "max_connections = 20", line);
        let (trace, state) = play(&world, &[ask("GET", "/posts", "x")]);
        let lines = state.database.log.lines.iter().map(|line| line.to_string()).collect::<Vec<_>>().join("\n");
        assert!(lines.contains(expected), "{line}: {lines}");
        assert_eq!(words(&trace, "database-accepts"), "RST: nothing listens on 127.0.0.1:5432", "{line}");
        assert_eq!(world.problems().len(), 1, "{line}");
    }
}

/// What `log_connections`, `log_disconnections` and `log_statement` add, as recorded from PostgreSQL 15.
#[test]
fn the_log_says_more_when_it_is_told_to() {
    let conf = "/etc/postgresql/15/main/postgresql.conf";
    let world = World::course()
        .with_edit(conf, "#log_connections = off", "log_connections = on")
        .with_edit(conf, "#log_disconnections = off", "log_disconnections = on")
        .with_edit(conf, "#log_statement = 'none'", "log_statement = 'all'");
    let (_, state) = play(&world, &[ask("POST", "/posts/99/like", "ada-7f3c"), command("pm2 stop backend")]);
    tests::golden("views/database-log.txt", &log(&state));
}

/// Every message between the application and PostgreSQL, opened: the first request, a like, and statements that fail.
#[test]
fn messages_of_the_database_are_opened() {
    let wrong = World::course().with_edit("backend.js", "INSERT INTO notifications", "INSERT INTO notificatoins");
    let runs = [
        ("the first request", World::course(), ask("GET", "/posts", "")),
        ("a like", World::course(), ask("POST", "/posts/2/like", "ada-7f3c")),
        ("no such post", World::course(), ask("POST", "/posts/99/like", "ada-7f3c")),
        ("no such table", wrong, ask("POST", "/posts/2/like", "ada-7f3c")),
    ];
    let (mut text, mut seen) = (String::new(), Vec::new());
    for (name, world, action) in runs {
        let (trace, after) = play(&world, &[action]);
        for (index, step) in trace.steps.iter().enumerate() {
            let Act::Travel { message: message @ (Message::Sql(_) | Message::Rows(_)), .. } = &step.act else {
                continue;
            };
            let opened = inspect::open(&world, &after, &trace, index).expect("a message");
            assert!(opened.fields.iter().all(|field| field.means.ends_with(['.', '?'])), "{name}: {}", step.slug());
            // What one run has shown, the next one need not show again.
            if !seen.contains(message) {
                seen.push(message.clone());
                text += &format!("# {name}: {} {}\n{}\n", step.name, message.short(), crate::seeing::opened(&opened));
            }
        }
    }
    tests::golden("inspect-database.txt", &text);
}

/// What PostgreSQL writes down of one request, at the settings of the course and where it is told to write all.
#[test]
fn the_log_of_the_database_is_seen() {
    let all = World::course().with_edit(
        "/etc/postgresql/15/main/postgresql.conf",
        "#log_connections = off\n#log_disconnections = off\n#log_statement = 'none'",
        "log_connections = on\nlog_disconnections = on\nlog_statement = 'all'",
    );
    let taken = World::course().with_edit("backend.js", " ON CONFLICT DO NOTHING", "");
    let like = "https://backend-demo.senus.doxyz/posts/2/like";
    let mut text = String::new();
    for (name, world, actions) in [
        ("the course's settings", World::course(), vec![ask("POST", "/posts/2/like", "ada-7f3c")]),
        ("everything is written down", all, vec![ask("POST", "/posts/2/like", "ada-7f3c")]),
        ("a second like that is not passed over", taken, vec![ask("POST", "/posts/2/like", "ada-7f3c"); 2]),
    ] {
        let booted = State::booted(&world);
        let before = run(&world, &booted, &actions[1..], 0).1;
        let line = format!("curl -s -X POST -b session=ada-7f3c {like}");
        let case = Case::act(&world, &before, &Action::Command(line), 0);
        let view = case.views().into_iter().find(|view| view.who == Who::DatabaseLog).expect("a view");
        text += &format!("## {name}\n\n{}\n", crate::seeing::written(&[view]));
    }
    tests::golden("views/database-log-of-a-request.txt", &text);
}
