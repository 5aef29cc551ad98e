//! Looking inside a run: messages opened, where the time went, what everybody saw, what would help; and taking it along.

use crate::harness::{Key, Page, journey};

/// Presses the button that shows this, and waits until it is there.
async fn look(page: &Page, words: &str, css: &str) {
    let script = "for (const button of document.querySelectorAll('.look .tabs button'))
                    if (button.textContent === arguments[0]) button.click()";
    page.js_with(script, &[serde_json::json!(words)]).await;
    page.wait_for(css).await;
}

/// The page at the end of its run.
async fn at_the_end(page: &Page, path: &str, words: &str) {
    page.open(path).await;
    page.wait_for(".player").await;
    page.press(Key::End).await;
    page.wait_for_text(".outcome", words).await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn a_message_the_time_and_everybody() {
    journey("inside", async |page| {
        page.open("2.7-summary/").await;
        page.wait_for(".player").await;
        let fetched = "return performance.getEntriesByType('resource').some((e) => e.name.includes('/lens'))";
        assert_eq!(page.js(fetched).await, false, "the engine comes when it is wanted");
        page.press(Key::End).await;
        page.wait_for_text(".outcome", "200 OK").await;
        look(page, "The message", ".opened pre").await;
        page.wait_for_text(".opened", "200").await;
        page.screenshot("inside-message").await;
        page.click(".messages li:first-child button").await;
        page.wait_for_text(".opened pre", "QUESTION").await;
        page.screenshot("inside-dns").await;
        look(page, "Where the time went", ".waterfall").await;
        page.wait_for_text(".waterfall", "DNS Lookup").await;
        page.screenshot("inside-timing").await;
        look(page, "As everybody sees it", ".people").await;
        page.wait_for_text(".people", "pm2 list").await;
        page.screenshot("inside-people").await;
        page.size(360, 740).await;
        page.screenshot("inside-people-phone").await;
        assert!(!page.scrolls_sideways().await, "it fits a phone");
        look(page, "The message", ".opened pre").await;
        page.screenshot("inside-message-phone").await;
        assert!(!page.scrolls_sideways().await, "a message fits a phone");
    })
    .await;
}

/// A broken world is mended by what the lens offers alone, with the keyboard.
#[tokio::test]
#[ignore = "needs a browser"]
async fn mended_by_the_smallest_fix_by_keyboard_alone() {
    journey("inside-fix", async |page| {
        at_the_end(page, "2.7-summary/", "200 OK").await;
        page.tab_to("input[name=close-443]").await;
        page.press(' ').await;
        page.tab_to(".player").await;
        page.press(Key::End).await;
        page.wait_for_text(".outcome", "ERR_CONNECTION_TIMED_OUT").await;
        page.tab_to(".look .tabs button:nth-child(4)").await;
        page.press(Key::Enter).await;
        page.wait_for(".fixes [data-fix='0']").await;
        page.screenshot("inside-fixes").await;
        assert!(!page.text(".fixes li:first-child").await.contains("0.0.0.0/0"), "the narrowest comes first");
        page.tab_to(".fixes [data-fix='0']").await;
        page.press(Key::Enter).await;
        page.tab_to(".player").await;
        page.press(Key::End).await;
        page.wait_for_text(".outcome", "200 OK").await;
    })
    .await;
}

/// What was broken here is broken there, in a browser that has never been on the page.
#[tokio::test]
#[ignore = "needs a browser"]
async fn a_link_opens_the_same_in_a_fresh_profile() {
    let address = std::cell::RefCell::new(String::new());
    journey("link-made", async |page| {
        at_the_end(page, "2.7-summary/", "200 OK").await;
        page.click("input[name=wrong-certificate]").await;
        page.click(".share button").await;
        page.wait_until("the link in the address bar", async || page.url().await.contains("#bench1.")).await;
        let url = page.url().await;
        *address.borrow_mut() = url.split_once('#').expect("a fragment").1.to_owned();
    })
    .await;
    journey("link-opened", async |page| {
        at_the_end(page, &format!("2.7-summary/#{}", address.borrow()), "ERR_CERT_COMMON_NAME_INVALID").await;
        page.wait_for_text(".kept", "This came with a link").await;
        page.open("2.5-nginx/#bench1.AAAA.00000000").await;
        page.wait_for_text(".notice", "This link").await;
        page.wait_for(".player").await;
    })
    .await;
}
