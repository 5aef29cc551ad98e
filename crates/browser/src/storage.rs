//! What the browser keeps for the reader: the theme, which sections were read, and what was typed. In a sandboxed frame there is no
//! storage; then nothing is kept, and nothing fails.

use web_sys::Storage;

const PREFIX: &str = "roundtrip:";

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// What was kept under this name.
pub fn get(name: &str) -> Option<String> {
    storage()?.get_item(&format!("{PREFIX}{name}")).ok()?
}

/// Keeps a value. Returns whether it could be kept.
pub fn set(name: &str, value: &str) -> bool {
    storage().is_some_and(|storage| storage.set_item(&format!("{PREFIX}{name}"), value).is_ok())
}

/// Forgets a value.
pub fn forget(name: &str) {
    if let Some(storage) = storage() {
        // A storage that can be read can be emptied; if not, the value simply stays.
        let _ = storage.remove_item(&format!("{PREFIX}{name}"));
    }
}

/// Whether anything is kept here at all.
pub fn works() -> bool {
    let kept = set("works", "1");
    forget("works");
    kept
}

/// What this window keeps under this name; a window that is opened from it has a memory of its own.
pub fn of_window(name: &str) -> Option<String> {
    window_storage()?.get_item(&[PREFIX, name].concat()).ok()?
}

/// Keeps a value for this window. Where there is no storage it is not kept.
pub fn set_of_window(name: &str, value: &str) {
    if let Some(storage) = window_storage() {
        let _ = storage.set_item(&[PREFIX, name].concat(), value);
    }
}

fn window_storage() -> Option<Storage> {
    web_sys::window()?.session_storage().ok()?
}
