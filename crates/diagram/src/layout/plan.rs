//! Before any size is known: on which level of nested groups an arrow runs, and which of its ends is
//! upstream there. Cycles are broken in source order: the arrow that closes one runs against the flow.

use std::collections::BTreeSet;

use crate::parse::{Edge, Flowchart};

/// What stands on a level: a node, or a whole group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Member {
    Node(usize),
    Group(usize),
}

/// The diagram with its arrows assigned to levels.
pub(super) struct Plan<'a> {
    pub chart: &'a Flowchart,
    pub edges: Vec<Edge>,
    /// This many of the edges are the diagram's own; the rest are extra.
    pub own: usize,
    /// The innermost group that holds both ends.
    pub level: Vec<Option<usize>>,
    /// The arrow leaves its upstream end: it runs with the flow.
    pub forward: Vec<bool>,
    /// The members of the page (first) and of each group, in source order.
    pub members: Vec<Vec<Member>>,
}

impl<'a> Plan<'a> {
    /// `reverse` lets everything flow the other way (`BT`, `RL`).
    pub fn new(chart: &'a Flowchart, extra: Vec<Edge>, reverse: bool) -> Self {
        let own = chart.edges.len();
        let mut edges = chart.edges.clone();
        edges.extend(extra);
        let mut members = vec![Vec::new(); chart.groups.len() + 1];
        for (i, node) in chart.nodes.iter().enumerate() {
            let mut inner = Member::Node(i);
            let mut at = node.group;
            loop {
                let list: &mut Vec<Member> = &mut members[at.map_or(0, |g| g + 1)];
                if list.contains(&inner) {
                    break;
                }
                list.push(inner);
                let Some(group) = at else { break };
                inner = Member::Group(group);
                at = chart.groups[group].parent;
            }
        }
        for (g, group) in chart.groups.iter().enumerate() {
            let list = &mut members[group.parent.map_or(0, |g| g + 1)];
            if !list.contains(&Member::Group(g)) {
                list.push(Member::Group(g));
            }
        }
        let mut plan = Plan { chart, edges, own, level: Vec::new(), forward: Vec::new(), members };
        plan.level = plan.edges.iter().map(|edge| plan.common(edge.from, edge.to)).collect();
        plan.forward = vec![!reverse; plan.edges.len()];
        for level in 0..plan.members.len() {
            plan.orient(level.checked_sub(1), reverse);
        }
        plan
    }

    /// The groups around a node, innermost first.
    pub fn around(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        let mut at = self.chart.nodes[node].group;
        std::iter::from_fn(move || {
            let group = at?;
            at = self.chart.groups[group].parent;
            Some(group)
        })
    }

    fn common(&self, a: usize, b: usize) -> Option<usize> {
        let of_b: BTreeSet<usize> = self.around(b).collect();
        self.around(a).find(|group| of_b.contains(group))
    }

    /// The member of `level` that is or holds a node.
    pub fn member(&self, level: Option<usize>, node: usize) -> Option<Member> {
        let mut inner = Member::Node(node);
        let mut at = self.chart.nodes[node].group;
        while at != level {
            let group = at?;
            inner = Member::Group(group);
            at = self.chart.groups[group].parent;
        }
        Some(inner)
    }

    pub fn members_of(&self, level: Option<usize>) -> &[Member] {
        &self.members[level.map_or(0, |g| g + 1)]
    }

    /// The edges that run on a level between two of its members: edge, tail's member, head's member.
    fn between(&self, level: Option<usize>) -> Vec<(usize, usize, usize)> {
        let members = self.members_of(level);
        let place = |node| members.iter().position(|m| Some(*m) == self.member(level, node));
        let on = (0..self.edges.len()).filter(|e| self.level[*e] == level);
        on.filter_map(|e| Some((e, place(self.edges[e].from)?, place(self.edges[e].to)?)))
            .filter(|(_, a, b)| a != b)
            .collect()
    }

    fn orient(&mut self, level: Option<usize>, reverse: bool) {
        let all = self.between(level);
        let n = self.members_of(level).len();
        let flow = |a: usize, b: usize| if reverse { (b, a) } else { (a, b) };
        let own: Vec<(usize, usize, usize)> = all
            .iter()
            .filter(|(e, ..)| *e < self.own)
            .map(|&(e, a, b)| {
                let (a, b) = flow(a, b);
                (e, a, b)
            })
            .collect();
        let order = finish_order(n, &own);
        for &(e, a, b) in &own {
            self.forward[e] = (order[a] < order[b]) != reverse;
        }
        // Extra arrows follow the order that the diagram's own arrows made.
        let mut ranks = vec![0usize; n];
        let mut sorted: Vec<usize> = (0..n).collect();
        sorted.sort_by_key(|i| order[*i]);
        for &i in &sorted {
            for &(_, a, b) in &own {
                let (a, b) = if order[a] < order[b] { (a, b) } else { (b, a) };
                if a == i {
                    ranks[b] = ranks[b].max(ranks[a] + 1);
                }
            }
        }
        for &(e, a, b) in all.iter().filter(|(e, ..)| *e >= self.own) {
            self.forward[e] = (ranks[a], order[a]) < (ranks[b], order[b]);
        }
    }
}

/// A numbering in which every edge that closes no cycle ascends: depth first, sources first, source order.
fn finish_order(n: usize, edges: &[(usize, usize, usize)]) -> Vec<usize> {
    let mut next = vec![Vec::new(); n];
    let mut entered = vec![0usize; n];
    for &(_, a, b) in edges {
        next[a].push(b);
        entered[b] += 1;
    }
    let mut order = vec![usize::MAX; n];
    let mut seen = vec![false; n];
    let mut left = n;
    let starts = (0..n).filter(|i| entered[*i] == 0).chain(0..n);
    for start in starts.collect::<Vec<_>>() {
        if seen[start] {
            continue;
        }
        seen[start] = true;
        let mut stack = vec![(start, 0)];
        while let Some((at, i)) = stack.pop() {
            if let Some(&to) = next[at].get(i) {
                stack.push((at, i + 1));
                if !seen[to] {
                    seen[to] = true;
                    stack.push((to, 0));
                }
            } else {
                left -= 1;
                order[at] = left;
            }
        }
    }
    order
}
