//! The two figures that are about numbers. They are played by a simulation of thousands of clients and by a model of
//! machines, not by the engine.

/// A figure that is played by numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number {
    /// The stable name: `pool`.
    pub name: &'static str,
    /// The figure.
    pub figure: u8,
}

/// Both.
pub const NUMBERS: [Number; 2] = [Number { name: "pool", figure: 14 }, Number { name: "devices", figure: 15 }];

/// The one on this figure.
pub fn of_figure(figure: u8) -> Option<&'static Number> {
    NUMBERS.iter().find(|number| number.figure == figure)
}
