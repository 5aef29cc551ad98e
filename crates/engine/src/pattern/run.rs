//! Matching: one path at a time, with a stack of the places to come back to.

use super::{Assert, Captures, Op, Pattern, TooLong, has, is_word};

/// PCRE's own limit is ten million of its steps (`pcre2_set_match_limit`); a page cannot wait that long.
const MOST_STEPS: u32 = 2_000_000;
/// The most places to come back to.
const MOST_PLACES: usize = 200_000;

/// What is undone when a path fails.
enum Back {
    /// Try again here.
    Place(usize, usize),
    /// A slot was this before.
    Slot(usize, Option<usize>),
}

struct Run<'a> {
    ops: &'a [Op],
    text: &'a [u8],
    slots: Vec<Option<usize>>,
    steps: u32,
}

pub(super) fn find(pattern: &Pattern, text: &[u8]) -> Result<Option<Captures>, TooLong> {
    let mut run = Run { ops: &pattern.ops, text, slots: vec![None; pattern.slots], steps: 0 };
    let anchored = matches!(pattern.ops.first(), Some(Op::Assert(Assert::Start)));
    let starts = if anchored { 0 } else { text.len() };
    for start in 0..=starts {
        if let Some(end) = run.from(0, start)? {
            run.slots[0] = Some(start);
            run.slots[1] = Some(end);
            let group = |pair: &[Option<usize>]| pair[0].zip(pair[1]);
            return Ok(Some(run.slots[..pattern.groups * 2].chunks(2).map(group).collect()));
        }
    }
    Ok(None)
}

impl Run<'_> {
    /// Matches from the step `pc` on at `at`, up to the next `Match`: where it ends.
    fn from(&mut self, mut pc: usize, mut at: usize) -> Result<Option<usize>, TooLong> {
        let mut stack: Vec<Back> = Vec::new();
        loop {
            self.steps += 1;
            if self.steps > MOST_STEPS || stack.len() > MOST_PLACES {
                return Err(TooLong);
            }
            let mut goes_on = true;
            match &self.ops[pc] {
                Op::Match => return Ok(Some(at)),
                Op::Set(set) => {
                    goes_on = self.text.get(at).is_some_and(|byte| has(set, *byte));
                    at += 1;
                    pc += 1;
                }
                Op::Split(first, second) => {
                    stack.push(Back::Place(*second, at));
                    pc = *first;
                }
                Op::Jump(to) => pc = *to,
                Op::Save(slot) => {
                    stack.push(Back::Slot(*slot, self.slots[*slot]));
                    self.slots[*slot] = Some(at);
                    pc += 1;
                }
                Op::Progress(slot) => pc += if self.slots[*slot] == Some(at) { 2 } else { 1 },
                Op::Assert(assert) => {
                    goes_on = self.holds(*assert, at);
                    pc += 1;
                }
                Op::Behind(width) => match at.checked_sub(*width) {
                    Some(before) => {
                        at = before;
                        pc += 1;
                    }
                    None => goes_on = false,
                },
                Op::Again(group, caseless) => match (self.slots[group * 2], self.slots[group * 2 + 1]) {
                    (Some(from), Some(to)) => {
                        let length = to.saturating_sub(from);
                        let same = |a: &[u8], b: &[u8]| if *caseless { a.eq_ignore_ascii_case(b) } else { a == b };
                        goes_on = self.text.get(at..at + length).is_some_and(|t| same(t, &self.text[from..to]));
                        at += length;
                        pc += 1;
                    }
                    _ => goes_on = false,
                },
                Op::Atomic(end) | Op::Look { end, .. } => {
                    let look = matches!(self.ops[pc], Op::Look { .. });
                    let negative = matches!(self.ops[pc], Op::Look { negative: true, .. });
                    let before = self.slots.clone();
                    let inside = self.from(pc + 1, at)?;
                    if negative || inside.is_none() {
                        self.slots.clone_from(&before);
                    }
                    for (slot, old) in before.into_iter().enumerate() {
                        if self.slots[slot] != old {
                            stack.push(Back::Slot(slot, old));
                        }
                    }
                    goes_on = inside.is_some() != negative;
                    at = if look { at } else { inside.unwrap_or(at) };
                    pc = *end;
                }
            }
            while !goes_on {
                match stack.pop() {
                    None => return Ok(None),
                    Some(Back::Slot(slot, old)) => self.slots[slot] = old,
                    Some(Back::Place(step, place)) => (pc, at, goes_on) = (step, place, true),
                }
            }
        }
    }

    fn holds(&self, assert: Assert, at: usize) -> bool {
        let word = |at: Option<usize>| at.and_then(|at| self.text.get(at)).is_some_and(|byte| is_word(*byte));
        let newline = |at: usize| self.text.get(at) == Some(&b'\n');
        match assert {
            Assert::Start => at == 0,
            Assert::End => at == self.text.len(),
            Assert::EndOrNewline => at == self.text.len() || (at + 1 == self.text.len() && newline(at)),
            Assert::LineStart => at == 0 || newline(at - 1),
            Assert::LineEnd => at == self.text.len() || newline(at),
            Assert::Word(wanted) => (word(at.checked_sub(1)) != word(Some(at))) == wanted,
        }
    }
}
