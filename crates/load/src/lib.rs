//! Thousands of clients: a pool of connections and the flood without one, and what a piece of work takes on which device.
//!
//! A discrete-event simulation. [`Setup`](setup::Setup) → [`PoolRun`](run::PoolRun), which goes on in steps and is the
//! same to the bit wherever it runs: time is whole microseconds, chance comes from a seed, logarithms from `libm`, and
//! events have one order. It knows no page, no clock, and nothing of the engine's trace: a run of a million clients has
//! counts, distributions and moments, and no steps to tell.
//!
//! Reading order: [`random`], [`traffic`], [`setup`], [`end`], [`database`], [`processor`], [`order`], [`run`], then what is
//! read off a run: [`gauge`], [`series`], [`histogram`], [`snapshot`], [`tell`]; both halves: [`both`]. Figure 15: [`job`],
//! [`need`], [`device`], [`fleet`].

pub mod bench;
pub mod both;
pub mod database;
pub mod device;
pub mod end;
pub mod fleet;
pub mod gauge;
pub mod histogram;
pub mod job;
pub mod matter;
pub mod need;
pub mod order;
pub mod processor;
pub mod random;
pub mod run;
pub mod series;
pub mod setup;
pub mod snapshot;
pub mod tell;
pub mod traffic;
