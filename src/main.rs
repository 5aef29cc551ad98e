//! The app: the only code that knows Leptos or the page.
//!
//! A static page, complete without it, stands there already. The app fills the places left for it: the actors over the
//! engraved figure, the player below it, the theme switch. Moving to another section fetches that section's page and
//! takes its words; the Wasm stays.
//!
//! Reading order: [`desk`] (the page's state), [`router`], [`app`], then [`views`]; [`browser`] and [`clock`] are the only
//! two that touch the page.

mod app;
mod browser;
mod clock;
mod desk;
mod markup;
mod router;
mod views;

fn main() {
    browser::panic::install();
    app::start();
}
