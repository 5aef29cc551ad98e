//! What will come of an attempt, and why: from the attempt and its context alone.
//!
//! The rules are those of the HTML standard (origins, sandboxing flags, transient activation), of Fetch (which schemes are
//! fetched), of Secure Contexts and of Permissions Policy, as read in July 2026; the words of exceptions are Chromium’s.

use crate::context::Context;
use crate::outcome::Outcome;
use crate::probes::{NO_FS, Probe};

/// How an attempt ends, in the words of the recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It works.
    Allowed,
    /// It can be tried, and is refused.
    Blocked,
    /// There is no such thing.
    Absent,
    /// It is refused only because nobody has pressed anything.
    NeedsGesture,
    /// A permission governs it.
    NeedsPermission,
    /// It works with a bound, or in part.
    Limited,
}

impl Verdict {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Blocked => "blocked",
            Self::Absent => "absent",
            Self::NeedsGesture => "needs-user-gesture",
            Self::NeedsPermission => "needs-permission",
            Self::Limited => "limited",
        }
    }

    /// The word on the page.
    pub fn words(self) -> &'static str {
        match self {
            Self::Allowed => "works",
            Self::Blocked => "refused",
            Self::Absent => "does not exist",
            Self::NeedsGesture => "only after a press",
            Self::NeedsPermission => "only with your permission",
            Self::Limited => "works in part",
        }
    }
}

/// What is predicted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prediction {
    /// How it ends.
    pub verdict: Verdict,
    /// What comes of it.
    pub outcome: Outcome,
    /// The rule that decides, in a sentence.
    pub because: &'static str,
}

fn said(verdict: Verdict, outcome: Outcome, because: &'static str) -> Prediction {
    Prediction { verdict, outcome, because }
}

fn works(outcome: Outcome, because: &'static str) -> Prediction {
    said(Verdict::Allowed, outcome, because)
}

fn refused(name: &str, message: impl Into<String>, because: &'static str) -> Prediction {
    said(Verdict::Blocked, Outcome::throws(name, message), because)
}

fn absent(name: &str, message: &str, because: &'static str) -> Prediction {
    said(Verdict::Absent, Outcome::throws(name, message), because)
}

const NO_AMBIENT: &str =
    "A page of the web fetches over HTTP, and from data: and blob: addresses; of file: it gets nothing.";
const NOT_THERE: &str =
    "It is no part of the platform: there is nothing that could be refused, only a name that means nothing.";
const ASKS_FIRST: &str = "Files are reached when a person picks them; a picker opens only after a press.";
const IN_PAGE: &str = "A page has its own document, and every script in it may change all of it.";
const OWN_STORE: &str = "Each origin has a store of its own.";
const OPAQUE: &str = "Its origin is opaque, equal to no other, so there is no store that could be its own.";
const SAME_ORIGIN: &str = "Another origin’s window shows next to nothing; that it is there, how many frames it has, and a way to send it messages.";

/// What will come of an attempt made there.
pub fn predict(probe: &Probe, context: &Context) -> Prediction {
    if context.flags.scripts {
        return said(Verdict::Blocked, Outcome::Silent, "Without allow-scripts, no script runs in the frame.");
    }
    let none = || said(Verdict::Blocked, Outcome::Silent, "");
    match probe.id {
        "read-file" | "read-directory" | "worker-file" => refused("TypeError", "Failed to fetch", NO_AMBIENT),
        "os-04" => {
            said(Verdict::Blocked, Outcome::text("stayed"), "A page of the web may not lead to a file: address.")
        }
        "os-06" => refused("TypeError", "Failed to fetch dynamically imported module: file:///etc/hosts", NO_AMBIENT),
        "os-08" => said(Verdict::Absent, Outcome::text("undefined,undefined"), NOT_THERE),
        "os-10" | "start-process" => absent("ReferenceError", "require is not defined", NOT_THERE),
        "environment" | "see-processes" | "worker-process" => {
            absent("ReferenceError", "process is not defined", NOT_THERE)
        }
        "os-11" => said(
            Verdict::Blocked,
            Outcome::Value(no_fs(context)),
            "The names mean nothing to a browser: neither is an address.",
        ),
        "os-12" => said(Verdict::Absent, Outcome::text("undefined,function,false"), NOT_THERE),
        "net-01" => said(
            Verdict::Absent,
            Outcome::text("undefined,undefined,undefined"),
            "Raw sockets exist only in isolated web apps; a page speaks HTTP, WebSocket, WebTransport and WebRTC.",
        ),
        "os-13" => picker("showOpenFilePicker", context),
        "os-14" => picker("showDirectoryPicker", context),
        "write-log" => picker("showSaveFilePicker", context),
        "pick" => works(
            Outcome::text("its text"),
            "A file that a person picks may be read: the browser denies access without asking, not access.",
        ),
        "opfs" | "os-20" | "frame-opfs" => own_files(probe, context),
        "keep-socket" => keep_socket(context),
        "net-06" => refused(
            "TypeError",
            "Failed to execute 'fetch' on 'Window': Request with GET/HEAD method cannot have body.",
            "Fetch: a request with GET or HEAD has no body.",
        ),
        "net-07" => said(
            Verdict::Limited,
            Outcome::text("x-ok,1"),
            "Fetch: Host, Cookie and Origin are forbidden request-headers; they are dropped without a word, the rest stays.",
        ),
        "net-16" => works(Outcome::text("hello,hi"), "Both are the page’s own data; no network is asked."),
        "dev-07" => device("USB", "usb", context),
        "dev-09" => device("HID", "hid", context),
        "dev-10" => full_screen(context),
        "dev-13" if context.secure => works(Outcome::text("function"), "Chromium offers it in secure contexts."),
        "dev-13" => said(Verdict::Absent, Outcome::text("undefined"), "Chromium offers it in secure contexts only."),
        "js-02" => works(
            Outcome::text("object"),
            "Chromium tells the size of the page’s own heap, roughly; not of the machine’s memory.",
        ),
        "dev-01" => denied(Outcome::text("error 1 User denied Geolocation")),
        "dev-03" => denied(Outcome::throws(
            "NotAllowedError",
            "Failed to execute 'readText' on 'Clipboard': Read permission denied.",
        )),
        "dev-04" => denied(Outcome::throws(
            "NotAllowedError",
            "Failed to execute 'writeText' on 'Clipboard': Write permission denied.",
        )),
        "dom-01" => works(Outcome::text("changed"), IN_PAGE),
        "worker-dom" => absent(
            "ReferenceError",
            "document is not defined",
            "A worker has no document: nothing on the page can be touched from it.",
        ),
        "worker-storage" => absent(
            "ReferenceError",
            "localStorage is not defined",
            "localStorage waits for the disk, so it is for windows alone.",
        ),
        "local-storage" | "sto-03" | "sto-02" | "sbx-03" => own_storage(probe, context),
        "indexed-db" | "worker-db" | "sbx-05" => database(context),
        "cookie" | "frame-cookie" | "sto-06" => cookie(probe, context),
        "dom-03" => said(Verdict::Blocked, Outcome::text("null"), SAME_ORIGIN),
        "dom-04" => foreign("document", "Window", context),
        "dom-05" => foreign("href", "Location", context),
        "dom-06" => foreign("localStorage", "Window", context),
        "dom-07" => works(Outcome::text("0,false,function"), SAME_ORIGIN),
        "dom-09" => refused(
            "SecurityError",
            "Failed to execute 'getImageData' on 'CanvasRenderingContext2D': The canvas has been tainted by cross-origin data.",
            "A picture of another origin may be shown, and not be read, unless its server allows it.",
        ),
        "dom-10" => {
            works(Outcome::Value("1".to_owned()), "A script runs as the page that fetched it, wherever it came from.")
        }
        "wrk-02" => said(
            Verdict::Blocked,
            Outcome::text(&foreign_worker(context)),
            "A worker’s script must be of the page’s own origin.",
        ),
        "wasm-01" => refused(
            "TypeError",
            "WebAssembly.instantiate(): Imports argument must be present and must be an object",
            "A module reaches what it imports and is given, and nothing else.",
        ),
        "sbx-02" => works(
            Outcome::text(&origins(context)),
            "Without allow-same-origin the frame’s origin is opaque, and says null.",
        ),
        "sbx-16" => works(
            Outcome::text(context.own_origin()),
            "A policy with the directive sandbox does to a page what the attribute does to a frame.",
        ),
        "sbx-07" => works(Outcome::text(context.own_origin()), "Who has an opaque origin fetches as null."),
        "sbx-08" if context.flags.origin => foreign("document", "Window", context),
        "sbx-08" => works(
            Outcome::text(&[&context.origin, ",true"].concat()),
            "It has the page’s origin, so the page is as open to it as itself.",
        ),
        "frame-undo" if context.flags.origin => refused(
            "TypeError",
            "Cannot read properties of null (reading 'getAttribute')",
            "Across origins a frame does not see the element that holds it.",
        ),
        "frame-undo" => works(
            Outcome::text("undone"),
            "With scripts and the page’s own origin, it reaches the element that holds it, and can take the attribute away: no sandbox at all.",
        ),
        "sbx-13" => {
            works(Outcome::text(context.own_origin()), "A blob has the origin of who made it, and its worker, too.")
        }
        "sbx-15" => works(Outcome::Value("2".to_owned()), "A sandbox forbids no eval; a policy may."),
        "frame-form" if context.flags.forms => said(
            Verdict::Blocked,
            Outcome::Value("0".to_owned()),
            "Without allow-forms, submitting does nothing: the event is not even sent.",
        ),
        "frame-form" => works(Outcome::Value("1".to_owned()), "With allow-forms, the form is submitted."),
        "frame-top" => top(context),
        "frame-popup" => popup(context),
        "frame-modal" if context.flags.modals => said(
            Verdict::Blocked,
            Outcome::Value("false".to_owned()),
            "Without allow-modals, no dialog opens: it is as if you had said no.",
        ),
        "frame-modal" => works(
            Outcome::Value("true".to_owned()),
            "With allow-modals, the dialog opens, and you answer (predicted: OK).",
        ),
        "frame-download" => works(
            Outcome::text("asked"),
            if context.flags.downloads {
                "Without allow-downloads no file comes. The script is not told: look at your downloads."
            } else {
                "With allow-downloads the file comes. The script is not told: look at your downloads."
            },
        ),
        "lna-01" => local_network(context),
        _ => none(),
    }
}

/// The HTML standard, "show the file pickers": a secure context, no opaque origin, transient activation, in this order.
fn picker(method: &str, context: &Context) -> Prediction {
    let call = |why: &str| ["Failed to execute '", method, "' on 'Window': ", why].concat();
    if !context.secure {
        return absent("ReferenceError", &[method, " is not defined"].concat(), "It is there in secure contexts only.");
    }
    if context.flags.origin {
        let why = call("Sandboxed documents aren't allowed to show a file picker.");
        return refused("SecurityError", why, "Files are granted to an origin, and an opaque one is nobody’s.");
    }
    let why = call("Must be handling a user gesture to show a file picker.");
    said(Verdict::NeedsGesture, Outcome::throws("SecurityError", why), ASKS_FIRST)
}

/// The File System standard: a bucket of the origin’s own storage.
fn own_files(probe: &Probe, context: &Context) -> Prediction {
    if !context.secure {
        let why = "Cannot read properties of undefined (reading 'getDirectory')";
        return absent("TypeError", why, "It is there in secure contexts only.");
    }
    if context.flags.origin {
        let why = "Storage directory access is denied because the context is sandboxed and lacks the 'allow-same-origin' flag.";
        return refused("SecurityError", why, OPAQUE);
    }
    match probe.id {
        "opfs" => works(
            Outcome::text("kept"),
            "An origin has a private store of files, which never shows up among your documents.",
        ),
        "frame-opfs" => works(Outcome::text("ok"), OWN_STORE),
        _ => refused(
            "TypeError",
            "Failed to execute 'getFileHandle' on 'FileSystemDirectoryHandle': Name is not allowed.",
            "The private store has names, not paths: nothing leads out of it.",
        ),
    }
}

/// T32: no raw TCP; but what a browser has keeps its connection as long as both like.
fn keep_socket(context: &Context) -> Prediction {
    if context.flags.origin {
        let why = "no connection";
        return refused("Error", why, "The server answers its own origin alone.");
    }
    works(
        Outcome::Value("[\"one\",\"two\"]".to_owned()),
        "Browsers do keep connections: HTTP’s, and WebSockets, here with two messages there and back on one.",
    )
}

fn device(interface: &str, feature: &str, context: &Context) -> Prediction {
    let call = ["Failed to execute 'requestDevice' on '", interface, "': "].concat();
    if !context.secure {
        let why = "Cannot read properties of undefined (reading 'requestDevice')";
        return absent("TypeError", why, "It is there in secure contexts only.");
    }
    if context.flags.origin {
        let why = [&*call, "Access to the feature \"", feature, "\" is disallowed by permissions policy."].concat();
        return refused(
            "SecurityError",
            why,
            "Powerful features are for the page’s own origin, unless its policy gives them on.",
        );
    }
    let why = [&*call, "Must be handling a user gesture to show a permission request."].concat();
    said(Verdict::NeedsGesture, Outcome::throws("SecurityError", why), "The person is asked, and only after a press.")
}

fn full_screen(context: &Context) -> Prediction {
    if context.flags.origin {
        return refused(
            "TypeError",
            "Disallowed by permissions policy",
            "A frame of another origin needs the page’s leave.",
        );
    }
    said(
        Verdict::NeedsGesture,
        Outcome::throws("TypeError", "Permissions check failed"),
        "The screen is given after a press.",
    )
}

/// A permission that was denied, as it is where nobody could be asked.
fn denied(outcome: Outcome) -> Prediction {
    said(Verdict::NeedsPermission, outcome, "The person is asked; here, nobody says yes.")
}

/// Where the origin is opaque, the getter throws (HTML standard, "obtain a storage key": failure).
fn own_storage(probe: &Probe, context: &Context) -> Prediction {
    let name = if probe.id == "sto-03" { "sessionStorage" } else { "localStorage" };
    if context.flags.origin {
        let why = ["Failed to read the '", name, "' property from 'Window': ", LACKS].concat();
        return refused("SecurityError", why, OPAQUE);
    }
    if probe.id == "sto-02" {
        // 5 Mi units of UTF-16, keys among them: of items with 262,144, nineteen fit.
        let value = Outcome::text("QuotaExceededError,4980736");
        return said(Verdict::Limited, value, "Chromium keeps five Mi units of UTF-16 for an origin.");
    }
    works(Outcome::text("v"), OWN_STORE)
}

const LACKS: &str = "The document is sandboxed and lacks the 'allow-same-origin' flag.";

fn database(context: &Context) -> Prediction {
    if context.flags.origin {
        let why =
            "Failed to execute 'open' on 'IDBFactory': access to the Indexed Database API is denied in this context.";
        return refused("SecurityError", why, OPAQUE);
    }
    works(Outcome::text("ok"), OWN_STORE)
}

/// The HTML standard: a cookie-averse document, an opaque origin, or the cookie store (RFC 6265bis: the domain must match).
fn cookie(probe: &Probe, context: &Context) -> Prediction {
    if context.flags.origin {
        let why = ["Failed to set the 'cookie' property on 'Document': ", LACKS].concat();
        return refused("SecurityError", why, OPAQUE);
    }
    if probe.id == "sto-06" {
        let because = "A cookie’s Domain must be that of the page’s host; another one is dropped without a word.";
        return said(Verdict::Blocked, Outcome::Value("false".to_owned()), because);
    }
    works(Outcome::Value("true".to_owned()), "A page has the cookies of its site, save those marked HttpOnly.")
}

/// The HTML standard, `CrossOriginGetOwnPropertyHelper` and what follows it: everything else throws.
fn foreign(property: &str, interface: &str, context: &Context) -> Prediction {
    let message = format!(
        "Failed to read a named property '{property}' from '{interface}': Blocked a frame with origin \"{}\" from accessing a cross-origin frame.",
        context.own_origin()
    );
    refused("SecurityError", message, SAME_ORIGIN)
}

fn foreign_worker(context: &Context) -> String {
    let other = if context.other.is_empty() { "https://other.test" } else { &context.other };
    format!(
        "SecurityError: Failed to construct 'Worker': Script at '{other}/w.js' cannot be accessed from origin '{}'.",
        context.own_origin()
    )
}

/// The document’s origin, and that of its address: `srcdoc` has none.
fn origins(context: &Context) -> String {
    let address = if context.srcdoc && context.flags.origin { "null" } else { &context.origin };
    [context.own_origin(), ",", address].concat()
}

fn no_fs(context: &Context) -> String {
    if !context.flags.origin {
        return NO_FS.to_owned();
    }
    let base = "'fs'. The base URL is about:blank because import() is called from a CORS-cross-origin script.";
    NO_FS.replacen("'fs'", base, 1)
}

/// The HTML standard, "allowed by sandboxing to navigate".
fn top(context: &Context) -> Prediction {
    let forbidden = if context.pressed { context.flags.top_pressed } else { context.flags.top };
    if forbidden {
        let why = format!(
            "Failed to execute 'replace' on 'Location': The current window does not have permission to navigate the target frame to '{}{MOVED}'.",
            context.page
        );
        return refused(
            "SecurityError",
            why,
            "Without allow-top-navigation, a frame cannot lead the page around it away.",
        );
    }
    works(
        Outcome::text("asked"),
        "With allow-top-navigation it may send the whole page elsewhere: here, to a fragment of its own.",
    )
}

/// The fragment to which the frame sends the page.
pub const MOVED: &str = "#moved-by-the-frame";

/// The HTML standard, "the rules for choosing a navigable"; then the browser’s own popup blocker.
fn popup(context: &Context) -> Prediction {
    let null = || Outcome::text("null");
    if context.flags.popups {
        return said(Verdict::Blocked, null(), "Without allow-popups, no window opens, not even after a press.");
    }
    if !context.pressed {
        return said(Verdict::NeedsGesture, null(), "The browser opens windows only after a press.");
    }
    works(Outcome::text("a window"), "With allow-popups and a press, a window opens (and is closed again).")
}

/// Local Network Access: a public page asks this machine only from a secure context, and then with a permission.
fn local_network(context: &Context) -> Prediction {
    if context.public && !context.secure {
        let because = "Local Network Access: a public page without TLS may not ask this machine at all.";
        return refused("TypeError", "Failed to fetch", because);
    }
    if context.public {
        return said(
            Verdict::NeedsPermission,
            Outcome::throws("TypeError", "Failed to fetch"),
            "Local Network Access: the person is asked.",
        );
    }
    works(Outcome::Value("200".to_owned()), "The page came from this machine itself.")
}
