//! The documents beside the figure, edited: by typing, by the switches, and back again.

use crate::harness::{Key, Page, journey};
use serde_json::json;

const FIELD: &str = ".editor textarea";

/// Opens a document.
async fn tab(page: &Page, name: &str) {
    page.click(&format!(".tabs button[title='{name}']")).await;
    page.wait_for(&format!("{FIELD}[aria-label='{name}']")).await;
}

/// Selects the first stretch of the open document that says this, as a person does with the mouse, and types over it.
async fn replace(page: &Page, from: &str, to: &str) {
    let script = "const field = document.querySelector(arguments[0]);
                  const at = field.value.indexOf(arguments[1]);
                  field.focus();
                  field.setSelectionRange(at, at + arguments[1].length);
                  return at";
    let at = page.js_with(script, &[json!(FIELD), json!(from)]).await;
    assert_ne!(at, json!(-1), "the document does not say {from}");
    if to.is_empty() {
        page.press(Key::Delete).await;
    } else {
        page.devtools("Input.insertText", json!({ "text": to })).await;
    }
}

async fn says(page: &Page, css: &str, words: &str) {
    page.wait_for_text(css, words).await;
}

/// The page at the end of the run, with nothing kept from before.
async fn at_the_end(page: &Page) {
    page.open("2.7-summary/").await;
    page.wait_for(".player").await;
    page.press(Key::End).await;
    says(page, ".outcome", "200 OK").await;
}

/// A press on a key of the player, wherever the focus was.
async fn end(page: &Page) {
    page.js("document.querySelector('.player').focus({ preventScroll: true })").await;
    page.press(Key::End).await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn zone_and_rules_broken_and_mended_by_typing() {
    journey("edit-at-once", async |page| {
        at_the_end(page).await;
        tab(page, "senus.doxyz.zone").await;
        replace(page, "52.23.45.67", "52.23.45.76").await;
        end(page).await;
        says(page, ".outcome", "ERR_CONNECTION_TIMED_OUT").await;
        tab(page, "senus.doxyz.zone").await;
        replace(page, "52.23.45.76", "52.23.45.67").await;
        end(page).await;
        says(page, ".outcome", "200 OK").await;
        tab(page, "security-group").await;
        replace(page, "443 ", "444 ").await;
        end(page).await;
        says(page, ".outcome", "ERR_CONNECTION_TIMED_OUT").await;
        tab(page, "security-group").await;
        replace(page, "444 ", "443 ").await;
        end(page).await;
        says(page, ".outcome", "200 OK").await;
        assert_eq!(page.count(".behind:not([hidden])").await, 0, "both count at once");
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn nginx_certificate_and_process_count_when_they_are_read_anew() {
    journey("edit-reload", async |page| {
        at_the_end(page).await;
        let broken = [
            ("/etc/nginx/conf.d/backend.conf", "localhost:3001", "localhost:3009", "502 Bad Gateway"),
            ("certificates", "DNS:backend-demo", "DNS:another", "ERR_CERT_COMMON_NAME_INVALID"),
            ("ecosystem.config.js", "PORT: 3001", "PORT: 3002", "502 Bad Gateway"),
        ];
        for (document, from, to, then) in broken {
            tab(page, document).await;
            replace(page, from, to).await;
            page.wait_for(".behind:not([hidden])").await;
            end(page).await;
            says(page, ".outcome", "200 OK").await;
            page.click(".behind:not([hidden]) button").await;
            page.wait_gone(".behind:not([hidden])").await;
            end(page).await;
            says(page, ".outcome", then).await;
            tab(page, document).await;
            replace(page, to, from).await;
            page.click(".behind:not([hidden]) button").await;
            end(page).await;
            says(page, ".outcome", "200 OK").await;
        }
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn a_reload_with_a_mistake_keeps_the_old_configuration() {
    journey("edit-mistake", async |page| {
        at_the_end(page).await;
        tab(page, "/etc/nginx/conf.d/backend.conf").await;
        replace(page, "proxy_pass", "proxy_pas").await;
        says(page, ".problems", "unknown directive \"proxy_pas\"").await;
        page.wait_for(&format!("{FIELD}[aria-invalid=true]")).await;
        page.wait_for(".lines .bad u").await;
        page.click(".behind:not([hidden]) button").await;
        says(page, ".loading pre", "[emerg] unknown directive \"proxy_pas\"").await;
        page.wait_for(".behind:not([hidden])").await;
        end(page).await;
        says(page, ".outcome", "200 OK").await;
        page.screenshot("edit-mistake").await;
        // A press on the problem goes to its line.
        tab(page, "/etc/nginx/conf.d/backend.conf").await;
        page.click(".problems button").await;
        let script = "const field = document.querySelector('.editor textarea');
                      return document.activeElement === field && field.value.slice(field.selectionStart).startsWith('proxy_pas ')";
        assert_eq!(page.js(script).await, json!(true), "the caret is at the mistake");
        page.write("s").await;
        page.press_with(&[Key::Control], 'z').await;
        page.press_with(&[Key::Control], 'z').await;
        page.wait_gone(".lines .bad").await;
        page.wait_gone(".behind:not([hidden])").await;
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn what_was_typed_is_there_after_a_reload_and_can_be_left() {
    journey("edit-kept", async |page| {
        at_the_end(page).await;
        tab(page, "/etc/nginx/conf.d/backend.conf").await;
        replace(page, "return 301", "return 302").await;
        page.wait_for(".behind:not([hidden])").await;
        page.reload().await;
        says(page, ".kept", "edits from last time are here").await;
        page.wait_for(".behind:not([hidden])").await;
        tab(page, "/etc/nginx/conf.d/backend.conf").await;
        says(page, ".lines", "return 302").await;
        page.click(".back .own").await;
        says(page, ".lines", "return 301").await;
        page.wait_gone(".behind:not([hidden])").await;
        page.reload().await;
        page.wait_for(".player").await;
        tab(page, "/etc/nginx/conf.d/backend.conf").await;
        says(page, ".lines", "return 301").await;
        assert_eq!(page.text(".kept").await, "");
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn by_keyboard_alone_undone_and_redone() {
    journey("edit-keyboard", async |page| {
        page.open("2.7-summary/").await;
        page.wait_for(".player").await;
        page.tab_to(".tabs button[title=security-group]").await;
        page.press(Key::Enter).await;
        page.tab_to(FIELD).await;
        page.press_with(&[Key::Control], Key::Home).await;
        page.write("x k").await;
        says(page, ".lines", "x k# The security group").await;
        assert_eq!(page.text(".play").await.trim(), "Play", "a field keeps its keys");
        page.press_with(&[Key::Control], 'z').await;
        page.press_with(&[Key::Control], 'z').await;
        page.wait_until("the text as it was", async || page.text(".lines").await.starts_with("# The")).await;
        page.press_with(&[Key::Control], 'y').await;
        page.press_with(&[Key::Control, Key::Shift], 'z').await;
        says(page, ".lines", "x k# The security group").await;
        let caret = page.js("return document.querySelector('.editor textarea').selectionStart").await;
        assert_eq!(caret, json!(3), "the caret stands where it was typed");
        // The tab key leads out again.
        page.press(Key::Escape).await;
        page.press(Key::Tab).await;
        assert!(!page.has_focus(FIELD).await, "the field holds the focus");
        page.tab_to(".back button:first-child").await;
        page.press(Key::Enter).await;
        page.press(Key::Enter).await;
        page.wait_until("the text as it was", async || page.text(".lines").await.starts_with("# The")).await;
        // A switch is taken back as well.
        page.click("input[name=close-443]").await;
        page.wait_for(".back button:first-child:enabled").await;
        page.click(".back button:first-child").await;
        page.wait_for("input[name=close-443]:not(:checked)").await;
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn a_sandboxed_frame_says_that_it_keeps_nothing() {
    journey("edit-sandboxed", async |page| {
        page.open_embedded("2.7-summary/", "sandbox=allow-scripts width=1000 height=700").await;
        page.enter("#embed").await;
        says(page, ".kept", "may not keep anything").await;
        tab(page, "security-group").await;
        replace(page, "443 ", "444 ").await;
        end(page).await;
        says(page, ".outcome", "ERR_CONNECTION_TIMED_OUT").await;
    })
    .await;
}
