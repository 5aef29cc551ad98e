//! How often which length of time came, in memory that does not grow: exact below a bound, above it in steps of an equal
//! share of the value, as HdrHistogram does.

use engine::time::Micros;

/// A histogram that tells lengths of time apart that differ by one part in 2 to the `bits`.
#[derive(Clone, Debug)]
pub struct Histogram {
    bits: u32,
    /// Grows up to the longest that came: (64 − bits) · 2 to the `bits` at most.
    counts: Vec<u32>,
    count: u64,
    sum: u64,
    most: u64,
}

impl Histogram {
    /// Nothing yet. 7 bits tell apart what differs by 0.8 %, in at most 29 KB; 5 bits 3 %, in at most 8 KB.
    pub fn new(bits: u32) -> Self {
        Self { bits, counts: Vec::new(), count: 0, sum: 0, most: 0 }
    }

    #[inline]
    fn place(&self, value: u64) -> usize {
        let shift = (63 - (value | 1).leading_zeros()).saturating_sub(self.bits);
        ((shift as usize) << self.bits) + (value >> shift) as usize
    }

    /// The largest value that is counted in this place.
    fn end(&self, place: usize) -> u64 {
        let shift = (place >> self.bits).saturating_sub(1) as u32;
        let low = (place - ((shift as usize) << self.bits)) as u64;
        // The last place of all ends where numbers end.
        low.wrapping_add(1).wrapping_shl(shift).wrapping_sub(1)
    }

    /// One more.
    #[inline]
    pub fn add(&mut self, value: u64) {
        let place = self.place(value);
        if place >= self.counts.len() {
            self.counts.resize(place + 1, 0);
        }
        self.counts[place] = self.counts[place].saturating_add(1);
        self.count += 1;
        self.sum = self.sum.saturating_add(value);
        self.most = self.most.max(value);
    }

    /// Everything of another histogram as well, which must be as fine.
    pub fn merge(&mut self, other: &Self) {
        debug_assert!(self.bits == other.bits, "equally fine");
        if other.counts.len() > self.counts.len() {
            self.counts.resize(other.counts.len(), 0);
        }
        for (mine, theirs) in self.counts.iter_mut().zip(&other.counts) {
            *mine = mine.saturating_add(*theirs);
        }
        self.count += other.count;
        self.sum = self.sum.saturating_add(other.sum);
        self.most = self.most.max(other.most);
    }

    /// How many came.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The sum of all, exact.
    pub fn sum(&self) -> u64 {
        self.sum
    }

    /// The longest, exact.
    pub fn most(&self) -> Micros {
        Micros(self.most)
    }

    /// The mean, exact but for the fraction of a microsecond.
    pub fn mean(&self) -> Micros {
        Micros(self.sum.checked_div(self.count).unwrap_or(0))
    }

    /// The length that so many hundred-thousandths did not exceed: 50,000 is the median, 99,900 what one in a thousand
    /// exceeds. Too long by the width of a step at most. Nothing where nothing came.
    pub fn percentile(&self, hundred_thousandths: u32) -> Option<Micros> {
        let share = u128::from(hundred_thousandths.min(100_000));
        let rank = (u128::from(self.count) * share).div_ceil(100_000).max(1) as u64;
        let mut so_far = 0;
        for (place, &count) in self.counts.iter().enumerate() {
            so_far += u64::from(count);
            if so_far >= rank {
                return Some(Micros(self.end(place).min(self.most)));
            }
        }
        None
    }

    /// Steps in which something came: the largest value of each, and how many; to be drawn.
    pub fn steps(&self) -> impl Iterator<Item = (Micros, u32)> {
        let filled = self.counts.iter().enumerate().filter(|(_, count)| **count > 0);
        filled.map(|(place, &count)| (Micros(self.end(place)), count))
    }

    /// Memory that it takes, in bytes.
    pub fn bytes(&self) -> usize {
        self.counts.capacity() * size_of::<u32>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_lies_in_a_step_that_is_narrow_enough() {
        let histogram = Histogram::new(5);
        let mut values: Vec<u64> = (0..10_000).collect();
        values.extend((13..64).flat_map(|bit| [(1 << bit) - 1, 1 << bit, (1 << bit) + (1 << (bit - 2))]));
        values.push(u64::MAX);
        let mut last = None;
        values.sort_unstable();
        for value in values {
            let place = histogram.place(value);
            let end = histogram.end(place);
            assert!(end >= value && end - value <= value / 32, "{value} in {place}, up to {end}");
            assert_eq!(histogram.place(end), place);
            assert!(last <= Some(place));
            last = Some(place);
        }
        assert_eq!(last, Some(60 * 32 - 1));
    }

    #[test]
    fn percentiles_are_those_of_the_sorted_list() {
        let mut random = crate::random::Random::new(3);
        let mut list: Vec<u64> = (0..10_001).map(|_| (random.exponential() * 5_000.0) as u64).collect();
        let mut histogram = Histogram::new(7);
        let mut halves = [Histogram::new(7), Histogram::new(7)];
        for (at, &value) in list.iter().enumerate() {
            histogram.add(value);
            halves[at % 2].add(value);
        }
        list.sort_unstable();
        let [mut merged, other] = halves;
        merged.merge(&other);
        for share in [0, 1, 1_000, 50_000, 90_000, 99_000, 99_900, 100_000] {
            let rank = (list.len() * share as usize).div_ceil(100_000).max(1);
            let (exact, got) = (list[rank - 1], histogram.percentile(share).expect("some").0);
            assert!(got >= exact && got - exact <= exact / 128, "{share}: {got} and {exact}");
            assert_eq!(merged.percentile(share).map(|it| it.0), Some(got));
        }
        assert_eq!(histogram.sum(), list.iter().sum());
        assert_eq!(Histogram::new(7).percentile(50_000), None);
    }
}
