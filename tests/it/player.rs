//! The player: every sequence of cues up to length five, over a real score.

use course::drawings::drawing;
use course::pieces::{PIECES, find};
use diagram::figure::Point;
use diagram::layout::Form;
use engine::world::World;
use stage::plot::Act;
use stage::touch::{self, Touched};
use stage::{Captions, Cue, Playhead, Plot, Score, respond};
use std::collections::{BTreeMap, BTreeSet};

fn score() -> Score {
    let piece = find("summary").expect("figure 5 plays");
    let world = World::course();
    let trace = course::play(&world, &piece.actions());
    Score::new(&Plot::of(&trace, &piece.cast), &Captions::parse(piece.captions))
}

/// Every cue: seek to start, middle and end of each beat, three paces, ticks of a frame and of a second.
fn cues(score: &Score) -> Vec<Cue> {
    let mut cues = vec![
        Cue::Play,
        Cue::Pause,
        Cue::Step,
        Cue::StepBack,
        Cue::Next,
        Cue::Previous,
        Cue::Replay,
        Cue::Arrive,
        Cue::Rate(50),
        Cue::Rate(100),
        Cue::Rate(400),
        Cue::Tick(16),
        Cue::Tick(1_000),
    ];
    for beat in &score.beats {
        cues.extend([Cue::Seek(beat.begin), Cue::Seek(u32::midpoint(beat.begin, beat.end)), Cue::Seek(beat.end)]);
    }
    cues
}

/// What must hold of every head, whatever was asked.
fn check(before: Playhead, cue: Cue, after: Playhead, score: &Score) {
    let say = || format!("{before:?} {cue:?} -> {after:?}");
    assert!(after.at <= score.length, "past the end: {}", say());
    assert!(after.until.is_none_or(|until| after.at < until && until <= score.length), "runs nowhere: {}", say());
    assert_eq!(after, respond(before, cue, score), "not pure: {}", say());
    let rests = after.at == 0 || score.beats.iter().any(|beat| beat.end == after.at);
    match cue {
        Cue::Step => {
            let from = before.until.filter(|until| *until < score.length).unwrap_or(before.at);
            let goal = after.until.unwrap_or(after.at);
            assert!(goal > from || from >= score.length, "a step stands still: {}", say());
            assert!(score.beats.iter().any(|beat| beat.end == goal), "a step ends between beats: {}", say());
            assert!(after.at >= before.at, "a step goes back: {}", say());
        }
        Cue::StepBack => {
            assert!(rests && !after.playing(), "back, but not at rest: {}", say());
            assert!(after.at < before.at || before.at == 0, "back, but not back: {}", say());
        }
        Cue::Pause => assert!(!after.playing() && after.at == before.at, "{}", say()),
        Cue::Tick(_) => assert!(after.at >= before.at && (before.playing() || after == before), "{}", say()),
        Cue::Seek(at) => assert_eq!((after.at, after.until), (at.min(score.length), None), "{}", say()),
        Cue::Rate(_) => assert_eq!((after.at, after.until), (before.at, before.until), "{}", say()),
        Cue::Next => assert!(after.at > before.at || before.at == score.length, "{}", say()),
        Cue::Previous => assert!(after.at < before.at || before.at == 0, "{}", say()),
        Cue::Play => assert!(after.playing() || score.length == 0, "{}", say()),
        Cue::Replay | Cue::Go(_) | Cue::Arrive => {}
    }
}

#[test]
fn every_sequence_of_cues_up_to_length_five() {
    let score = score();
    let cues = cues(&score);
    // What a cue does depends on the head alone. So each head that is reached after some cues stands for all the sequences
    // that reach it; it is tried with every cue, and the sequences are counted to show that none is left out.
    let mut heads = BTreeMap::from([(Playhead::default(), 1_u64)]);
    let mut tried = BTreeSet::new();
    let mut sequences = 0_u64;
    for _ in 0..5 {
        let mut next = BTreeMap::new();
        for (head, ways) in &heads {
            let first = tried.insert(*head);
            for cue in &cues {
                let after = respond(*head, *cue, &score);
                if first {
                    check(*head, *cue, after, &score);
                }
                sequences += ways;
                *next.entry(after).or_insert(0) += ways;
            }
        }
        heads = next;
    }
    let count = cues.len() as u64;
    assert_eq!(sequences, (1..=5).map(|length| count.pow(length)).sum::<u64>());
}

#[test]
fn stepping_there_and_back_rests_at_the_same_places() {
    let score = score();
    let mut head = Playhead::default();
    let mut rests = vec![head.at];
    for _ in &score.beats {
        head = respond(respond(head, Cue::Step, &score), Cue::Arrive, &score);
        rests.push(head.at);
    }
    assert_eq!(head.at, score.length);
    for rest in rests.iter().rev().skip(1) {
        head = respond(head, Cue::StepBack, &score);
        assert_eq!(head.at, *rest);
    }
}

/// Whoever points at an arrow's words, or at its line, means that arrow; at each press the next message along it opens, and
/// after the last one the first again. What is not in the run opens nothing.
#[test]
fn what_is_pointed_at_opens_in_turn() {
    for piece in &PIECES {
        let trace = course::play(&World::course(), &piece.actions());
        let plot = Plot::of(&trace, &piece.cast);
        let score = Score::new(&plot, &Captions::parse(piece.captions));
        for form in [Form::Wide, Form::Tall] {
            let figure = drawing(piece.figure, form);
            for (arrow, edge) in figure.edges.iter().enumerate() {
                if let Some(words) = &edge.label {
                    assert_eq!(touch::at(&figure, words.at), Some(Touched::Arrow(arrow)), "{} {arrow}", piece.name);
                }
                let lit = |event: usize| piece.cast.arrows(&figure, &plot.steps[event]).contains(&arrow);
                let beats = score.beats.iter().filter(|beat| (beat.first..=beat.last).any(lit)).count();
                let open = |now| touch::next(Touched::Arrow(arrow), (&plot, &score), &figure, &piece.cast, now);
                let mut seen = BTreeSet::new();
                let mut now = None;
                for _ in 0..beats {
                    let Some((beat, event)) = open(now) else {
                        panic!("{} {arrow} is lit and does not open", piece.name)
                    };
                    let beat_of = score.beats[beat];
                    assert!(
                        (beat_of.first..=beat_of.last).contains(&event),
                        "{} {arrow}: {event} in {beat}",
                        piece.name
                    );
                    assert!((beat_of.first..=beat_of.last).any(lit), "{} {arrow}: nothing in {beat}", piece.name);
                    seen.insert(beat);
                    now = Some(beat_of.last);
                }
                assert_eq!(seen.len(), beats, "{} {arrow}: each once", piece.name);
                assert_eq!(open(now).is_some(), beats > 0, "{} {arrow}", piece.name);
                assert_eq!(
                    open(now).map(|(beat, _)| beat),
                    seen.first().copied(),
                    "{} {arrow}: from the start",
                    piece.name
                );
            }
            for (node, drawn) in figure.nodes.iter().enumerate() {
                let found = touch::at(&figure, drawn.label.at);
                assert_eq!(found, Some(Touched::Node(node)), "{} {}", piece.name, drawn.id);
            }
            assert_eq!(touch::at(&figure, Point { x: -20.0, y: -20.0 }), None);
        }
    }
}

/// The nine messages of the like button, as they open one after the other.
#[test]
fn the_messages_of_the_like_button_open() {
    let piece = find("like-button").expect("figure 7");
    let trace = course::play(&World::course(), &piece.actions());
    let plot = Plot::of(&trace, &piece.cast);
    let score = Score::new(&plot, &Captions::parse(piece.captions));
    let figure = drawing(7, Form::Wide);
    let opened = (0..figure.edges.len()).map(|arrow| {
        let (beat, event) =
            touch::next(Touched::Arrow(arrow), (&plot, &score), &figure, &piece.cast, None).expect("each is lit");
        let said = match &plot.steps[event].act {
            Act::Travel { told, .. } => told.line.clone(),
            Act::Decide { verdict, .. } => verdict.words.to_string(),
        };
        format!("{} {said}\n", beat + 1)
    });
    expect_test::expect![[r#"
        1 backend-demo.senus.doxyz. IN A ?
        2 POST /posts/2/like HTTP/1.1
        3 Parse SELECT user_id FROM sessions WHERE token = $1 AND expires_at > now(), Bind $1='ada-7f3c', Describe, Execute, Sync
        4 Query BEGIN
        6 CommandComplete INSERT 0 1, ReadyForQuery T
        7 Parse SELECT user_id FROM posts WHERE id = $1, Bind $1='2', Describe, Execute, Sync
        12 POST /send/9f02 HTTP/1.1
        15 HTTP/1.1 200 OK
        17 shows: Liked: 2 likes
    "#]].assert_eq(&opened.collect::<String>());
}
