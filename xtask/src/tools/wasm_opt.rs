//! wasm-opt, which makes the Wasm smaller. It is the one tool that a build can do without.

use super::lookup::{self, Found};
use super::npm;
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;

/// Debian's 108 and the 116 of the Rust crate registry are too old for what rustc writes today.
const OLDEST: u32 = 119;

/// Trunk insists on a wasm-opt in a release build. This one passes the module on as it is.
const STAND_IN: &str = r#"#!/bin/sh
# Stands in for wasm-opt where there is none: passes the module on as it is.
out= in=
for arg; do
    case $arg in
        --version) echo "wasm-opt version 0 (stand-in)"; exit ;;
        --output=*) out=${arg#--output=} ;;
        -*) ;;
        *) in=$arg ;;
    esac
done
cp "$in" "$out"
"#;

/// wasm-opt from `PATH` or from npm; without them a stand-in, and a line that says so.
pub fn find_or_stand_in() -> Result<Found> {
    let npm = npm::folder()?;
    let find = || {
        lookup::find("wasm-opt", &npm.join("node_modules/.bin"), |version| {
            version.parse::<u32>().is_ok_and(|version| version >= OLDEST)
        })
    };
    if let Some(found) = find() {
        return Ok(found);
    }
    npm::install("binaryen@132.0.0", "wasm-opt, from npm's binaryen")?;
    match find() {
        Some(found) => Ok(found),
        None => stand_in(&lookup::cache()?.join("stand-in")),
    }
}

fn stand_in(dir: &Path) -> Result<Found> {
    println!(
        "missing: wasm-opt {OLDEST} or newer. The site is built without it, its Wasm about a tenth larger. \
         Get it with: apt-get install npm (as root), or a newer binaryen on PATH"
    );
    let path = dir.join("wasm-opt");
    fs::create_dir_all(dir).with_context(|| dir.display().to_string())?;
    fs::write(&path, STAND_IN).with_context(|| path.display().to_string())?;
    #[cfg(unix)]
    fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    Ok(Found { name: "wasm-opt", version: "none".to_owned(), path })
}
