//! One trial: predicted, then done, then compared.

use super::state::{self, Lab};
use super::{figure, form, mending, show};
use browser::{place, server};
use course::html::escape;
use engine::browser::fetch::Fetched;
use trial::address;
use trial::compare::{Row, compare};
use trial::json::Json;
use trial::lines;
use trial::plan::{Plan, plan};
use trial::setting::Setting;
use trial::told::{self, Told};

/// What is predicted of a trial.
pub struct Prediction {
    /// The calls as the engine has them.
    pub fetched: Vec<Fetched>,
    /// The same in the form in which it is compared.
    pub told: Told,
}

/// What came of a trial.
pub struct Done {
    /// What was predicted before anything was fetched.
    pub prediction: Prediction,
    /// What was seen.
    pub seen: Told,
    /// Both, row by row.
    pub rows: Vec<Row>,
}

/// Does the trial that the fields describe.
pub async fn this() {
    if !state::take() {
        return;
    }
    match (form::read(), state::with(Clone::clone)) {
        (Ok(setting), Some(lab)) => {
            let shown = |prediction: &Prediction| {
                place::fill(".trial-outcome", &show::predicted(&prediction.told, &lab.browser));
                place::fill(".trial-mending", "");
                figure::clear();
            };
            match run(&lab, &setting, shown).await {
                Ok(done) => {
                    let guess = form::guessed(&done);
                    place::fill(".trial-said", show::verdict(&done.rows));
                    show_all(&setting, &done, &lab, &guess);
                    place::show(".trial-outcome");
                }
                Err(words) => place::fill(".trial-outcome", &trouble(&words)),
            }
        }
        (Err(words), _) => place::fill(".trial-outcome", &trouble(&words)),
        _ => {}
    }
    state::give_back();
}

/// Shows a trial that was done: both sides, why, the figure, and what would help.
pub fn show_all(setting: &Setting, done: &Done, lab: &Lab, guess: &str) {
    place::fill(".trial-outcome", &outcome(setting, done, lab, guess));
    figure::of(&done.prediction.fetched);
    let link = ["<p class=\"same\"><a href=\"#", &escape(&address::write(setting)), "\">A link to this trial</a></p>"];
    place::fill(".trial-mending", &[mending::mending(setting, lab), link.concat()].concat());
}

/// Both sides, and why.
fn outcome(setting: &Setting, done: &Done, lab: &Lab, guess: &str) -> String {
    [show::table(&done.rows, &lab.browser), calls(setting), guess.to_owned(), show::why(&done.prediction.fetched)]
        .concat()
}

/// Which call is which, where there is more than one.
fn calls(setting: &Setting) -> String {
    match (setting.cookie.is_some(), setting.times) {
        (true, 2) => {
            "<p>Call 1 lets the server set the cookie; calls 2 and 3 are the fetch itself, done twice.</p>".to_owned()
        }
        (true, _) => "<p>Call 1 lets the server set the cookie; call 2 is the fetch itself.</p>".to_owned(),
        _ => String::new(),
    }
}

fn trouble(words: &str) -> String {
    ["<p class=\"notice\">Not fetched: ", &escape(words), "</p>"].concat()
}

/// Does a trial. `shown` is called with the prediction before anything is fetched.
pub async fn run(lab: &Lab, setting: &Setting, shown: impl FnOnce(&Prediction)) -> Result<Done, String> {
    let id = open().await?;
    let plan = plan(setting, &lab.origins, &id).ok_or("this is no address")?;
    let fetched = told::predict(&plan, &lab.profile);
    let told = told::predicted(&plan, &fetched);
    let prediction = Prediction { fetched, told };
    if let Some(words) = hindered(&plan, &prediction, &id) {
        return Err(words);
    }
    expect(server::ask("PUT", &["/trials/", &id].concat(), Some(&plan.places())).await, 200)?;
    shown(&prediction);
    let frame = if setting.sandbox { &lab.sandbox } else { &lab.page };
    let asked = ["{\"number\":1,\"calls\":", &plan.calls(), "}"].concat();
    let frame = frame.ask(&asked).await.ok_or("the frame that fetches does not answer; load the page again")?;
    let witness = expect(server::ask("GET", &["/trials/", &id].concat(), None).await, 200)?;
    // Whether it is forgotten at once or in ten minutes is all the same.
    let _ = server::ask("DELETE", &["/trials/", &id].concat(), None).await;
    let seen = told::observed(&plan, &frame, &witness).ok_or("frame or witness say what is not understood")?;
    let rows = compare(&prediction.told, &seen, lab.profile.name == "Chromium");
    Ok(Done { prediction, seen, rows })
}

async fn open() -> Result<String, String> {
    let text = expect(server::ask("POST", "/trials", None).await, 201)?;
    let id = Json::read(&text).and_then(|said| said.get("trial").text().map(str::to_owned));
    id.ok_or_else(|| "the server opens no trial".to_owned())
}

/// The text of an answer with this status, or what the server said instead.
fn expect(answer: Option<(u16, String)>, status: u16) -> Result<String, String> {
    match answer {
        Some((said, text)) if said == status => Ok(text),
        Some((_, text)) => {
            let words = Json::read(&text).and_then(|said| said.get("error").text().map(str::to_owned));
            Err(words.unwrap_or_else(|| "the server says something else".to_owned()))
        }
        None => Err("the test server does not answer".to_owned()),
    }
}

/// Why a trial is not done: the server would refuse it, or it would lead elsewhere.
fn hindered(plan: &Plan, prediction: &Prediction, id: &str) -> Option<String> {
    let folder = ["/trial/", id, "/"].concat();
    let refused = plan.places.iter().find_map(|place| lines::trouble(&place.policy, &folder));
    let leaves = || {
        let address = told::leaves(plan, &prediction.fetched)?;
        Some(["it would ask ", &address, ", and the laboratory asks nobody but its own test server"].concat())
    };
    refused.or_else(leaves)
}
