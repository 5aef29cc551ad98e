//! The workbench and the terminal: a broken world mended from the terminal alone, several requests in a row, two runs
//! compared, a link to all of it; and the page that comes to life.

use crate::harness::{Key, Page, journey};
use serde_json::json;

const LINE: &str = ".terminal #line";

/// The page at the end of its run.
async fn at_the_end(page: &Page, path: &str, words: &str) {
    page.open(path).await;
    page.wait_for(".player").await;
    end(page).await;
    page.wait_for_text(".outcome", words).await;
}

/// The player at the end, wherever the focus was; the focus goes back there.
async fn end(page: &Page) {
    page.js("document.querySelector('.player').focus({ preventScroll: true })").await;
    page.press(Key::End).await;
}

/// Somebody logs in, by keyboard alone.
async fn log_in(page: &Page) {
    page.tab_to(".terminal .begin").await;
    page.press(Key::Enter).await;
    page.wait_for_text(".terminal .prompt", "ubuntu@ip-10-0-1-10:~$").await;
    page.wait_until("the focus on the line", async || page.has_focus(LINE).await).await;
}

/// Types a line and waits for words on the screen.
async fn types(page: &Page, line: &str, words: &str) {
    page.write(line).await;
    page.press(Key::Enter).await;
    page.wait_for_text(".terminal .screen", words).await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn mended_from_the_terminal_alone_by_keyboard_alone() {
    journey("terminal", async |page| {
        at_the_end(page, "workbench/", "200 OK").await;
        page.tab_to("input[name=wrong-port]").await;
        page.press(' ').await;
        end(page).await;
        page.wait_for_text(".outcome", "502 Bad Gateway").await;
        log_in(page).await;
        types(page, "curl localhost:3001/users", "\"Grace\"").await;
        types(page, "tail -n 1 /var/log/nginx/error.log", "Connection refused) while connecting to upstream").await;
        // Names go on by themselves, and lines come back.
        page.write("sudo sed -i s/3002/3001/ /etc/ngi").await;
        page.press(Key::Tab).await;
        page.write("conf.d/ba").await;
        page.press(Key::Tab).await;
        assert_eq!(
            page.js("return document.querySelector('#line').value").await,
            json!("sudo sed -i s/3002/3001/ /etc/nginx/conf.d/backend.conf ")
        );
        page.press(Key::Enter).await;
        types(page, "sudo nginx -t", "test is successful").await;
        types(page, "sudo systemctl reload nginx", "reload nginx").await;
        page.press(Key::Up).await;
        page.press(Key::Up).await;
        assert_eq!(page.js("return document.querySelector('#line').value").await, json!("sudo nginx -t"));
        page.press_with(&[Key::Control], 'c').await;
        page.wait_for_text(".terminal .screen", "sudo nginx -t^C").await;
        page.screenshot("terminal").await;
        end(page).await;
        page.wait_for_text(".outcome", "200 OK").await;
        assert!(
            !page.text(".documents").await.contains("Saved, not loaded")
                || page.count(".behind:not([hidden])").await == 0
        );
        page.size(360, 740).await;
        page.screenshot("terminal-phone").await;
        assert!(!page.scrolls_sideways().await, "the terminal fits a phone");
        // A program that takes over the screen is the page's own editor; and one can leave.
        page.tab_to(LINE).await;
        page.write("nano backend.js").await;
        page.press(Key::Enter).await;
        page.wait_until("the editor", async || page.has_focus(".editor textarea[aria-label='backend.js']").await).await;
        page.tab_to(LINE).await;
        types(page, "exit", "logout").await;
        page.wait_for_text(".terminal .begin", "Log in again").await;
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn nobody_gets_in_where_port_22_is_closed() {
    journey("terminal-closed", async |page| {
        at_the_end(page, "2.4-firewall/", "").await;
        page.click(".tabs button[title='security-group']").await;
        let script = "const field = document.querySelector('.editor textarea'); field.focus();
                      const at = field.value.indexOf('  SSH'); field.setSelectionRange(at, at + 2);";
        page.js(script).await;
        page.devtools("Input.insertText", json!({ "text": "# " })).await;
        page.tab_to(".terminal .begin").await;
        page.press(Key::Enter).await;
        page.wait_for_text(".terminal .screen", "ssh: connect to host 52.23.45.67 port 22: Connection timed out").await;
        page.wait_for_text(".terminal .begin", "Log in again").await;
    })
    .await;
}

/// A line of the list is typed anew.
async fn retype(page: &Page, row: usize, words: &str) {
    let css = format!(".story [data-row='{row}']");
    page.wait_for(&css).await;
    page.js_with("const field = document.querySelector(arguments[0]); field.focus(); field.select()", &[json!(css)])
        .await;
    page.write(words).await;
    page.press(Key::Enter).await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn several_requests_in_a_row_undone_compared_and_sent_as_a_link() {
    let address = std::cell::RefCell::new(String::new());
    journey("workbench", async |page| {
        at_the_end(page, "workbench/", "200 OK").await;
        for button in ["Let time pass", "Open an address", "Knock at a port"] {
            let script = "for (const b of document.querySelectorAll('.story .more button')) if (b.textContent === arguments[0]) b.click()";
            let before = page.count(".story li").await;
            page.js_with(script, &[json!(button)]).await;
            page.wait_until("another line", async || page.count(".story li").await > before).await;
        }
        retype(page, 1, "wait 400 s").await;
        retype(page, 2, "opne http://backend-demo.senus.doxyz/nowhere").await;
        page.wait_for_text(".story .wrong", "An action is written like one of these").await;
        assert_eq!(page.attribute(".story [data-row='2']", "value").await.as_deref(), Some("opne http://backend-demo.senus.doxyz/nowhere"));
        retype(page, 2, "open http://backend-demo.senus.doxyz/nowhere").await;
        page.wait_for_text(".story li:nth-child(3)", "404 Not Found").await;
        retype(page, 3, "connect from 198.51.100.77 to port 22").await;
        page.wait_for_text(".story li:nth-child(4)", "succeeded").await;
        // Its end leads to its place on the figure.
        page.click(".story [data-play='2']").await;
        page.wait_until("a step of the third line", async || !page.text(".caption").await.is_empty()).await;
        page.screenshot("workbench").await;
        // Keep this run, close a port, compare.
        page.click(".look .tabs button:nth-child(5)").await;
        page.click(".keep button").await;
        page.wait_for_text(".look .seen", "Both runs are the same").await;
        page.click("input[name=close-443]").await;
        page.wait_for_text(".compared", "The run you kept").await;
        page.wait_for_text(".compared", "no inbound rule").await;
        page.screenshot("workbench-compared").await;
        page.size(360, 740).await;
        page.screenshot("workbench-phone").await;
        assert!(!page.scrolls_sideways().await, "the workbench fits a phone");
        page.size(1280, 800).await;
        page.wait_for_text(".story li:first-child", "ERR_CONNECTION_TIMED_OUT").await;
        page.click(".back button").await;
        page.wait_for_text(".story li:first-child", "200 OK").await;
        page.click(".back button:nth-child(2)").await;
        page.wait_for_text(".story li:first-child", "ERR_CONNECTION_TIMED_OUT").await;
        page.click(".share button").await;
        page.wait_until("the link in the address bar", async || page.url().await.contains("#bench1.")).await;
        let url = page.url().await;
        *address.borrow_mut() = url.split_once('#').expect("a fragment").1.to_owned();
    })
    .await;
    journey("workbench-link", async |page| {
        page.open(&format!("workbench/#{}", address.borrow())).await;
        page.wait_for_text(".story li:first-child", "ERR_CONNECTION_TIMED_OUT").await;
        assert_eq!(page.count(".story li").await, 4);
        page.click(".back .own").await;
        page.wait_until("one line again", async || page.count(".story li").await == 1).await;
        page.wait_for_text(".story li:first-child", "200 OK").await;
    })
    .await;
}

/// The button of the page beside figure 9 is pressed at two moments: too early, and when it listens.
#[tokio::test]
#[ignore = "needs a browser"]
async fn the_page_beside_the_figure_comes_to_life() {
    journey("little-page", async |page| {
        page.open("4.1-frontend/").await;
        page.wait_for(".player").await;
        let step = async |name: &str| {
            page.open(&format!("4.1-frontend/?step={name}")).await;
            page.wait_for(".little").await;
        };
        step("html-read").await;
        page.wait_for_text(".little .blank", "nothing is painted yet").await;
        step("first-paint").await;
        assert_eq!(page.text(".little .press").await, "Like");
        page.click(".little .press").await;
        page.wait_for_text(".sentence", "Nobody listens yet").await;
        page.wait_for_text(".little .state", "nothing happens").await;
        page.screenshot("little-early").await;
        step("hydrated").await;
        page.wait_for(".little img").await;
        page.click(".little .press").await;
        page.wait_for_text(".little .press", "Liked").await;
        page.screenshot("little-liked").await;
    })
    .await;
}
