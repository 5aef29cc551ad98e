//! The switch between the system's theme, light and dark. Kept in the browser.

use super::change;
use crate::browser::{media, storage};
use leptos::prelude::*;

const THEMES: [(&str, &str); 3] = [("", "System"), ("light", "Light"), ("dark", "Dark")];

/// A plain select: three words, reachable by every device.
pub fn theme_switch() -> impl IntoView {
    let kept = storage::get("theme").unwrap_or_default();
    let choose = |event| {
        let theme = event_target_value(&event);
        if theme.is_empty() {
            storage::forget("theme");
            media::set_theme(None);
        } else {
            storage::set("theme", &theme);
            media::set_theme(Some(&theme));
        }
    };
    let option = |(value, word): (&str, &str)| {
        let mark = if value == kept { " selected" } else { "" };
        format!("<option value=\"{value}\"{mark}>{word}</option>")
    };
    let options: String = THEMES.into_iter().map(option).collect();
    view! { <label class="theme"><span>"Theme"</span><select on:change=change(choose) inner_html=options></select></label> }
}
