//! Every page as it looks: wide and on a phone, light and dark. The pictures are in `target/screens/` to be looked at; what
//! can be said of them without eyes is asserted here.

use crate::harness::journey;
use course::SECTIONS;
use serde_json::json;

#[tokio::test]
#[ignore = "needs a browser"]
async fn every_page_wide_and_narrow_light_and_dark() {
    journey("look", async |page| {
        for section in &SECTIONS {
            let path = if section.slug.is_empty() { String::new() } else { format!("{}/", section.slug) };
            let name = if section.slug.is_empty() { "home" } else { section.slug };
            for (width, form) in [(1_280, "wide"), (360, "phone")] {
                page.size(width, 800).await;
                for theme in ["light", "dark"] {
                    page.prefer(&[("prefers-color-scheme", theme)]).await;
                    page.open(&path).await;
                    page.wait_for("#tools select").await;
                    assert!(!page.scrolls_sideways().await, "{name} scrolls sideways at {width} px");
                    page.screenshot(&format!("{name}-{form}-{theme}")).await;
                }
                let smallest = page.js(SMALLEST).await.as_f64();
                let least = if form == "wide" { 14.0 } else { 12.0 };
                if section.figure.is_some() {
                    let smallest = smallest.expect("a figure has words");
                    assert!(smallest >= least, "{name}: figure text of {smallest} px at {width} px");
                }
            }
        }
    })
    .await;
}

/// The smallest text of the figure that is shown, in pixels on the screen.
const SMALLEST: &str = "
    const shown = [...document.querySelectorAll('.board svg.figure')].find((svg) => svg.getBoundingClientRect().width);
    if (!shown) return null;
    const scale = shown.getBoundingClientRect().width / shown.viewBox.baseVal.width;
    return Math.min(...[...shown.querySelectorAll('text')].map((t) => parseFloat(getComputedStyle(t).fontSize) * scale));
";

/// Without motion and with it, the frames of a whole run stay within the drawing's frame.
#[tokio::test]
#[ignore = "needs a browser"]
async fn what_moves_stays_on_the_board() {
    journey("on-the-board", async |page| {
        page.open("2.7-summary/?speed=400").await;
        page.wait_for(".player").await;
        page.click(".play").await;
        page.wait_until("the end of the run", async || {
            let out = page
                .js("const board = document.querySelector('.board.wide').getBoundingClientRect();
                     return [...document.querySelectorAll('.board.wide .token')].filter((token) => {
                       const frame = token.getBoundingClientRect();
                       return frame.left < board.left || frame.right > board.right || frame.top < board.top - 2 || frame.bottom > board.bottom + 2;
                     }).map((token) => token.textContent)")
                .await;
            assert_eq!(out, json!([]), "tokens beside the board");
            page.text(".outcome").await.contains("200 OK")
        })
        .await;
    })
    .await;
}
