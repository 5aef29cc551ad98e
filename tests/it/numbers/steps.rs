//! Questions as the page asks them: settings out of all measure, in short steps, and the search.

use numbers::knob::MOST;
use numbers::worker::Worker;
use numbers::{devices, pool};

/// Whatever is set, every question is answered soon and with words, and the run can be left in the middle.
#[test]
fn extreme_settings_give_words_and_never_a_hang() {
    let mut worker = Worker::default();
    let geometry = diagram::geometry::write(&course::drawings::drawing(14, diagram::Form::Wide));
    worker.answer(&format!("stage\n{geometry}"));
    for knob in &pool::settings::KNOBS {
        for value in [0, 1, 1_000_000_000, MOST] {
            let settings = format!("{}={value}", knob.name);
            let first = worker.answer(&format!("set\n{settings}"));
            assert!(!first.get("sentence").expect("a sentence").is_empty(), "{settings}");
            for until in [10_000, 5_000_000, u64::MAX, 20_000] {
                let go = format!("go\nuntil={until}&events=5000&passed=16&most=500&say=1");
                let answer = worker.answer(&go);
                assert!(!answer.get("sentence").expect("a sentence").is_empty(), "{settings}");
                assert!(answer.tokens.len() <= 3 * 2 * 5_000, "{settings}: {}", answer.tokens.len());
                assert!(answer.tokens.iter().all(|number| number.is_finite()));
            }
            worker.answer("find\nevents=5000");
        }
    }
    for knob in &devices::settings::KNOBS {
        for value in [0, 1, 1_000_000_000, MOST] {
            let answer = worker.answer(&format!("devices-set\n{}={value}", knob.name));
            assert!(!answer.get("sentence").expect("a sentence").is_empty(), "{}={value}", knob.name);
            let answer = worker.answer(&format!("devices-go\nuntil={}&say=1", u64::MAX));
            assert_eq!(answer.get_number("over"), Some(1));
        }
    }
    for odd in ["", "x", "go", "go\nuntil=x", "stage\n", "set\nclients=-1", "devices-", "devices-work\noperations=9"] {
        worker.answer(odd);
    }
}

/// Going there in many steps and in one, or beyond and back, is the same.
#[test]
fn a_moment_is_the_same_from_wherever_it_is_reached() {
    let mut worker = Worker::default();
    let settings = "clients=2000&rate=500&arrivals=2";
    let said = |worker: &mut Worker| {
        let mut answer = worker.answer("go\nuntil=2100000&events=60000&say=1");
        while answer.get_number("now") != Some(2_100_000) {
            answer = worker.answer("go\nuntil=2100000&events=60000&say=1");
        }
        ["sentence", "counts", "course", "latency"].map(|part| answer.get(part).expect(part).to_owned())
    };
    worker.answer(&format!("set\n{settings}"));
    let at_once = said(&mut worker);
    worker.answer(&format!("go\nuntil={}&events=1000000&say=0", u64::MAX));
    let back = said(&mut worker);
    worker.answer(&format!("set\n{settings}"));
    for step in 1..=210 {
        worker.answer(&format!("go\nuntil={}&events=60000", step * 10_000));
    }
    assert!(at_once == back && back == said(&mut worker));
}

#[test]
fn the_point_is_found_in_short_steps_and_is_one() {
    let mut worker = Worker::default();
    worker.answer("set\n");
    let mut steps = 0;
    let point = loop {
        let answer = worker.answer("find\nevents=20000");
        steps += 1;
        assert!(steps < 10_000 && !answer.get("point").expect("words").is_empty());
        if answer.get_number("found") == Some(1) {
            break answer.get_number("point").expect("a point");
        }
    };
    assert!(steps > 3, "{steps}");
    // With so many somebody is refused, with one less nobody.
    let refused = |rate: u64| {
        let both = load::both::Both::at(
            &pool::settings::setup(&{
                let mut values = pool::settings::usual();
                values.set("rate", rate);
                values
            }),
            engine::time::Micros(u64::MAX),
        );
        both.flood.counts().refusals
    };
    assert!(refused(point) > 0 && refused(point - 1) == 0, "{point}");
}

/// The work for real, as the page does it: in steps, to the same result as in one go.
#[test]
fn the_work_is_done_in_steps_and_can_be_dropped() {
    let mut worker = Worker::default();
    worker.answer("devices-job\norders=30000");
    let mut last = 0;
    let digest = loop {
        let answer = worker.answer("devices-work\noperations=50000");
        let done = answer.get_number("done").expect("how far it is");
        assert!(done > last && done <= answer.get_number("all").expect("of how many"));
        last = done;
        if let Some(digest) = answer.get_number("digest") {
            break digest;
        }
    };
    assert_eq!(digest, load::bench::job(30_000, 1));
    worker.answer("devices-job\norders=30000");
    worker.answer("devices-drop\n");
    assert_eq!(worker.answer("devices-work\noperations=50000").get_number("done"), None);
}

/// What is shown is of one moment: no words and no tokens while one half is ahead of the other.
#[test]
fn what_is_shown_is_of_one_moment() {
    let mut desk = pool::desk::Desk::default();
    let geometry = diagram::geometry::write(&course::drawings::drawing(14, diagram::Form::Wide));
    let ask = |desk: &mut pool::desk::Desk, question: &str| desk.answer(&numbers::talk::Question::read(question));
    ask(&mut desk, "set\nclients=3000&rate=900&retries=3&backoff=0");
    ask(&mut desk, &format!("stage\n{geometry}"));
    let (mut shown, mut ahead, mut now) = (0, 0, 0);
    for step in 0..5_000_u64 {
        // Somebody changes their mind now and then.
        let until = if step % 50 < 40 { u64::MAX } else { now };
        let answer = ask(&mut desk, &format!("go\nuntil={until}&events=700&passed=16&say=1"));
        now = answer.get_number("now").expect("a moment");
        let [pool, flood] = [&desk.both().pool, &desk.both().flood];
        let level = pool.now() == flood.now() || pool.ended().is_some() || flood.ended().is_some();
        assert_eq!(answer.get("sentence").is_some(), answer.get_number("behind").is_none());
        assert_eq!(answer.get("lit").is_some(), answer.get("sentence").is_some());
        assert!(level || answer.get("sentence").is_none(), "{} and {}", pool.now(), flood.now());
        shown += u32::from(answer.get("sentence").is_some());
        ahead += u32::from(!level);
        if answer.get_number("over") == Some(1) {
            assert!(shown > 20 && ahead > 20, "{shown} shown, {ahead} times one was ahead");
            return;
        }
    }
    panic!("it never ends");
}
