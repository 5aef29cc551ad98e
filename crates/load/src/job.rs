//! A piece of work as a backend does it: from all orders of a shop, what each customer has spent, and who spent most.
//!
//! It is real work: the page runs it, the server runs it, and what [`device`](crate::device) says of other machines is
//! computed from what it counts here. It goes on in steps, says how far it is, and is dropped to cancel it. Memory that
//! cannot be had ends it with a word, not with a crash.
//!
//! The orders are read (here: made up from a seed), sorted by customer and day by merging runs twice as long each time,
//! added up, and ranked. An operation is one order or customer taken and put somewhere. How many there are, how much
//! memory is held, and how many cores could help at each stage follows from the number of orders alone: [`need`](crate::need).

use crate::need::{RECORD, Size, need, operations};
use crate::random::{Random, mix};

/// How many of the best customers are told.
pub const BEST: usize = 100;

#[derive(Clone, Copy)]
struct Order {
    /// Customer and day: what is sorted by.
    key: u64,
    cents: u64,
}

/// An order, by its number. Everybody has placed one; who has placed the others is chance.
#[inline]
fn order(size: Size, nth: usize, chance: &mut Random) -> Order {
    let customers = u64::from(size.customers);
    let customer = if (nth as u64) < customers { nth as u64 } else { chance.up_to(customers - 1) };
    let bits = chance.bits();
    Order { key: (customer << 32) | ((bits >> 40) % 365), cents: 1 + bits % 100_000 }
}

/// The orders as they are read: customer, day, cents.
pub fn orders(size: Size, seed: u64) -> impl Iterator<Item = (u32, u32, u64)> {
    let (size, mut chance) = (size.sound(), Random::stream(seed, 4));
    (0..size.orders as usize).map(move |nth| {
        let Order { key, cents } = order(size, nth, &mut chance);
        ((key >> 32) as u32, key as u32, cents)
    })
}

/// What is known of a customer at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Customer {
    /// Its number.
    pub number: u32,
    /// How many orders it has placed.
    pub orders: u32,
    /// What it has spent.
    pub cents: u64,
}

/// What came out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// What all have spent.
    pub cents: u64,
    /// How many customers there are.
    pub customers: u32,
    /// Those who spent most, the first first.
    pub best: Vec<Customer>,
}

/// How far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// So many operations are done, of so many.
    Going(u64, u64),
    /// So many bytes more could not be had.
    OutOfMemory(u64),
    /// Done.
    Done(Report),
}

/// Where it stands.
enum At {
    Read,
    /// Runs of this length are merged in pairs; of the pair that begins at `pair`, this much is taken from either.
    Merge {
        run: usize,
        pair: usize,
        left: usize,
        right: usize,
    },
    AddUp,
    Rank,
    Done,
}

/// The work as it goes on.
pub struct Job {
    size: Size,
    chance: Random,
    orders: Vec<Order>,
    other: Vec<Order>,
    customers: Vec<Customer>,
    report: Report,
    at: At,
    /// Operations within the stage.
    next: usize,
    done: u64,
    all: u64,
    held: u64,
    most_held: u64,
}

impl Job {
    /// The work at its beginning.
    pub fn new(size: Size, seed: u64) -> Self {
        Self {
            size: size.sound(),
            chance: Random::stream(seed, 4),
            orders: Vec::new(),
            other: Vec::new(),
            customers: Vec::new(),
            report: Report::default(),
            at: At::Read,
            next: 0,
            done: 0,
            all: operations(&need(size)),
            held: 0,
            most_held: 0,
        }
    }

    /// Goes on for about so many operations.
    pub fn advance(&mut self, operations: u64) -> Progress {
        let end = self.done.saturating_add(operations.max(1));
        while self.done < end {
            let budget = usize::try_from(end - self.done).unwrap_or(usize::MAX);
            let step = match self.at {
                At::Read => self.read(budget),
                At::Merge { .. } => Ok(self.merge(budget)),
                At::AddUp => self.add_up(budget),
                At::Rank => Ok(self.rank(budget)),
                At::Done => return Progress::Done(self.report.clone()),
            };
            match step {
                Ok(operations) => self.done += operations as u64,
                Err(bytes) => return Progress::OutOfMemory(bytes),
            }
        }
        Progress::Going(self.done, self.all)
    }

    /// Operations that were done.
    pub fn done(&self) -> u64 {
        self.done
    }

    /// The most bytes that it held at once.
    pub fn most_held(&self) -> u64 {
        self.most_held
    }

    fn hold<T>(&mut self, list: &mut Vec<T>, count: usize) -> Result<(), u64> {
        let bytes = (count * size_of::<T>()) as u64;
        list.try_reserve_exact(count).map_err(|_| bytes)?;
        self.held += bytes;
        self.most_held = self.most_held.max(self.held);
        Ok(())
    }

    fn read(&mut self, budget: usize) -> Result<usize, u64> {
        let all = self.size.orders as usize;
        let mut orders = std::mem::take(&mut self.orders);
        if self.next == 0 {
            self.hold(&mut orders, all)?;
        }
        let step = budget.min(all - self.next);
        orders.extend((self.next..self.next + step).map(|nth| order(self.size, nth, &mut self.chance)));
        self.orders = orders;
        self.next += step;
        if self.next == all {
            self.next = 0;
            self.at = At::Merge { run: 1, pair: 0, left: 0, right: 0 };
            if all > 1 {
                let mut other = Vec::new();
                self.hold(&mut other, all)?;
                self.other = other;
            }
        }
        Ok(step)
    }

    fn merge(&mut self, budget: usize) -> usize {
        let At::Merge { run, mut pair, mut left, mut right } = self.at else { return 0 };
        let all = self.orders.len();
        if run >= all {
            self.held -= self.other.capacity() as u64 * RECORD;
            self.other = Vec::new();
            self.at = At::AddUp;
            return 0;
        }
        let mut moved = 0;
        while moved < budget && pair < all {
            let (middle, end) = ((pair + run).min(all), (pair + 2 * run).min(all));
            let (one, two) = (&self.orders[pair..middle], &self.orders[middle..end]);
            let step = (budget - moved).min(end - pair - left - right);
            for _ in 0..step {
                let from_left = match (one.get(left), two.get(right)) {
                    (Some(a), Some(b)) => a.key <= b.key,
                    (a, _) => a.is_some(),
                };
                if from_left {
                    self.other.push(one[left]);
                    left += 1;
                } else {
                    self.other.push(two[right]);
                    right += 1;
                }
            }
            moved += step;
            if pair + left + right == end {
                (pair, left, right) = (end, 0, 0);
            }
        }
        self.at = At::Merge { run, pair, left, right };
        if pair == all {
            std::mem::swap(&mut self.orders, &mut self.other);
            self.other.clear();
            self.at = At::Merge { run: 2 * run, pair: 0, left: 0, right: 0 };
        }
        moved
    }

    fn add_up(&mut self, budget: usize) -> Result<usize, u64> {
        let mut customers = std::mem::take(&mut self.customers);
        if self.next == 0 && !self.orders.is_empty() {
            self.hold(&mut customers, self.size.customers as usize)?;
        }
        let step = budget.min(self.orders.len() - self.next);
        for order in &self.orders[self.next..self.next + step] {
            let number = (order.key >> 32) as u32;
            match customers.last_mut() {
                Some(last) if last.number == number => {
                    last.orders += 1;
                    last.cents += order.cents;
                }
                _ => customers.push(Customer { number, orders: 1, cents: order.cents }),
            }
            self.report.cents += order.cents;
        }
        self.customers = customers;
        self.next += step;
        if self.next == self.orders.len() {
            self.report.customers = self.customers.len() as u32;
            self.next = 0;
            self.at = At::Rank;
        }
        Ok(step)
    }

    fn rank(&mut self, budget: usize) -> usize {
        let step = budget.min(self.customers.len() - self.next);
        let best = &mut self.report.best;
        for customer in &self.customers[self.next..self.next + step] {
            if best.len() < BEST || best.last().is_some_and(|last| last.cents < customer.cents) {
                let place = best.partition_point(|other| other.cents >= customer.cents);
                best.insert(place, *customer);
                best.truncate(BEST);
            }
        }
        self.next += step;
        if self.next == self.customers.len() {
            (self.orders, self.customers) = (Vec::new(), Vec::new());
            self.held = 0;
            self.at = At::Done;
        }
        step
    }
}

impl Report {
    /// One number for all that came out.
    pub fn digest(&self) -> u64 {
        let best = self.best.iter().flat_map(|it| [u64::from(it.number), u64::from(it.orders), it.cents]);
        best.fold(mix(self.cents ^ u64::from(self.customers)), |digest, part| mix(digest ^ part))
    }
}
