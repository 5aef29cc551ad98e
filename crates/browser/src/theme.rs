//! How the page looks: as the system wants it, light, or dark.

use crate::{dom, storage};
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::HtmlSelectElement;

const OPTIONS: &str = "<label class=\"theme\"><span>Theme</span><select><option value=\"\">System</option>\
                       <option value=\"light\">Light</option><option value=\"dark\">Dark</option></select></label>";

/// Puts the switch between the system's theme, light and dark into the bar at the top: a plain select, reachable by every
/// device. The choice is kept in the browser, and put in force before the first paint by the boot script.
pub fn switch() {
    let Some(tools) = dom::find("#tools") else { return };
    tools.set_inner_html(OPTIONS);
    let Some(select) = dom::find("#tools select").and_then(|e| e.dyn_into::<HtmlSelectElement>().ok()) else { return };
    if let Some(kept @ ("light" | "dark")) = storage::get("theme").as_deref() {
        select.set_value(kept);
    }
    let choose = {
        let select = select.clone();
        Closure::<dyn Fn()>::new(move || choose(&select.value()))
    };
    select.set_onchange(Some(choose.as_ref().unchecked_ref()));
    // It listens as long as the page is open.
    choose.forget();
}

fn choose(theme: &str) {
    let Some(root) = dom::find(":root") else { return };
    // Both only fail for names that are no names.
    let _ = if theme.is_empty() {
        storage::forget("theme");
        root.remove_attribute("data-theme")
    } else {
        storage::set("theme", theme);
        root.set_attribute("data-theme", theme)
    };
}
