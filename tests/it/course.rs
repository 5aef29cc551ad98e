//! The course: no dead content. Every cast can play every run that its piece offers, every caption fires in one, every
//! switch changes the run and can be taken back.

use course::drawings::drawing;
use course::pieces::PIECES;
use course::{Piece, Program, Switch, play, play_loaded};
use engine::problem::Problem;
use engine::trace::{Act, Basis, Outcome, Trace};
use engine::world::World;
use lens::played::Played;
use stage::{Captions, Motion, Playhead, Plot, Score, carry};
use std::fmt::Write as _;

fn summary() -> &'static Piece {
    course::pieces::find("summary").expect("figure 5")
}

/// The run as it is, and with each switch turned.
fn runs(piece: &Piece) -> Vec<(&'static str, Trace)> {
    let (world, actions) = (World::course(), piece.actions());
    let turned = |switch: &Switch| {
        let (world, actions) = switch.change.set(true, piece, &world, &actions);
        (switch.name, play(&world, &actions))
    };
    let mut runs = vec![("as-it-is", play(&world, &actions))];
    runs.extend(piece.switches.iter().map(turned));
    runs
}

/// The same, as they are played.
fn plots(piece: &Piece) -> Vec<(&'static str, Plot)> {
    runs(piece).into_iter().map(|(name, trace)| (name, Plot::of(&trace, &piece.cast))).collect()
}

/// What the player gets is what the engine has computed, whatever is in it.
#[test]
fn a_run_is_read_as_it_was_written() {
    for piece in &PIECES {
        for (name, plot) in plots(piece) {
            let problems = vec![
                Problem::error("a b", 3, 7, "unexpected \"}\"".to_owned()),
                Problem::error("c", 1, 1, String::new()),
            ];
            for problems in [Vec::new(), problems] {
                let played = Played { plot: plot.clone(), problems };
                assert!(Played::read(&played.write()).as_ref() == Some(&played), "{} {name}", piece.name);
            }
        }
    }
    for odd in ["", "\n", "\n\n", "x", "\n\nx", "\na\tb\n\n", "\nn\t0\t18446744073709551615\t0\ttravel\n\n"] {
        let _ = Played::read(odd);
    }
    assert_eq!(Played::read("\n\n"), Some(Played::default()));
}

#[test]
fn the_figures_have_no_mistakes() {
    let problems: Vec<String> = (1..=16).flat_map(course::drawings::problems).collect();
    assert_eq!(problems, Vec::<String>::new());
}

#[test]
fn every_cast_can_play_every_run() {
    for piece in &PIECES {
        for form in [diagram::Form::Wide, diagram::Form::Tall] {
            let figure = drawing(piece.figure, form);
            for (name, trace) in runs(piece) {
                assert_eq!(piece.cast.missing(&figure, &trace), Vec::<String>::new(), "{} {name}", piece.name);
            }
        }
    }
}

#[test]
fn every_caption_fires_in_some_run() {
    for piece in &PIECES {
        let captions = Captions::parse(piece.captions);
        let runs = plots(piece);
        let fired = |caption: usize| {
            runs.iter().flat_map(|(_, plot)| &plot.steps).any(|step| captions.find(step) == Some(caption))
        };
        let hurried = |name: &String| runs.iter().flat_map(|(_, plot)| &plot.steps).any(|step| step.name == *name);
        assert!(captions.quick().iter().all(hurried), "{}: passes over what never happens", piece.name);
        let dead: Vec<&str> = (0..captions.len()).filter(|c| !fired(*c)).map(|c| captions.slug(c)).collect();
        assert!(dead.is_empty(), "{}: never said: {dead:?}", piece.name);
    }
}

#[test]
fn every_run_begins_with_a_caption_and_every_beat_has_words() {
    for piece in &PIECES {
        let captions = Captions::parse(piece.captions);
        for (name, plot) in plots(piece) {
            let score = Score::new(&plot, &captions);
            assert!(score.beats.iter().all(|beat| beat.caption.is_some()), "{} {name}", piece.name);
        }
    }
}

#[test]
fn every_switch_changes_the_run_and_can_be_taken_back() {
    for piece in &PIECES {
        let (world, actions) = (World::course(), piece.actions());
        let before = play(&world, &actions);
        for switch in piece.switches {
            assert!(!switch.change.is_on(&world, &actions), "{} is on from the beginning", switch.name);
            let (changed, acts) = switch.change.set(true, piece, &world, &actions);
            assert!(switch.change.is_on(&changed, &acts), "{} cannot be turned on", switch.name);
            assert_ne!(play(&changed, &acts), before, "{} changes nothing", switch.name);
            let (back, acts) = switch.change.set(false, piece, &changed, &acts);
            assert_eq!((back, acts), (world.clone(), actions.clone()), "{} cannot be taken back", switch.name);
        }
    }
}

/// Whatever decides in a run can be read beside the figure.
#[test]
fn every_document_that_decides_is_shown() {
    for piece in &PIECES {
        for (name, trace) in runs(piece) {
            for step in &trace.steps {
                if let Act::Decide { basis: Basis::Line { document, .. } | Basis::Absent { document, .. }, .. } =
                    &step.act
                {
                    assert!(piece.documents.contains(&&**document), "{} {name}: {document} decides", piece.name);
                }
            }
        }
    }
}

/// Where figure 2 shows more than figure 5.
#[test]
fn the_runs_of_figure_2() {
    let piece = course::pieces::find("dns").expect("figure 2");
    let mut text = String::new();
    for (name, trace) in runs(piece) {
        if ["alias-loop", "bad-address", "no-delegation", "again-later"].contains(&name) {
            let _ = writeln!(text, "{name}\n{trace}");
        }
    }
    tests::golden("traces/figure-2.txt", &text);
}

/// Every run of figure 13, from where the script asks.
#[test]
fn the_runs_of_figure_13() {
    let piece = course::pieces::find("cors").expect("figure 13");
    let mut text = String::new();
    for (name, mut trace) in runs(piece) {
        let asks = trace.steps.iter().position(|step| step.name == "script-asks").unwrap_or(0);
        trace.steps.drain(..asks);
        let _ = writeln!(text, "{name}\n{trace}");
    }
    tests::golden("traces/figure-13.txt", &text);
}

/// What the words of page 2.7 promise of each switch.
#[test]
fn every_switch_ends_as_the_page_says() {
    let ends = |name: &str| {
        let (_, trace) = runs(summary()).into_iter().find(|(run, _)| *run == name).expect("a switch of figure 5");
        match trace.outcomes.last().expect("an outcome") {
            Outcome::Response { status, .. } => status.to_string(),
            Outcome::BrowserError { code, .. } => (*code).to_owned(),
            Outcome::Printed(text) => text.clone(),
        }
    };
    let table = [
        ("as-it-is", "200"),
        ("close-443", "ERR_CONNECTION_TIMED_OUT"),
        ("stop-nginx", "ERR_CONNECTION_REFUSED"),
        ("stop-app", "502"),
        ("point-elsewhere", "ERR_CONNECTION_TIMED_OUT"),
        ("wrong-certificate", "ERR_CERT_COMMON_NAME_INVALID"),
        ("unknown-name", "ERR_NAME_NOT_RESOLVED"),
    ];
    for (name, end) in table {
        assert_eq!(ends(name), end, "{name}");
    }
}

/// The film strip of each piece: the scene at every rest, in the middle of every event of the first beats, wide and tall.
#[test]
fn film_strips() {
    for piece in &PIECES {
        let captions = Captions::parse(piece.captions);
        for (name, plot) in plots(piece) {
            let score = Score::new(&plot, &captions);
            let figure = drawing(piece.figure, diagram::Form::Wide);
            let mut strip = String::new();
            for event in &score.events {
                for at in [u32::midpoint(event.begin, event.end), event.end] {
                    let scene = stage::scene(&plot, &figure, &piece.cast, &score, at, Motion::Full);
                    let _ = writeln!(strip, "{at:>6} {scene}");
                }
            }
            tests::golden(&format!("strips/{}-{name}.txt", piece.name), &strip);
        }
    }
}

/// With motion or without, the same things are lit at the same moments; only what travels stands elsewhere.
#[test]
fn without_motion_the_states_are_the_same() {
    for piece in &PIECES {
        let captions = Captions::parse(piece.captions);
        let figure = drawing(piece.figure, diagram::Form::Tall);
        for (_, plot) in plots(piece) {
            let score = Score::new(&plot, &captions);
            for at in (0..=score.length).step_by(97) {
                let full = stage::scene(&plot, &figure, &piece.cast, &score, at, Motion::Full);
                let still = stage::scene(&plot, &figure, &piece.cast, &score, at, Motion::Still);
                assert_eq!((full.arrows, full.nodes), (still.arrows, still.nodes));
                assert_eq!(full.tokens.len(), still.tokens.len());
            }
        }
    }
}

/// In the end, what is lit beside the figure is the reason: the rule that is missing, or nothing where no line decided.
#[test]
fn what_is_lit_in_the_end_is_the_reason() {
    let end = |name: &str| {
        let (_, plot) = plots(summary()).into_iter().find(|(run, _)| *run == name).expect("a switch of figure 5");
        stage::lit(&plot.steps).map(ToString::to_string)
    };
    assert!(end("close-443").expect("a reason").starts_with("security-group holds no inbound rule"));
    assert!(end("wrong-certificate").expect("a reason").starts_with("certificates, line"));
    assert_eq!((end("stop-nginx"), end("stop-app")), (None, None));
}

/// A switch leaves the player in the part of the story that is still the same.
#[test]
fn a_switch_keeps_the_place_where_the_story_is_the_same() {
    let piece = summary();
    let captions = Captions::parse(piece.captions);
    let runs = plots(piece);
    let (_, before) = &runs[0];
    let old = Score::new(before, &captions);
    for (name, after) in &runs[1..] {
        let new = Score::new(after, &captions);
        let common = carry::common(before, after);
        for at in (0..=old.length).step_by(53) {
            let head = Playhead { at, ..Playhead::default() };
            let kept = carry(head, (before, &old), (after, &new));
            let (was, is) = (old.event_at(at), new.event_at(kept.at));
            match was {
                Some(event) if event < common => assert_eq!(is, was, "{name} at {at}"),
                Some(_) => assert_eq!(is, common.checked_sub(1), "{name} at {at}"),
                None => assert_eq!(kept.at, 0),
            }
        }
    }
}

/// Changes of nginx's files count after a reload, of processes' files after a restart; a reload with a mistake keeps what is
/// loaded and prints nginx's own words.
#[test]
fn what_a_program_reads_counts_when_it_is_read_anew() {
    let (world, actions) = (World::course(), course::pieces::find("summary").expect("figure 5").actions());
    let cases = [
        (Program::Nginx, "/etc/nginx/conf.d/backend.conf", "localhost:3001", "localhost:3009"),
        (Program::Nginx, "certificates", "DNS:backend-demo", "DNS:another"),
        (Program::Processes, "ecosystem.config.js", "PORT: 3001", "PORT: 3009"),
    ];
    for (program, document, from, to) in cases {
        let edited = world.with_edit(document, from, to);
        assert!(program.is_behind(&edited, &world), "{document}");
        let outcome = |loaded: &World| play_loaded(&edited, loaded, &actions).outcomes.last().cloned();
        assert_eq!(outcome(&world), play(&world, &actions).outcomes.last().cloned(), "{document} before");
        let (loaded, printed) = program.load(&edited, &world, &actions);
        assert!(!program.is_behind(&edited, &loaded), "{document}: {printed}");
        assert_eq!(outcome(&loaded), play(&edited, &actions).outcomes.last().cloned(), "{document} afterwards");
        assert_ne!(outcome(&loaded), outcome(&world), "{document}");
    }
    let wrong = world.with_edit("/etc/nginx/conf.d/backend.conf", "proxy_pass", "proxy_pas");
    let (loaded, printed) = Program::Nginx.load(&wrong, &world, &actions);
    assert_eq!(loaded, world);
    assert!(
        printed.contains("#813: unknown directive \"proxy_pas\" in /etc/nginx/conf.d/backend.conf:17\n"),
        "{printed}"
    );
    assert!(printed.contains("Job for nginx.service failed."), "{printed}");
}
