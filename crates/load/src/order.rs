//! Where things wait for their moment. Every moment is a pair, the time and a running number: what was arranged first
//! happens first where times are equal, so a run has one order and no other.
//!
//! Nearly everything that waits in this model waits equally long as all others of its kind (a timeout, a way through the
//! network). Such things need no heap: who came first is due first.

use std::collections::VecDeque;

/// When something is due: microseconds, and the running number of the arrangement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Due {
    /// Microseconds of simulated time.
    pub at: u64,
    /// What was arranged first has the lower number.
    pub number: u64,
}

impl Due {
    /// Whether it comes before the other. As `<` does, but it is nearly always known by the times alone.
    #[inline]
    pub fn is_before(self, other: Self) -> bool {
        self.at < other.at || (self.at == other.at && self.number < other.number)
    }
}

/// Never.
pub const NEVER: Due = Due { at: u64::MAX, number: u64::MAX };

/// A way that takes equally long for everybody: first in, first out, and nobody leaves before its end.
#[derive(Clone, Debug)]
pub struct Lane<T> {
    on_it: VecDeque<(Due, T)>,
    /// When the first of them arrives, at hand because it is asked at every event.
    next: Due,
}

impl<T> Default for Lane<T> {
    fn default() -> Self {
        Self { on_it: VecDeque::new(), next: NEVER }
    }
}

impl<T: Copy> Lane<T> {
    /// Sends something that arrives then. No earlier than what was sent before it.
    #[inline]
    pub fn send(&mut self, due: Due, what: T) {
        debug_assert!(self.on_it.back().is_none_or(|(last, _)| *last <= due), "a lane has one order");
        if self.on_it.is_empty() {
            self.next = due;
        }
        self.on_it.push_back((due, what));
    }

    /// When the next one arrives.
    #[inline]
    pub fn due(&self) -> Due {
        self.next
    }

    /// Memory that it takes, in bytes.
    pub fn bytes(&self) -> usize {
        self.on_it.capacity() * size_of::<(Due, T)>()
    }

    /// The next one arrives.
    #[inline]
    pub fn arrive(&mut self) -> Option<T> {
        let (_, what) = self.on_it.pop_front()?;
        self.next = self.on_it.front().map_or(NEVER, |(due, _)| *due);
        Some(what)
    }
}

/// No place in a slab.
pub const NONE: u32 = u32::MAX;
/// The predecessor of what stands in no line.
const OUT: u32 = u32::MAX - 1;

#[derive(Clone, Copy, Debug)]
struct Link {
    due: Due,
    before: u32,
    after: u32,
}

/// A line of numbered things, in which everybody waits equally long, and from whose middle one may leave.
#[derive(Clone, Debug)]
pub struct Line {
    links: Vec<Link>,
    first: u32,
    last: u32,
    len: u32,
}

impl Default for Line {
    fn default() -> Self {
        Self { links: Vec::new(), first: NONE, last: NONE, len: 0 }
    }
}

impl Line {
    /// Joins at the end; it must not stand in this line already.
    #[inline]
    pub fn join(&mut self, who: u32, due: Due) {
        let place = who as usize;
        if place >= self.links.len() {
            self.links.resize(place + 1, Link { due: NEVER, before: OUT, after: NONE });
        }
        debug_assert!(self.links[place].before == OUT, "stands there already");
        self.links[place] = Link { due, before: self.last, after: NONE };
        match self.last {
            NONE => self.first = who,
            last => self.links[last as usize].after = who,
        }
        self.last = who;
        self.len += 1;
    }

    /// Leaves; false if it did not stand in this line.
    #[inline]
    pub fn leave(&mut self, who: u32) -> bool {
        let Some(link) = self.links.get_mut(who as usize).filter(|link| link.before != OUT) else {
            return false;
        };
        let Link { before, after, .. } = *link;
        link.before = OUT;
        match before {
            NONE => self.first = after,
            before => self.links[before as usize].after = after,
        }
        match after {
            NONE => self.last = before,
            after => self.links[after as usize].before = before,
        }
        self.len -= 1;
        true
    }

    /// Who came first.
    #[inline]
    pub fn first(&self) -> Option<u32> {
        (self.first != NONE).then_some(self.first)
    }

    /// Who came last.
    #[inline]
    pub fn last(&self) -> Option<u32> {
        (self.last != NONE).then_some(self.last)
    }

    /// The first one leaves.
    #[inline]
    pub fn take_first(&mut self) -> Option<u32> {
        self.first().inspect(|&who| {
            self.leave(who);
        })
    }

    /// The last one leaves.
    #[inline]
    pub fn take_last(&mut self) -> Option<u32> {
        self.last().inspect(|&who| {
            self.leave(who);
        })
    }

    /// When the first one has waited long enough.
    #[inline]
    pub fn due(&self) -> Due {
        self.first().map_or(NEVER, |who| self.links[who as usize].due)
    }

    /// Until when somebody waits who stands in this line.
    pub fn until(&self, who: u32) -> Option<Due> {
        self.links.get(who as usize).filter(|link| link.before != OUT).map(|link| link.due)
    }

    /// How many wait.
    #[inline]
    pub fn len(&self) -> u32 {
        self.len
    }

    /// Whether nobody waits.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Memory that it takes, in bytes.
    pub fn bytes(&self) -> usize {
        self.links.capacity() * size_of::<Link>()
    }

    /// Everybody in order.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        let mut next = self.first;
        std::iter::from_fn(move || {
            let who = next;
            (who != NONE).then(|| {
                next = self.links[who as usize].after;
                who
            })
        })
    }
}

/// Things by number; a number that became free is given again.
#[derive(Clone, Debug)]
pub struct Slab<T> {
    all: Vec<T>,
    free: Vec<u32>,
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Self { all: Vec::new(), free: Vec::new() }
    }
}

impl<T> Slab<T> {
    /// Puts something in and says its number.
    #[inline]
    pub fn put(&mut self, what: T) -> u32 {
        match self.free.pop() {
            Some(place) => {
                self.all[place as usize] = what;
                place
            }
            None => {
                self.all.push(what);
                self.all.len() as u32 - 1
            }
        }
    }

    /// The number is free. What lay there stays to be read until another takes the place.
    #[inline]
    pub fn free(&mut self, place: u32) {
        self.free.push(place);
    }

    /// How many places there are, free ones included.
    pub fn places(&self) -> u32 {
        self.all.len() as u32
    }

    /// Memory that they take, in bytes.
    pub fn bytes(&self) -> usize {
        self.all.capacity() * size_of::<T>() + self.free.capacity() * size_of::<u32>()
    }

    /// How many are there.
    pub fn count(&self) -> usize {
        self.all.len() - self.free.len()
    }
}

impl<T> std::ops::Index<u32> for Slab<T> {
    type Output = T;
    #[inline]
    fn index(&self, place: u32) -> &T {
        &self.all[place as usize]
    }
}

impl<T> std::ops::IndexMut<u32> for Slab<T> {
    #[inline]
    fn index_mut(&mut self, place: u32) -> &mut T {
        &mut self.all[place as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_what_a_list_is() {
        // Every sequence of six: joining, leaving by number, from the front, from the back.
        for code in 0..8_u32.pow(6) {
            let (mut line, mut list) = (Line::default(), Vec::new());
            for step in 0..6_u32 {
                let what = code >> (3 * step) & 7;
                match what {
                    0..=2 if list.contains(&what) => {
                        assert!(line.leave(what));
                        list.retain(|&who| who != what);
                    }
                    0..=2 => {
                        line.join(what, Due { at: u64::from(step), number: 0 });
                        list.push(what);
                    }
                    3 => assert_eq!(line.take_first(), (!list.is_empty()).then(|| list.remove(0))),
                    4 => assert_eq!(line.take_last(), list.pop()),
                    _ => assert!(!line.leave(what)),
                }
                assert_eq!(line.iter().collect::<Vec<_>>(), list);
                assert_eq!((line.first(), line.last()), (list.first().copied(), list.last().copied()));
                assert_eq!(line.len() as usize, list.len());
            }
        }
    }
}
