//! One binary for every test that needs no browser. One module a subject.

mod journey;
