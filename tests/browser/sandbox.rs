//! Figure 12 in a real browser: everything is tried, and comes as it was predicted; the frame's switches; what is said where no
//! server answers.

use crate::harness::{Key, Page, journey};
use serde_json::json;

/// What a browser says of attempts that are to fail. In another case these are complaints, here they are the point.
const SAID: [&str; 12] = [
    "Not allowed to load local resource",
    "Failed to load resource",
    "net::ERR_",
    "has been blocked",
    "Blocked form submission",
    "Blocked opening",
    "Unsafe attempt",
    "Ignored call to",
    "Download is disallowed",
    "Fetch API cannot load",
    "404",
    "allow-scripts",
];

async fn open(page: &Page, path: &str) {
    SAID.iter().for_each(|words| page.expect(words));
    page.open(path).await;
    page.wait_for("[data-do=all]").await;
}

/// Rows in which prediction and browser differ, as text.
async fn differences(page: &Page) -> Vec<String> {
    page.texts("tr[data-row]:has(.differs, .policy)").await
}

/// Opens every group of rows, and whatever else can be opened.
async fn open_all(page: &Page) {
    page.js("for (const more of document.querySelectorAll('#page details')) more.open = true").await;
}

/// Presses “Try everything” and waits: how many agreed, of how many.
async fn try_all(page: &Page) -> (String, String) {
    page.click("[data-do=all]").await;
    // A press counts for five seconds, and what is tried unasked waits until it counts no more; a question of the driver's
    // might count as one.
    tokio::time::sleep(std::time::Duration::from_secs(8)).await;
    page.wait_for(".sandbox-said [data-agreed]").await;
    let count = async |name: &str| page.attribute(".sandbox-said [data-agreed]", name).await.expect("a count");
    (count("data-agreed").await, count("data-done").await)
}

/// Sets the frame's switches, and waits until everything was tried in it: how many agreed, of how many.
async fn switch(page: &Page, tokens: &[&str]) -> (u64, u64) {
    let set = "const said = document.querySelector('.jail-said'); said.textContent = '';
        for (const box of document.querySelectorAll('[name=token]')) box.checked = arguments[0].includes(box.value);
        document.querySelector('[name=token]').dispatchEvent(new Event('change', { bubbles: true }));";
    page.js_with(set, &[json!(tokens)]).await;
    page.wait_for(".jail-said [data-agreed]").await;
    let count = async |name: &str| page.attribute(".jail-said [data-agreed]", name).await.expect("a count");
    (count("data-agreed").await.parse().expect("a number"), count("data-done").await.parse().expect("a number"))
}

/// What the frame's row of this name shows to have been seen.
async fn seen(page: &Page, id: &str) -> String {
    page.text(&format!(".jail [data-seen={id}]")).await
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn everything_comes_as_it_was_predicted() {
    journey("sandbox", async |page| {
        open(page, "5.1-sandbox/").await;
        // Before anything was tried, every row has its prediction, and nothing is lit.
        let rows = page.count("tr[data-row]").await;
        assert!(rows >= 50, "{rows}");
        assert_eq!(page.count(".predicted code").await, rows);
        open_all(page).await;
        assert_eq!((page.count(".seen .agrees").await, page.count("[data-lit]").await), (0, 0));
        let (agreed, done) = try_all(page).await;
        assert_eq!(differences(page).await, [""; 0]);
        assert_eq!(agreed, done);
        assert!(done.parse::<usize>().expect("a number") >= 40, "{done}");
        // Every arrow of the figure was lit by something that really happened.
        let lit = "return [...new Set([...document.querySelectorAll('.board.wide [data-lit]')].map((one) => one.dataset.lit))].sort()";
        assert_eq!(
            page.js(lit).await,
            json!([
                "Allowed-Cookies", "Allowed-DOM", "Allowed-FS", "Allowed-OS", "Allowed-Processes", "Allowed-Storage",
                "Full-EnvVars", "Full-FSAccess", "Full-Logs", "JS-Allowed", "Server-Full"
            ])
        );
        for (id, words) in [
            ("read-file", "TypeError: Failed to fetch"),
            ("os-10", "ReferenceError: require is not defined"),
            ("dom-04", "Blocked a frame with origin"),
            ("keep-socket", "[\"one\",\"two\"]"),
            ("opfs", "kept"),
        ] {
            let said = page.text(&format!("[data-seen={id}]")).await;
            assert!(said.contains(words), "{id}: {said}");
        }
        for (id, words) in [
            ("read-file", "This file lies on the disk"),
            ("read-directory", "hello.txt (file"),
            ("os-04", "would lead out of the demonstration directory"),
            ("write-log", "lines: 1"),
            ("environment", "whose values stay there"),
            ("see-processes", "threads: "),
            ("net-01", "sent: 00 00 00 08"),
        ] {
            let said = page.text(&format!("[data-served={id}]")).await;
            assert!(said.contains(words), "{id}: {said}");
        }
        assert!(!page.scrolls_sideways().await);
        page.screenshot("sandbox-tried").await;
    })
    .await;
}

/// Every switch alone, and those that count together: each attempt in the frame comes as predicted.
#[tokio::test]
#[ignore = "needs a browser"]
async fn the_switches_of_the_frame() {
    journey("sandbox-frame", async |page| {
        open(page, "5.1-sandbox/").await;
        for tokens in [
            &[][..],
            &["allow-same-origin"],
            &["allow-scripts"],
            &["allow-scripts", "allow-same-origin"],
            &["allow-scripts", "allow-forms"],
            &["allow-scripts", "allow-popups"],
            &["allow-scripts", "allow-modals"],
            &["allow-scripts", "allow-downloads"],
            &["allow-scripts", "allow-top-navigation"],
            &["allow-scripts", "allow-same-origin", "allow-forms", "allow-top-navigation"],
        ] {
            let (agreed, done) = switch(page, tokens).await;
            assert_eq!(differences(page).await, [""; 0], "{tokens:?}");
            assert_eq!(agreed, done, "{tokens:?}");
            assert!(done >= 11, "{tokens:?}: {done}");
            assert_eq!(page.count(".jail-frame iframe").await, 1, "{tokens:?}");
            let attribute = page.attribute(".jail-frame iframe", "sandbox").await;
            assert_eq!(attribute.as_deref(), Some(tokens.join(" ").as_str()));
            let both = ["allow-scripts", "allow-same-origin"].iter().all(|token| tokens.contains(token));
            assert_eq!(page.count(".jail-undone .notice").await == 1, both, "{tokens:?}");
        }
        switch(page, &["allow-scripts", "allow-top-navigation"]).await;
        assert!(seen(page, "frame-top").await.contains("was put back"));
        assert!(page.url().await.ends_with("/5.1-sandbox/"), "{}", page.url().await);
        assert_eq!(page.count(".jail-frame iframe").await, 1, "the page was not turned");
    })
    .await;
}

/// What needs a press in the frame itself.
#[tokio::test]
#[ignore = "needs a browser"]
async fn a_press_in_the_frame_opens_a_window_where_it_may() {
    journey("sandbox-press", async |page| {
        open(page, "5.1-sandbox/").await;
        for (tokens, words) in [(&["allow-scripts"][..], "null"), (&["allow-scripts", "allow-popups"], "a window")] {
            switch(page, tokens).await;
            page.enter(".jail-frame iframe").await;
            page.click("[name=frame-popup]").await;
            page.leave().await;
            page.wait_for(".jail [data-seen=frame-popup] .agrees").await;
            assert!(seen(page, "frame-popup").await.contains(words), "{tokens:?}");
        }
        // Without the token, no dialog waits for an answer.
        page.enter(".jail-frame iframe").await;
        page.click("[name=frame-modal]").await;
        page.leave().await;
        page.wait_for(".jail [data-seen=frame-modal] .agrees").await;
        assert!(seen(page, "frame-modal").await.contains("false"));
        assert_eq!(differences(page).await, [""; 0]);
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn without_the_server_it_says_so() {
    journey("sandbox-alone", async |page| {
        SAID.iter().for_each(|words| page.expect(words));
        // The second origin shows the same files as any static host would.
        page.goto(&page.second_origin("5.1-sandbox/")).await;
        page.wait_for_text("[data-place=sandbox] .notice", "does not answer at this address").await;
        assert!(page.text("[data-place=sandbox]").await.contains("roundtrip serve"));
        assert!(page.text("[data-row=read-file] .served").await.contains("is not here"));
        let (agreed, done) = try_all(page).await;
        assert_eq!(differences(page).await, [""; 0]);
        assert_eq!(agreed, done);
        assert_eq!(
            page.count(".board.wide [data-lit^=Server], .board.wide [data-lit^=Full]").await,
            0,
            "nobody served"
        );
        assert_eq!(page.count(".board.wide [data-lit^=Allowed]").await, 6);
        let (agreed, done) = switch(page, &["allow-scripts"]).await;
        assert_eq!(agreed, done);
        assert_eq!(differences(page).await, [""; 0]);
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn what_the_modules_import_is_listed() {
    journey("sandbox-imports", async |page| {
        open(page, "5.1-sandbox/").await;
        page.click("[data-do=modules]").await;
        page.wait_for("[data-imports]").await;
        let all: u64 =
            page.attribute("[data-imports]", "data-imports").await.expect("a count").parse().expect("a number");
        assert!(all > 200, "{all}");
        assert_eq!(page.count(".imported details").await, 8, "all programs");
        assert_eq!(page.count(".imported .notice").await, 0);
        let loaded =
            page.texts(".imported summary").await.iter().filter(|line| line.contains("loaded in this page")).count();
        assert!(loaded >= 2, "{loaded}");
        // Their names are those of functions, and none is of another kind.
        page.js("for (const more of document.querySelectorAll('.imported details')) more.open = true").await;
        let text = page.text(".imported").await;
        assert!(text.contains("fetch") && text.contains("setTimeout") && !text.contains("of another kind"), "{text}");
        page.screenshot("sandbox-imports").await;
    })
    .await;
}

/// T33: a file that a person picks is read, and goes nowhere.
#[tokio::test]
#[ignore = "needs a browser"]
async fn a_picked_file_is_read() {
    journey("sandbox-pick", async |page| {
        open(page, "5.1-sandbox/").await;
        let pick = "const field = document.querySelector('[name=picked]');
            const some = new DataTransfer();
            some.items.add(new File(['picked by a person'], 'mine.txt'));
            field.files = some.files;
            field.dispatchEvent(new Event('change', { bubbles: true }));";
        page.js(pick).await;
        page.wait_for_text("[data-seen=pick] .agrees", "picked by a person").await;
        assert!(page.text(".sandbox-said").await.contains("mine.txt has 18 bytes"));
    })
    .await;
}

/// By keyboard alone, and open to everybody when everything stands on the page.
#[tokio::test]
#[ignore = "needs a browser"]
async fn it_is_open_to_everybody() {
    journey("sandbox-axe", async |page| {
        for (width, theme) in [(1_280, "light"), (360, "dark"), (360, "light"), (1_280, "dark")] {
            page.size(width, 800).await;
            page.prefer(&[("prefers-color-scheme", theme)]).await;
            open(page, "5.1-sandbox/").await;
            page.tab_to("[data-do=try-read-file]").await;
            page.press(Key::Enter).await;
            page.wait_for("[data-seen=read-file] .agrees").await;
            try_all(page).await;
            switch(page, &["allow-scripts", "allow-same-origin"]).await;
            page.click("[data-do=modules]").await;
            page.wait_for("[data-imports]").await;
            open_all(page).await;
            assert!(!page.scrolls_sideways().await, "{width}");
            crate::axe::passes(page, &format!("the sandbox, {width}, {theme}")).await;
            page.screenshot(&format!("sandbox-{width}-{theme}")).await;
        }
    })
    .await;
}

/// The program comes to life on a page that was turned to, and leaves it.
#[tokio::test]
#[ignore = "needs a browser"]
async fn it_comes_with_its_page() {
    journey("sandbox-turn", async |page| {
        SAID.iter().for_each(|words| page.expect(words));
        page.open("5-reasons/").await;
        page.wait_for("#tools select").await;
        page.click("nav.turn a[rel=next]").await;
        page.wait_for("[data-do=try-dom-01]").await;
        open_all(page).await;
        page.click("[data-do=try-dom-01]").await;
        page.wait_for("[data-seen=dom-01] .agrees").await;
        assert_eq!(page.count(".board.wide [data-lit=Allowed-DOM]").await, 1);
        page.click("nav.turn a[rel=prev]").await;
        page.wait_gone("[data-place=sandbox]").await;
        page.click("nav.turn a[rel=next]").await;
        page.wait_for("[data-do=try-cookie]").await;
        open_all(page).await;
        page.click("[data-do=try-cookie]").await;
        page.wait_for(".board.wide [data-lit=Allowed-Cookies]").await;
        assert_eq!(page.count(".board.wide [data-lit=Allowed-DOM]").await, 0, "the page begins anew");
    })
    .await;
}

/// Somebody else's page has nothing to say to the page of the attempts, nor is that shown within it.
#[tokio::test]
#[ignore = "needs a browser"]
async fn the_page_of_the_attempts_serves_its_own_origin_alone() {
    journey("sandbox-foreign", async |page| {
        page.expect("frame-ancestors");
        page.expect("ERR_BLOCKED_BY_RESPONSE");
        page.open_embedded("5.1-sandbox/frame.html", "width=\"300\" height=\"200\"").await;
        let script = "const done = arguments[arguments.length - 1];
            const heard = [];
            addEventListener('message', (event) => heard.push(String(event.data)));
            document.querySelector('#embed').contentWindow.postMessage('local-storage\\n{}', '*');
            setTimeout(() => done(heard), 1000);";
        assert_eq!(page.js_async(script).await, json!([]));
    })
    .await;
}
