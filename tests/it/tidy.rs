//! Rules of the repository that a text search can hold. Each says what to use instead.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every Rust file under these folders, with its path from the root.
fn sources(folders: &[&str]) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut todo: Vec<PathBuf> = folders.iter().map(|folder| root().join(folder)).collect();
    while let Some(path) = todo.pop() {
        if path.is_dir() {
            todo.extend(fs::read_dir(&path).expect("a folder").map(|entry| entry.expect("an entry").path()));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let name = path.strip_prefix(root()).expect("below the root").to_string_lossy().into_owned();
            out.push((name, fs::read_to_string(&path).expect("text")));
        }
    }
    assert!(!out.is_empty(), "nothing found under {folders:?}");
    out.sort();
    out
}

/// Fails for every line that holds `banned`, save in files whose path begins with one of `rooms`.
fn ban(folders: &[&str], banned: &str, rooms: &[&str], instead: &str) {
    for (name, text) in sources(folders) {
        if rooms.iter().any(|room| name.starts_with(room)) {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            assert!(!code.contains(banned), "{name}:{}: {banned}: {instead}", number + 1);
        }
    }
}

/// The crates that know neither page nor clock.
const PURE: [&str; 13] = [
    "crates/engine",
    "crates/diagram",
    "crates/stage",
    "crates/course",
    "crates/viewpoint",
    "crates/remedy",
    "crates/link",
    "crates/lens",
    "crates/load",
    "crates/phone",
    "crates/trial",
    "crates/probe",
    "crates/numbers",
];

#[test]
fn the_page_is_touched_in_its_two_rooms_only() {
    for banned in ["web_sys::", "js_sys::", "wasm_bindgen::"] {
        let rooms = ["src/clock.rs"];
        ban(&[&["src"], &PURE[..]].concat(), banned, &rooms, "go through crates/browser or src/clock");
    }
}

#[test]
fn no_profile_aborts_where_a_panic_is_caught() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("text");
    assert!(!manifest.contains("panic ="), "`roundtrip answer` catches panics, and Wasm aborts in any case");
}

#[test]
fn no_signals_in_the_crates_and_no_effects_in_the_app() {
    ban(&[&PURE[..], &["crates/browser", "src/main.rs"]].concat(), "leptos", &[], "only the player knows Leptos");
    // The three effects there are scroll, or mark a step in the list; they write no signal.
    let rooms = ["src/views/editor.rs", "src/views/actors.rs", "src/views/run.rs"];
    ban(&["src"], "Effect::", &rooms, "derive with a Memo, or act where the person acts");
}

#[test]
fn the_engine_holds_no_floats_coordinates_or_colours() {
    for banned in ["f32", "f64", "Point", "colour", "color"] {
        ban(
            &["crates/engine/src", "crates/viewpoint/src", "crates/remedy/src", "crates/link/src", "crates/trial/src"],
            banned,
            &[],
            "the engine decides; stage and views draw",
        );
    }
}

#[test]
fn a_scene_is_made_by_scene_alone() {
    for (name, text) in sources(&["src", "crates"]) {
        if name != "crates/stage/src/scene.rs" {
            assert!(
                !text.contains("Scene {") && !text.contains("Scene::default"),
                "{name}: a Scene is computed by scene()"
            );
        }
    }
}

#[test]
fn unsafe_stays_out() {
    ban(&["src", "crates", "xtask", "tests"], "unsafe ", &["tests/it/tidy.rs"], "there is always another way here");
}

/// Every package that this one is made of, for this target.
fn made_of(package: &str, target: &[&str]) -> Vec<String> {
    let mut tree = std::process::Command::new(env!("CARGO"));
    tree.args(["tree", "--offline", "--edges", "normal", "--prefix", "none", "--package", package]).args(target);
    let output = tree.current_dir(root()).output().expect("cargo runs");
    let text = String::from_utf8(output.stdout).expect("text");
    text.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn the_server_never_enters_the_wasm() {
    let page = made_of("roundtrip-web", &["--target", "wasm32-unknown-unknown"]);
    assert!(page.iter().any(|name| name == "leptos"), "{page:?}");
    let server = made_of("lab", &[]);
    for banned in ["lab", "tokio", "axum", "hyper", "rusqlite", "libsqlite3-sys", "rustix"] {
        assert!(!page.iter().any(|name| name == banned), "{banned} is no part of the page");
        assert!(server.iter().any(|name| name == banned) || cfg!(not(unix)), "{banned} is what the server is made of");
    }
}
