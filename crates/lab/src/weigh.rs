//! `roundtrip weigh`: what a first visit downloads: to the home page, to the first page that plays a figure, and to the first
//! that plays one about numbers.
//!
//! It follows what a browser follows: the page's scripts, styles, preloads and pictures, and what those name in turn
//! (fonts in a stylesheet, modules and Wasm in a script). Fonts are all counted, though a browser fetches only those that
//! a page uses. Links to other pages are not followed. Compressed as well as can be, as a static host would.

use crate::kind;
use crate::squeeze::Coding;
use anyhow::{Context, Result};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The most that a first load may take, compressed with brotli.
const GOAL: usize = 170_000;

/// One file of the first load, or all of them.
struct Weight {
    name: String,
    raw: usize,
    gzip: usize,
    brotli: usize,
}

/// Prints a table of each first load, and how it stands to the goal.
pub fn run(site: &Path) -> Result<()> {
    let mut pages = vec!["index.html".to_owned()];
    pages.extend(first_with(site, "data-lens=")?);
    pages.extend(first_with(site, "data-work=")?);
    for page in pages {
        let first = table(site, &page)?;
        player(site, &page, first)?;
    }
    Ok(())
}

/// The first page, by name, that says this: one with a figure that the engine plays, one with a figure about numbers.
fn first_with(site: &Path, says: &str) -> Result<Option<String>> {
    let mut folders: Vec<String> =
        std::fs::read_dir(site)?.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    folders.sort();
    let pages = folders.into_iter().map(|folder| format!("{folder}/index.html"));
    let plays = |page: &String| std::fs::read_to_string(site.join(page)).is_ok_and(|text| text.contains(says));
    Ok(pages.into_iter().find(plays))
}

/// What a figure that plays adds to its page: fetched when the page stands and the line is idle, or when the reader
/// reaches for the figure.
fn player(site: &Path, page: &str, first: usize) -> Result<()> {
    let text = String::from_utf8(read(site, page)?).unwrap_or_default();
    if let Some(player) = beside(site, &text, "data-player")? {
        println!("with the player, which comes afterwards: {} bytes of brotli\n", first + player);
    }
    if let Some(engine) = beside(site, &text, "data-lens")? {
        println!("the engine, when somebody plays or changes something: {engine} bytes of brotli\n");
    }
    if let Some((script, _)) = text.split_once("data-work=\"").and_then(|(_, rest)| rest.split_once('"')) {
        let script = resolve(Path::new(page).parent().unwrap_or(Path::new("")), script).unwrap_or_default();
        let mut work = 0;
        for name in first_load(site, &script)? {
            let Weight { name, raw, gzip, brotli } = weigh(site, &name)?;
            println!("{raw:>9} {gzip:>9} {brotli:>9}  {name}");
            work += brotli;
        }
        println!("what computes beside the page, fetched with the player: {work} bytes of brotli\n");
    }
    if let Some(live) = beside(site, &text, "data-live")? {
        println!("what is live, where the bundled server is there: {live} bytes of brotli\n");
    }
    Ok(())
}

/// The table of the files that a page names in this attribute, and their size in bytes of brotli.
fn beside(site: &Path, page: &str, attribute: &str) -> Result<Option<usize>> {
    let begin = format!("{attribute}=\"");
    let Some((files, _)) = page.split_once(&begin).and_then(|(_, rest)| rest.split_once('"')) else {
        return Ok(None);
    };
    let mut sum = 0;
    for name in files.split(' ') {
        let Weight { name, raw, gzip, brotli } = weigh(site, name)?;
        println!("{raw:>9} {gzip:>9} {brotli:>9}  {name}");
        sum += brotli;
    }
    Ok(Some(sum))
}

/// The table of one page's first load, and its size in bytes of brotli.
fn table(site: &Path, page: &str) -> Result<usize> {
    let mut weights = Vec::new();
    for name in first_load(site, page)? {
        weights.push(weigh(site, &name)?);
    }
    let sum = |part: fn(&Weight) -> usize| weights.iter().map(part).sum();
    let total = Weight {
        name: format!("first load of {page}"),
        raw: sum(|weight| weight.raw),
        gzip: sum(|weight| weight.gzip),
        brotli: sum(|weight| weight.brotli),
    };
    println!("{:>9} {:>9} {:>9}", "raw", "gzip", "brotli");
    for Weight { name, raw, gzip, brotli } in weights.iter().chain([&total]) {
        println!("{raw:>9} {gzip:>9} {brotli:>9}  {name}");
    }
    let verdict = if total.brotli <= GOAL { "met" } else { "MISSED" };
    println!("goal: at most {GOAL} bytes of brotli; {} now: {verdict}\n", total.brotli);
    Ok(total.brotli)
}

fn weigh(site: &Path, name: &str) -> Result<Weight> {
    let bytes = read(site, name)?;
    let (_, shrinks) = kind::of(name);
    let squeezed = |coding: Coding| {
        if shrinks { coding.best(&bytes).len() } else { bytes.len() }
    };
    Ok(Weight {
        name: name.to_owned(),
        raw: bytes.len(),
        gzip: squeezed(Coding::Gzip),
        brotli: squeezed(Coding::Brotli),
    })
}

fn read(site: &Path, name: &str) -> Result<Vec<u8>> {
    std::fs::read(site.join(name)).with_context(|| format!("{name} in {}", site.display()))
}

/// Names of the files of a first visit, the page first, the rest in the order of their names.
fn first_load(site: &Path, page: &str) -> Result<Vec<String>> {
    let mut seen = BTreeSet::new();
    let mut waiting = vec![page.to_owned()];
    let mut order = Vec::new();
    while let Some(name) = waiting.pop() {
        if !seen.insert(name.clone()) {
            continue;
        }
        let text = String::from_utf8(read(site, &name)?).unwrap_or_default();
        let folder = Path::new(&name).parent().unwrap_or(Path::new(""));
        let named = mentions(&name, &text).into_iter().filter_map(|word| resolve(folder, word));
        waiting.extend(named.filter(|path| site.join(path).is_file()));
        order.push(name);
    }
    order[1..].sort();
    Ok(order)
}

/// Whatever in the text might be the path of another file of this load.
fn mentions<'a>(name: &str, text: &'a str) -> Vec<&'a str> {
    match name.rsplit_once('.') {
        Some((_, "html")) => text.split('<').filter(|tag| loads(tag)).flat_map(quoted).collect(),
        Some((_, "css")) => quoted(text).into_iter().chain(bare_urls(text)).collect(),
        Some((_, "js")) => {
            quoted(text).into_iter().filter(|word| word.ends_with(".js") || word.ends_with(".wasm")).collect()
        }
        _ => Vec::new(),
    }
}

/// Does a browser fetch what this tag names before anybody clicks?
fn loads(tag: &str) -> bool {
    let kept_for_later =
        ["rel=\"next", "rel=\"prev", "rel=\"canonical", "rel=\"alternate", "rel=\"license", "rel=\"help"];
    ["script", "link", "img", "source", "object"].iter().any(|name| tag.starts_with(name))
        && !kept_for_later.iter().any(|rel| tag.contains(rel))
}

fn quoted(text: &str) -> Vec<&str> {
    ['"', '\''].iter().flat_map(|quote| text.split(*quote)).filter(|word| is_path(word)).collect()
}

fn bare_urls(text: &str) -> Vec<&str> {
    let inside = |part| str::split_once(part, ')').map(|(path, _)| path.trim());
    let urls = text.split("url(").skip(1).filter_map(inside);
    urls.filter(|word| is_path(word)).collect()
}

fn is_path(word: &str) -> bool {
    (1..200).contains(&word.len()) && word.contains('.') && !word.contains(char::is_whitespace) && !word.contains("://")
}

/// The path from the site's root, of a word that stands in a file of this folder.
fn resolve(folder: &Path, word: &str) -> Option<String> {
    let word = word.split(['?', '#']).next()?;
    let mut path = if word.starts_with('/') { PathBuf::new() } else { folder.to_owned() };
    for name in word.split('/') {
        match name {
            "" | "." => {}
            ".." => {
                path.pop();
            }
            name => path.push(name),
        }
    }
    Some(path.to_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_what_a_browser_follows() {
        let page = r#"<link rel="stylesheet" href="./a.css"><link rel="next" href="./b.html">
            <a href="c.html">c</a><script type="module" src='boot.js?v=1'></script><img src="/d/e.svg">"#;
        let found: Vec<_> =
            mentions("index.html", page).into_iter().filter_map(|word| resolve(Path::new(""), word)).collect();
        assert_eq!(found, ["a.css", "boot.js", "d/e.svg"].map(str::to_owned));
        assert_eq!(
            mentions("x.css", "@font-face{src:url(f/one.woff2)} b{src:url('f/two.woff2')}"),
            ["f/two.woff2", "f/one.woff2", "'f/two.woff2'"]
        );
        assert_eq!(mentions("x.js", "import('./app.js'); fetch(\"app_bg.wasm\"); '1.5'"), ["app_bg.wasm", "./app.js"]);
        assert_eq!(resolve(Path::new("css"), "../fonts/a.woff2"), Some("fonts/a.woff2".to_owned()));
    }
}
