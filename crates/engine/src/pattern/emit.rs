//! From an expression as read to the steps that match it.

use super::{Fault, How, Node, Op};

pub(super) struct Emitter {
    pub ops: Vec<Op>,
    pub slots: usize,
}

/// More steps than this and the expression is refused, as PCRE refuses what grows too large.
const LARGEST: usize = 20_000;

impl Emitter {
    pub fn push(&mut self, op: Op) -> Result<usize, Fault> {
        if self.ops.len() >= LARGEST {
            return Err(Fault::Refused("regular expression is too large", 0));
        }
        self.ops.push(op);
        Ok(self.ops.len() - 1)
    }

    pub fn node(&mut self, node: &Node) -> Result<(), Fault> {
        match node {
            Node::Set(set) => self.push(Op::Set(*set)).map(drop),
            Node::Assert(assert) => self.push(Op::Assert(*assert)).map(drop),
            Node::Again(group, caseless) => self.push(Op::Again(*group, *caseless)).map(drop),
            Node::Group(node, None) => self.node(node),
            Node::Group(node, Some(number)) => {
                self.push(Op::Save(number * 2))?;
                self.node(node)?;
                self.push(Op::Save(number * 2 + 1)).map(drop)
            }
            Node::Cat(nodes) => nodes.iter().try_for_each(|node| self.node(node)),
            Node::Alt(nodes) => self.alternatives(nodes, false),
            Node::Repeat { node, least, most, how: How::Possessive } => {
                self.apart(Op::Atomic(0), |this| this.repeat(node, *least, *most, false))
            }
            Node::Repeat { node, least, most, how } => self.repeat(node, *least, *most, *how == How::Lazy),
            Node::Look { node, behind, negative } => {
                self.apart(Op::Look { negative: *negative, end: 0 }, |this| match (behind, &**node) {
                    (false, node) => this.node(node),
                    (true, Node::Alt(nodes)) => this.alternatives(nodes, true),
                    (true, node) => this.alternatives(core::slice::from_ref(node), true),
                })
            }
            Node::Atomic(node) => self.apart(Op::Atomic(0), |this| this.node(node)),
        }
    }

    /// A part that is matched on its own, between `op` and a `Match`.
    fn apart(&mut self, op: Op, inside: impl FnOnce(&mut Self) -> Result<(), Fault>) -> Result<(), Fault> {
        let at = self.push(op)?;
        inside(self)?;
        let after = self.push(Op::Match)? + 1;
        match &mut self.ops[at] {
            Op::Look { end, .. } | Op::Atomic(end) => *end = after,
            _ => {}
        }
        Ok(())
    }

    fn alternatives(&mut self, nodes: &[Node], behind: bool) -> Result<(), Fault> {
        let mut jumps = Vec::new();
        for (i, node) in nodes.iter().enumerate() {
            let split = (i + 1 < nodes.len()).then(|| self.push(Op::Split(0, 0))).transpose()?;
            if behind {
                let width = width(node).ok_or(Fault::Refused("lookbehind assertion is not fixed length", 0))?;
                self.push(Op::Behind(width))?;
            }
            self.node(node)?;
            if let Some(split) = split {
                jumps.push(self.push(Op::Jump(0))?);
                self.ops[split] = Op::Split(split + 1, self.ops.len());
            }
        }
        let end = self.ops.len();
        jumps.into_iter().for_each(|at| self.ops[at] = Op::Jump(end));
        Ok(())
    }

    fn repeat(&mut self, node: &Node, least: usize, most: Option<usize>, lazy: bool) -> Result<(), Fault> {
        (0..least).try_for_each(|_| self.node(node))?;
        let fork = |split: usize, out: usize| if lazy { Op::Split(out, split + 1) } else { Op::Split(split + 1, out) };
        let Some(most) = most else {
            let slot = self.slots;
            self.slots += 1;
            let split = self.push(Op::Split(0, 0))?;
            self.push(Op::Save(slot))?;
            self.node(node)?;
            self.push(Op::Progress(slot))?;
            let out = self.push(Op::Jump(split))? + 1;
            self.ops[split] = fork(split, out);
            return Ok(());
        };
        let mut splits = Vec::new();
        for _ in least..most {
            splits.push(self.push(Op::Split(0, 0))?);
            self.node(node)?;
        }
        let out = self.ops.len();
        splits.into_iter().for_each(|split| self.ops[split] = fork(split, out));
        Ok(())
    }
}

/// How many bytes a node takes, if always the same number.
fn width(node: &Node) -> Option<usize> {
    match node {
        Node::Set(_) => Some(1),
        Node::Assert(_) | Node::Look { .. } => Some(0),
        Node::Group(node, _) | Node::Atomic(node) => width(node),
        Node::Cat(nodes) => nodes.iter().try_fold(0usize, |sum, node| sum.checked_add(width(node)?)),
        Node::Alt(nodes) => {
            let first = width(nodes.first()?)?;
            nodes.iter().all(|node| width(node) == Some(first)).then_some(first)
        }
        Node::Repeat { node, least, most, .. } if Some(*least) == *most => width(node)?.checked_mul(*least),
        Node::Repeat { .. } | Node::Again(..) => None,
    }
}
