//! Simulated time. Nothing in this crate asks what time it is: the time is always an argument.

use core::fmt;
use core::ops::{Add, AddAssign, Sub};

/// A moment or a span of simulated time, in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Micros(pub u64);

impl Micros {
    /// The beginning of time, and the span of no length.
    pub const ZERO: Self = Self(0);

    /// A span of whole milliseconds.
    pub const fn millis(ms: u64) -> Self {
        Self(ms * 1_000)
    }

    /// A span of whole seconds.
    pub const fn seconds(s: u64) -> Self {
        Self(s * 1_000_000)
    }
}

impl Add for Micros {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Micros {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Micros {
    type Output = Self;
    /// Saturates at zero: a span is never negative.
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl fmt::Display for Micros {
    /// As a person would say it, rounded to a tenth: `850 µs`, `42.1 ms`, `60.0 s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            us if us < 1_000 => write!(f, "{us} µs"),
            us if us < 999_950 => write!(f, "{}.{} ms", (us + 50) / 1_000, (us + 50) % 1_000 / 100),
            us => write!(f, "{}.{} s", (us + 50_000) / 1_000_000, (us + 50_000) % 1_000_000 / 100_000),
        }
    }
}
