//! What is predicted, and what was seen, in one form: what script got of each call, and which requests arrived.
//!
//! The prediction is the engine's; it is given the plan and the browser, and nothing that a witness or a frame has said.

use crate::json::Json;
use crate::plan::Plan;
use crate::served::{served_policy, unknown};
use engine::browser::exchange::{Policy, Reply, Sent};
use engine::browser::fetch::{Fetched, Remembered, fetch};
use engine::browser::headers::{forbidden_request_header, get, sorted_lowercase_set};
use engine::browser::origin::serialize;
use engine::browser::profile::Profile;
use engine::message::Header;
use engine::time::Micros;

/// What script got of one call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Got {
    /// `response.type`, or `network-error` where the promise was rejected.
    pub kind: String,
    /// `response.status`.
    pub status: Option<u16>,
    /// Name and message of the exception.
    pub exception: Option<String>,
    /// The names of the headers that script can read, in lower case and sorted.
    pub headers: Vec<String>,
}

/// A request that arrived.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The origin, path and query.
    pub url: String,
    /// What is told of its headers, in this order: `Origin`, what a preflight asks for, cookies, those that script set.
    pub headers: Vec<(String, String)>,
}

/// All of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// What script got, call by call.
    pub got: Vec<Got>,
    /// What arrived.
    pub arrived: Vec<Request>,
    /// What was not counted: how many requests the witness left out, violations of our own policy.
    pub trouble: Vec<String>,
}

/// What becomes of the calls, by the engine.
pub fn predict(plan: &Plan, profile: &Profile) -> Vec<Fetched> {
    follow(plan, profile, served_policy)
}

/// The same where somebody else serves: what is answered is known already, with all that the server adds.
pub fn predict_as_is(plan: &Plan, profile: &Profile) -> Vec<Fetched> {
    follow(plan, profile, Clone::clone)
}

fn follow(plan: &Plan, profile: &Profile, served: fn(&Policy) -> Policy) -> Vec<Fetched> {
    /// The calls follow each other at once.
    const BETWEEN: Micros = Micros(20_000);
    let mut remembered = Remembered::default();
    let mut now = Micros(0);
    let mut calls = Vec::new();
    for init in &plan.calls {
        now += BETWEEN;
        let mut server = |sent: &Sent, at: Micros| {
            let url = sent.url.sent();
            let place = plan.places.iter().find(|place| url == [&*place.at, &place.target].concat());
            let answer = place.map_or_else(unknown, |place| served(&place.policy).answer(sent).clone());
            Reply { answer: Some(answer), at }
        };
        calls.push(fetch(init, &plan.page, profile, (&mut remembered, now), &mut server));
    }
    calls
}

/// The prediction in the common form.
pub fn predicted(plan: &Plan, fetched: &[Fetched]) -> Told {
    let names = names(plan);
    let got = fetched.iter().map(|fetched| Got {
        kind: fetched.seen.word().to_owned(),
        status: fetched.seen.status(),
        exception: fetched.exception(),
        headers: fetched.seen.visible_headers(),
    });
    let arrived = fetched.iter().flat_map(Fetched::sent).map(|sent| Request {
        method: sent.method.clone(),
        url: sent.url.sent(),
        headers: told(&sent.headers, &names, sent.preflight),
    });
    Told { got: got.collect(), arrived: arrived.collect(), trouble: Vec::new() }
}

/// What the frame saw and the witness heard, in the common form. None where it is not what they say.
pub fn observed(plan: &Plan, frame: &str, witness: &str) -> Option<Told> {
    let names = names(plan);
    let (frame, witness) = (Json::read(frame)?, Json::read(witness)?);
    let text = |json: &Json| json.text().unwrap_or_default().to_owned();
    let got = frame.get("seen").list().iter().map(|seen| match seen.get("name") {
        Json::Text(name) => Got {
            kind: "network-error".to_owned(),
            exception: Some([name, ": ", &text(seen.get("message"))].concat()),
            ..Got::default()
        },
        _ => Got {
            kind: text(seen.get("type")),
            status: seen.get("status").number().and_then(|status| u16::try_from(status).ok()),
            exception: None,
            headers: sorted_lowercase_set(seen.get("headers").pairs().iter().map(|(name, _)| name.as_str())),
        },
    });
    let arrived = witness.get("arrived").list().iter().map(|arrived| {
        let headers: Vec<Header> =
            arrived.get("headers").pairs().into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        let preflight = get(&headers, "access-control-request-method").is_some();
        Request {
            method: text(arrived.get("method")),
            url: [text(arrived.get("at")), text(arrived.get("target"))].concat(),
            headers: told(&headers, &names, preflight),
        }
    });
    let violated =
        frame.get("violated").list().iter().map(|words| {
            ["our own Content-Security-Policy stood in the way: ", words.text().unwrap_or_default()].concat()
        });
    let mut trouble: Vec<String> = violated.collect();
    if let Some(more @ 1..) = witness.get("left_out").number() {
        trouble.push([&more.to_string(), " more requests than the witness keeps"].concat());
    }
    Some(Told { got: got.collect(), arrived: arrived.collect(), trouble })
}

/// The names of the headers that script sets and the browser lets it set, in lower case and sorted.
fn names(plan: &Plan) -> Vec<String> {
    let headers = plan.calls.iter().flat_map(|init| &init.headers);
    let own = headers.filter(|(name, value)| !forbidden_request_header(name, value)).map(|(name, _)| name.as_str());
    sorted_lowercase_set(own.chain(["content-type"]))
}

/// What is told of the headers of a request.
fn told(headers: &[Header], names: &[String], preflight: bool) -> Vec<(String, String)> {
    const ASKED: [&str; 4] = ["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers", "Cookie"];
    let asked = ASKED.iter().filter_map(|name| Some(((*name).to_owned(), get(headers, name)?)));
    let own = names.iter().filter(|_| !preflight).filter_map(|name| Some((name.clone(), get(headers, name)?)));
    asked.chain(own).collect()
}

/// Where a trial would leave the test server; none where every request that is predicted goes to one of its places.
pub fn leaves(plan: &Plan, fetched: &[Fetched]) -> Option<String> {
    let folders: Vec<String> = plan.places.iter().filter_map(|place| folder(&place.target)).collect();
    let within = |sent: &&Sent| folders.iter().any(|folder| sent.url.path.starts_with(folder));
    let ours = |sent: &&Sent| plan.places.iter().any(|place| place.at == serialize(&sent.url.origin()));
    fetched.iter().flat_map(Fetched::sent).find(|sent| !within(sent) || !ours(sent)).map(|sent| sent.url.sent())
}

/// `/trial/ID/` of a path.
fn folder(path: &str) -> Option<String> {
    let mut parts = path.splitn(4, '/');
    let (_, trial, id) = (parts.next()?, parts.next()?, parts.next()?);
    Some(["/", trial, "/", id, "/"].concat())
}
