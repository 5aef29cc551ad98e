//! The like button: what is pressed on a phone, what comes of it in the database, and what the owner's phone shows.

use course::{Piece, load, play};
use engine::journey::{Action, Press, Timed, run};
use engine::state::State;
use engine::time::Micros;
use engine::trace::Outcome;
use engine::world::World;
use proptest::prelude::*;
use std::fmt::Write as _;
use viewpoint::truths::truths;

/// What was true for whom, for the run of a piece as it is and with each of its switches.
fn told(piece: &Piece) -> String {
    let course = (World::course(), piece.actions());
    let runs = piece.switches.iter().map(|s| (s.name, s.change.set(true, piece, &course.0, &course.1)));
    let mut text = String::new();
    for (name, (world, actions)) in [("as-it-is", course.clone())].into_iter().chain(runs) {
        assert_eq!(world.problems(), Vec::new(), "{name}");
        let before = load::standing(&world, &world, &actions);
        let count = actions.len() - load::past(&actions).len();
        let after = load::after(&world, &world, &actions, count);
        let _ = write!(text, "## {name}\n{}\n", truths(&world, &before, &after, &play(&world, &actions)));
    }
    text
}

#[test]
fn what_was_true_for_whom() {
    for name in ["data", "like-button", "state"] {
        let piece = course::pieces::find(name).expect("a piece");
        tests::golden(&format!("truths/{name}.txt"), &told(piece));
    }
}

fn press(phone: &str, what: Press) -> Timed {
    Timed { at: Micros::ZERO, what: Action::Press { phone: phone.to_owned(), what } }
}

fn command(line: &str) -> Timed {
    Timed { at: Micros::ZERO, what: Action::Command(line.to_owned()) }
}

fn wait(seconds: u64) -> Timed {
    Timed { at: Micros::ZERO, what: Action::Wait(Micros::seconds(seconds)) }
}

/// Several at once, each so many microseconds after the beginning.
fn together(each: Vec<(u64, Timed)>) -> Timed {
    let each = each.into_iter().map(|(at, action)| Timed { at: Micros(at), ..action }).collect();
    Timed { at: Micros::ZERO, what: Action::Together(each) }
}

/// The rows of a table.
fn rows(state: &State, table: &str) -> Vec<Vec<String>> {
    let (_, rows) = state.database.clone().rows("demo", table).expect("a table");
    rows.into_iter().map(|row| row.into_iter().map(Option::unwrap_or_default).collect()).collect()
}

/// Whose phone it is, by the user's number.
const USERS: [(&str, &str); 4] = [("1", "Ada"), ("2", "Grace"), ("3", "Linus"), ("4", "Barbara")];

/// What must hold whatever has happened, once everything runs again and some time has passed. Twice the time of the timer:
/// what the first round did not manage, the second one does.
fn holds(world: &World, state: &State, said: &str) {
    let mends =
        [command("systemctl start postgresql"), command("pm2 start backend"), wait(50), press("Ada", Press::Feed)];
    let (trace, state) = run(world, state, &mends, 0);
    let said = || format!("{said}\nafterwards:\n{trace}");
    let likes = rows(&state, "likes");
    for (at, like) in likes.iter().enumerate() {
        assert!(!likes[at + 1..].contains(like), "{like:?} twice\n{}", said());
    }
    let owner = |post: &str| if post == "1" { "1" } else { "2" };
    let notes = rows(&state, "notifications");
    // A like and the note for its owner: both, or neither. (Nothing is unliked here; two likes were there from the start.)
    let told = |like: &&Vec<String>| owner(&like[1]) != like[0];
    let new: Vec<_> = likes.iter().filter(told).filter(|like| !["2 1", "3 2"].contains(&&*like.join(" "))).collect();
    assert_eq!(new.len(), notes.len(), "{}", said());
    for note in &notes {
        assert!(!note[4].is_empty(), "{note:?} was never sent\n{}", said());
    }
    // Each phone has shown what it was told: everything, and each once.
    for (user, name) in USERS {
        let mut ids: Vec<&str> = notes.iter().filter(|note| note[1] == user).map(|note| note[0].as_str()).collect();
        let shown = state.handset(name).map(|handset| handset.notices.clone()).unwrap_or_default();
        let mut seen: Vec<&str> = shown.iter().filter_map(|notice| notice.id.as_deref()).collect();
        ids.sort_unstable();
        seen.sort_unstable();
        assert_eq!(seen, ids, "{name}\n{}", said());
    }
    // What the feed counts are rows.
    for post in &state.handset("Ada").expect("her app").feed {
        let count = likes.iter().filter(|like| like[1] == post.id.to_string()).count();
        assert_eq!(post.likes, count.to_string(), "post {}\n{}", post.id, said());
    }
}

/// Whether an app was told that its like is there, it is there.
fn confirmed(outcome: &Outcome, state: &State, user: &str, post: u32) -> bool {
    let liked = matches!(outcome, Outcome::Printed(words) if words.starts_with("Liked: "));
    let there = rows(state, "likes").contains(&vec![user.to_owned(), post.to_string()]);
    assert!(!liked || there, "user {user} was told that post {post} is liked");
    liked
}

/// The process is killed, the database is restarted, or stopped: at every quarter of a millisecond of a like, from the press
/// to its answer. A like that was confirmed is there; its owner is told at least once, and it shows once.
#[test]
fn whatever_ends_at_whatever_moment_a_confirmed_like_is_kept_and_its_owner_told() {
    let world = World::course();
    for line in ["pm2 restart backend", "systemctl restart postgresql", "systemctl stop postgresql", "pm2 stop backend"]
    {
        let mut seen = [0; 2];
        let mut again = 0;
        for at in (294_000..460_000).step_by(250) {
            let like = together(vec![(0, press("Ada", Press::Like(3))), (at, command(line))]);
            let (trace, state) = run(&world, &State::booted(&world), &[like], 0);
            let was = confirmed(&trace.together[0].1[0], &state, "1", 3);
            seen[usize::from(was)] += 1;
            holds(&world, &state, &format!("{line} after {at} µs"));
            again += usize::from(!was && rows(&state, "likes").len() == 3);
        }
        // Some were confirmed, some not, and of these some are kept all the same.
        assert!(seen.iter().all(|count| *count > 0) && again > 0, "{line}: {seen:?}, {again}");
    }
}

/// What somebody does, or what breaks.
fn happening() -> impl Strategy<Value = (u64, Timed)> {
    let who = prop_oneof![Just("Ada"), Just("Grace"), Just("Barbara")];
    let what = prop_oneof![
        8 => (who, 1..4_u32).prop_map(|(who, post)| press(who, Press::Like(post))),
        1 => Just(command("pm2 restart backend")),
        1 => Just(command("systemctl restart postgresql")),
        1 => Just(command("systemctl stop postgresql")),
    ];
    (0..480_000_u64, what)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whoever likes what, in whatever order, while whatever breaks; and whether the push service takes anything at first.
    #[test]
    fn likes_hold_whatever_happens(each in proptest::collection::vec(happening(), 1..7), busy in any::<bool>()) {
        let world = World::course();
        let world = match busy {
            true => world.with_edit("phones", "answers   201", "answers   503 until 15 s"),
            false => world,
        };
        let (trace, state) = run(&world, &State::booted(&world), &[together(each.clone())], 0);
        for ((_, action), outcome) in each.iter().zip(&trace.together[0].1) {
            if let Action::Press { phone, what: Press::Like(post) } = &action.what {
                let (user, _) = USERS.iter().find(|(_, name)| name == phone).expect("a user");
                confirmed(outcome, &state, user, *post);
            }
        }
        holds(&world, &state, &trace.to_string());
    }
}

/// What is pressed once, and what becomes of it where something fails: the whole traces.
#[test]
fn traces_of_a_press() {
    let piece = course::pieces::find("like-button").expect("figure 7");
    let course = (World::course(), piece.actions());
    let named = ["answer-lost", "database-down-after", "double-click", "lost-update", "push-down"];
    let runs = piece.switches.iter().filter(|switch| named.contains(&switch.name));
    let runs = runs.map(|switch| (switch.name, switch.change.set(true, piece, &course.0, &course.1)));
    for (name, (world, actions)) in [("as-it-is", course.clone())].into_iter().chain(runs) {
        tests::golden(&format!("traces/press-{name}.txt"), &play(&world, &actions).to_string());
    }
}

/// What is not understood in the document of the phones is said with its line and column.
#[test]
fn mistakes_in_the_phones_are_named() {
    let course = World::course();
    for (from, to, place) in [
        ("Ada      address   198.51.100.21", "Ada      address   198.51.100", "phones:4:1: not understood: Ada"),
        ("Ada      session   ada-7f3c", "Ada      sesion    ada-7f3c", "phones:5:1: not understood: Ada"),
        ("app      waits     10 s", " app     waits     soon", "phones:19:2: not understood: app"),
        ("service  answers   201", "service  answers   2o1", "phones:23:1: not understood: service"),
        (
            "Barbara  address",
            "Edsger   address   198.51.100.25\nBarbara  address",
            "phones:14:1: more than four phones",
        ),
    ] {
        let world = course.with_edit("phones", from, to);
        assert_ne!(world, course, "{from}");
        let said: Vec<String> = world.problems().iter().map(ToString::to_string).collect();
        assert!(said.iter().any(|words| words.starts_with(place)), "{to}: {said:?}");
    }
}

/// A timer that finds nothing is not told, however long one waits; one that tries in vain for a year is told a hundred times,
/// and then the run says that it goes no further.
#[test]
fn timers_have_an_end() {
    let world = World::course();
    let year = wait(31_536_000);
    let count = |trace: &engine::trace::Trace, name: &str| trace.steps.iter().filter(|step| step.name == name).count();
    let (trace, state) = run(&world, &State::booted(&world), &[press("Ada", Press::Like(3)), year.clone()], 0);
    assert_eq!((count(&trace, "timer-fires"), count(&trace, "not-modelled")), (0, 0));
    // The next tick is due within one round.
    let due = state.processes.iter().flat_map(|process| &process.beats).min().expect("a timer").0;
    assert!(due > state.now.0 && due <= state.now.0 + 20_000_000, "{due} after {}", state.now.0);
    let down = world.with_edit("phones", "answers   201", "answers   503");
    let (trace, _) = run(&down, &State::booted(&down), &[press("Ada", Press::Like(3)), year], 0);
    assert_eq!(count(&trace, "timer-fires"), 100);
    assert!(trace.to_string().contains("not modelled: so many timers in one go"));
}
