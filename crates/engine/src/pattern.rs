//! Regular expressions as nginx has them: those of PCRE2 (pcre2pattern(3)), matched byte by byte with backtracking.
//!
//! What PCRE refuses is refused in its words; what it has and this module has not (recursion, conditions, verbs,
//! Unicode properties) is said by name. The crate regex-lite would add 22.6 KB (brotli) to the Wasm and has no
//! assertions and no references back. Matching takes a bounded number of steps.

mod emit;
mod parse;
mod run;

/// An expression, ready to be matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    ops: Vec<Op>,
    /// How many places are kept: two a group, then one a loop.
    slots: usize,
    /// How many groups there are, the whole match included.
    pub groups: usize,
    /// The names of groups, with their numbers.
    pub names: Vec<(String, usize)>,
}

/// Why an expression cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// PCRE refuses it: its message, and the offset at which it noticed.
    Refused(&'static str, usize),
    /// PCRE takes it, and this module does not.
    NotModelled(&'static str),
}

/// Matching took more steps than it may. PCRE gives up as well, after a number of steps of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

/// Where the groups matched, the whole match first.
pub type Captures = Vec<Option<(usize, usize)>>;

/// One step of a compiled expression.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Op {
    /// One byte out of a set.
    Set([u64; 4]),
    /// Goes on at the first place, and at the second if that fails.
    Split(usize, usize),
    Jump(usize),
    /// Notes the position in a slot.
    Save(usize),
    Assert(Assert),
    /// What stands up to `end` must match here, or must not; it takes no text.
    Look {
        negative: bool,
        end: usize,
    },
    /// What stands up to `end` matches once and for all.
    Atomic(usize),
    /// Goes back some bytes.
    Behind(usize),
    /// What a group matched comes again.
    Again(usize, bool),
    /// At the end of a loop: if it took no text since the slot was noted, the loop is over.
    Progress(usize),
    Match,
}

/// A condition on a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Assert {
    Start,
    End,
    EndOrNewline,
    LineStart,
    LineEnd,
    Word(bool),
}

/// The nodes of an expression as read.
#[derive(Clone, Debug)]
enum Node {
    Set([u64; 4]),
    Assert(Assert),
    Group(Box<Node>, Option<usize>),
    Cat(Vec<Node>),
    Alt(Vec<Node>),
    Repeat { node: Box<Node>, least: usize, most: Option<usize>, how: How },
    Look { node: Box<Node>, behind: bool, negative: bool },
    Atomic(Box<Node>),
    Again(usize, bool),
}

/// How a repetition goes about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    Greedy,
    Lazy,
    Possessive,
}

impl Pattern {
    /// Compiles an expression; `caseless` as `~*` asks for it.
    pub fn new(text: &str, caseless: bool) -> Result<Self, Fault> {
        let mut parser = parse::Parser::new(text, caseless);
        let node = parser.whole()?;
        let groups = parser.groups + 1;
        let mut emitter = emit::Emitter { ops: Vec::new(), slots: groups * 2 };
        emitter.node(&node)?;
        emitter.push(Op::Match)?;
        Ok(Self { ops: emitter.ops, slots: emitter.slots, groups, names: parser.names })
    }

    /// The first match in `text`.
    pub fn find(&self, text: &str) -> Result<Option<Captures>, TooLong> {
        run::find(self, text.as_bytes())
    }
}

const fn has(set: &[u64; 4], byte: u8) -> bool {
    set[(byte >> 6) as usize] >> (byte & 63) & 1 == 1
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[cfg(test)]
mod tests;
