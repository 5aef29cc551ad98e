//! No dead configuration: every line of the shipped documents that is no comment changes a trace, a problem or a log line
//! when it is taken away.

use engine::journey::{Action, Timed, run};
use engine::state::State;
use engine::time::Micros;
use engine::trace::Trace;
use engine::world::{Kind, World};

/// What people do in the course's world, one visit after another.
const VISITS: [&[&str]; 15] = [
    &["page https://frontend-demo.senus.doxyz/", "page https://frontend-demo.senus.doxyz/count.html"],
    &["http://backend-demo.senus.doxyz/users", "https://backend-demo.senus.doxyz/"],
    &["https://backend-demo.senus.doxyz/users", "300 s", "https://backend-demo.senus.doxyz/users"],
    &["http://frontend-demo.senus.doxyz/", "https://frontend-demo.senus.doxyz/nothing"],
    &["https://api.senus.doxyz/users"],
    &["https://nobody.senus.doxyz/", "600 s", "https://nobody.senus.doxyz/"],
    &["$ nginx -t", "$ pm2 list", "$ systemctl reload nginx", "https://backend-demo.senus.doxyz/users"],
    &[
        "$ curl http://ip6-localhost:3001/users/2",
        "$ curl localhost:3001/users/99",
        "$ certbot renew",
        "$ curl localhost:3001/count",
    ],
    &[
        "$ curl -X POST -b session=ada-7f3c localhost:3001/posts/2/like",
        "$ curl -X POST -b session=ada-7f3c localhost:3001/posts/2/like",
        "$ curl -X POST -b session=grace-91be localhost:3001/posts/1/like",
        "$ curl -X DELETE -b session=ada-7f3c localhost:3001/posts/2/like",
        "$ curl -X DELETE -b session=nobody localhost:3001/posts/2/like",
        "$ sudo -u postgres psql -d demo -c 'SELECT * FROM notifications'",
    ],
    &[
        "$ curl -X POST -b session=linus-d205 localhost:3001/posts/2/like",
        "$ curl -X POST -b session=ada-7f3c localhost:3001/posts/99/like",
        "$ curl localhost:3001/posts",
        "$ curl localhost:3001/posts",
        "$ systemctl restart postgresql",
        "$ curl localhost:3001/posts",
        "$ tail /var/log/postgresql/postgresql-15-main.log",
        "$ sudo -u postgres psql -d demo -c 'SELECT count(*) FROM posts'",
    ],
    &[
        "$ sudo -u postgres psql -d demo -f schema.sql",
        "$ sudo -u postgres psql -c 'SHOW max_connections'",
        "$ sudo -u postgres psql -d demo -c 'SELECT * FROM sessions'",
    ],
    &[
        "$ systemctl stop postgresql",
        "$ curl localhost:3001/posts",
        "$ curl -X DELETE -b session=ada-7f3c localhost:3001/posts/2/like",
        "$ curl -X POST -b session=ada-7f3c localhost:3001/posts/2/like",
    ],
    &[
        "press Ada \\| like 2",
        "press Grace \\| like 1",
        "press Barbara \\| like 3",
        "press Linus \\| like 1",
        "press Linus \\| feed",
        "press Ada \\| unlike 2",
        "press Ada \\| profile",
        "press Linus \\| profile",
        "press Ada \\| write to 2: x",
        "press Ada \\| write to 9: x",
        "press Linus \\| write to 2: x",
        "press Ada \\| look at /users/2/messages",
        "press Grace \\| look at /users/2/messages",
        "press Linus \\| look at /users/2/messages",
        "$ systemctl stop postgresql",
        "press Ada \\| profile",
        "press Ada \\| look at /users/1/messages",
        "press Ada \\| write to 2: x",
    ],
    &[
        // What is in the outboxes is tried again.
        "press Ada \\| like 2",
        "$ sudo -u postgres psql -d demo -c 'UPDATE notifications SET sent_at = NULL'",
        "press Ada \\| write to 2: x",
        "$ sudo -u postgres psql -d demo -c 'UPDATE messages SET sent_at = NULL'",
        "30 s",
    ],
    &["$ curl localhost:3001/like", "$ curl -X POST localhost:3001/like", "$ curl localhost:3001/like"],
];

fn action(text: &&str) -> Timed {
    if let Some(url) = text.strip_prefix("page ") {
        let what = Action::Load { url: url.to_owned(), click: Some(Micros::millis(450)) };
        return Timed { at: Micros::ZERO, what };
    }
    if text.starts_with("press ") {
        return Timed { at: Micros::ZERO, what: link::understand(text).expect("a press") };
    }
    let what = match (text.strip_prefix("$ "), text.strip_suffix(" s")) {
        (Some(command), _) => Action::Command(command.to_owned()),
        (_, Some(seconds)) => Action::Wait(Micros::seconds(seconds.parse().expect("seconds"))),
        _ => Action::Open((*text).to_owned()),
    };
    Timed { at: Micros::ZERO, what }
}

/// What all visits leave: traces, with what nginx logs and the terminal prints in their decisions and outcomes.
fn everything(world: &World) -> Vec<Trace> {
    let booted = State::booted(world);
    let visit = |visit: &&[&str]| run(world, &booted, &visit.iter().map(action).collect::<Vec<_>>(), 0).0;
    VISITS.iter().map(visit).collect()
}

/// Whether a line is empty or nothing but a comment.
fn says_nothing(kind: Kind, line: &str) -> bool {
    let line = line.trim();
    let signs: &[&str] = match kind {
        Kind::Zone => &[";"],
        Kind::Script | Kind::Processes => &["//"],
        Kind::Schema => &["--"],
        Kind::Data | Kind::Public => &[],
        _ => &["#"],
    };
    line.is_empty() || signs.iter().any(|sign| line.starts_with(sign))
}

#[test]
fn every_line_that_is_no_comment_matters() {
    let world = World::course();
    let (traces, problems) = (everything(&world), world.problems());
    let mut dead = Vec::new();
    for document in &world.documents {
        for (number, line) in (1..).zip(document.text.lines()) {
            if says_nothing(document.kind, line) {
                continue;
            }
            let without = world.with_line_removed(&document.name, number);
            if without.problems().len() == problems.len() && everything(&without) == traces {
                dead.push(format!("{} line {number}: {line}", document.name));
            }
        }
    }
    assert!(dead.is_empty(), "these lines change nothing:\n{}", dead.join("\n"));
}
