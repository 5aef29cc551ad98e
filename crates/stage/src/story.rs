//! The run as text: the same content as the moving figure, for everybody who reads or listens.

use crate::captions::Captions;
use crate::plot::{Act, Plot, Step};
use crate::score::Score;
use engine::time::Micros;
use engine::trace::{Basis, Ruling};

/// A beat as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paragraph {
    /// The stable name that links use: the slug of the beat's first step.
    pub name: String,
    /// The caption, or the first line's words where the piece has none.
    pub caption: String,
    /// What happened, one line an event.
    pub lines: Vec<Line>,
}

/// An event as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When, in simulated time since the first step.
    pub at: Micros,
    /// Who sent it to whom, or who decided.
    pub who: String,
    /// What was sent, or what was decided.
    pub words: String,
    /// The kind of decision; `None` for a message.
    pub ruling: Option<Ruling>,
    /// Because of what; `None` for a message.
    pub because: Option<Basis>,
}

/// The whole run as text, one paragraph a beat.
pub fn story(plot: &Plot, score: &Score, captions: &Captions) -> Vec<Paragraph> {
    let zero = plot.steps.first().map_or(Micros::ZERO, |step| step.start);
    let paragraph = |beat: &crate::score::Beat| {
        let lines: Vec<Line> = plot.steps[beat.first..=beat.last].iter().map(|step| line(step, zero)).collect();
        let caption = match beat.caption {
            Some(caption) => captions.words(caption).to_owned(),
            None => lines.first().map(|line| format!("{}: {}", line.who, line.words)).unwrap_or_default(),
        };
        Paragraph { name: beat_name(plot, beat, captions), caption, lines }
    };
    score.beats.iter().map(paragraph).collect()
}

/// The name of a beat in links: its caption's name, which never changes with the wording.
pub fn beat_name(plot: &Plot, beat: &crate::score::Beat, captions: &Captions) -> String {
    match beat.caption {
        Some(caption) => captions.slug(caption).to_owned(),
        None => plot.steps[beat.first].slug(),
    }
}

/// The beat that a link means: by the name of its caption or of any step in it, with or without its hop, or by its number
/// from 1.
pub fn find(plot: &Plot, score: &Score, captions: &Captions, name: &str) -> Option<usize> {
    if let Ok(number) = name.parse::<usize>() {
        return (1..=score.beats.len()).contains(&number).then(|| number - 1);
    }
    let said = |beat: &crate::score::Beat| beat.caption.is_some_and(|caption| captions.slug(caption) == name);
    if let Some(beat) = score.beats.iter().position(said) {
        return Some(beat);
    }
    let step = plot.steps.iter().position(|step| step.slug() == name || step.name == name)?;
    Some(score.events[step].beat)
}

fn line(step: &Step, zero: Micros) -> Line {
    let at = step.end - zero;
    match &step.act {
        Act::Travel { from, to, told } => {
            Line { at, who: format!("{from} → {to}"), words: told.line.clone(), ruling: None, because: None }
        }
        Act::Decide { at: place, verdict, basis } => Line {
            at,
            who: place.to_string(),
            words: verdict.words.clone().into_owned(),
            ruling: Some(verdict.ruling),
            because: Some(basis.clone()),
        },
    }
}
