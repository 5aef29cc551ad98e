//! Without the bundled server: how to start it, and what can be shown all the same. A frame in a sandbox asks this very site
//! for a file; its origin is `null`, so the site is foreign to it.

use super::{figure, show, state};
use browser::frame::Frame;
use browser::{dom, place, server};
use course::html::escape;
use engine::browser::exchange::{Answer, Policy};
use engine::browser::request::{Credentials, Init, Mode, Page};
use engine::browser::url::Url;
use trial::browsers;
use trial::compare::{Row, compare};
use trial::plan::{Place, Plan};
use trial::told::{self, Told};

/// The page without a server; the words say why.
pub fn page(why: &str) -> String {
    format!(
        "<p class=\"notice\">{why} So no trial is done from here: a browser lets no page of the web ask your own machine \
         without asking you (Local Network Access), and this site’s own policy lets its pages ask nobody but itself. Both \
         would look like a CORS error to the script, and be none.</p>\
         <p>Start the test server on your machine, and open its page:</p>\
         <pre tabindex=\"0\">roundtrip serve --open</pre>\
         <p>or, from the source, <code>cargo xtask serve</code>.</p>\
         <h2>What needs no server</h2>\
         <p>A frame with <code>sandbox=\"allow-scripts\"</code> has an origin that nobody shares: <code>null</code>. It asks this \
         very site for a file, first as script would, then with <code>no-cors</code>. What this site’s answer allows was read \
         beforehand by this page; from that the engine predicts what the frame will see.</p>\
         <p><button data-do=\"alone\">Predict, then fetch from a sandbox</button></p>\
         <div class=\"trial-outcome\" role=\"region\" aria-label=\"What came of it\"></div>\
         <div class=\"figure-place\"></div>"
    )
}

/// The file that is asked for.
const FILE: &str = "icon.svg";

/// Reads what the site allows, predicts, and lets a frame ask.
pub async fn demonstrate() {
    if !state::take() {
        return;
    }
    let said = demonstration().await;
    state::give_back();
    let html = said.unwrap_or_else(|words| ["<p class=\"notice\">", &escape(&words), "</p>"].concat());
    place::fill(".trial-outcome", &html);
}

async fn demonstration() -> Result<String, String> {
    let here = browser::turn::here();
    let base = Url::parse(&here, None).ok_or("this page has no address that could be asked")?;
    if !base.is_http() {
        return Err("This page was opened from a file, which has no origin and sends no headers.".to_owned());
    }
    let file = Url::parse(&["../", FILE].concat(), Some(&base)).ok_or("the file has no address")?;
    let (status, headers) = server::headers(&file.sent()).await.ok_or("this site does not answer its own page")?;
    let headers = headers.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
    let policy = Policy { preflight: None, actual: Answer { status, headers, body: String::new() } };
    let origin = engine::browser::origin::serialize(&base.origin());
    let call = |mode| Init {
        url: file.sent(),
        method: "GET".to_owned(),
        mode,
        credentials: Credentials::Omit,
        ..Init::default()
    };
    let plan = Plan {
        page: Page { url: base, opaque: true },
        places: vec![Place { at: origin, target: file.path.clone(), policy }],
        calls: vec![call(Mode::Cors), call(Mode::NoCors)],
    };
    let (name, profile) = browsers::named(&server::user_agent());
    let fetched = told::predict_as_is(&plan, &profile);
    let predicted = Told { arrived: Vec::new(), ..told::predicted(&plan, &fetched) };
    let known = |row: &Row| row.what != "what arrives";
    place::fill(".trial-outcome", &show::predicted(&predicted, &name));
    let place = dom::find("#page").ok_or("there is no page")?;
    let frame = Frame::open(&place, "frame.html", true).await.ok_or("the frame does not open")?;
    let asked = ["{\"number\":1,\"calls\":", &plan.calls(), "}"].concat();
    let heard = frame.ask(&asked).await.ok_or("the frame does not answer")?;
    frame.close();
    let seen = told::observed(&plan, &heard, "{}").ok_or("the frame says what is not understood")?;
    let rows: Vec<Row> = compare(&predicted, &seen, profile.name == "Chromium");
    let rows: Vec<Row> = rows.into_iter().filter(known).collect();
    figure::of(&fetched);
    Ok([show::table(&rows, &name), show::why(&fetched)].concat())
}
