//! The page's terminal, as the lens runs it: what is typed there and what the desk then holds are one and the same story.

use course::load;
use engine::journey::{Action, Timed, run};
use engine::shell;
use engine::state::State;
use engine::time::Micros;
use engine::trace::Outcome;
use engine::world::World;
use lens::session::Session;
use lens::terminal::{complete, line, log_in};
use link::Bench;
use proptest::prelude::*;

const USERS: &str = "https://backend-demo.senus.doxyz/users";

fn timed(what: Action) -> Timed {
    Timed { at: Micros::ZERO, what }
}

/// A desk on which somebody asks for the users.
fn desk(world: World) -> Bench {
    Bench { loaded: world.clone(), world, actions: vec![timed(Action::Open(USERS.to_owned()))], step: None }
}

/// Somebody at the page's terminal.
struct Seat {
    bench: Bench,
    session: Session,
}

impl Seat {
    fn new(bench: Bench) -> Self {
        let session = log_in(&bench).session;
        Self { bench, session }
    }

    fn types(&mut self, typed: &str) -> String {
        let said = line(&self.bench, &self.session, typed);
        self.session = said.session;
        if let Some(bench) = said.bench {
            // What the page keeps of it must carry all of it.
            let file = link::write_file(&bench).expect("a small desk");
            self.bench = link::read_file(&file).expect("what was written");
        }
        said.printed
    }

    /// How the run on stage ends.
    fn end(&self) -> String {
        let trace = course::play_loaded(&self.bench.world, &self.bench.loaded, &self.bench.actions);
        end(trace.outcomes.last())
    }
}

fn end(outcome: Option<&Outcome>) -> String {
    match outcome {
        Some(Outcome::Response { status, .. }) => status.to_string(),
        Some(Outcome::BrowserError { code, .. }) => (*code).to_owned(),
        other => format!("{other:?}"),
    }
}

#[test]
fn a_broken_world_is_mended_from_the_terminal_alone() {
    let conf = "/etc/nginx/conf.d/backend.conf";
    let mut seat = Seat::new(desk(World::course().with_edit(conf, "localhost:3001", "localhost:3002")));
    assert_eq!(seat.end(), "502");
    let log = seat.types("sudo tail -n 1 /var/log/nginx/error.log");
    assert!(log.contains("connect() failed (111: Connection refused)") && log.contains("127.0.0.1:3002"), "{log}");
    assert!(seat.types("sudo ss -tlnp").contains("*:3001"));
    assert_eq!(seat.types(&format!("sudo sed -i s/3002/3001/ {conf}")), "");
    assert_eq!(seat.end(), "502", "a file that is written is not read yet");
    assert!(seat.types("sudo nginx -t && sudo systemctl reload nginx").ends_with("test is successful\n"));
    assert_eq!(seat.end(), "200");
    assert!(seat.bench == desk(World::course()), "nothing else was changed: {:?}", seat.bench.actions);
}

#[test]
fn what_is_stopped_stays_stopped_and_what_is_looked_at_leaves_no_trace() {
    let mut seat = Seat::new(desk(World::course()));
    for line in [
        "pm2 list",
        "ls -l",
        "cd /etc/nginx && cat conf.d/backend.conf | grep -n proxy",
        "curl -s localhost:3001/users",
    ] {
        seat.types(line);
    }
    assert!(seat.bench == desk(World::course()), "{:?}", seat.bench.actions);
    assert_eq!(seat.session.folder, "/etc/nginx");
    seat.types("pm2 stop backend");
    assert_eq!(seat.end(), "502");
    assert_eq!(seat.bench.actions.len(), 2);
    seat.types("pm2 restart backend");
    assert_eq!(seat.end(), "200");
    assert!(seat.types("pm2 list").contains("backend"));
    assert_eq!(complete(&seat.bench, &seat.session, "cd con"), ["conf.d/"]);
}

#[test]
fn who_is_not_let_in_hears_ssh_say_so() {
    let ssh = "  SSH          TCP       22          0.0.0.0/0   logging in to a terminal";
    let closed = desk(World::course().with_edit("security-group", ssh, ""));
    let said = log_in(&closed);
    assert_eq!(said.ask, "leave");
    assert!(
        said.printed.ends_with("ssh: connect to host 52.23.45.67 port 22: Connection timed out\n"),
        "{}",
        said.printed
    );
    // A connection that needs no memory is cut with its rule (T15); one that is remembered lives on.
    let mut seat = Seat::new(desk(World::course()));
    assert!(!seat.session.tracked);
    seat.bench = closed.clone();
    assert_eq!(seat.types("ls"), "Timeout, server 52.23.45.67 not responding.\n");
    let narrow = World::course().with_edit("security-group", ssh, &ssh.replace("0.0.0.0/0", "203.0.113.7/32"));
    let mut seat = Seat::new(desk(narrow));
    assert!(seat.session.tracked);
    seat.bench = closed;
    assert!(seat.types("ls").contains("backend.js"));
}

#[test]
fn files_that_are_made_and_removed_stay_so() {
    let mut seat = Seat::new(desk(World::course()));
    seat.types("cd /etc/nginx/conf.d; sudo cp backend.conf other.conf; sudo rm backend.conf");
    assert_eq!(seat.types("ls"), "frontend.conf  other.conf\n");
    assert_eq!(seat.end(), "200", "nginx runs with what it has read");
    seat.types("sudo systemctl reload nginx");
    assert_eq!(seat.end(), "200", "the other file says the same");
    seat.types("sudo rm other.conf && sudo systemctl reload nginx");
    assert_eq!(seat.end(), "ERR_CERT_COMMON_NAME_INVALID", "only the front end's block is left");
    assert!(seat.bench.world.document("/etc/nginx/conf.d/backend.conf").is_none());
    assert!(seat.bench.loaded.document("/etc/nginx/conf.d/backend.conf").is_none());
}

/// Things that people do to an instance.
const DEEDS: [&str; 20] = [
    "sudo systemctl stop nginx",
    "sudo systemctl start nginx",
    "sudo systemctl restart nginx",
    "sudo systemctl reload nginx",
    "pm2 stop backend",
    "pm2 restart backend",
    "pm2 stop all",
    "pm2 restart all",
    "pm2 delete frontend",
    "pm2 start ecosystem.config.js",
    "pm2 restart ecosystem.config.js",
    "sudo sed -i s/3001/3002/ /etc/nginx/conf.d/backend.conf",
    "sudo sed -i s/3002/3001/ /etc/nginx/conf.d/backend.conf",
    "sed -i s/3001/3002/ ecosystem.config.js",
    "sed -i s/3002/3001/ ecosystem.config.js",
    "sed -i s/listen/listn/ backend.js",
    "sed -i s/listn/listen/ backend.js",
    "sudo rm /etc/nginx/conf.d/frontend.conf",
    "echo 'const express = require(\"express\"); const app = express(); app.listen(3009);' > frontend.js",
    "rm backend.js",
];

/// What shows how an instance is.
const PROBES: [&str; 4] =
    ["ss -tln", "systemctl is-active nginx", "curl -s localhost:3001/users", "ls . /etc/nginx/conf.d"];

/// `pm2 list` without what counts restarts and time.
fn statuses(printed: &str) -> Vec<(String, String)> {
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('│').map(str::trim).collect();
        let status = cells.iter().find(|cell| ["online", "stopped", "errored"].contains(*cell))?;
        Some(((*cells.get(2)?).to_owned(), (*status).to_owned()))
    };
    printed.lines().filter_map(row).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    /// Whatever is done at the page's terminal, the desk tells the same afterwards as an instance to which it was done.
    #[test]
    fn the_desk_holds_what_was_done(deeds in proptest::collection::vec(0..DEEDS.len(), 1..8)) {
        let mut seat = Seat::new(desk(World::course()));
        let mut world = World::course();
        let mut state = State::booted(&world);
        shell::log_in(&mut state);
        for deed in &deeds {
            seat.types(DEEDS[*deed]);
            state = run(&world, &state, &[timed(Action::Command(DEEDS[*deed].to_owned()))], 0).1;
            world = shell::settle(&world, &mut state);
        }
        let told: Vec<&str> = deeds.iter().map(|deed| DEEDS[*deed]).collect();
        let real = |line: &str| match run(&world, &state, &[timed(Action::Command(line.to_owned()))], 0).0.outcomes.pop() {
            Some(Outcome::Printed(text)) => text,
            other => format!("{other:?}"),
        };
        for probe in PROBES {
            prop_assert_eq!(seat.types(probe), real(probe), "{} after {:?}", probe, told);
        }
        prop_assert_eq!(statuses(&seat.types("pm2 list")), statuses(&real("pm2 list")), "{:?}", told);
        let visited = run(&world, &state, &[timed(Action::Open(USERS.to_owned()))], 0).0;
        prop_assert_eq!(seat.end(), end(visited.outcomes.last()), "{:?}", told);
        let standing = load::standing(&seat.bench.world, &seat.bench.loaded, &seat.bench.actions);
        prop_assert!(standing.nginx.running == state.nginx.running);
    }
}
