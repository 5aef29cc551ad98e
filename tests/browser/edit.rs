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
        says(page, ".loading pre", "unknown directive \"proxy_pas\"").await;
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

#[tokio::test]
#[ignore = "needs a browser"]
async fn the_table_of_rules_writes_the_text() {
    journey("edit-rules", async |page| {
        at_the_end(page).await;
        tab(page, "security-group").await;
        page.click(".ways button:nth-child(2)").await;
        page.wait_for(".rules tr[data-line='7']").await;
        change(page, ".rules tr[data-line='7'] td[data-column='Port range'] input", "8443").await;
        end(page).await;
        says(page, ".outcome", "ERR_CONNECTION_TIMED_OUT").await;
        tab(page, "security-group").await;
        change(page, ".rules tr[data-line='7'] td[data-column='Source'] input", "everybody").await;
        page.wait_for(".rules tr.bad[data-line='7']").await;
        page.screenshot("edit-rules").await;
        page.click(".rules tr[data-line='7'] button").await;
        page.wait_gone(".rules tr.bad").await;
        page.click(".rules .add").await;
        page.wait_for(".rules tr[data-line='7'] select:focus").await;
        change(page, ".rules tr[data-line='7'] select", "HTTPS").await;
        change(page, ".rules tr[data-line='7'] td[data-column='Source'] input", "0.0.0.0/0").await;
        end(page).await;
        says(page, ".outcome", "200 OK").await;
        tab(page, "security-group").await;
        page.click(".ways button:nth-child(1)").await;
        says(page, ".lines", "HTTPS        TCP       443         0.0.0.0/0").await;
    })
    .await;
}

/// Sets a field and says so, as a person who leaves it does.
async fn change(page: &Page, css: &str, value: &str) {
    page.wait_for(css).await;
    let script = "const field = document.querySelector(arguments[0]);
                  field.focus();
                  field.value = arguments[1];
                  field.dispatchEvent(new Event('change', { bubbles: true }))";
    page.js_with(script, &[json!(css), json!(value)]).await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn any_address_can_be_asked_for() {
    journey("edit-address", async |page| {
        at_the_end(page).await;
        page.tab_to(".address input").await;
        page.press_with(&[Key::Control], 'a').await;
        page.write("http://frontend-demo.senus.doxyz:99999/").await;
        page.press(Key::Enter).await;
        says(page, ".address .wrong", "A port is a number from 0 to 65535").await;
        page.press_with(&[Key::Control], 'a').await;
        page.write("https://frontend-demo.senus.doxyz/").await;
        page.press(Key::Enter).await;
        page.wait_gone(".address [aria-invalid=true]").await;
        end(page).await;
        says(page, ".status", "HTTP 200 OK").await;
        says(page, ".run", "frontend-demo.senus.doxyz").await;
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn time_passes_and_the_caches_forget() {
    journey("edit-clock", async |page| {
        at_the_end(page).await;
        says(page, ".held", "52.23.45.67").await;
        let waits = page.count(".waits button").await;
        assert_eq!(waits, 4);
        let before = page.count(".run > ol > li").await;
        page.click(".waits button:nth-of-type(2)").await;
        end(page).await;
        page.wait_until("a longer story", async || page.count(".run > ol > li").await > before).await;
        says(page, ".held", "At 30").await;
        page.screenshot("edit-clock").await;
        page.click(".waits button:last-child").await;
        page.wait_until("the story as it was", async || page.count(".run > ol > li").await == before).await;
        says(page, ".held", "Neither the browser nor the resolver").await;
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn broken_and_mended_by_the_switches() {
    journey("edit-switches", async |page| {
        at_the_end(page).await;
        let broken = [
            ("point-elsewhere", "ERR_CONNECTION_TIMED_OUT"),
            ("close-443", "ERR_CONNECTION_TIMED_OUT"),
            ("wrong-certificate", "ERR_CERT_COMMON_NAME_INVALID"),
            ("stop-nginx", "ERR_CONNECTION_REFUSED"),
            ("stop-app", "502 Bad Gateway"),
        ];
        for (switch, then) in broken {
            for words in [then, "200 OK"] {
                page.click(&format!("input[name={switch}]")).await;
                end(page).await;
                says(page, ".outcome", words).await;
                assert_eq!(page.count(".behind:not([hidden])").await, 0, "one press edits and reloads");
            }
        }
    })
    .await;
}

/// A keystroke's own work, from the event to what is drawn, measured where it happens; and a paste of a megabyte.
#[tokio::test]
#[ignore = "needs a browser"]
async fn a_keystroke_is_followed_and_a_megabyte_does_not_hang() {
    journey("edit-speed", async |page| {
        at_the_end(page).await;
        // The engine is there: what is held in the caches comes from it.
        says(page, ".caches", "backend-demo.senus.doxyz").await;
        tab(page, "/etc/nginx/conf.d/backend.conf").await;
        let script = "const field = document.querySelector('.editor textarea');
                      const [count, text] = arguments;
                      return (async () => {
                        const compute = [], whole = [];
                        for (let i = 0; i < count; i++) {
                          field.value += text;
                          document.body.offsetHeight;
                          const began = performance.now();
                          field.dispatchEvent(new Event('input', { bubbles: true }));
                          compute.push(performance.now() - began);
                          await new Promise((go) => { const c = new MessageChannel(); c.port1.onmessage = go; c.port2.postMessage(0) });
                          document.body.offsetHeight;
                          whole.push(performance.now() - began);
                        }
                        return [compute, whole].map((s) => s.sort((a, b) => a - b)).map((s) => [s[0], s[s.length >> 1]].map((t) => +t.toFixed(1)));
                      })()";
        let spans = page.js_with(script, &[json!(100), json!(" #")]).await;
        println!("a keystroke, least and median of 100 in ms, computed and with what is drawn: {spans}");
        let line = "    # a line of a comment that somebody has pasted by mistake\n";
        let spans = page.js_with(script, &[json!(1), json!(line.repeat((1 << 20) / line.len()))]).await;
        println!("a megabyte of comment pasted, in ms: {spans}");
        let spans = page.js_with(script, &[json!(3), json!("x")]).await;
        println!("a keystroke in it, in ms: {spans}");
        page.click(".back .own").await;
        says(page, ".lines", "Plain HTTP").await;
        let line = "server { listen 80; server_name a.example; location / { proxy_pass http://localhost:3001; } }\n";
        let spans = page.js_with(script, &[json!(1), json!(line.repeat((1 << 20) / line.len()))]).await;
        println!("a megabyte of server blocks pasted, in ms: {spans}");
        page.click(".back .own").await;
        says(page, ".lines", "Plain HTTP").await;
        end(page).await;
        says(page, ".outcome", "200 OK").await;
    })
    .await;
}

/// The first screen in which people type, as it is seen without scrolling.
#[tokio::test]
#[ignore = "needs a browser"]
async fn how_the_editor_looks() {
    journey("edit-look", async |page| {
        for (path, name) in
            [("2.7-summary", "summary"), ("2.5-nginx", "nginx"), ("2.4-firewall", "firewall"), ("2.2-dns", "dns")]
        {
            for (width, height) in [(1_280, 800), (1_440, 900), (360, 800)] {
                page.size(width, height).await;
                for theme in ["light", "dark"] {
                    page.prefer(&[("prefers-color-scheme", theme), ("prefers-reduced-motion", "reduce")]).await;
                    page.open(&format!("{path}/?step=7")).await;
                    page.wait_for(".editor .lit, .because").await;
                    assert!(!page.scrolls_sideways().await, "{name} scrolls sideways at {width} px");
                    page.glimpse(&format!("edit-{name}-{width}-{theme}")).await;
                    if width == 360 {
                        page.screenshot(&format!("edit-{name}-{width}-{theme}-whole")).await;
                    }
                }
            }
        }
    })
    .await;
}
