//! A request to this page's own origin, and what a script sees of the answer (Fetch standard).

use crate::timer;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::js_sys::{self, Array};
use web_sys::{AbortSignal, Headers, RequestCache, RequestInit, Response};

/// What is asked.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    /// The method.
    pub method: String,
    /// The path, from the origin on.
    pub path: String,
    /// The headers that are set.
    pub headers: Vec<(String, String)>,
    /// The body; none where it is empty.
    pub body: String,
}

/// What was answered.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Names, in small letters, and values.
    pub headers: Vec<(String, String)>,
    /// The body, as text.
    pub body: String,
    /// How long it took until the body was there, in milliseconds.
    pub took: u64,
}

/// Who does not answer within so many milliseconds does not answer.
const PATIENCE: u32 = 15_000;

/// Asks, and gives the answer to `then`; none where there was none.
pub fn ask(ask: Ask, then: impl FnOnce(Option<Answer>) + 'static) {
    spawn_local(async move { then(answer(&ask).await) });
}

/// Asks for several things by `GET`: the first one, and when it is there all others at once. Each must be there, with status
/// 200, else there is nothing.
pub fn all(first: String, others: Vec<String>, then: impl FnOnce(Option<Vec<String>>) + 'static) {
    spawn_local(async move { then(bodies(first, others).await) });
}

async fn bodies(first: String, others: Vec<String>) -> Option<Vec<String>> {
    let get = |path: String| sent(&Ask { path, ..Ask::default() });
    let mut bodies = vec![read(get(first)).await.filter(is_there)?.body];
    let asked: Vec<_> = others.into_iter().map(get).collect();
    for one in asked {
        bodies.push(read(one).await.filter(is_there)?.body);
    }
    Some(bodies)
}

fn is_there(answer: &Answer) -> bool {
    answer.status == 200
}

async fn answer(ask: &Ask) -> Option<Answer> {
    let began = timer::now();
    let answer = read(sent(ask)).await?;
    Some(Answer { took: timer::now() - began, ..answer })
}

/// What becomes of it is awaited from now on, so that no failure goes unheard.
fn sent(ask: &Ask) -> Option<JsFuture> {
    let headers = Headers::new().ok()?;
    for (name, value) in &ask.headers {
        headers.append(name, value).ok()?;
    }
    let init = RequestInit::new();
    init.set_method(if ask.method.is_empty() { "GET" } else { &ask.method });
    init.set_headers(&headers);
    init.set_cache(RequestCache::NoStore);
    init.set_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE)));
    if !ask.body.is_empty() {
        init.set_body(&JsValue::from_str(&ask.body));
    }
    Some(JsFuture::from(web_sys::window()?.fetch_with_str_and_init(&ask.path, &init)))
}

async fn read(sent: Option<JsFuture>) -> Option<Answer> {
    let response = sent?.await.ok()?.dyn_into::<Response>().ok()?;
    let body = JsFuture::from(response.text().ok()?).await.ok()?.as_string()?;
    let mut headers = Vec::new();
    for pair in js_sys::try_iter(&response.headers()).ok().flatten()? {
        let pair: Array = pair.ok()?.dyn_into().ok()?;
        headers.push((pair.get(0).as_string()?, pair.get(1).as_string()?));
    }
    Some(Answer { status: response.status(), headers, body, took: 0 })
}
