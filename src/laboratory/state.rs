//! What is known of server and browser: the only thing that is kept while the page is open.

use browser::frame::Frame;
use browser::{dom, server};
use engine::browser::profile::{Profile, ThirdParty};
use std::cell::{Cell, RefCell};
use trial::browsers;
use trial::json::Json;
use trial::setting::Origins;

/// The laboratory.
#[derive(Clone, Debug)]
pub struct Lab {
    /// The test server's origins, as they are to this page.
    pub origins: Origins,
    /// The browser's name and version.
    pub browser: String,
    /// Its profile.
    pub profile: Profile,
    /// Who fetches as the page.
    pub page: Frame,
    /// Who fetches from a sandbox.
    pub sandbox: Frame,
}

thread_local! {
    static LAB: RefCell<Option<Lab>> = const { RefCell::new(None) };
    static BUSY: Cell<bool> = const { Cell::new(false) };
    static STOP: Cell<bool> = const { Cell::new(false) };
}

/// Where the frame lies that the server has for trials.
const FRAME: &str = "/trials/frame";

/// Finds the server, opens the frames, and asks how the browser treats cookies of other sites. The words say why there is no
/// laboratory.
pub async fn arrive() -> Result<(), String> {
    let own = server::origin();
    if own == "null" {
        return Err("This page stands in a sandboxed frame, whose origin is <code>null</code>.".to_owned());
    }
    let here = server::ask("GET", "/trials", None).await.filter(|(status, _)| *status == 200);
    let said = here.and_then(|(_, text)| Json::read(&text)).unwrap_or(Json::Null);
    if said.get("server").text().is_none_or(|name| !name.starts_with("roundtrip ")) {
        return Err(
            "Nobody answers trials here: this page does not come from the first port of the bundled server.".to_owned()
        );
    }
    let all: Vec<String> = said.get("origins").list().iter().filter_map(Json::text).map(str::to_owned).collect();
    let origins = Origins::of(&own, &all).ok_or("The bundled server does not know this page’s origin.")?;
    let place = dom::find("#page").ok_or("There is no page.")?;
    let no_frame = "The frame that fetches does not open.";
    let page = Frame::open(&place, FRAME, false).await.ok_or(no_frame)?;
    let sandbox = Frame::open(&place, FRAME, true).await.ok_or(no_frame)?;
    let (browser, profile) = browsers::named(&server::user_agent());
    let mut lab = Lab { origins, browser, profile, page, sandbox };
    let probe = browsers::cookie_probe().fill(&lab.origins);
    let done = super::run::run(&lab, &probe, |_| {}).await?;
    lab.profile = browsers::probed(profile, &done.seen);
    LAB.set(Some(lab));
    Ok(())
}

/// Something of the laboratory; none before it is there.
pub fn with<T>(look: impl FnOnce(&Lab) -> T) -> Option<T> {
    LAB.with_borrow(|lab| lab.as_ref().map(look))
}

/// The page is turned: the frames are gone with it.
pub fn leave() {
    stop();
    LAB.set(None);
    BUSY.set(false);
}

/// Asks whatever runs to stop.
pub fn stop() {
    STOP.set(true);
}

/// Whether whatever runs is to stop.
pub fn stopped() -> bool {
    STOP.get()
}

/// Takes the frames for oneself; false where somebody has them.
pub fn take() -> bool {
    STOP.set(false);
    !BUSY.replace(true)
}

/// Gives the frames back.
pub fn give_back() {
    BUSY.set(false);
}

impl Lab {
    /// What was seen of cookies of other sites, in words.
    pub fn cookies(&self) -> &'static str {
        match self.profile.third_party {
            ThirdParty::Allowed => "It sends cookies of other sites (a trial of its own has shown it).",
            ThirdParty::Blocked => "It sends no cookies of other sites (a trial of its own has shown it).",
            ThirdParty::Partitioned => {
                "It sends cookies of other sites, and keeps them apart for each site on top (a trial of its own has shown that it sends them)."
            }
        }
    }
}
