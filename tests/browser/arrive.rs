//! Coming to the site, by the front door and by a wrong address.

use crate::harness::journey;
use serde_json::json;

#[tokio::test]
#[ignore = "needs a browser"]
async fn home_opens() {
    journey("home-opens", async |page| {
        page.open("").await;
        page.wait_for("h1").await;
        assert!(page.title().await.contains("Roundtrip"), "the title is {:?}", page.title().await);
        assert_eq!(page.count("html[lang]").await, 1, "a page names its language");
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn every_answer_carries_the_policy() {
    journey("policy", async |page| {
        page.open("").await;
        page.expect("404");
        for path in ["", "nowhere"] {
            let (_, headers) = page.fetch(path).await;
            let header =
                |wanted: &str| headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
            assert_eq!(header("content-security-policy"), Some(POLICY), "/{path}");
            assert_eq!(header("x-content-type-options"), Some("nosniff"), "/{path}");
        }
    })
    .await;
}

/// What the server and, as meta, every page of `dist/` say.
const POLICY: &str = include_str!("../../crates/lab/csp.txt").trim_ascii();

#[tokio::test]
#[ignore = "needs a browser"]
async fn a_wrong_address_leads_home() {
    journey("wrong-address", async |page| {
        page.expect("404");
        page.open("no-such-page").await;
        let (status, _) = page.fetch("no-such-page").await;
        assert_eq!(status, 404);
        page.click("a[href='./'], a[href='/'], a[href='../']").await;
        page.wait_for("h1").await;
        page.wait_until("the way home", async || page.fetch(path_of(&page.url().await)).await.0 == 200).await;
    })
    .await;
}

/// A page for wrong addresses must find its own style and script wherever the wrong address lies.
#[tokio::test]
#[ignore = "needs a browser"]
async fn a_wrong_address_far_down_leads_home() {
    journey("wrong-address-deep", async |page| {
        page.expect("404");
        page.open("no/such/page").await;
        page.wait_for("#tools select").await;
        page.click(".top .mark").await;
        page.wait_for_text("h1", "Roundtrip").await;
    })
    .await;
}

/// Under any path of any host: nothing that a page names begins at the root of the host.
#[tokio::test]
#[ignore = "needs a browser"]
async fn every_address_is_relative() {
    journey("relative", async |page| {
        page.open("").await;
        for section in &course::SECTIONS {
            let path = if section.slug.is_empty() { "./".to_owned() } else { format!("./{}/", section.slug) };
            let text = page.js_with("return fetch(arguments[0]).then((a) => a.text())", &[json!(path)]).await;
            let text = text.as_str().expect("a page");
            for absolute in ["href=\"/", "src=\"/", "url(/"] {
                assert!(!text.contains(absolute), "{path} holds {absolute}");
            }
        }
    })
    .await;
}

/// The path after the site's own slash.
fn path_of(url: &str) -> &str {
    url.splitn(4, '/').nth(3).unwrap_or_default()
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn the_browsers_complaints_are_heard() {
    journey("complaints", async |page| {
        page.open("").await;
        assert_eq!(page.complaints().await, Vec::<String>::new());
        page.js("const s = document.createElement('script'); s.textContent = '1'; document.body.append(s)").await;
        page.js("setTimeout(() => { throw new Error('thrown on purpose') })").await;
        page.expect("inline script");
        page.expect("thrown on purpose");
        let heard = |text: &'static str| async move { page.console().await.iter().any(|entry| entry.contains(text)) };
        page.wait_until("the violation", async || heard("Content Security Policy").await).await;
        page.wait_until("the error", async || heard("thrown on purpose").await).await;
    })
    .await;
}
