//! What is known of browser and server, and what was tried: the only thing that is kept while the page is open.

use browser::jail::{self, Jail};
use browser::{dom, server};
use probe::context::{Browser, Context};
use probe::lights::Lit;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use trial::browsers;
use trial::json::Json;

/// Everything.
#[derive(Clone)]
pub struct Known {
    /// The browser's name and version, in words.
    pub name: String,
    /// Where the attempts of the first table are made.
    pub context: Context,
    /// Whether the bundled server answers.
    pub served: bool,
    /// The frame in which they are made, once something was tried: a page of this origin, without a policy of its own.
    page: Option<Rc<Jail>>,
    /// What was lit, in the order in which it was.
    pub lit: Vec<Lit>,
    /// What was tried so far, by name, and whether it came as predicted, the server's part too.
    pub tried: BTreeMap<&'static str, bool>,
}

thread_local! {
    static KNOWN: RefCell<Option<Known>> = const { RefCell::new(None) };
    static BUSY: Cell<bool> = const { Cell::new(false) };
}

/// Where the page of the attempts lies, beside this one.
pub const FRAME: &str = "frame.html";

/// How long that page may take, in milliseconds.
pub const PATIENCE: i32 = 20_000;

/// Finds out where we are. The words say why nothing can be tried.
pub async fn arrive() -> Result<(), &'static str> {
    BUSY.set(false);
    let origin = server::origin();
    if origin == "null" {
        return Err(
            "This page stands in a frame with the attribute <code>sandbox</code> itself: its origin is <code>null</code>, \
                    and its own frames do not answer to it. Open it in a window of its own.",
        );
    }
    if !origin.starts_with("http") {
        return Err(
            "This page was opened from a file, whose origin nobody shares. It needs a server, any static host will do.",
        );
    }
    let (name, profile) = browsers::named(&server::user_agent());
    let browser = if profile.name == "Chromium" { Browser::Chromium } else { Browser::Other };
    let (served, other) = serves(&origin).await;
    let local = is_local(&origin);
    let context = Context {
        secure: jail::secure(),
        public: !local,
        page: jail::address(),
        ..Context::page(browser, &origin, &other)
    };
    KNOWN.set(Some(Known { name, context, served, page: None, lit: Vec::new(), tried: BTreeMap::new() }));
    Ok(())
}

/// The frame in which attempts are made, opened where it is not yet. The words say why it does not open.
pub async fn page() -> Result<Rc<Jail>, &'static str> {
    if let Some(page) = with(|known| known.page.clone()).flatten() {
        return Ok(page);
    }
    let place = dom::find("#page").ok_or("There is no page.")?;
    let opened = Jail::open(&place, FRAME, None, "Here the attempts are made", PATIENCE, |_| {}).await;
    let (page, ready) = opened.ok_or("No frame can be opened.")?;
    if !ready {
        return Err(
            "The page in which the attempts are made, frame.html beside this one, does not open: load this page again.",
        );
    }
    let page = Rc::new(page);
    note(|known| known.page = Some(page.clone()));
    Ok(page)
}

/// Whether an origin is that of this very machine, to whose names alone the bundled server answers.
fn is_local(origin: &str) -> bool {
    ["http://localhost", "http://127.0.0.1", "http://[::1]"]
        .iter()
        .any(|local| origin.strip_prefix(local).is_some_and(|rest| rest.is_empty() || rest.starts_with(':')))
}

/// Whether the bundled server is there, and an origin of it that is not ours.
async fn serves(own: &str) -> (bool, String) {
    if !is_local(own) {
        return (false, String::new());
    }
    let answer =
        |text: Option<(u16, String)>| text.filter(|(status, _)| *status == 200).and_then(|(_, text)| Json::read(&text));
    let Some(here) = answer(server::ask("GET", "/sandbox", None).await) else { return (false, String::new()) };
    let ours = here.get("server").text().is_some_and(|name| name.starts_with("roundtrip "));
    let trials = answer(server::ask("GET", "/trials", None).await).unwrap_or(Json::Null);
    // The same name at another port: another origin, of the same site.
    let host = own.rsplit_once(':').map_or(own, |(host, _)| host);
    let others = trials.get("origins").list().iter().filter_map(Json::text);
    let mut others =
        others.filter(|origin| *origin != own && origin.strip_prefix(host).is_some_and(|rest| rest.starts_with(':')));
    (ours, others.next().unwrap_or_default().to_owned())
}

/// Something of what is known; none before it is.
pub fn with<T>(look: impl FnOnce(&Known) -> T) -> Option<T> {
    KNOWN.with_borrow(|known| known.as_ref().map(look))
}

/// Notes something.
pub fn note(write: impl FnOnce(&mut Known)) {
    KNOWN.with_borrow_mut(|known| known.as_mut().map(write));
}

/// The page is turned: the frames go with it.
pub fn leave() {
    super::frame::close();
    KNOWN.take();
    BUSY.set(false);
}

/// Takes the page of the attempts for oneself; false where somebody has it.
pub fn take() -> bool {
    !BUSY.replace(true)
}

/// Gives it back.
pub fn give_back() {
    BUSY.set(false);
}
