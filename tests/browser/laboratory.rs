//! The laboratory in a real browser: one trial by hand, hundreds by chance, and what is said where nobody answers trials.

use crate::harness::{Page, journey};
use serde_json::json;

/// What a browser says of fetches that are to fail. In another case these are complaints, here they are the point.
const SAID: [&str; 8] = [
    "has been blocked by CORS policy",
    "Failed to load resource",
    "net::ERR_",
    "Fetch API cannot load",
    "Unsafe attempt to load URL",
    "has been blocked",
    "404",
    "/trial/",
];

async fn open(page: &Page) {
    SAID.iter().for_each(|words| page.expect(words));
    page.open("laboratory/").await;
    page.wait_for("form .go").await;
}

/// Rows in which prediction and browser differ, as text.
async fn differences(page: &Page) -> Vec<String> {
    page.texts(".told .differs").await
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn predicted_first_and_then_done() {
    journey("laboratory", async |page| {
        open(page).await;
        assert!(page.text(".lab-browser").await.contains("Chromium"), "the browser is named");
        // What stands on the page at the moment in which a fetch leaves: the prediction, and nothing of what came.
        page.js("window.before = [];
             const place = document.querySelector('.trial-outcome');
             new MutationObserver(() => before.push(place.innerText)).observe(place, { childList: true });")
            .await;
        page.js("document.querySelector('[name=guess-script][value=error]').click()").await;
        page.js("document.querySelector('[name=guess-server][value=no]').click()").await;
        page.click(".go").await;
        page.wait_for(".trial-outcome .why").await;
        assert_eq!(differences(page).await, [""; 0]);
        let before = page.js("return before").await;
        let before: Vec<String> = serde_json::from_value(before).expect("texts");
        assert_eq!(before.len(), 2, "first the prediction, then what came of it: {before:?}");
        assert!(before[0].contains("Predicted. Now the browser does it."), "{}", before[0]);
        assert!(before[0].contains("Failed to fetch") && !before[0].contains("agrees"), "{}", before[0]);
        let said = page.text("[data-place=laboratory]").await;
        // A simple request that is “blocked” did arrive.
        for words in
            ["As predicted", "GET http://localhost", "you were right", "you were wrong", "add_header", "CorsLayer"]
        {
            assert!(
                said.contains(words)
                    || page
                        .js("return document.querySelector('[data-place=laboratory]').textContent")
                        .await
                        .as_str()
                        .is_some_and(|all| all.contains(words)),
                "{words}: {said}"
            );
        }
        assert!(!page.scrolls_sideways().await);
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn every_situation_with_a_name() {
    journey("laboratory-named", async |page| {
        open(page).await;
        let names =
            page.js("return [...document.querySelector('[name=situation]').options].map((one) => one.value)").await;
        let names: Vec<String> = serde_json::from_value(names).expect("names");
        assert!(names.len() >= 12, "{names:?}");
        for name in names {
            let choose = "const pick = document.querySelector('[name=situation]');
                pick.value = arguments[0];
                pick.dispatchEvent(new Event('change', { bubbles: true }));";
            page.js_with(choose, &[json!(name)]).await;
            page.wait_gone(".trial-outcome .why").await;
            page.click(".go").await;
            page.wait_for(".trial-outcome .why").await;
            assert_eq!(differences(page).await, [""; 0], "{name}");
        }
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn five_hundred_trials_by_chance_agree() {
    journey("laboratory-all", async |page| {
        open(page).await;
        page.js("document.querySelector('[name=count]').value = '500'").await;
        page.click("[data-do=all]").await;
        // Each takes some twenty milliseconds; a slow machine may take longer than one is patient with a page.
        for _ in 0..40 {
            if page.count(".all-table .verdict").await > 0 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_secs(3)).await;
        }
        let count = async |name: &str| page.attribute(".all-table .verdict", name).await.expect("a count");
        let words = page.text(".all-table .verdict").await;
        assert!(words.contains("Chromium") && words.contains("seed 1"), "{words}");
        let table = page.text(".all-table").await;
        assert_eq!(
            (count("data-done").await, count("data-agreed").await),
            ("500".to_owned(), "500".to_owned()),
            "{table}"
        );
        // Nothing was too easy: most kinds of refusal were among them.
        assert!(page.count(".tally tbody tr").await >= 20, "{table}");
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn run_them_all_can_be_stopped() {
    journey("laboratory-stop", async |page| {
        open(page).await;
        page.js("document.querySelector('[name=count]').value = '5000'").await;
        page.click("[data-do=all]").await;
        page.wait_for_text(".all-progress", "of 5000").await;
        page.click("[data-do=stop]").await;
        page.wait_for(".all-table .verdict").await;
        assert!(!page.text(".all-table .verdict").await.contains("of 5000 agree"));
        // And the bench is free again.
        page.click(".go").await;
        page.wait_for(".trial-outcome .why").await;
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn without_the_test_server_it_says_so() {
    journey("laboratory-alone", async |page| {
        SAID.iter().for_each(|words| page.expect(words));
        // The second origin shows the same files as any static host would.
        page.goto(&page.second_origin("laboratory/")).await;
        page.wait_for_text("[data-place=laboratory] .notice", "no trial is done from here").await;
        assert!(page.text("[data-place=laboratory]").await.contains("roundtrip serve"));
        page.click("[data-do=alone]").await;
        page.wait_for(".trial-outcome .why").await;
        assert_eq!(differences(page).await, [""; 0]);
        assert!(page.text(".told").await.contains("opaque"));
    })
    .await;
}

/// A plain static server below a path: no test server, another policy, no headers. It is never called CORS.
#[tokio::test]
#[ignore = "needs a browser"]
async fn on_a_static_host_below_a_path_it_says_so() {
    journey("laboratory-static", async |page| {
        SAID.iter().for_each(|words| page.expect(words));
        page.goto(&crate::harness::static_host("some/where", "laboratory/")).await;
        page.wait_for_text("[data-place=laboratory] .notice", "no trial is done from here").await;
        let said = page.text("[data-place=laboratory]").await;
        for words in ["Local Network Access", "roundtrip serve --open", "cargo xtask serve", "look like a CORS error"] {
            assert!(said.contains(words), "{words}: {said}");
        }
        assert!(!said.contains("blocked by CORS"), "{said}");
        // Nothing was asked of this machine: all that was fetched came from that host.
        let hosts = page
            .js("return [...new Set(performance.getEntriesByType('resource').map((one) => new URL(one.name).host))]");
        let own = page.js("return [location.host]").await;
        assert_eq!(hosts.await, own);
        page.click("[data-do=alone]").await;
        page.wait_for(".trial-outcome .why").await;
        assert_eq!(differences(page).await, [""; 0]);
        assert!(page.text(".told").await.contains("opaque"));
        // Figure 13 shows that trial as well.
        page.wait_for(".lab-figure [data-mark=Check].on").await;
    })
    .await;
}

/// From a run of figure 13 to the same thing for real.
#[tokio::test]
#[ignore = "needs a browser"]
async fn a_run_of_figure_13_is_tried_for_real() {
    journey("laboratory-from-figure", async |page| {
        SAID.iter().for_each(|words| page.expect(words));
        page.open("5.2-cors/").await;
        page.wait_for(".player").await;
        page.js("document.querySelector('.switches [name=json-allowed]').click()").await;
        page.wait_for(".try a[href*='Content-Type']").await;
        let link = page.attribute(".try a", "href").await.expect("a link");
        assert!(link.contains("preflight=204") && link.contains("method=POST"), "{link}");
        page.click(".try a").await;
        page.wait_for("form .go").await;
        let field = async |name: &str| {
            let value =
                page.js_with("return document.querySelector(`[name=${arguments[0]}]`).value", &[json!(name)]).await;
            value.as_str().unwrap_or_default().to_owned()
        };
        assert_eq!((field("method").await.as_str(), field("body").await.as_str()), ("POST", "{}"));
        assert!(field("preflight-headers").await.contains("Access-Control-Allow-Headers: Content-Type"));
        assert!(field("answer-headers").await.contains("Access-Control-Allow-Origin: http://localhost"));
        page.click(".go").await;
        page.wait_for(".trial-outcome .why").await;
        assert_eq!(differences(page).await, [""; 0]);
        assert!(page.text(".told").await.contains("cors, status 200"));
        // Its way through the figure, to its end and as far as a step.
        page.wait_for(".lab-figure [data-mark=Headers-Allow2].on").await;
        assert_eq!(page.count(".lab-figure [data-mark=Headers-Block].on").await, 0);
        page.click(".why [data-do=at-0]").await;
        page.wait_gone(".lab-figure [data-mark=Headers-Allow2].on").await;
        // A link that is damaged says so.
        page.goto("about:blank").await;
        page.open("laboratory/#trial&mode=cros").await;
        page.wait_for_text(".trial-words", "“cros” for “mode”").await;
    })
    .await;
}

/// Somebody else's page cannot make the frame fetch: it is not shown within it, and would not listen.
#[tokio::test]
#[ignore = "needs a browser"]
async fn the_frame_serves_its_own_page_alone() {
    journey("laboratory-frame", async |page| {
        page.expect("frame-ancestors");
        page.expect("ERR_BLOCKED_BY_RESPONSE");
        page.expect("403");
        page.open_embedded("trials/frame", "width=\"300\" height=\"200\"").await;
        let script = "const done = arguments[arguments.length - 1];
            const heard = [];
            addEventListener('message', (event) => heard.push(String(event.data)));
            const calls = JSON.stringify({ number: 1, calls: [{ url: '/live/state', init: {} }] });
            document.querySelector('#embed').contentWindow.postMessage(calls, '*');
            setTimeout(() => done(heard), 1000);";
        assert_eq!(page.js_async(script).await, json!([]));
    })
    .await;
}
