//! “For real”: the page, the bundled server, and the phones of two people in two windows.

use crate::axe::passes;
use crate::harness::{Key, Page, journey};
use serde_json::json;

const ADA: &str = "3.2-like-button/?phone=ada&as=1";

/// Opens Ada's phone, and from it Grace's in another window, by a press of `open`; Ada's and Grace's window.
async fn two_phones(page: &Page, open: impl AsyncFnOnce()) -> (String, String) {
    page.open(ADA).await;
    page.wait_for_text(".live .state", "Connected").await;
    let ada = page.window().await;
    open().await;
    let grace = page.other_window(&ada).await;
    page.to_window(&grace).await;
    page.wait_for_text(".live .state", "Connected").await;
    page.to_window(&ada).await;
    // It foretells each answer before the request is sent; before it has come, a press waits for it.
    let engine = async || page.js("return typeof roundtripLens").await == json!("function");
    page.wait_until("the engine to be there", engine).await;
    (ada, grace)
}

/// The numbers of the notifications that a phone shows, the newest first.
async fn shown(page: &Page) -> Vec<String> {
    page.texts(".live .notes li small").await
}

/// From now on the window remembers when its notifications came and when its button was pressed, in milliseconds since 1970.
const WATCH: &str = "
    window.came = [];
    const notes = document.querySelector('.live .notes');
    new MutationObserver(() => came.push(performance.timeOrigin + performance.now())).observe(notes, { childList: true, subtree: true });
    addEventListener('click', () => window.pressed = performance.timeOrigin + performance.now(), true);";

async fn a_like_reaches_its_owner(name: &str, keyboard: bool) {
    journey(name, async |page| {
        let door = "#live-door-2";
        let (ada, grace) = two_phones(page, async || {
            if keyboard {
                page.tab_to(door).await;
                page.press(Key::Enter).await;
            } else {
                page.click(door).await;
            }
        })
        .await;
        for window in [&grace, &ada] {
            page.to_window(window).await;
            page.js(WATCH).await;
        }
        let before = page.text(".live .feed li:nth-child(2) .count").await;
        assert_eq!(before, "1 like");
        if keyboard {
            page.tab_to("#live-2").await;
            page.press(' ').await;
        } else {
            page.click("#live-2").await;
        }
        page.wait_for_text(".live .verdict", "As foretold.").await;
        page.wait_for_text(".live .feed li:nth-child(2) .count", "2 likes").await;
        assert!(
            !keyboard || page.has_focus("#live-2").await,
            "the focus stays on the button: {}",
            page.focused().await
        );
        page.screenshot(&format!("{name}-ada")).await;
        let pressed = page.js("return window.pressed").await.as_f64().expect("it was pressed");
        page.to_window(&grace).await;
        page.wait_for_text(".live .notes", "Ada liked “A nanosecond is 30 cm of wire”").await;
        let came = page.js("return window.came[0]").await.as_f64().expect("it came");
        println!("{name}: from the press to the owner's phone {:.0} ms", came - pressed);
        assert!(came - pressed < 1_000.0, "it came after {} ms", came - pressed);
        page.wait_for_text(".live .said", "Ada liked").await;
        // The owner's page counts it, too.
        page.wait_for_text(".live .feed li:nth-child(2) .count", "2 likes").await;
        page.screenshot(&format!("{name}-grace")).await;
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn a_like_in_one_window_reaches_the_owner_in_the_other() {
    a_like_reaches_its_owner("real-windows", false).await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn the_same_by_keyboard_alone() {
    a_like_reaches_its_owner("real-keyboard", true).await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn a_server_that_is_stopped_and_started() {
    journey("real-restart", async |page| {
        let (ada, grace) = two_phones(page, async || page.click("#live-door-2").await).await;
        page.click("#live-2").await;
        page.wait_for_text(".live .verdict", "As foretold.").await;
        page.expect("net::ERR_");
        page.server().stop();
        page.wait_for_text(".live .state", "Reconnecting in").await;
        // Pressed while nobody is there: it stays, and the count stays what it was.
        page.click("#live-3").await;
        page.wait_for_text(".live .unsent", "Like: not sent yet").await;
        assert_eq!(page.text(".live .feed li:nth-child(3) .count").await, "0 likes");
        page.screenshot("real-away").await;
        page.to_window(&grace).await;
        page.wait_for_text(".live .state", "Reconnecting in").await;
        page.server().start_again();
        for window in [&ada, &grace] {
            page.to_window(window).await;
            page.wait_for_text(".live .state", "Connected").await;
        }
        page.wait_for_text(".live .notes", "Ada liked “Found a moth in relay 70”").await;
        assert_eq!(shown(page).await, ["2", "1"], "nothing lost, nothing twice");
        page.wait_for_text(".live .feed li:nth-child(3) .count", "1 like").await;
        page.to_window(&ada).await;
        page.wait_gone(".live .unsent").await;
        page.wait_for_text(".live .verdict", "As foretold.").await;
        page.wait_for_text(".live .feed li:nth-child(3) .count", "1 like").await;
        // And once more, after a reload: what was shown is shown, once.
        page.to_window(&grace).await;
        page.reload().await;
        page.wait_for_text(".live .state", "Connected").await;
        assert_eq!(shown(page).await, ["2", "1"]);
    })
    .await;
}

/// Remembers what stands beside the phone at the moment at which a like is sent.
const LISTEN: &str = "
    window.before = [];
    const sent = window.fetch;
    window.fetch = (address, init) => {
      if (String(address).endsWith('/like')) before.push(document.querySelector('.live .trial').innerText);
      return sent(address, init);
    };";

#[tokio::test]
#[ignore = "needs a browser"]
async fn every_answer_is_as_foretold() {
    journey("real-foretold", async |page| {
        page.ahead(LISTEN).await;
        page.open(ADA).await;
        page.wait_for_text(".live .state", "Connected").await;
        let asks = async |css: &str, status: &str, body: &str| {
            page.js("document.querySelector('.live .trial').textContent = ''").await;
            page.click(css).await;
            page.wait_for_text(".live .trial tr", body).await;
            page.wait_for_text(".live .verdict", "As foretold.").await;
            let status = format!("{status}\t{status}");
            page.wait_for_text(".live .trial tr", &status).await;
            assert_eq!(page.count(".live tr.differs").await, 0);
        };
        asks("#live-2", "200", "{\"likes\":2}").await;
        let before = page.js("return window.before").await;
        let stood = before[0].as_str().expect("it was sent");
        assert!(stood.contains("{\"likes\":2}") && stood.contains("Now it is sent"), "it stood there first: {stood}");
        asks("#live-again-2", "200", "{\"likes\":2}").await;
        asks("#live-2", "200", "{\"likes\":1}").await;
        asks("#live-99", "404", "no such post").await;
        page.expect("404");
        page.click("#live-nobody").await;
        page.wait_for_text(".live .state", "Nobody is signed in").await;
        asks("#live-3", "401", "not signed in").await;
        page.expect("401");
        page.click(".live summary").await;
        let may = page.texts(".live details tr").await.join("\n");
        for name in ["Date", "Server", "WWW-Authenticate", "Content-Security-Policy"] {
            assert!(may.contains(name), "{may}");
        }
        page.screenshot("real-refused").await;
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn a_window_stays_a_phone_while_pages_are_turned() {
    journey("real-turn", async |page| {
        page.open(ADA).await;
        page.wait_for_text(".live .state", "Connected").await;
        page.click("a[rel=prev]").await;
        page.wait_for_text("h1", "Centralized data").await;
        page.wait_gone(".live").await;
        // Whoever reads another page has no stream open.
        let streams = "const done = arguments[arguments.length - 1];
            fetch('/live/state').then((answer) => answer.json()).then((state) => done(state.open.streams))";
        page.wait_until("the stream to end", async || page.js_async(streams).await == json!(0)).await;
        page.click("a[rel=next]").await;
        page.wait_for_text(".live .state", "Connected").await;
        assert_eq!(page.text(".live .who [aria-pressed=true]").await, "Ada");
        page.click("#live-2").await;
        page.wait_for_text(".live .trial pre", "POST /live/phones/ada/posts/2/like").await;
        page.wait_for_text(".live .verdict", "As foretold.").await;
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn without_the_server_it_says_how_to_start_it() {
    journey("real-none", async |page| {
        // The second origin is a static host: it has nothing below /live.
        page.expect("404");
        page.goto(&page.second_origin("3.2-like-button/")).await;
        page.wait_for_text(".live output", "It is not here.").await;
        let words = page.text(".live").await;
        assert!(words.contains("roundtrip serve") && words.contains("cargo xtask serve"), "{words}");
        page.screenshot("real-none").await;
        // A host that does not answer at all, and then does: looking again finds it.
        page.expect("net::ERR_BLOCKED_BY_CLIENT");
        page.without(&["*/live/*"]).await;
        page.open("3.2-like-button/").await;
        page.wait_for_text(".live output", "It is not here.").await;
        page.without(&[]).await;
        page.click(".live button").await;
        page.wait_for_text(".live .state", "Nobody is signed in").await;
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn protocols_for_real() {
    journey("real-wire", async |page| {
        page.open("1.1-protocols/").await;
        for (button, what) in [
            (0, "{\"hello\":\"from a real server\"}"),
            (1, "<h1>Hello from a real server</h1>"),
            (2, "<svg xmlns="),
            (3, "406"),
        ] {
            page.click(&format!("#live-form-{button}")).await;
            page.wait_for_text(".live .plain pre", what).await;
        }
        page.expect("406");
        page.click("#live-door").await;
        page.wait_for_text(".live .log", "101 Switching Protocols").await;
        page.click("#live-send").await;
        page.wait_for_text(".live .log .came", "Hello ♥").await;
        page.wait_for_text(".live .log .came", "81 09").await;
        page.wait_for_text(".live .log .sent", "81 89").await;
        page.click("#live-door").await;
        page.wait_for_text(".live .log .end", "closed: 1000").await;
        page.screenshot("real-wire-wide").await;
        // The figure stays in sight, and lies over nothing.
        page.js("document.querySelector('.live').scrollIntoView()").await;
        let order = "const [stage, live, player] = ['.stage', '.live', '.player'].map((css) => document.querySelector(css).getBoundingClientRect());
            return [stage.right <= live.left, player.bottom <= live.top]";
        assert_eq!(page.js(order).await, json!([true, true]));
        page.size(360, 800).await;
        assert!(!page.scrolls_sideways().await);
        page.screenshot("real-wire-phone").await;
        passes(page, "the panel of figure 1").await;
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn the_panel_keeps_nobody_out() {
    journey("real-axe", async |page| {
        for (width, theme) in [(1_280, "light"), (360, "dark")] {
            page.size(width, 800).await;
            page.prefer(&[("prefers-color-scheme", theme), ("prefers-reduced-motion", "reduce")]).await;
            page.open("3.2-like-button/?phone=grace&as=2").await;
            page.wait_for_text(".live .state", "Connected").await;
            page.click("#live-1").await;
            page.wait_for_text(".live .verdict", "As foretold.").await;
            page.click(".live summary").await;
            passes(page, &format!("the panel at {width} px, {theme}")).await;
            assert!(!page.scrolls_sideways().await, "{width}");
            page.screenshot(&format!("real-{width}-{theme}")).await;
        }
        assert_eq!(page.js("return document.querySelectorAll('.live [role=status]').length").await, json!(1));
    })
    .await;
}
