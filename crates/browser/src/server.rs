//! What the page asks of its own server.

use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::js_sys::{Array, Reflect};
use web_sys::{Headers, RequestInit, Response};

/// Status and text of an answer, if there was one. What is sent is JSON.
pub async fn ask(method: &str, path: &str, json: Option<&str>) -> Option<(u16, String)> {
    let init = RequestInit::new();
    init.set_method(method);
    if let Some(json) = json {
        let headers = Headers::new().ok()?;
        headers.set("Content-Type", "application/json").ok()?;
        init.set_headers(&headers);
        init.set_body(&json.into());
    }
    let answer = JsFuture::from(web_sys::window()?.fetch_with_str_and_init(path, &init)).await.ok()?;
    let answer: Response = answer.dyn_into().ok()?;
    let text = JsFuture::from(answer.text().ok()?).await.ok()?.as_string()?;
    Some((answer.status(), text))
}

/// Status and headers of a file of this site, as its own page reads them.
pub async fn headers(path: &str) -> Option<(u16, Vec<(String, String)>)> {
    let answer = JsFuture::from(web_sys::window()?.fetch_with_str(path)).await.ok()?;
    let answer: Response = answer.dyn_into().ok()?;
    let mut pairs = Vec::new();
    let entries = web_sys::js_sys::try_iter(answer.headers().as_ref()).ok()??;
    for pair in entries.filter_map(Result::ok) {
        let pair = Array::from(&pair);
        pairs.push((pair.get(0).as_string()?, pair.get(1).as_string()?));
    }
    Some((answer.status(), pairs))
}

/// Begins something that waits now and then.
pub fn begin(work: impl Future<Output = ()> + 'static) {
    spawn_local(work);
}

/// What the browser says of itself.
pub fn user_agent() -> String {
    web_sys::window().and_then(|window| window.navigator().user_agent().ok()).unwrap_or_default()
}

/// The page's origin as the browser has it: `null` in a sandbox.
pub fn origin() -> String {
    let origin = web_sys::window().and_then(|window| Reflect::get(&window.into(), &JsValue::from_str("origin")).ok());
    origin.and_then(|origin| origin.as_string()).unwrap_or_default()
}
