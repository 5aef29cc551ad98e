//! The phones beside the like button: pressed by mouse, by touch and by keyboard, on its own page and in somebody else's.

use crate::harness::{Key, Page, journey};
use serde_json::json;

const PAGE: &str = "3.2-like-button/";
const ADA: &str = ".hands .phone[data-phone=Ada]";
const GRACE: &str = ".hands .phone[data-phone=Grace]";

/// Sees the run through to its end.
async fn to_the_end(page: &Page) {
    page.wait_for(".player .play").await;
    page.tab_to(".player").await;
    page.press(Key::End).await;
    page.wait_for(".truths").await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn a_press_runs_the_whole_way_and_the_owner_is_told() {
    journey("phones-press", async |page| {
        page.open(PAGE).await;
        page.wait_for_text(ADA, "Notes on the analytical engine").await;
        // Any post, not only the one that the page begins with.
        page.click(&format!("{ADA} [data-press=\"like 3\"]")).await;
        page.wait_for_text(ADA, "Waiting for the answer").await;
        to_the_end(page).await;
        page.wait_for_text(ADA, "Liked: 1 like").await;
        page.wait_for_text(GRACE, "Ada likes your post 3").await;
        page.wait_for_text(".truths", "likes: 2 rows before, 3 now").await;
        assert_eq!(page.attribute(&format!("{ADA} [data-press=\"unlike 3\"]"), "aria-pressed").await.unwrap(), "true");
        page.screenshot("phones-pressed").await;
        // And back: the run goes on from where it was.
        page.click(&format!("{ADA} [data-press=\"unlike 3\"]")).await;
        to_the_end(page).await;
        page.wait_for_text(".truths", "takes the like of post 3 back").await;
        assert_eq!(page.count(&format!("{ADA} [data-press=\"like 3\"]")).await, 1);
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn somebody_else_presses_and_nobody_is_told_of_his_own() {
    journey("phones-else", async |page| {
        page.open(PAGE).await;
        page.wait_for(ADA).await;
        page.tab_to(".phone select").await;
        page.write("Gr").await;
        page.wait_for(&format!("{GRACE} select")).await;
        assert!(page.has_focus(&format!("{GRACE} select")).await, "{}", page.focused().await);
        // Her own post, by keyboard alone.
        let heart = format!("{GRACE} [data-press$=\" 2\"]");
        page.tab_to(&heart).await;
        page.press(Key::Enter).await;
        page.wait_for_text(GRACE, "Waiting for the answer").await;
        assert!(page.has_focus(&heart).await, "the focus stays on the button: {}", page.focused().await);
        to_the_end(page).await;
        page.wait_for_text(GRACE, "Liked: 2 likes").await;
        page.wait_for_text(".truths", "Nothing.").await;
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn what_goes_wrong_is_said_for_each() {
    journey("phones-wrong", async |page| {
        page.open(PAGE).await;
        page.wait_for(".player").await;
        page.click("input[name=answer-lost-without-key]").await;
        page.wait_for(&format!("{ADA} .says")).await;
        to_the_end(page).await;
        page.wait_for_text(".truths", "likes: 2 rows before, 4 now").await;
        page.screenshot("phones-wrong").await;
        page.click("input[name=answer-lost-without-key]").await;
        page.click("input[name=expired-session]").await;
        to_the_end(page).await;
        page.wait_for_text(".truths", "The same rows as before.").await;
        page.wait_for_text(".truths", "Nothing.").await;
    })
    .await;
}

/// The showcase: in a frame of any size, without an origin of its own.
#[tokio::test]
#[ignore = "needs a browser"]
async fn the_showcase_in_any_box() {
    journey("phones-embedded", async |page| {
        page.size(1_000, 800).await;
        for (width, height) in [(320, 240), (480, 270), (640, 480), (960, 640)] {
            let size = format!("sandbox=allow-scripts width={width} height={height}");
            page.open_embedded("?embed=1&piece=like-button", &size).await;
            page.enter("#embed").await;
            page.wait_for(".player .play").await;
            assert!(!page.scrolls_sideways().await, "{width}×{height} scrolls sideways");
            page.leave().await;
            page.glimpse(&format!("phones-{width}x{height}")).await;
        }
        // From any step; every message is there in words.
        page.open_embedded("?embed=1&piece=like-button&step=notification-shown", "width=640 height=480").await;
        page.enter("#embed").await;
        page.wait_for_text(GRACE, "Ada likes your post 2").await;
        // By keyboard alone.
        page.tab_to(&format!("{ADA} [data-press=\"like 3\"]")).await;
        page.press(Key::Enter).await;
        to_the_end(page).await;
        page.wait_for_text(GRACE, "Ada likes your post 3").await;
        page.leave().await;
        // By touch.
        page.devtools("Emulation.setTouchEmulationEnabled", json!({ "enabled": true })).await;
        page.open_embedded("?embed=1&piece=like-button", "width=320 height=240").await;
        page.enter("#embed").await;
        let at = "const b = document.querySelector('.phone [data-press=\"like 2\"]');
            b.scrollIntoView({ block: 'center' });
            const r = b.getBoundingClientRect();
            return [r.x + r.width / 2, r.y + r.height / 2, r.width, r.height]";
        page.wait_for(".player .play").await;
        page.wait_for(&format!("{ADA} [data-press=\"like 2\"]")).await;
        let place = page.js(at).await;
        let [x, y, wide, high] = [0, 1, 2, 3].map(|i| place[i].as_f64().expect("a number"));
        assert!(wide >= 24.0 && high >= 24.0, "a finger finds it: {wide}×{high}");
        page.leave().await;
        let frame = page
            .js("const f = document.querySelector('#embed').getBoundingClientRect(); return [f.x + 2, f.y + 2]")
            .await;
        let [left, top] = [0, 1].map(|i| frame[i].as_f64().expect("a number"));
        for (kind, points) in [("touchStart", json!([{ "x": left + x, "y": top + y }])), ("touchEnd", json!([]))] {
            page.devtools("Input.dispatchTouchEvent", json!({ "type": kind, "touchPoints": points })).await;
        }
        page.enter("#embed").await;
        page.wait_for_text(ADA, "Waiting for the answer").await;
    })
    .await;
}

/// Waits until the head of it is in the window's upper half.
async fn in_sight(page: &Page, css: &str) {
    let top = "const top = document.querySelector(arguments[0]).getBoundingClientRect().top; return top >= -1 && top <= innerHeight / 2";
    page.wait_until("what was opened to be in sight", async || page.js_with(top, &[json!(css)]).await == json!(true))
        .await;
}

/// Clicks at the words of an arrow or a box of the drawing that is shown.
async fn point_at(page: &Page, words: &str) {
    let script = "const [words] = arguments;
        const board = [...document.querySelectorAll('.board')].find((board) => board.getBoundingClientRect().width);
        const text = [...board.querySelectorAll('svg.figure text')].find((text) => text.textContent.includes(words));
        text.scrollIntoView({ block: 'center' });
        const r = text.getBoundingClientRect();
        return [r.x + r.width / 2, r.y + r.height / 2]";
    let at = page.js_with(script, &[json!(words)]).await;
    let [x, y] = [0, 1].map(|i| at[i].as_f64().expect("a number"));
    for kind in ["mouseMoved", "mousePressed", "mouseReleased"] {
        let button = if kind == "mouseMoved" { "none" } else { "left" };
        let event = json!({ "type": kind, "x": x, "y": y, "button": button, "clickCount": 1 });
        page.devtools("Input.dispatchMouseEvent", event).await;
    }
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn a_message_and_a_participant_open_where_they_are_drawn() {
    journey("phones-point", async |page| {
        page.open(PAGE).await;
        page.wait_for(".player .play").await;
        point_at(page, "Send Like Request").await;
        page.wait_for(".run > ol > li:nth-child(2).here").await;
        page.wait_for_text(".look .opened", "POST /posts/2/like").await;
        in_sight(page, ".look").await;
        page.screenshot("phones-message").await;
        point_at(page, "Database").await;
        page.wait_for(".run > ol > li:nth-child(3).here").await;
        page.wait_for(".documents .tabs [aria-pressed=true][title=\"schema.sql\"]").await;
        // In a frame as well, where the player follows what happens.
        page.size(640, 480).await;
        page.open("?embed=1&piece=like-button").await;
        page.wait_for(".player .play").await;
        point_at(page, "Server").await;
        page.wait_until("a step", async || page.count(".run > ol > li.here").await == 1).await;
        point_at(page, "Database").await;
        page.js("scrollTo(0, 0)").await;
        point_at(page, "Notification").await;
        page.wait_for_text(".look .opened", "POST /send/").await;
        in_sight(page, ".look").await;
    })
    .await;
}
