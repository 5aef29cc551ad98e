//! What the bundled server does in its demonstration directory and with its own process (docs/sandbox.md).
//!
//! What lies in the directory stands here, so that the page can say beforehand what will be read.

/// Something that the server does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Op {
    /// Reads a file.
    Read,
    /// Lists the directory.
    List,
    /// Tries to read a file outside it.
    Climb,
    /// Appends a line to a log.
    Log,
    /// Reads its environment.
    Environment,
    /// Looks at its own process.
    Process,
    /// Opens a raw TCP connection, to itself.
    Socket,
}

/// What lies in the directory at the beginning: names and contents.
pub const FILES: [(&str, &str); 3] = [
    ("hello.txt", "This file lies on the disk of the machine that runs the server.\n"),
    ("secret.env", "DATABASE_PASSWORD=not-a-real-one\n"),
    ("notes/todo.txt", "Write a log. Read the environment. Ask nobody.\n"),
];

/// The log's name in the directory.
pub const LOG: &str = "access.log";

impl Op {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Read, Self::List, Self::Climb, Self::Log, Self::Environment, Self::Process, Self::Socket];

    /// Method and address.
    pub fn request(self) -> (&'static str, &'static str) {
        match self {
            Self::Read => ("GET", "/sandbox/file?path=hello.txt"),
            Self::List => ("GET", "/sandbox/directory?path="),
            Self::Climb => ("GET", "/sandbox/file?path=../../etc/passwd"),
            Self::Log => ("POST", "/sandbox/log"),
            Self::Environment => ("GET", "/sandbox/environment"),
            Self::Process => ("GET", "/sandbox/process"),
            Self::Socket => ("POST", "/sandbox/socket"),
        }
    }

    /// What is sent.
    pub fn body(self) -> Option<&'static str> {
        match self {
            Self::Log => Some("{\"line\":\"somebody read page 5.1\"}"),
            Self::Socket => Some("{}"),
            _ => None,
        }
    }

    /// The status that is predicted.
    pub fn status(self) -> u16 {
        match self {
            Self::Climb => 403,
            _ => 200,
        }
    }

    /// What is predicted, in a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Read => "reads hello.txt and sends its text",
            Self::List => "lists its demonstration directory",
            Self::Climb => "refuses: ../../etc/passwd leads out of its directory",
            Self::Log => "appends a line to access.log",
            Self::Environment => "names its variables",
            Self::Process => "tells its own process’s number, threads and memory",
            Self::Socket => "opens a TCP connection and exchanges bytes that are no HTTP",
        }
    }
}
