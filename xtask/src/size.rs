//! `cargo xtask size`: the bytes of a first visit, which the server weighs, since it has the compressors; and what of the
//! player's code each layer is.

use crate::pages::wasm::Module;
use crate::{serve, shell, site, tools};
use anyhow::{Context as _, Result};
use std::collections::BTreeMap;
use std::process::Command;

/// Builds what is not up to date and prints the tables.
pub fn run(args: &[String]) -> Result<()> {
    crate::nothing_more(args)?;
    site::build(&tools::for_the_site()?)?;
    shell::run(Command::new(serve::server()?).args(["weigh", "--site"]).arg(site::dist()))?;
    layers()
}

/// What the linker has put into the player, by where it comes from: before wasm-bindgen and wasm-opt, which take away a
/// third of it and all names.
fn layers() -> Result<()> {
    let path = shell::target()?.join("wasm32-unknown-unknown/release/player.wasm");
    let Ok(bytes) = std::fs::read(&path) else { return Ok(()) };
    let mut sums = BTreeMap::<String, usize>::new();
    for (name, bytes) in Module::read(&bytes)?.functions().with_context(|| path.display().to_string())? {
        *sums.entry(layer(&name)).or_default() += bytes;
    }
    let all: usize = sums.values().sum();
    let mut sums: Vec<_> = sums.into_iter().filter(|(_, bytes)| *bytes >= all / 200).collect();
    sums.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
    println!("the player's {all} bytes of code, as linked:");
    for (name, bytes) in sums {
        println!("{bytes:>9} {:>8.1} %  {name}", bytes as f64 * 100.0 / all as f64);
    }
    Ok(())
}

/// Where a function comes from, by its mangled name: a module of the engine, our other crates, a library. What is generic
/// counts where it is used first by name.
fn layer(name: &str) -> String {
    for (own, deep) in [
        ("engine", true),
        ("roundtrip_web", false),
        ("stage", false),
        ("course", false),
        ("diagram", false),
        ("browser", false),
    ] {
        let Some(path) = after(name, own) else { continue };
        return match path.chars().next().filter(|_| deep) {
            Some('a'..='z') => {
                format!("engine::{}", path.split(|c: char| !c.is_ascii_lowercase()).next().unwrap_or_default())
            }
            _ => own.replace("roundtrip_web", "the player's views"),
        };
    }
    if name.starts_with("__wbindgen_describe") {
        return "what wasm-bindgen reads and takes out".to_owned();
    }
    let libraries = [
        ("Leptos", &["leptos", "tachys", "reactive_graph", "any_spawner", "hydration_context", "or_poisoned"][..]),
        ("wasm-bindgen, js-sys, web-sys", &["wasm_bindgen", "js_sys", "web_sys"]),
        ("malloc", &["dlmalloc"]),
        ("core, alloc, std", &["core", "alloc", "std", "__rustc"]),
    ];
    let from = |names: &[&str]| names.iter().any(|library| after(name, library).is_some());
    libraries.iter().find(|(_, names)| from(names)).map_or("the rest", |(title, _)| title).to_owned()
}

/// What follows a crate's name in a mangled one, be it written with its length before it or as part of a type.
fn after<'n>(name: &'n str, krate: &str) -> Option<&'n str> {
    let typed = format!("{krate}..");
    if let Some((_, rest)) = name.split_once(&typed) {
        return Some(rest);
    }
    let (_, rest) = name.split_once(&format!("{}{krate}", krate.len()))?;
    Some(rest.trim_start_matches(|c: char| c.is_ascii_digit()))
}
