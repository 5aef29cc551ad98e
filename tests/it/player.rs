//! The player: every sequence of cues up to length five, over a real score.

use course::pieces::find;
use engine::world::World;
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
