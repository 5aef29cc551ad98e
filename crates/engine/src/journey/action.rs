//! What people do.

use super::Timed;
use crate::browser::request::{Credentials, Mode};
use crate::time::Micros;
use core::net::Ipv4Addr;

/// Something that somebody does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// A person opens a URL in the browser.
    Open(String),
    /// A person opens a page, the browser loads everything that it names, and somebody clicks its button so long after the
    /// beginning, if at all.
    Load {
        /// The page's address.
        url: String,
        /// When its button is clicked.
        click: Option<Micros>,
    },
    /// The browser looks the host of a URL up and opens a TCP connection to it, and sends nothing on it: what a page asks
    /// for with `rel=preconnect` (HTML standard, "Link type preconnect"), before any TLS.
    Reach(String),
    /// Somebody runs a command on the instance.
    Command(String),
    /// Somebody tries to open a TCP connection to a port of the instance's public address, and sends nothing on it.
    Connect {
        /// The address it comes from, as the internet sees it.
        from: Ipv4Addr,
        /// The port.
        port: u16,
    },
    /// Time passes.
    Wait(Micros),
    /// Somebody else does this, at another address, in a browser of their own.
    From(Ipv4Addr, Box<Action>),
    /// A script of the site's own page asks for something.
    Fetch(Fetch),
    /// A script of the site's own page opens a WebSocket, says these things a second apart, and closes it so long after the
    /// last of them.
    Socket {
        /// The address, `wss://…`.
        url: String,
        /// What is said.
        say: Vec<String>,
        /// How long the socket stays open when everything has been said.
        hold: Micros,
    },
    /// Somebody on the laptop calls a method of a gRPC service.
    Call {
        /// The server and the method: `https://backend-demo.senus.doxyz/demo.Users/Get`.
        url: String,
        /// What is asked, as JSON: `{ "id": 1 }`.
        message: String,
        /// Who.
        by: Caller,
    },
    /// Several people do something at once, each so long after the beginning: pages that are opened, and commands.
    Together(Vec<Timed>),
    /// Somebody presses something in the app on a phone.
    Press {
        /// Whose phone: a name of the document `phones`.
        phone: String,
        /// What is pressed.
        what: Press,
    },
}

/// What is pressed in the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Press {
    /// The heart below a post that is empty: a like.
    Like(u32),
    /// The heart that is filled: the like is taken back.
    Unlike(u32),
    /// The feed is opened.
    Feed,
    /// The own profile is opened.
    Profile,
    /// A message is written to another user.
    Write {
        /// The user's number.
        to: u32,
        /// What.
        text: String,
    },
    /// Nothing that the app has a button for: its user makes it ask for this path.
    Look(String),
    /// The same with `POST`.
    Send(String),
}

/// Who calls a method.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Caller {
    /// A program of its own, with a library of gRPC.
    #[default]
    Program,
    /// A script of the site's own page, which sends the same bytes with `fetch`.
    Page,
    /// The same with a library of gRPC-Web.
    Web,
}

/// What a script gives to `fetch` (Fetch standard, 2026-07): `fetch(url, { method, headers, body })`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fetch {
    /// The URL.
    pub url: String,
    /// The method, as the script writes it.
    pub method: String,
    /// The headers that the script sets.
    pub headers: Vec<(String, String)>,
    /// The body as text; empty where there is none.
    pub body: String,
    /// Whose script asks. None: that of a page of the URL's own origin, which is open already.
    pub from: Option<Script>,
}

/// A script of any page, and what else it gives to `fetch` (Fetch standard of 2026-06): `{ mode, credentials }`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    /// The address of the page. It is opened first, unless it is open already.
    pub page: String,
    /// Whether other origins are asked, and read.
    pub mode: Mode,
    /// To whom cookies go.
    pub credentials: Credentials,
}

impl Action {
    /// What is done, whoever does it; and at which other address, where it is somebody else.
    pub fn apart(&self) -> (&Self, Option<Ipv4Addr>) {
        match self {
            Self::From(address, what) => (what, Some(*address)),
            own => (own, None),
        }
    }

    /// The address that a browser is asked for, where it is.
    pub fn url(&self) -> Option<&str> {
        match self {
            Self::Open(url)
            | Self::Load { url, .. }
            | Self::Reach(url)
            | Self::Socket { url, .. }
            | Self::Call { url, .. } => Some(url),
            Self::Fetch(fetch) => Some(&fetch.url),
            Self::From(_, what) => what.url(),
            Self::Command(_) | Self::Connect { .. } | Self::Wait(_) | Self::Together(_) | Self::Press { .. } => None,
        }
    }
}
