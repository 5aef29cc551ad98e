//! Where an attempt is made. Everything that a prediction may depend on, and nothing that was seen of the attempt.

use crate::tokens::{Flags, parse};

/// Which browser, by what it says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Browser {
    /// Chromium, whose exceptions are predicted word for word (Chromium 156).
    Chromium,
    /// Another one: only whether something is reached is predicted.
    Other,
}

/// Where an attempt is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// Which browser.
    pub browser: Browser,
    /// Whether it is a secure context (Secure Contexts, W3C): HTTPS, or this very machine.
    pub secure: bool,
    /// The origin of the address from which the document came: `http://localhost:8080`.
    pub origin: String,
    /// The document was written into `srcdoc`, and has no address of its own.
    pub srcdoc: bool,
    /// What the sandbox forbids, that of the frame and those around it together.
    pub flags: Flags,
    /// An origin that is not ours: that of the other window, or empty where a frame in a sandbox takes its part.
    pub other: String,
    /// The address of the page around the frame, without a fragment.
    pub page: String,
    /// Somebody has just pressed something in this very document.
    pub pressed: bool,
    /// The page came from a public address, and not from this machine (Local Network Access).
    pub public: bool,
}

impl Context {
    /// An ordinary page of this origin, in a secure context.
    pub fn page(browser: Browser, origin: &str, other: &str) -> Self {
        Self {
            browser,
            secure: true,
            origin: origin.to_owned(),
            srcdoc: false,
            flags: Flags::default(),
            other: other.to_owned(),
            page: [origin, "/"].concat(),
            pressed: false,
            public: false,
        }
    }

    /// The same page in a frame with this attribute `sandbox`.
    pub fn sandboxed(self, attribute: &str) -> Self {
        Self { flags: parse(attribute).0, ..self }
    }

    /// The document's own origin, as it says it: `null` where it is opaque.
    pub fn own_origin(&self) -> &str {
        if self.flags.origin { "null" } else { &self.origin }
    }
}
