//! One binary for every test that needs no browser. One module a subject.

mod attached;
mod bounds;
mod compare;
mod course;
mod dns;
mod figures;
mod firewall;
mod hostile;
mod journey;
mod lines;
mod links;
mod oracles;
mod page;
mod parse;
mod player;
mod processes;
mod protocols;
mod proxy;
mod remedy;
mod remember;
mod seeing;
mod shell;
mod syntax;
mod terminal;
mod tidy;
mod world;
