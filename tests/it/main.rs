//! One binary for every test that needs no browser. One module a subject.

mod journey;
mod world;
mod course;
mod player;
mod tidy;
mod figures;
mod parse;
