//! Whatever is written into the documents of the instance, or typed into its terminal: nothing panics, everything ends.

use engine::journey::{Action, Timed, run};
use engine::state::State;
use engine::time::Micros;
use engine::world::World;
use proptest::prelude::*;
use std::net::Ipv4Addr;

/// Pieces that the languages of these documents are made of, put together at random.
const PIECES: [&str; 70] = [
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    ";",
    ",",
    ".",
    "=>",
    "=",
    "===",
    "+=",
    "++",
    "!",
    "&&",
    "'",
    "\"",
    "`",
    "//",
    "/*",
    "\n",
    " ",
    "app",
    "app.get(",
    "app.listen(",
    "app.use(",
    "'/users/:id'",
    "(req, res) =>",
    "res.json(",
    "res.send(",
    "res.status(404).",
    "res.redirect(",
    "users",
    ".find((u) =>",
    ".push(",
    "users[0].name",
    "req.params.id",
    "process.env.PORT",
    "process.exit(1)",
    "throw new Error(",
    "setTimeout(() =>",
    "5000",
    "if (",
    "else",
    "return",
    "const x =",
    "let likes = 0",
    "async",
    "await new Promise((r) => setTimeout(r,",
    "require('./users.json')",
    "module.exports =",
    "apps:",
    "name:",
    "max_restarts: 3",
    "min_uptime: '5s'",
    "-1",
    "TCP",
    "ICMP",
    "8/0",
    "0.0.0.0/0",
    "::/0",
    "sg-a",
    "pl-a",
    "Members of sg-a",
    "Prefix list pl-a",
    "Inbound rules",
    "99999",
    "10.0.0.1/33",
    "ß\u{0}",
];

const DOCUMENTS: [&str; 6] =
    ["security-group", "backend.js", "ecosystem.config.js", "certificates", "network", "users.json"];

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![9 => proptest::sample::select(&PIECES[..]).prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)];
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_in_any_document_can_be_run(which in 0..DOCUMENTS.len(), text in text(), keep in any::<bool>(), line in text()) {
        let name = DOCUMENTS[which];
        let own = World::course().text(name).unwrap_or_default().to_owned();
        // Alone, or below what stands there.
        let world = World::course().with_text(name, &if keep { [&own, "\n", &text].concat() } else { text });
        let _ = world.problems();
        let act = |what| Timed { at: Micros::ZERO, what };
        let actions = [
            act(Action::Open("https://backend-demo.senus.doxyz/users/1?x=%zz".to_owned())),
            act(Action::Connect { from: Ipv4Addr::new(198, 51, 100, 7), port: 22 }),
            act(Action::Command("curl -X POST localhost:3001/users/1".to_owned())),
            act(Action::Command("certbot renew --force-renewal".to_owned())),
            act(Action::Command(["pm2 ", &line].concat())),
            act(Action::Command(["curl ", &line].concat())),
            act(Action::Command(line)),
        ];
        let trace = run(&world, &State::booted(&world), &actions, 0).0;
        prop_assert_eq!(trace.outcomes.len(), actions.len());
    }
}

#[test]
fn deep_and_long_texts_are_bounded() {
    let script = |middle: &str| {
        let statement = format!("app.get('/users', (req, res) => {{ {middle} }});");
        World::course().with_edit("backend.js", "app.get(\"/users\", (req, res) => res.json(users));", &statement)
    };
    let open = [Timed { at: Micros::ZERO, what: Action::Open("https://backend-demo.senus.doxyz/users".to_owned()) }];
    let deep = "(".repeat(5_000) + &")".repeat(5_000);
    let nots = "!".repeat(9_000) + "1;";
    let timers = "setTimeout(() => { ".repeat(300) + &"}, 1);".repeat(300);
    let lists = "[".repeat(5_000) + &"]".repeat(5_000) + ";";
    let finds = "users.find((a) => ".repeat(30) + "a.id === 9" + &")".repeat(30) + ";";
    let many = "users.push(users); ".repeat(1_000);
    let ifs = "if (1) ".repeat(5_000) + "res.json(1);";
    for middle in [deep, nots, timers, lists, finds, many, ifs] {
        let world = script(&middle);
        let _ = world.problems();
        let trace = run(&world, &State::booted(&world), &open, 0).0;
        assert_eq!(trace.outcomes.len(), 1);
    }
    let big = World::course().with_text("backend.js", &"const a = 1;\n".repeat(80_000));
    assert!(big.problems().iter().any(|problem| problem.words.contains("so many words")));
    let table =
        "Members of sg-a\n10.0.0.1 10.0.0.2\n".repeat(10_000) + "Inbound rules\n" + &"SSH TCP 22 sg-a\n".repeat(30_000);
    let problems = World::course().with_text("security-group", &table).security_group().problems;
    assert_eq!(problems[0].words, "more than 1,000 groups and lists are not modelled");
    let wrong = "SSH\n".repeat(30_000) + "Members of sg-a\n" + &"x ".repeat(30_000);
    assert_eq!(World::course().with_text("security-group", &wrong).security_group().problems.len(), 200);
}

/// A name that is made of itself, alone or in a circle, with every form that an expression has; found by fuzzing.
#[test]
fn names_made_of_themselves_end() {
    let forms = [
        "a",
        "b + 1",
        "b || 1",
        "1 + b",
        "b.x",
        "b.x + 1",
        "b[b]",
        "[b]",
        "{ x: b }",
        "Number(b)",
        "String(b)",
        "!b",
        "parseInt(b, 10)",
        "b ? b : b",
        "`${b}`",
        "b.find((b) => b)",
    ];
    for first in forms {
        for second in ["a", "a + 1", "a.x"] {
            for word in ["const", "let", "var"] {
                let own = World::course().text("backend.js").unwrap_or_default().to_owned();
                let names = format!(
                    "{word} a = {first};\n{word} b = {second};\napp.get(\"/users\", (req, res) => {{ res.json(a); }});\napp.listen(a);\napp.listen(b);\n"
                );
                for text in [names.clone() + &own, own.clone() + &names] {
                    let world = World::course().with_text("backend.js", &text);
                    let _ = world.problems();
                    let open = [Timed {
                        at: Micros::ZERO,
                        what: Action::Open("https://backend-demo.senus.doxyz/users".to_owned()),
                    }];
                    assert_eq!(run(&world, &State::booted(&world), &open, 0).0.outcomes.len(), 1, "{names}");
                }
            }
        }
    }
}

/// Lists that grow into themselves with every request.
#[test]
fn values_that_nest_deeper_with_every_request_end() {
    for grow in [
        "users.push(users);",
        "users.push([users]);",
        "users[0] = users;",
        "users[0].name = users;",
        "users = [users];",
        "users[0] = { x: users[0] };",
    ] {
        let middle = format!("app.get(\"/users\", (req, res) => {{ {} res.json(users); }});", grow.repeat(20));
        let world =
            World::course().with_edit("backend.js", "app.get(\"/users\", (req, res) => res.json(users));", &middle);
        let open =
            |_| Timed { at: Micros::ZERO, what: Action::Open("https://backend-demo.senus.doxyz/users".to_owned()) };
        let actions: Vec<Timed> = (0..12).map(open).collect();
        assert_eq!(run(&world, &State::booted(&world), &actions, 0).0.outcomes.len(), actions.len(), "{grow}");
    }
}
