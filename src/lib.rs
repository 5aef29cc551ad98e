//! The player: the only code that knows Leptos; and what is live. The app has, beside the lens, three programs:
//!
//! - The page (`src/main.rs` and [`browser`]): turns pages, marks what was read, keeps the theme. Small, on every page; it
//!   names nothing of this library, so that nothing of Leptos is linked into it.
//! - The player (`src/bin/player.rs`): the engine, and everything that follows a story. Fetched by the first page that
//!   plays, beside the page; then it stays.
//!
//! - Live (`src/bin/live.rs` and [`live`]): likes for real, where the bundled server is there. It knows nothing of Leptos.
//!
//! [`laboratory`] is a program of its own as well (`src/bin/laboratory.rs`), which the laboratory's page fetches; it knows nothing of the
//! rest, and the rest nothing of it. So is [`sandbox`] (`src/bin/sandbox.rs`), of the page with figure 12.
//!
//! A static page, complete without both, stands there already: they fill the places left for them. Moving to another
//! section fetches that section's page and takes its words; the Wasm stays.
//!
//! Reading order: [`player`], [`desk`] (its state), [`edit`] (how it is changed), [`router`], then [`views`]; [`browser`] and [`clock`] are the only two
//! that touch the page.

pub mod asked;
pub mod clock;
pub mod desk;
pub mod edit;
pub mod highlight;
pub mod history;
pub mod laboratory;
pub mod layer;
pub mod little;
pub mod live;
pub mod markup;
pub mod player;
pub mod router;
pub mod rules;
pub mod sandbox;
pub mod screen;
pub mod views;
