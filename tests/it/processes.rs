//! The application and its processes: what the script says, what PM2 does, and what comes of it for a visitor.

use engine::journey::{Action, Timed, run};
use engine::state::{State, Status};
use engine::time::Micros;
use engine::trace::{Act, Outcome, Trace};
use engine::world::World;

const SITE: &str = "https://backend-demo.senus.doxyz";

fn open(path: &str) -> Timed {
    Timed { at: Micros::ZERO, what: Action::Open([SITE, path].concat()) }
}

fn command(line: &str) -> Timed {
    Timed { at: Micros::ZERO, what: Action::Command(line.to_owned()) }
}

fn play(world: &World, actions: &[Timed]) -> (Trace, State) {
    run(world, &State::booted(world), actions, 0)
}

/// The course's world with this statement in place of the route `/users`.
fn with(statement: &str) -> World {
    World::course().with_edit("backend.js", "app.get(\"/users\", (req, res) => res.json(users));", statement)
}

fn last(trace: &Trace) -> String {
    match trace.outcomes.last() {
        Some(Outcome::Response { status, body, .. }) => format!("{status} {body}"),
        Some(Outcome::BrowserError { code, .. }) => (*code).to_owned(),
        Some(Outcome::Printed(text)) => text.clone(),
        None => String::new(),
    }
}

fn words<'a>(trace: &'a Trace, name: &str) -> &'a str {
    let found = trace.steps.iter().find(|step| step.name == name);
    match found.map(|step| &step.act) {
        Some(Act::Decide { verdict, .. }) => &verdict.words,
        _ => panic!("no decision {name}"),
    }
}

#[test]
fn the_routes_answer_from_the_worlds_data() {
    let cases = [
        ("/users", r#"200 [{"id":1,"name":"Ada"},{"id":2,"name":"Grace"},{"id":3,"name":"Linus"}]"#),
        ("/users/2", r#"200 {"id":2,"name":"Grace"}"#),
        ("/Users/2/", r#"200 {"id":2,"name":"Grace"}"#),
        ("/users/9", r#"404 {"error":"no such user"}"#),
        ("/users/x", r#"404 {"error":"no such user"}"#),
        ("/like", r#"200 {"likes":0}"#),
    ];
    for (path, expected) in cases {
        assert_eq!(last(&play(&World::course(), &[open(path)]).0), expected, "{path}");
    }
}

#[test]
fn handlers_are_followed() {
    let cases = [
        (
            "app.get('/users', (req, res) => { res.status(201).json({ n: users.length, q: req.query.q }) })",
            r#"201 {"n":3,"q":"a b"}"#,
        ),
        (
            "app.get('/users', function (req, res) { res.set('X-A', 'b'); return res.sendStatus(418); });",
            "418 I'm a Teapot",
        ),
        (
            "app.get('/users', (req, res) => { if (users[0].name === 'Ada') { res.send('a' + 1 + 2) } else res.end() });",
            "200 a12",
        ),
        (
            "app.get('/users', (req, res) => res.json(users.filter(u => u.id > 1 && u.id !== 3)));",
            r#"200 [{"id":2,"name":"Grace"}]"#,
        ),
        (
            "app.get('/users', (req, res) => { users[1].name = 'Eve'; users.push({ id: 4 }); res.json(users[1]) });",
            r#"200 {"id":2,"name":"Eve"}"#,
        ),
        (
            "app.use((req, res, next) => { res.set('X-B', 'c'); next(); });\napp.all('/users', (req, res) => res.json(null));",
            "200 null",
        ),
        ("app.get('/users', (req, res) => { console.log(req); throw new Error('no') });", "500"),
        ("app.get('/users', (req, res) => res.json(nobody.name));", "500"),
        ("app.get('/users', (req, res) => res.json(users[7].name));", "500"),
    ];
    for (statement, expected) in cases {
        let world = with(statement);
        let (trace, _) = play(&world, &[open("/users?q=a%20b")]);
        assert!(last(&trace).starts_with(expected), "{statement}: {}", last(&trace));
    }
    let (trace, _) = play(&with("app.get('/users', (req, res) => res.json(users[7].name));"), &[open("/users")]);
    let said = "TypeError: Cannot read properties of undefined (reading 'name')";
    assert_eq!(words(&trace, "app-answers"), [said, ": 500 Internal Server Error"].concat());
}

#[test]
fn what_is_not_read_is_said_by_name_and_never_guessed() {
    let cases = [
        ("app.use(cors());", "this statement of the script is not modelled: app.use(cors());"),
        (
            "app.get('/users', (req, res) => res.json(users.map((u) => u.name)));",
            "this statement of the script is not modelled: app.get('/users', (req, res) => res.json(users.map((u) => u.name)));",
        ),
        ("const cors = require('cors');", "the module cors is not modelled"),
        ("import x from 'y';", "this statement of the script is not modelled: import x from 'y';"),
    ];
    for (statement, expected) in cases {
        let problems = with(statement).problems();
        assert!(problems.iter().any(|p| p.words == expected), "{statement}: {problems:?}");
    }
    let inside = with("app.get('/users', (req, res) => {\n  for (let i = 0; i < 3; i++) {}\n  res.json(users);\n});");
    assert_eq!(inside.problems().len(), 1);
    assert!(last(&play(&inside, &[open("/users")]).0).starts_with("not modelled: this statement: for"));
    assert!(last(&play(&inside, &[open("/like")]).0).starts_with("200"), "another route is not concerned");
}

#[test]
fn a_script_that_javascript_cannot_read_starts_nothing() {
    let cases = [
        ("app.get('/users', (req, res) => res.json(users);", "SyntaxError: missing ) after argument list"),
        ("app.get('/users, (req, res) => res.json(users));", "SyntaxError: Invalid or unexpected token"),
        ("}", "SyntaxError: Unexpected token '}'"),
        ("const posts = require('./posts.json');", "Error: Cannot find module './posts.json'"),
    ];
    for (statement, expected) in cases {
        let world = with(statement);
        let errors: Vec<_> = world.problems().into_iter().map(|p| p.words).collect();
        assert!(errors.iter().any(|words| words == expected), "{statement}: {errors:?}");
        assert!(last(&play(&world, &[open("/users")]).0).starts_with("502"), "{statement}");
    }
}

#[test]
fn a_slow_handler_waits_and_a_very_slow_one_is_a_504() {
    let slow =
        |ms: u32| with(&format!("app.get('/users', (req, res) => {{ setTimeout(() => res.json(users), {ms}); }});"));
    let time = |trace: &Trace| trace.steps.iter().find(|step| step.name == "app-answers").map(|s| (s.end - s.start).0);
    let (trace, _) = play(&slow(5000), &[open("/users")]);
    assert!(last(&trace).starts_with("200"));
    assert_eq!(time(&trace), Some(5_003_000));
    assert!(last(&play(&slow(61_000), &[open("/users")]).0).starts_with("504"));
    let waits = "app.get('/users', async (req, res) => { await new Promise((r) => setTimeout(r, 70)); res.json(1); });";
    assert_eq!(time(&play(&with(waits), &[open("/users")]).0), Some(73_000));
    let never = with("app.get('/users', (req, res) => { if (!req.query.x) return; res.json(1); });");
    assert!(last(&play(&never, &[open("/users")]).0).starts_with("504"));
    assert!(last(&play(&never, &[open("/users?x=1")]).0).starts_with("200"));
}

#[test]
fn likes_are_counted_in_memory_and_lost_with_the_process() {
    let like = || command("curl -X POST http://localhost:3001/like");
    let (trace, state) = play(&World::course(), &[like(), like(), open("/like")]);
    assert_eq!(last(&trace), r#"200 {"likes":2}"#);
    let (trace, _) = run(&World::course(), &state, &[command("pm2 restart backend"), open("/like")], 0);
    assert_eq!(last(&trace), r#"200 {"likes":0}"#);
}

#[test]
fn t30_a_crash_is_a_502_and_sixteen_early_ones_are_errored() {
    let world =
        with("app.get('/crash', (req, res) => process.exit(1));\napp.get('/users', (req, res) => res.json(1));");
    let (trace, mut state) = play(&world, &[open("/crash")]);
    assert!(last(&trace).starts_with("502"));
    assert!(
        words(&trace, "bad-gateway").contains("upstream prematurely closed connection while reading response header")
    );
    assert_eq!(
        words(&trace, "app-dies"),
        "process.exit(1): the process ends with exit code 1; PM2 starts it again, restart 1: online"
    );
    // It is online again at once, and the next visitor sees nothing of it.
    assert!(last(&run(&world, &state, &[open("/users")], 0).0).starts_with("200"));
    let mut crashes = 1;
    while state.processes[1].status == Status::Online && crashes < 20 {
        let before = state.now;
        state = run(&world, &state, &[open("/crash")], 0).1;
        assert!(state.now - before < Micros::seconds(1));
        crashes += 1;
    }
    assert_eq!((crashes, state.processes[1].status, state.processes[1].restarts), (16, Status::Errored, 15));
    let (trace, _) = run(&world, &state, &[open("/users")], 0);
    assert!(last(&trace).starts_with("502"));
    assert!(words(&trace, "bad-gateway").contains("Connection refused"), "nothing listens");
    // Now and then is no reason to give up.
    let mut calm = State::booted(&world);
    for _ in 0..20 {
        calm = run(
            &world,
            &calm,
            &[Timed { at: Micros::ZERO, what: Action::Wait(Micros::seconds(5)) }, open("/crash")],
            0,
        )
        .1;
    }
    assert_eq!((calm.processes[1].status, calm.processes[1].restarts), (Status::Online, 20));
}

#[test]
fn t30_the_ecosystem_says_when_pm2_gives_up() {
    let broken = with("}").with_edit(
        "ecosystem.config.js",
        "script: \"backend.js\",",
        "script: \"backend.js\", max_restarts: 3,",
    );
    let state = State::booted(&broken);
    assert_eq!((state.processes[1].status, state.processes[1].restarts), (Status::Errored, 2));
    let left = with("}").with_edit(
        "ecosystem.config.js",
        "script: \"backend.js\",",
        "script: \"backend.js\", autorestart: false,",
    );
    assert_eq!(State::booted(&left).processes[1].status, Status::Stopped);
    let unknown = World::course().with_edit(
        "ecosystem.config.js",
        "script: \"backend.js\",",
        "script: \"backend.js\", instances: 2,",
    );
    assert_eq!(unknown.problems()[0].words, "instances is not modelled");
}

#[test]
fn an_error_that_a_timer_throws_ends_the_process() {
    let world = with("app.get('/users', (req, res) => { setTimeout(() => { throw new Error('late') }, 10); });");
    let (trace, _) = play(&world, &[open("/users")]);
    assert!(words(&trace, "app-dies").starts_with("Error: late: the process ends with exit code 1"));
    assert!(last(&trace).starts_with("502"));
}

#[test]
fn t28_port_and_host_come_from_script_and_environment() {
    let listen = |line: &str| World::course().with_edit("backend.js", "app.listen(process.env.PORT);", line);
    let at = |world: &World| {
        let state = State::booted(world);
        match engine::sockets::bound(&state.processes[1], &world.hosts()) {
            engine::sockets::Bound::At(address, port, source) => format!("{address} {port} {}", source.document),
            other => format!("{other:?}"),
        }
    };
    assert_eq!(at(&listen("app.listen(3001);")), ":: 3001 backend.js");
    assert_eq!(at(&listen("app.listen(process.env.PORT || 4000, '127.0.0.1');")), "127.0.0.1 3001 ecosystem.config.js");
    assert_eq!(
        at(&listen("const PORT = process.env.NOBODY || 4000;\napp.listen(PORT, () => console.log('up'));")),
        ":: 4000 backend.js"
    );
    assert_eq!(at(&listen("const host = 'localhost';\napp.listen(3001, host);")), "127.0.0.1 3001 backend.js");
}

#[test]
fn t28_a_process_looks_its_host_up_when_it_starts() {
    let world = World::course().with_edit("backend.js", "app.listen(process.env.PORT);", "app.listen(3001, 'inside');");
    let world = world.with_text("/etc/hosts", "127.0.0.1 localhost inside\n");
    let state = State::booted(&world);
    let moved = world.with_text("/etc/hosts", "127.0.0.1 localhost\n10.0.0.5 inside\n");
    let bound = |state: &State| format!("{:?}", state.processes[1].bound);
    let before = bound(&state);
    assert!(before.contains("127.0.0.1"), "{before}");
    let (_, state) = run(&moved, &state, &[open("/users")], 0);
    assert_eq!(bound(&state), before, "an edit alone moves no socket");
    assert!(bound(&State::booted(&moved)).contains("10.0.0.5"));
}

/// What the browser gets of an answer that is written in parts: status, and what the end of its body is called.
fn parts(statements: &str, nginx: &str) -> (String, Trace) {
    let route = format!("app.get(\"/users\", (req, res) => {{ {statements} }});");
    let world = with(&route).with_edit("/etc/nginx/conf.d/backend.conf", "proxy_pass", nginx);
    let (trace, _) = play(&world, &[open("/users")]);
    let end = match trace.outcomes.last() {
        Some(Outcome::Response { status, body, cut, .. }) => format!("{status} {body} {}", cut.unwrap_or("whole")),
        _ => last(&trace),
    };
    (end, trace)
}

/// As Express 4 on Node.js 20.20.2 behind nginx 1.22.1 did it.
#[test]
fn an_answer_written_in_parts_may_break_off() {
    const OLD: &str = "proxy_pass";
    const NEW: &str = "proxy_http_version 1.1; proxy_pass";
    const HTML: &str = "res.set(\"Content-Type\", \"text/html\"); ";
    let later = |statements: &str| [HTML, statements, " setTimeout(() => process.exit(1), 20);"].concat();
    let cases = [
        // A length is known to nginx in both versions.
        (
            later("res.set(\"Content-Length\", \"9\"); res.write(\"part\");"),
            OLD,
            "200 part ERR_CONTENT_LENGTH_MISMATCH",
        ),
        (
            later("res.set(\"Content-Length\", \"9\"); res.write(\"part\");"),
            NEW,
            "200 part ERR_CONTENT_LENGTH_MISMATCH",
        ),
        // Pieces are not known to HTTP/1.0: there a break looks like the end.
        (later("res.write(\"part\");"), OLD, "200 part whole"),
        (later("res.write(\"part\");"), NEW, "200 part ERR_INCOMPLETE_CHUNKED_ENCODING"),
        // What is written in the turn in which the process ends never leaves.
        ([HTML, "res.write(\"part\"); process.exit(1);"].concat(), NEW, "502"),
        // Too much is announced, or too little.
        (
            [HTML, "res.set(\"Content-Length\", \"9\"); res.end(\"part\");"].concat(),
            NEW,
            "200 part ERR_CONTENT_LENGTH_MISMATCH",
        ),
        ([HTML, "res.set(\"Content-Length\", \"2\"); res.end(\"part\");"].concat(), NEW, "200 pa whole"),
        ([HTML, "res.write(\"pa\"); res.end(\"rt\");"].concat(), NEW, "200 part whole"),
        // Of a text whose type it would guess the browser shows nothing.
        (
            "res.write(\"part\"); setTimeout(() => process.exit(1), 20);".to_owned(),
            NEW,
            "200  ERR_INCOMPLETE_CHUNKED_ENCODING",
        ),
    ];
    for (statements, nginx, expected) in cases {
        let (end, trace) = parts(&statements, nginx);
        assert!(end.starts_with(expected), "{statements}: {end}");
        // nginx notes it where it knows, and the connection is not used again.
        let cut = end.contains("ERR_");
        assert_eq!(trace.steps.iter().any(|step| step.name == "upstream-cut"), cut, "{statements}");
        assert_eq!(trace.steps.iter().any(|step| step.slug() == "fin.firewall-browser"), cut, "{statements}");
    }
    let (end, _) = parts("res.write(\"part\"); res.json(users);", NEW);
    assert!(end.starts_with("not modelled: another answer after"), "{end}");
    let (end, _) = parts("res.write(\"part\");", NEW);
    assert!(end.starts_with("not modelled: an answer that is begun and never ended"), "{end}");
}
