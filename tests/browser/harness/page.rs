//! What a person does and sees. Every step that cannot be taken fails the journey, in words.

use super::browser::Browser;
use super::console::Entry;
use super::server::Server;
use super::{Key, foreign, target};
use base64::Engine as _;
use fantoccini::Locator;
use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::elements::Element;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// For how long a page may take to come to what a journey waits for.
const PATIENCE: Duration = Duration::from_secs(15);

/// A page of the site in a browser of its own.
pub struct Page {
    browser: Browser,
    server: Server,
    console: RefCell<Vec<Entry>>,
    expected: RefCell<Vec<String>>,
}

/// Setting out, and coming back to a report.
impl Page {
    /// A fresh browser, 1280 by 800, with an empty page.
    pub async fn start() -> Self {
        let server = Server::start();
        let browser = Browser::start().await;
        let page = Page { browser, server, console: RefCell::default(), expected: RefCell::default() };
        page.size(1280, 800).await;
        page
    }

    /// Opens a page of the site: `""` is home, `"2.7-summary/?step=4"` a step.
    pub async fn open(&self, path: &str) {
        self.goto(&format!("{}/{path}", self.server.site)).await;
    }

    /// Opens any address.
    pub async fn goto(&self, url: &str) {
        self.browser.client.goto(url).await.unwrap_or_else(|problem| panic!("cannot open {url}: {problem}"));
    }

    /// Opens somebody else's page, which has a page of ours in a frame: `<iframe id="embed" …>` with these attributes, such
    /// as `sandbox="allow-scripts" width="480" height="270"`. Then [`Page::enter`]`("#embed")`.
    pub async fn open_embedded(&self, path: &str, attributes: &str) {
        let site = &self.server.site;
        let frame = format!("<iframe id=embed title=Roundtrip {attributes} src=\"{site}/{path}\"></iframe>");
        self.goto(&foreign::site(&frame)).await;
    }

    /// The address of the same site from the second origin.
    pub fn second_origin(&self, path: &str) -> String {
        format!("{}/{path}", self.server.second_origin)
    }

    /// The server that shows the site, to stop it and start it again.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Loads the page again.
    pub async fn reload(&self) {
        self.browser.client.refresh().await.expect("a page can be loaded again");
    }

    /// One page back in the history.
    pub async fn back(&self) {
        self.browser.client.back().await.expect("there is a way back");
    }

    /// Announces a complaint of the browser that holds this text, so that it does not fail the journey.
    pub fn expect(&self, complaint: &str) {
        self.expected.borrow_mut().push(complaint.to_owned());
    }

    /// What the browser complained about that nobody expected.
    pub async fn complaints(&self) -> Vec<String> {
        let expected = self.expected.borrow().clone();
        let unexpected = |entry: &Entry| entry.is_complaint() && !expected.iter().any(|text| entry.says(text));
        let entries = self.entries().await;
        entries.into_iter().filter(unexpected).map(|entry| entry.to_string()).collect()
    }

    /// Everything that the console holds.
    pub async fn console(&self) -> Vec<String> {
        self.entries().await.iter().map(ToString::to_string).collect()
    }

    async fn entries(&self) -> Vec<Entry> {
        let new = Entry::read(&self.browser.log().await);
        self.console.borrow_mut().extend(new);
        let diary = Entry::read_diary(&self.browser.diary());
        self.console.borrow().iter().cloned().chain(diary).collect()
    }

    /// Where we are, what is to be read there, and what the console holds.
    pub async fn report(&self, name: &str) -> String {
        let url = self.url().await;
        let text = self.js("return document.body ? document.body.innerText : ''").await;
        let text = text.as_str().unwrap_or_default().trim();
        let console = self.console().await.join("\n");
        let focus = self.focused().await;
        format!("── {name} at {url}\n{text}\n── focus: {focus}\n── console\n{console}\n──")
    }
}

/// The circumstances.
impl Page {
    /// Makes the page this many CSS pixels wide and high, however small.
    pub async fn size(&self, width: u32, height: u32) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// Runs a script in every page that is opened from now on, before any of its own.
    pub async fn ahead(&self, script: &str) {
        self.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).await;
    }

    /// Sets what the person prefers, all at once: `[("prefers-color-scheme", "dark"), ("prefers-reduced-motion", "reduce")]`.
    pub async fn prefer(&self, features: &[(&str, &str)]) {
        let features: Vec<_> = features.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": features })).await;
    }

    /// From the next page on, no script runs.
    pub async fn without_scripts(&self) {
        self.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
    }

    /// From the next page on, what matches never arrives: `["*.wasm"]`.
    pub async fn without(&self, urls: &[&str]) {
        self.devtools("Network.enable", json!({})).await;
        self.devtools("Network.setBlockedURLs", json!({ "urls": urls })).await;
    }

    /// One command of the DevTools protocol.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.browser.devtools(command, parameters).await
    }

    /// Keeps a picture of the whole page as `target/screens/NAME.png`.
    pub async fn screenshot(&self, name: &str) -> PathBuf {
        self.picture(name, true).await
    }

    /// Keeps a picture of what is seen of the page without scrolling.
    pub async fn glimpse(&self, name: &str) -> PathBuf {
        self.picture(name, false).await
    }

    async fn picture(&self, name: &str, whole: bool) -> PathBuf {
        let whole = json!({ "format": "png", "captureBeyondViewport": whole });
        let picture = self.devtools("Page.captureScreenshot", whole).await;
        let base64 = picture["data"].as_str().expect("a picture comes as base64");
        let bytes = base64::engine::general_purpose::STANDARD.decode(base64).expect("valid base64");
        let folder = target().join("screens");
        let path = folder.join(format!("{name}.png"));
        std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&path, bytes)).expect("the picture can be kept");
        path
    }
}

/// What the person does.
impl Page {
    /// Presses a key, wherever the focus is: `'k'`, `' '`, `Key::Right`.
    pub async fn press(&self, key: impl Into<char>) {
        self.press_with(&[], key).await;
    }

    /// Presses a key while others are held: `&[Key::Shift]`.
    pub async fn press_with(&self, held: &[Key], key: impl Into<char>) {
        let key = key.into();
        let held: Vec<char> = held.iter().map(|&key| char::from(key)).collect();
        let mut actions = KeyActions::new("keyboard".to_owned());
        for &value in &held {
            actions = actions.then(KeyAction::Down { value });
        }
        actions = actions.then(KeyAction::Down { value: key }).then(KeyAction::Up { value: key });
        for &value in held.iter().rev() {
            actions = actions.then(KeyAction::Up { value });
        }
        self.browser.client.perform_actions(actions).await.expect("keys can be pressed");
    }

    /// Types, wherever the focus is.
    pub async fn write(&self, text: &str) {
        for key in text.chars() {
            self.press(key).await;
        }
    }

    /// Goes to a control with the tab key, as somebody without a mouse does.
    pub async fn tab_to(&self, css: &str) {
        for _ in 0..200 {
            if self.has_focus(css).await {
                return;
            }
            self.press(Key::Tab).await;
        }
        panic!("the tab key does not lead to {css}");
    }

    /// Clicks in the middle of it.
    pub async fn click(&self, css: &str) {
        let mut attempts = 5;
        loop {
            let element = self.wait_for(css).await;
            // A person scrolls to what is to be clicked until nothing lies over it; and again, where the page moves.
            self.js_with("document.querySelector(arguments[0])?.scrollIntoView({ block: 'center' })", &[json!(css)])
                .await;
            match element.click().await {
                Ok(_) => return,
                Err(_) if attempts > 0 => attempts -= 1,
                Err(problem) => panic!("cannot click {css}: {problem}"),
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Goes on inside a frame.
    pub async fn enter(&self, css: &str) {
        self.wait_for(css).await.enter_frame().await.expect("a frame can be entered");
    }

    /// Goes back out of the frame.
    pub async fn leave(&self) {
        self.browser.client.enter_parent_frame().await.expect("a frame has a parent");
    }
}

/// Several windows.
impl Page {
    /// The window that the person looks at.
    pub async fn window(&self) -> String {
        String::from(self.browser.client.window().await.expect("a page is in a window"))
    }

    /// Another window than this one; waits until there is one.
    pub async fn other_window(&self, this: &str) -> String {
        let began = Instant::now();
        loop {
            let all = self.browser.client.windows().await.expect("windows can be counted");
            let other = all.into_iter().map(String::from).find(|window| window != this);
            match other {
                Some(other) => return other,
                None => assert!(began.elapsed() < PATIENCE, "no other window opens"),
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }

    /// Looks at this window.
    pub async fn to_window(&self, window: &str) {
        let handle = window.to_owned().try_into().expect("the name of a window");
        self.browser.client.switch_to_window(handle).await.expect("a window can be looked at");
    }
}

/// What the person sees.
impl Page {
    /// The address in the bar.
    pub async fn url(&self) -> String {
        self.browser.client.current_url().await.expect("a page has an address").to_string()
    }

    /// The title of the page.
    pub async fn title(&self) -> String {
        self.browser.client.title().await.expect("a page has a title")
    }

    /// The text of the first that matches, as it is shown; it must be there.
    pub async fn text(&self, css: &str) -> String {
        match self.texts(css).await.into_iter().next() {
            Some(text) => text,
            None => panic!("nothing matches {css}"),
        }
    }

    /// The texts of all that match, as they are shown.
    pub async fn texts(&self, css: &str) -> Vec<String> {
        let script =
            "return [...document.querySelectorAll(arguments[0])].map(e => (e.innerText ?? e.textContent).trim())";
        let found = self.js_with(script, &[json!(css)]).await;
        serde_json::from_value(found).expect("texts are texts")
    }

    /// An attribute of the first that matches, if it is set.
    pub async fn attribute(&self, css: &str, name: &str) -> Option<String> {
        let script = "return document.querySelector(arguments[0])?.getAttribute(arguments[1])";
        self.js_with(script, &[json!(css), json!(name)]).await.as_str().map(str::to_owned)
    }

    /// How many match.
    pub async fn count(&self, css: &str) -> usize {
        self.texts(css).await.len()
    }

    /// Is the focus on what matches, or inside it?
    pub async fn has_focus(&self, css: &str) -> bool {
        self.js_with("return !!document.activeElement?.closest(arguments[0])", &[json!(css)]).await == json!(true)
    }

    /// What has the focus, as its opening tag.
    pub async fn focused(&self) -> String {
        let tag = self.js("return document.activeElement?.cloneNode(false).outerHTML ?? 'nothing'").await;
        tag.as_str().unwrap_or_default().to_owned()
    }

    /// Is the page wider than its window? On no page should anybody scroll sideways.
    pub async fn scrolls_sideways(&self) -> bool {
        let script = "const root = document.documentElement; return root.scrollWidth > root.clientWidth";
        self.js(script).await == json!(true)
    }

    /// What a script in the page returns.
    pub async fn js(&self, script: &str) -> Value {
        self.js_with(script, &[]).await
    }

    /// What a script in the page returns, given these `arguments`.
    pub async fn js_with(&self, script: &str, arguments: &[Value]) -> Value {
        let done = self.browser.client.execute(script, arguments.to_vec()).await;
        done.unwrap_or_else(|problem| panic!("{script}: {problem}"))
    }

    /// What a script in the page hands to its last argument, a function, when it is done.
    pub async fn js_async(&self, script: &str) -> Value {
        let done = self.browser.client.execute_async(script, Vec::new()).await;
        done.unwrap_or_else(|problem| panic!("{script}: {problem}"))
    }

    /// The status and the headers with which this path is served, names in lower case.
    pub async fn fetch(&self, path: &str) -> (u64, Vec<(String, String)>) {
        let script = "const [url, done] = arguments;
            fetch(url).then(answer => done([answer.status, [...answer.headers]]), problem => done(String(problem)))";
        let url = format!("{}/{path}", self.server.site);
        let answer = self.browser.client.execute_async(script, vec![json!(url)]).await.expect("a page can fetch");
        serde_json::from_value(answer.clone()).unwrap_or_else(|_| panic!("{url}: {answer}"))
    }
}

/// Waiting, never for a fixed time, always for something.
impl Page {
    /// Waits until something matches.
    pub async fn wait_for(&self, css: &str) -> Element {
        self.wait_until(&format!("{css} to be there"), async || self.count(css).await > 0).await;
        let found = self.browser.client.find(Locator::Css(css)).await;
        found.unwrap_or_else(|problem| panic!("{css} went away: {problem}"))
    }

    /// Waits until one that matches shows this text.
    pub async fn wait_for_text(&self, css: &str, text: &str) {
        let shows = async || self.texts(css).await.iter().any(|shown| shown.contains(text));
        self.wait_until(&format!("{css} to say {text:?}"), shows).await;
    }

    /// Waits until nothing matches any more.
    pub async fn wait_gone(&self, css: &str) {
        self.wait_until(&format!("{css} to be gone"), async || self.count(css).await == 0).await;
    }

    /// Waits until it is so.
    pub async fn wait_until(&self, what: &str, mut is_so: impl AsyncFnMut() -> bool) {
        let began = Instant::now();
        while !is_so().await {
            assert!(began.elapsed() < PATIENCE, "waited {} s for {what}", PATIENCE.as_secs());
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }
}
