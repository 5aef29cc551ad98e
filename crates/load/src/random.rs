//! Chance from a seed: the same on every machine, to the bit.
//!
//! The generator is SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014, with the
//! constants of Vigna's `splitmix64.c`). Logarithms and powers come from the crate `libm`, for those of the platforms
//! differ in their last bits. It makes no secrets.

/// A stream of numbers.
#[derive(Clone, Debug)]
pub struct Random(u64);

/// The golden ratio's bits, by which the state goes on.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// Stirs a number, so that numbers close to each other come out far apart.
pub fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

impl Random {
    /// The stream as Vigna's program begins it.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// One of several streams of a seed that have nothing to do with each other: arrivals, work, pauses.
    pub fn stream(seed: u64, which: u64) -> Self {
        Self(mix(mix(seed).wrapping_add(which.wrapping_mul(GOLDEN))))
    }

    /// The next 64 bits.
    #[inline]
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// A number from 0 to just below 1, in steps of 2⁻⁵³.
    #[inline]
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    /// A whole number from 0 to `most`, both included; `most` is less than 2³².
    pub fn up_to(&mut self, most: u64) -> u64 {
        ((self.bits() >> 32) * (most + 1)) >> 32
    }

    /// A number of the exponential distribution with mean 1, at most 36.8.
    #[inline]
    pub fn exponential(&mut self) -> f64 {
        -libm::log(1.0 - self.unit())
    }

    /// A number of the Pareto distribution with this shape, cut to the span from `least` to `most` (the bounded Pareto
    /// distribution, by inversion).
    pub fn pareto(&mut self, shape: f64, least: f64, most: f64) -> f64 {
        let tail = 1.0 - libm::pow(least / most, shape);
        least / libm::pow(1.0 - self.unit() * tail, 1.0 / shape)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_gives_the_numbers_of_the_published_one() {
        // From splitmix64.c, begun with 1234567.
        let mut random = Random::new(1_234_567);
        let first = [0; 5].map(|_: i32| random.bits());
        let published = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
            4_593_380_528_125_082_431,
            16_408_922_859_458_223_821,
        ];
        assert_eq!(first, published);
    }

    #[test]
    fn means_are_as_asked() {
        let mut random = Random::stream(1, 2);
        let mean = |draw: &mut dyn FnMut() -> f64| (0..1_000_000).map(|_| draw()).sum::<f64>() / 1e6;
        assert!((mean(&mut || random.unit()) - 0.5).abs() < 0.002);
        assert!((mean(&mut || random.exponential()) - 1.0).abs() < 0.005);
        // The bounded Pareto's mean with shape 2 between 1 and 100: 2·(1 − 1/100)/(1 − 1/100²).
        let pareto = 2.0 * (1.0 - 0.01) / (1.0 - 0.0001);
        assert!((mean(&mut || random.pareto(2.0, 1.0, 100.0)) - pareto).abs() < 0.02);
        assert!((mean(&mut || random.up_to(10) as f64) - 5.0).abs() < 0.02);
    }
}
