//! What happens: the request-flow engine.
//!
//! `World` (what is written down) + `State` (what has happened) + actions → `Trace` + the next `State`.
//! It knows no picture, no clock, no dice and no page: time and seed are arguments, and every verdict
//! names the line of configuration, the rule or the step of a standard that decided it.
//!
//! Reading order: [`time`], [`place`], [`message`], [`trace`], [`world`], [`state`], [`journey`].
//!
//! The layers are leaves: each takes its part of the configuration and a message, and returns a small verdict with its
//! basis. They know neither time nor trace. Names and addresses: [`dns`]. Packets: [`firewall`], [`network`],
//! [`sockets`]. Phones: [`phones`]. TLS: [`tls`]. nginx: [`proxy`]. The application: [`processes`], [`app`]. The browser's own: [`url`],
//! [`pages`], and what it lets a page's script ask and read: [`browser`]. Frames and messages: [`websocket`], [`http2`],
//! [`protobuf`]. The instance's terminal: [`shell`].

pub mod app;
pub mod browser;
pub mod database;
pub mod digest;
pub mod dns;
pub mod firewall;
pub mod head;
pub mod http2;
pub mod journey;
pub mod literal;
pub mod message;
pub mod network;
pub mod page;
pub mod pages;
pub mod pattern;
pub mod phones;
pub mod place;
pub mod problem;
pub mod processes;
pub mod protobuf;
pub mod proxy;
pub mod record;
pub mod shell;
pub mod sockets;
pub mod state;
pub mod text;
pub mod time;
pub mod tls;
pub mod trace;
pub mod url;
pub mod websocket;
pub mod world;
