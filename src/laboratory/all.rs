//! Run them all: hundreds of situations from a seed, one after the other, in this very browser.

use super::run::{self, Done, run};
use super::{form, state};
use browser::place;
use course::html::escape;
use std::cell::RefCell;
use trial::compare::agree;
use trial::generate::generate;
use trial::setting::Setting;

thread_local! {
    /// Those in which prediction and browser differ.
    static DIFFERENCES: RefCell<Vec<(usize, Setting, Done)>> = const { RefCell::new(Vec::new()) };
}

/// Most at once.
const MOST: usize = 5_000;

/// Where they are started.
pub fn controls() -> String {
    "<section class=\"lab-all\"><h2>Run them all</h2>\
     <p>Situations by chance, from a seed: each is predicted, done by this browser, and compared. The same seed gives the same \
     situations everywhere.</p>\
     <p class=\"pick\"><label>How many <input name=\"count\" value=\"500\" inputmode=\"numeric\"></label> \
     <label>Seed <input name=\"seed\" value=\"1\" inputmode=\"numeric\"></label> \
     <button data-do=\"all\">Run them all</button> <button data-do=\"stop\">Stop</button></p>\
     <div class=\"all-progress\"></div><div class=\"all-table\" role=\"region\" aria-label=\"How they agree\"></div></section>"
        .to_owned()
}

/// How the trials of one kind came out.
#[derive(Clone, Debug, Default)]
struct Tally {
    /// What was predicted.
    kind: String,
    done: usize,
    agreed: usize,
    differ: Vec<usize>,
}

/// Runs them all.
pub async fn all() {
    let Some(lab) = state::with(Clone::clone) else { return };
    if !state::take() {
        return;
    }
    let count = place::value("count").trim().parse().unwrap_or(500).clamp(1, MOST);
    let seed: u64 = place::value("seed").trim().parse().unwrap_or(1);
    DIFFERENCES.set(Vec::new());
    place::fill(".all-table", "");
    let (mut tallies, mut skipped): (Vec<Tally>, Vec<String>) = (Vec::new(), Vec::new());
    let mut done = 0;
    for (number, setting) in generate(seed, count).into_iter().enumerate() {
        if state::stopped() || state::with(|_| ()).is_none() {
            break;
        }
        let setting = setting.fill(&lab.origins);
        match run(&lab, &setting, |_| {}).await {
            Ok(trial) => note(&mut tallies, number, setting, trial),
            Err(words) => skipped.push(format!("{}: {words}", number + 1)),
        }
        done = number + 1;
        if done % 10 == 0 || done == count {
            place::fill(".all-progress", &progress(done, count));
        }
    }
    tallies.sort_by(|a, b| a.kind.cmp(&b.kind));
    place::fill(".all-progress", &progress(done, count));
    place::fill(".all-table", &table(&tallies, &skipped, &lab.browser, (seed, done)));
    state::give_back();
}

fn note(tallies: &mut Vec<Tally>, number: usize, setting: Setting, done: Done) {
    let last = done.prediction.fetched.last();
    let kind = last.map_or_else(String::new, |fetched| {
        match fetched.refusal().and_then(|decision| decision.reason.as_ref()) {
            Some(reason) => [fetched.seen.word(), ": ", reason.name()].concat(),
            None => fetched.seen.word().to_owned(),
        }
    });
    let at = tallies.iter().position(|tally| tally.kind == kind).unwrap_or_else(|| {
        tallies.push(Tally { kind, ..Tally::default() });
        tallies.len() - 1
    });
    let tally = &mut tallies[at];
    tally.done += 1;
    if agree(&done.rows) {
        tally.agreed += 1;
    } else {
        tally.differ.push(number);
        DIFFERENCES.with_borrow_mut(|all| all.push((number, setting, done)));
    }
}

fn progress(done: usize, count: usize) -> String {
    format!(
        "<progress max=\"{count}\" value=\"{done}\" aria-label=\"Trials that were done\"></progress> <span>{done} of {count}</span>"
    )
}

fn table(tallies: &[Tally], skipped: &[String], browser: &str, (seed, done): (u64, usize)) -> String {
    let sum = |of: fn(&Tally) -> usize| tallies.iter().map(of).sum::<usize>();
    let (all, agreed) = (sum(|tally| tally.done), sum(|tally| tally.agreed));
    let row = |tally: &Tally| {
        let button = |number: &usize| format!("<button data-do=\"difference-{number}\">{}</button> ", number + 1);
        let differ: String = tally.differ.iter().map(button).collect();
        format!(
            "<tr class=\"{}\"><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{differ}</td></tr>",
            if tally.differ.is_empty() { "agrees" } else { "differs" },
            escape(&tally.kind),
            tally.done,
            tally.agreed
        )
    };
    let rows: String = tallies.iter().map(row).collect();
    let skipped = match skipped {
        [] => String::new(),
        some => format!("<p>Not done: {}</p>", escape(&some.join("; "))),
    };
    format!(
        "<p class=\"verdict {}\" data-agreed=\"{agreed}\" data-done=\"{all}\">{agreed} of {all} agree, in {}, seed {seed}, situations 1 to {done}.</p>\
         <div class=\"scrolls\" tabindex=\"0\" role=\"group\" aria-label=\"How they agree\"><table class=\"tally\"><thead><tr>\
         <th scope=\"col\">Predicted</th><th scope=\"col\">trials</th><th scope=\"col\">agree</th><th scope=\"col\">differ</th></tr></thead>\
         <tbody>{rows}</tbody></table></div>{skipped}",
        if agreed == all { "agrees" } else { "differs" },
        escape(browser)
    )
}

/// Opens one of the differences in the bench above.
pub fn open(number: usize) {
    let shown = state::with(|lab| {
        DIFFERENCES.with_borrow(|all| {
            let (_, setting, done) = all.iter().find(|(known, ..)| *known == number)?;
            place::fill(".trial-fields", &form::fields(setting, &lab.origins));
            place::fill(".trial-words", &format!("Situation {} of those by chance.", number + 1));
            run::show_all(setting, done, lab, "");
            Some(())
        })
    });
    if shown.flatten().is_some() {
        place::show(".trial-outcome");
    }
}
