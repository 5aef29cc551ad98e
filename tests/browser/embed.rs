//! The site in somebody else's page.

use crate::harness::journey;
use serde_json::json;

/// In a frame that may run scripts and nothing else, a page has no origin of its own (`null`). It must still be able to
/// load what it consists of, and its policy must still hold.
#[tokio::test]
#[ignore = "needs a browser"]
async fn a_sandboxed_frame_loads_everything() {
    journey("sandboxed-frame", async |page| {
        page.open_embedded("", "sandbox=allow-scripts width=768 height=464").await;
        page.enter("#embed").await;
        page.wait_for("h1").await;
        assert_eq!(page.js("return self.origin").await, json!("null"));
        assert_eq!(page.complaints().await, Vec::<String>::new());
    })
    .await;
}

/// The watch that every journey keeps on its console must see into such frames, or it would prove nothing about them.
#[tokio::test]
#[ignore = "needs a browser"]
async fn complaints_from_a_sandboxed_frame_are_heard() {
    journey("sandboxed-complaints", async |page| {
        page.open_embedded("", "sandbox=allow-scripts").await;
        page.enter("#embed").await;
        page.wait_for("h1").await;
        page.js("const s = document.createElement('script'); s.textContent = '1'; document.body.append(s)").await;
        page.expect("inline script");
        let heard = async || page.console().await.iter().any(|entry| entry.contains("Content Security Policy"));
        page.wait_until("the violation", heard).await;
    })
    .await;
}
