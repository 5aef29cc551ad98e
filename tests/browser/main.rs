//! The site in a real browser, through WebDriver.
//!
//! `cargo xtask test --browser [NAME]` builds the site and runs these; `cargo xtask test` runs them with everything else.
//! A plain `cargo test` shows them as ignored, since it can know of no browser and no built site.
//!
//! A journey is a test like any other:
//!
//! ```ignore
//! #[tokio::test]
//! #[ignore = "needs a browser"]
//! async fn the_player_steps_by_keyboard_alone() {
//!     journey("player-keys", async |page| {
//!         page.open("2.7-summary/").await;
//!         page.tab_to(".player").await;
//!         page.press(Key::Right).await;
//!         page.wait_for_text(".caption", "the security group lets 443 in").await;
//!         page.screenshot("player-step-1").await;
//!     })
//!     .await;
//! }
//! ```
//!
//! Each journey has its own server, browser and profile, about a second's worth. When it fails it prints the address, the
//! page's text and its console, and leaves a picture in `target/screens/`. When it does not fail it still fails if the
//! console holds an error or a violation of the Content-Security-Policy that the journey did not announce with
//! [`Page::expect`](harness::Page::expect). Long journeys stand in a module called `long` and run with `--long` only.

#![allow(clippy::disallowed_methods, reason = "a test of the real page waits on the real clock")]

mod arrive;
mod axe;
mod bench;
mod edit;
mod embed;
mod harness;
mod inside;
mod laboratory;
mod live;
mod look;
mod numbers;
mod other;
mod phones;
mod play;
mod protocols;
mod real;
mod sandbox;
mod turn;
