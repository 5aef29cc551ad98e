//! What every journey stands on: a server, a browser, a page, and the promise that nothing stays behind.
//!
//! | module | holds |
//! | --- | --- |
//! | [`page`] | what a person does and sees: open, press, click, read, wait |
//! | [`console`] | what the browser complained about |
//! | [`browser`] | chromedriver, Chromium and its profile |
//! | [`server`] | `roundtrip serve` on free ports |
//! | [`foreign`] | somebody else's page, which embeds ours |

#![allow(dead_code, reason = "it offers more than the journeys of one day use")]

mod browser;
mod console;
mod foreign;
mod page;
mod process;
mod server;

pub use fantoccini::key::Key;
pub use foreign::static_host;
pub use page::Page;
pub use process::Process;
pub use server::Server;

use futures_util::FutureExt as _;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::PathBuf;

/// Walks through the site as one person would; the name is for messages and pictures.
pub async fn journey(name: &str, walk: impl AsyncFnOnce(&Page)) {
    let page = Page::start().await;
    let walked = AssertUnwindSafe(walk(&page)).catch_unwind().await;
    if let Err(panic) = walked {
        let last = format!("failed-{name}");
        // The report must not hide why the journey failed, should it fail itself.
        let report = AssertUnwindSafe(async {
            eprintln!("{}", page.report(name).await);
            page.screenshot(&last).await;
        });
        let _ = report.catch_unwind().await;
        resume_unwind(panic);
    }
    let complaints = page.complaints().await;
    assert!(complaints.is_empty(), "{name}: the browser complained:\n{}", complaints.join("\n"));
}

/// Cargo's target directory: this test lies in `target/debug/deps`.
fn target() -> PathBuf {
    let exe = std::env::current_exe().expect("a test knows where it lies");
    exe.ancestors().nth(3).expect("target/debug/deps").to_owned()
}
