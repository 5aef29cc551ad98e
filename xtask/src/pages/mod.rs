//! Writes the page of every section into what Trunk has built: a real HTML file each, with its words and its still
//! figure, readable without JavaScript; one style sheet; the boot script. Trunk's post_build hook runs it.

mod assets;
mod figures;
mod html;
pub mod wasm;

use anyhow::{Context as _, Result};
use course::sections::{SECTIONS, Section};
use std::fs;
use std::path::{Path, PathBuf};

/// The Content-Security-Policy of every page, also sent by the bundled server.
pub const CSP: &str = include_str!("../../../crates/lab/csp.txt");

/// Writes all pages into `$TRUNK_STAGING_DIR`, where Trunk has put the app.
pub fn run() -> Result<()> {
    let staging = std::env::var_os("TRUNK_STAGING_DIR").map_or_else(|| PathBuf::from("dist"), PathBuf::from);
    let debug = std::env::var("TRUNK_PROFILE").is_ok_and(|profile| profile == "debug");
    let shell = fs::read_to_string(staging.join("index.html")).context("Trunk has written no index.html")?;
    let assets = assets::write(&staging)?;
    let shell = html::Shell::new(&assets::strip(&shell), &assets, if debug { None } else { Some(CSP.trim()) });
    for section in &SECTIONS {
        let folder = staging.join(section.slug);
        fs::create_dir_all(&folder)?;
        write(&folder.join("index.html"), &shell.section(section))?;
    }
    write(&staging.join("404.html"), &shell.not_found())?;
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

/// The way from a section's page to the root of the site.
fn root(section: &Section) -> &'static str {
    if section.slug.is_empty() { "./" } else { "../" }
}
