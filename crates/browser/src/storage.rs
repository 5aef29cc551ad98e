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

/// What this window keeps under this name; where it keeps nothing, what `new` says, and keeps it. A window that is opened
/// from this one has a memory of its own.
pub fn of_window(name: &str, new: impl FnOnce() -> String) -> String {
    let storage = web_sys::window().and_then(|window| window.session_storage().ok().flatten());
    let name = [PREFIX, name].concat();
    if let Some(kept) = storage.as_ref().and_then(|storage| storage.get_item(&name).ok().flatten()) {
        return kept;
    }
    let new = new();
    if let Some(storage) = storage {
        let _ = storage.set_item(&name, &new);
    }
    new
}
