//! Turning pages, and what is there without the app.

use crate::harness::{Key, journey};
use serde_json::json;

#[tokio::test]
#[ignore = "needs a browser"]
async fn turning_pages_keeps_the_wasm() {
    journey("turning", async |page| {
        page.open("").await;
        page.wait_for("#tools select").await;
        page.js("window.stays = 'here'").await;
        page.click(".turn a[rel=next]").await;
        page.wait_for_text("h1", "Definition of a backend").await;
        assert!(page.url().await.ends_with("/1-definition/"));
        assert!(page.title().await.starts_with("1. Definition"), "{}", page.title().await);
        assert!(page.has_focus("#page").await, "the focus goes to the new page");
        page.js("document.querySelector('.contents').open = true").await;
        page.click(".contents a[href$='2.7-summary/']").await;
        page.wait_for(".player").await;
        page.wait_for(".board .actors").await;
        page.back().await;
        page.wait_for_text("h1", "Definition of a backend").await;
        page.back().await;
        page.wait_for("[data-figure='16'] .way .read").await;
        assert_eq!(page.js("return window.stays").await, json!("here"), "the page was loaded anew");
        assert!(page.count(".board.wide .way .read").await >= 2, "what was read is marked on the map");
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn a_node_of_the_map_opens_its_section() {
    journey("map", async |page| {
        page.open("").await;
        page.wait_for(".way").await;
        page.tab_to(".board.wide .doors a[aria-label^='2.2']").await;
        page.press(Key::Enter).await;
        page.wait_for_text("h1", "DNS server").await;
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn without_scripts_the_words_and_the_still_figure_are_there() {
    journey("no-script", async |page| {
        page.without_scripts().await;
        page.open("2.7-summary/").await;
        page.wait_for_text("h1", "Summary of the flow").await;
        assert_eq!(page.count(".board.wide svg.figure").await, 1);
        page.wait_for_text(".words", "break it with the switches").await;
        assert!(page.count(".run > ol > li").await > 20, "the run stands there as text");
        page.screenshot("no-script").await;
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn wasm_that_never_arrives_is_said() {
    journey("no-wasm", async |page| {
        page.without(&["*.wasm"]).await;
        page.expect("wasm");
        page.expect("Failed to load resource");
        page.open("2.7-summary/").await;
        page.wait_for_text("#trouble", "could not go on").await;
        page.wait_for_text("#trouble", "Load the page again").await;
        assert!(page.count(".run > ol > li").await > 20, "the words stand");
        page.screenshot("no-wasm").await;
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn a_panic_in_a_handler_shows_a_message_and_a_way_on() {
    journey("panic", async |page| {
        page.expect("panic");
        page.expect("unreachable");
        page.open("2.7-summary/?fault=panic").await;
        page.wait_for(".player").await;
        page.tab_to(".player").await;
        page.press(Key::Right).await;
        page.wait_for_text("#trouble", "a mistake in the program").await;
        page.wait_for_text("#trouble", "fault=panic").await;
        page.screenshot("panic").await;
        page.wait_for_text(".words", "break it with the switches").await;
        page.click("#trouble a").await;
        page.wait_gone("#trouble:not([hidden])").await;
        page.wait_for(".player").await;
    })
    .await;
}

/// In a frame that may run scripts and nothing else, from another origin: the figure plays, nothing else is there, and no
/// storage is needed.
#[tokio::test]
#[ignore = "needs a browser"]
async fn the_figure_plays_in_a_sandboxed_frame() {
    journey("embedded", async |page| {
        for (width, height) in [(320, 240), (480, 270), (768, 464)] {
            let frame = format!("sandbox=allow-scripts width={width} height={height}");
            page.open_embedded("?embed=1&piece=summary&step=firewall-decides", &frame).await;
            page.enter("#embed").await;
            page.wait_for_text(".because", "lets in tcp port 443").await;
            assert_eq!(page.js("return self.origin").await, json!("null"));
            assert_eq!(
                page.js("return getComputedStyle(document.querySelector('.words')).display").await,
                json!("none")
            );
            page.click(".bar button:nth-of-type(3)").await;
            page.wait_for_text(".sentence", "The packet reaches the instance").await;
            assert!(!page.scrolls_sideways().await, "{width} by {height} scrolls sideways");
            page.leave().await;
            page.screenshot(&format!("embedded-{width}")).await;
        }
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn going_back_finds_the_place_again() {
    journey("back", async |page| {
        page.open("2.7-summary/").await;
        page.wait_for(".player").await;
        page.js("scrollTo(0, 2000)").await;
        page.js("document.querySelector('.turn a[rel=next]').click()").await;
        page.wait_for_text("h1", "The purpose of backend systems").await;
        page.back().await;
        page.wait_for(".player").await;
        page.wait_until("the place on the page", async || page.js("return Math.round(scrollY)").await == json!(2_000))
            .await;
    })
    .await;
}

/// Each leaf of figure 11 is a link that the keyboard reaches, to a page that is there.
#[tokio::test]
#[ignore = "needs a browser"]
async fn the_leaves_of_figure_11_open_by_keyboard() {
    journey("reasons-leaves", async |page| {
        page.open("5-reasons/").await;
        for (leaf, slug) in [
            ("No File System Access", "5.1-sandbox"),
            ("Limited APIs", "5.1-sandbox"),
            ("Cross-Origin Blocked", "5.2-cors"),
            ("Header Requirements", "laboratory"),
            ("No Connection Pooling", "5.3-pool"),
            ("Database Overload", "5.3-pool"),
            ("Variable Hardware", "5.4-devices"),
            ("Performance Issues", "5.4-devices"),
        ] {
            let door = format!(".board.wide .doors a[aria-label='{leaf}']");
            page.wait_for(&door).await;
            page.tab_to(&door).await;
            page.press(Key::Enter).await;
            page.wait_for(&format!("#page[data-section='{slug}']")).await;
            page.back().await;
            page.wait_for("#page[data-section='5-reasons']").await;
        }
    })
    .await;
}
