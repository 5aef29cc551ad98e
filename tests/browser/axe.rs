//! No page keeps anybody out: axe-core finds no violation of WCAG 2.2 AA, on any page, light and dark, wide and on a phone,
//! and with everything opened that a page can open.

use crate::harness::{Key, Page, journey};
use course::SECTIONS;
use serde_json::{Value, json};

/// What axe-core has to say of the page as it stands: a sentence for each violation.
async fn violations(page: &Page) -> Vec<String> {
    let path = std::env::var("AXE").expect("AXE names axe-core's script: `cargo xtask test` sets it");
    let axe = std::fs::read_to_string(&path).expect("axe-core's script");
    page.js_with("if (!window.axe) (0, eval)(arguments[0])", &[json!(axe)]).await;
    let script = "const done = arguments[arguments.length - 1];
        axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
           .then((found) => done(found.violations.map((v) => v.id + ': ' + v.help + ' — ' + v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join(', '))),
                 (error) => done(['axe-core failed: ' + error]))";
    let found: Value = page.js_async(script).await;
    serde_json::from_value(found).expect("sentences")
}

/// Fails where axe-core has something to say of the page as it stands.
pub async fn passes(page: &Page, what: &str) {
    let found = violations(page).await;
    assert!(found.is_empty(), "{what}:\n{}", found.join("\n"));
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn every_page_is_open_to_everybody() {
    journey("axe", async |page| {
        for (width, theme) in [(1_280, "light"), (360, "dark")] {
            page.size(width, 800).await;
            page.prefer(&[("prefers-color-scheme", theme)]).await;
            for section in &SECTIONS {
                let path = if section.slug.is_empty() { String::new() } else { format!("{}/", section.slug) };
                page.open(&path).await;
                page.wait_for("#tools select").await;
                let plays = course::pieces::PIECES.iter().any(|piece| section.figure == Some(piece.figure));
                if plays {
                    page.wait_for(".player").await;
                    page.press(Key::End).await;
                }
                if section.figure.and_then(course::numbers::of_figure).is_some() {
                    page.wait_for(".numbers.player").await;
                    page.press(Key::End).await;
                    page.wait_for("[data-said=sentence]:not(:empty)").await;
                    page.wait_for(".plotted").await;
                    page.js("for (const more of document.querySelectorAll('.numbers details')) more.open = true").await;
                }
                passes(page, &format!("{} at {width} px, {theme}", section.slug)).await;
            }
        }
    })
    .await;
}

/// The figures about numbers, with everything open, in the middle of a run and with all that is measured.
#[tokio::test]
#[ignore = "needs a browser"]
async fn numbers_are_open_to_everybody() {
    journey("axe-numbers", async |page| {
        for (width, theme) in [(1_280, "dark"), (360, "light"), (360, "dark")] {
            page.size(width, 800).await;
            page.prefer(&[("prefers-color-scheme", theme)]).await;
            for path in ["5.3-pool/?clients=2000&rate=500&arrivals=2&leak=1", "5.4-devices/?rate=30&servers=2"] {
                page.open(path).await;
                page.wait_for(".numbers.player").await;
                page.press(Key::End).await;
                page.wait_for(".plotted .line[d^=M]").await;
                page.js("for (const more of document.querySelectorAll('.numbers details')) more.open = true").await;
                if page.count("[data-cue=measure]").await > 0 {
                    page.click("[data-cue=measure]").await;
                    page.wait_for_text("[data-said=measured]", "the same result").await;
                }
                page.wait_until("the run to stand", async || {
                    page.attribute("[data-cue=stop]", "hidden").await.is_some()
                })
                .await;
                passes(page, &format!("{path} at {width} px, {theme}")).await;
            }
        }
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn everything_that_opens_is_open_to_everybody() {
    journey("axe-opened", async |page| {
        for theme in ["dark", "light"] {
            page.prefer(&[("prefers-color-scheme", theme)]).await;
            page.open("workbench/").await;
            // What was broken in the other light is whole again.
            page.js("localStorage.clear()").await;
            page.reload().await;
            page.wait_for(".player").await;
            page.press(Key::End).await;
            page.press('?').await;
            page.click("input[name=wrong-port]").await;
            for (button, css) in
                [(1, ".opened pre"), (2, ".waterfall"), (3, ".people"), (4, ".fixes"), (5, ".compared")]
            {
                page.click(&format!(".look .tabs button:nth-child({button})")).await;
                page.wait_for(&format!(".look {css}")).await;
                passes(page, &format!("{css}, {theme}")).await;
            }
            page.click(".terminal .begin").await;
            page.wait_for_text(".terminal .prompt", "$").await;
            page.write("batcat /etc/nginx/conf.d/backend.conf; pm2 list").await;
            page.press(Key::Enter).await;
            page.wait_for_text(".terminal .screen", "online").await;
            passes(page, &format!("terminal, {theme}")).await;
            page.open("4.1-frontend/?step=hydrated").await;
            page.wait_for(".little").await;
            passes(page, &format!("little page, {theme}")).await;
        }
    })
    .await;
}
