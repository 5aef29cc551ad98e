//! The switch between the system's theme, light and dark. Kept in the browser.

use crate::browser::{media, storage};
use leptos::prelude::*;

const THEMES: [(&str, &str); 3] = [("", "System"), ("light", "Light"), ("dark", "Dark")];

/// A plain select: three words, reachable by every device.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let kept = storage::get("theme").unwrap_or_default();
    let choose = move |event| {
        let theme = event_target_value(&event);
        if theme.is_empty() {
            storage::forget("theme");
            media::set_theme(None);
        } else {
            storage::set("theme", &theme);
            media::set_theme(Some(&theme));
        }
    };
    let options = THEMES.map(|(value, word)| view! { <option value=value selected=value == kept>{word}</option> });
    view! { <label class="theme"><span>"Theme"</span><select on:change=choose>{options}</select></label> }
}
