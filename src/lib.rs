//! The app: the only code that knows Leptos or the page. Two programs share it.
//!
//! - The page (`src/main.rs`): turns pages, marks what was read, keeps the theme. Small, on every page.
//! - The player (`src/bin/player.rs`): the engine, and everything that follows a story. Fetched by the first page that
//!   plays, beside the page; then it stays.
//!
//! A static page, complete without both, stands there already: they fill the places left for them. Moving to another
//! section fetches that section's page and takes its words; the Wasm stays.
//!
//! Reading order: [`page`], [`player`], [`desk`] (the player's state), [`router`], then [`views`]; [`browser`] and [`clock`]
//! are the only two that touch the page.

pub mod browser;
pub mod clock;
pub mod desk;
pub mod markup;
pub mod page;
pub mod player;
pub mod router;
pub mod views;
