//! The trial that asks a real browser what a run of figure 13 has shown: the same call, and servers that answer as they did
//! there. Only what a browser looks at for CORS is taken over.

use crate::setting::{Setting, To};
use engine::browser::exchange::Answer;
use engine::browser::origin::{same_origin, same_site, serialize};
use engine::browser::url::Url;
use engine::journey::{Fetch, Script};
use engine::message::{Header, Message, Response};
use engine::place::Place::Browser;
use engine::trace::{Act, Trace};

/// The longest body that goes along.
const LONGEST: usize = 400;

/// The trial of a call, done once or twice, of which this is the run; words say why there is none.
pub fn replay(fetch: &Fetch, script: &Script, trace: &Trace, times: usize) -> Result<Setting, &'static str> {
    let page = Url::parse(&script.page, None).ok_or("The page has no address.")?;
    let url = Url::parse(&fetch.url, Some(&page)).ok_or("The call has no address that could be asked.")?;
    if page.scheme == "https" && url.scheme == "http" {
        return Err("The laboratory’s servers speak no HTTPS, so a page of theirs meets no mixed content.");
    }
    let to = match () {
        () if same_origin(&page.origin(), &url.origin()) => To::Own,
        () if same_site(&page.origin(), &url.origin()) => To::Port,
        () => To::Foreign,
    };
    let origin = serialize(&page.origin());
    let came = |name: &str| {
        let answers = trace.steps.iter().filter(|step| step.name == name);
        answers.rev().find_map(|step| match &step.act {
            Act::Travel { to: Browser, message: Message::Response(response), .. } => Some(answer(response, &origin)),
            _ => None,
        })
    };
    Ok(Setting {
        to,
        method: if fetch.method.is_empty() { "GET".to_owned() } else { fetch.method.clone() },
        headers: fetch.headers.clone(),
        body: Some(fetch.body.clone()).filter(|body| !body.is_empty()),
        mode: script.mode,
        credentials: script.credentials,
        times: times.clamp(1, 2),
        preflight: came("preflight-answer").map(|answer| Answer { body: String::new(), ..answer }),
        answer: came("data").unwrap_or(Answer { status: 200, ..Answer::default() }),
        ..Setting::default()
    })
}

/// An answer as the test server is to give it: the page’s origin becomes the word for it.
fn answer(response: &Response, origin: &str) -> Answer {
    let headers = response.headers.iter().filter(|(name, _)| looked_at(name));
    let line = |(name, value): &Header| (name.clone(), value.replace(origin, "{origin}").into());
    let body = if response.body.len() <= LONGEST { response.body.clone() } else { String::new() };
    Answer { status: response.status, headers: headers.map(line).collect(), body }
}

/// Whether a browser looks at this header when it decides who may read.
fn looked_at(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("access-control-") || matches!(name.as_str(), "vary" | "content-type" | "cache-control")
}
