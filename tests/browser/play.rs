//! Figure 5, played.

use crate::harness::{Key, journey};
use serde_json::json;

const SENTENCE: &str = ".sentence";

#[tokio::test]
#[ignore = "needs a browser"]
async fn figure_5_by_keyboard_alone() {
    journey("keyboard", async |page| {
        page.open("2.7-summary/").await;
        page.wait_for(".player").await;
        page.tab_to(".player").await;
        let steps = page.count(".run > ol > li").await;
        assert!(steps > 20, "the whole journey has more than twenty steps, not {steps}");
        for step in 1..=steps {
            page.press(Key::Right).await;
            // A second press finishes the step that plays, and the first one has begun it.
            page.wait_until("the step in the list", async || {
                page.count(&format!(".run > ol > li:nth-child({step}).here")).await == 1
            })
            .await;
        }
        page.press(Key::End).await;
        page.wait_for_text(".content", "\"Grace\"").await;
        page.wait_for_text(".status", "HTTP 200 OK").await;
        page.press(Key::Left).await;
        page.wait_for(&format!(".run > ol > li:nth-child({}).here", steps - 1)).await;
        page.press(Key::Home).await;
        page.wait_for_text(SENTENCE, "Press Space").await;
        page.press(' ').await;
        page.wait_for_text(".play", "Pause").await;
        page.press('k').await;
        page.wait_for_text(".play", "Play").await;
        page.press('5').await;
        page.wait_until("the middle", async || {
            page.js("return document.querySelector('.scrub').value > 5000").await == true
        })
        .await;
        page.press('?').await;
        page.wait_for_text(".keys", "play, pause").await;
        page.screenshot("keyboard").await;
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn close_443_read_the_timeout_step_back() {
    journey("close-443", async |page| {
        page.open("2.7-summary/?step=firewall-decides").await;
        page.wait_for_text(".because", "lets in tcp port 443").await;
        page.wait_for_text(".lines .lit", "443").await;
        page.click("input[name=close-443]").await;
        // The story up to the packet is the same, so the player stays there.
        page.wait_for_text(SENTENCE, "A first packet sets out").await;
        page.tab_to(".player").await;
        page.press(Key::Right).await;
        page.wait_for_text(".because", "dropped").await;
        page.wait_for_text(".because", "no rule lets in tcp port 443").await;
        page.press(Key::End).await;
        page.wait_for_text(".outcome", "ERR_CONNECTION_TIMED_OUT").await;
        page.wait_for_text(".outcome", "backend-demo.senus.doxyz took too long to respond.").await;
        page.screenshot("close-443").await;
        page.press(Key::Left).await;
        page.wait_for_text(SENTENCE, "Silence").await;
        page.press(Key::Left).await;
        page.wait_for_text(SENTENCE, "The security group is asked").await;
        page.click("input[name=close-443]").await;
        page.press(Key::End).await;
        page.wait_until("the player ends as before", async || page.text(".outcome").await.contains("200 OK")).await;
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn a_deep_link_survives_a_reload() {
    journey("deep-link", async |page| {
        page.open("2.7-summary/?step=certificate-chosen").await;
        page.wait_for_text(".because", "the name in the ClientHello").await;
        page.reload().await;
        page.wait_for_text(".because", "the name in the ClientHello").await;
        page.open("2.7-summary/?step=11").await;
        page.wait_for(".run > ol > li:nth-child(11).here").await;
        page.open("2.7-summary/?step=no-such-step&speed=fast").await;
        page.wait_for_text(".notices", "asks for the step “no-such-step”").await;
        page.wait_for_text(".notices", "speed=fast").await;
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn each_step_is_a_link_to_itself() {
    journey("step-links", async |page| {
        page.open("2.7-summary/").await;
        page.wait_for(".player").await;
        page.click(".run > ol > li:nth-child(7) > a").await;
        page.wait_for(".run > ol > li:nth-child(7).here").await;
        assert!(page.url().await.ends_with("2.7-summary/?step=dns-decides"), "{}", page.url().await);
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn without_motion_a_step_is_there_at_once() {
    journey("reduced-motion", async |page| {
        page.prefer(&[("prefers-reduced-motion", "reduce")]).await;
        page.open("2.7-summary/?autoplay=1").await;
        page.wait_for(".player").await;
        page.wait_for_text(SENTENCE, "Press Space").await;
        page.tab_to(".player").await;
        page.press(Key::Right).await;
        page.wait_for_text(".because", "asks the resolver").await;
        page.wait_for_text(".play", "Play").await;
        // It can change while the page is open.
        page.prefer(&[("prefers-reduced-motion", "no-preference")]).await;
        page.press(' ').await;
        page.wait_for_text(".play", "Pause").await;
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn a_field_keeps_its_keys_and_keys_can_be_switched_off() {
    journey("fields", async |page| {
        page.open("2.7-summary/").await;
        page.wait_for(".player").await;
        page.tab_to(".goto").await;
        page.press('k').await;
        assert_eq!(page.text(".play").await.trim(), "Play", "a select keeps its keys");
        page.open("2.7-summary/?keys=0").await;
        page.wait_for(".player").await;
        page.tab_to(".player").await;
        page.press(Key::Right).await;
        page.wait_for_text(SENTENCE, "Press Space").await;
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn figure_5_by_touch() {
    journey("touch", async |page| {
        page.size(360, 800).await;
        page.devtools("Emulation.setTouchEmulationEnabled", json!({ "enabled": true })).await;
        page.open("2.7-summary/").await;
        page.wait_for(".board.tall .actors").await;
        let touch = async |from: f64, to: f64| {
            let frame = page
                .js("const f = document.querySelector('.board.tall .actors').getBoundingClientRect();
                     return [f.left, Math.max(f.top, 0) + 20, f.width]")
                .await;
            let [left, y, width] = [0, 1, 2].map(|i| frame[i].as_f64().expect("a number"));
            for (kind, share) in [("touchStart", Some(from)), ("touchMove", Some(to)), ("touchEnd", None)] {
                let points: Vec<_> = share.iter().map(|share| json!({ "x": left + share * width, "y": y })).collect();
                page.devtools("Input.dispatchTouchEvent", json!({ "type": kind, "touchPoints": points })).await;
            }
        };
        touch(0.8, 0.8).await;
        page.wait_for(".run > ol > li:nth-child(1).here").await;
        touch(0.95, 0.05).await;
        page.wait_for(".run > ol > li:nth-child(2).here").await;
        touch(0.2, 0.2).await;
        page.wait_for(".run > ol > li:nth-child(1).here").await;
        touch(0.05, 0.95).await;
        page.wait_for_text(SENTENCE, "Press Space").await;
    })
    .await;
}

/// Where data is to be saved, nothing of the player is fetched until the reader reaches for the figure; then it plays.
#[tokio::test]
#[ignore = "needs a browser"]
async fn the_player_waits_to_be_wanted_where_data_is_saved() {
    journey("saving-data", async |page| {
        page.ahead("Object.defineProperty(navigator, 'connection', { value: { saveData: true } })").await;
        let fetched = async || {
            let names = "return performance.getEntriesByType('resource').map((e) => e.name).join(' ')";
            page.js(names).await.as_str().is_some_and(|names| names.contains("player"))
        };
        page.open("2.2-dns/").await;
        page.wait_for(".waiting .play").await;
        page.wait_for("html[data-turns]").await;
        page.screenshot("player-waits").await;
        assert!(!fetched().await, "the player was fetched though nobody asked");
        page.press(' ').await;
        page.wait_for_text(".player .play", "Pause").await;
        page.open("2.4-firewall/").await;
        page.click(".waiting .play").await;
        page.wait_for_text(".player .play", "Pause").await;
    })
    .await;
}
