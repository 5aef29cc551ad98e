//! Protocol Buffers (protobuf.dev, "Language Guide (proto 3)" and "Encoding"): the description in a `.proto` file, and
//! messages as they lie on the wire. With it the five bytes that gRPC puts before each message.
//!
//! It reads messages of whole numbers, texts, truth values and other messages, and services with one question and one
//! answer a call. It does not know floating point numbers, maps, `oneof`, enumerations and imports; a file that has them
//! says so.

mod read;
mod wire;

use crate::problem::Problem;
pub use read::parse;
pub use wire::{decode, encode, framed, unframed};

/// A `.proto` file as read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proto {
    /// The package: `demo`.
    pub package: String,
    /// The services.
    pub services: Vec<Service>,
    /// The messages.
    pub messages: Vec<Message>,
    /// What is wrong with the text, or not modelled.
    pub problems: Vec<Problem>,
}

/// `service Users { … }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its name: `Users`.
    pub name: String,
    /// `rpc Get (UserRequest) returns (User);`: name, message asked with, message answered with, line.
    pub methods: Vec<(String, String, String, u32)>,
}

/// `message User { … }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its name.
    pub name: String,
    /// Its fields.
    pub fields: Vec<Field>,
}

/// `repeated string name = 2;`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its type, as written.
    pub kind: String,
    /// Its number, which stands for the name on the wire.
    pub number: u32,
    /// Whether it may stand there several times.
    pub repeated: bool,
    /// The line.
    pub line: u32,
}

impl Proto {
    /// A message by its name, with or without the package.
    pub fn message(&self, name: &str) -> Option<&Message> {
        let bare = name.rsplit('.').next().unwrap_or(name);
        self.messages.iter().find(|message| message.name == bare)
    }

    /// The messages of a method by its path, `/demo.Users/Get`: the one asked with, and the one answered with.
    pub fn method(&self, path: &str) -> Option<(&str, &str)> {
        let (service, method) = path.strip_prefix('/')?.split_once('/')?;
        let bare = match self.package.as_str() {
            "" => service,
            package => service.strip_prefix(package)?.strip_prefix('.')?,
        };
        let service = self.services.iter().find(|known| known.name == bare)?;
        service.methods.iter().find(|(name, ..)| name == method).map(|(_, asks, answers, _)| (&**asks, &**answers))
    }
}
