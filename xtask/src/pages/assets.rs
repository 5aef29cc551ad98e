//! What every page loads: the style sheet, the boot script, and the names Trunk gave to the app's files.

use super::wasm::{self, Module};
use anyhow::{Context as _, Result, ensure};
use course::drawings::drawing;
use course::sections::MACHINE_ROOM;
use diagram::Form;
use std::fs;
use std::path::Path;
use std::process::Command;

/// The style sheets in the order in which they are joined.
const STYLES: [&str; 11] =
    ["base", "figure", "page", "player", "editor", "terminal", "look", "bench", "wide", "phones", "print"];

/// The laboratory's own, which its page alone fetches.
const LABORATORY: &str = "laboratory";

/// The sandbox's page: its folder, which holds the page of the attempts as well, and its style sheet.
const SANDBOX: &str = "5.1-sandbox";

/// File names, relative to the root of the site.
pub struct Assets {
    pub style: String,
    pub boot: String,
    pub start: String,
    /// The page's program: its script and its Wasm.
    pub page: (String, String),
    /// The player's.
    pub player: (String, String),
    /// The lens's.
    pub lens: (String, String),
    /// What is live: its script, its Wasm, its style sheet, which no other page needs.
    pub live: [String; 3],
    /// The laboratory's, and its style sheet.
    pub laboratory: ((String, String), String),
    /// The sandbox's, and its style sheet.
    pub sandbox: ((String, String), String),
    /// The Wasm of every program.
    pub programs: Vec<String>,
    /// That of the figures which are about numbers.
    pub numbers: (String, String),
    /// What starts the program that computes for them, and their own style sheet.
    pub work: String,
    pub numbers_style: String,
}

/// Writes style sheet and scripts into the staging folder.
pub fn write(staging: &Path) -> Result<Assets> {
    let (script, wasm) = (find(staging, "roundtrip-web", ".js")?, find(staging, "roundtrip-web", "_bg.wasm")?);
    let mut names = Vec::new();
    let mut program = |stem: &str, script: &str, wasm: &str| program(staging, stem, script, wasm, &mut names);
    let page = program("roundtrip-web", &script, &wasm)?;
    let player = program("player", "player.js", "player_bg.wasm")?;
    let lens = program("lens", "lens.js", "lens_bg.wasm")?;
    let laboratory = program("laboratory", "laboratory.js", "laboratory_bg.wasm")?;
    let sheet_of = sheet(LABORATORY)?;
    let folder = staging.join(LABORATORY);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("frame.html"), include_str!("frame.html"))?;
    fs::write(folder.join("frame.js"), squeeze_script(include_str!("frame.js")))?;
    let (script, wasm) = program("live", "live.js", "live_bg.wasm")?;
    let live = [script, wasm, save(staging, "live", "css", sheet("live")?.as_bytes())?];
    let mut css = STYLES.into_iter().map(sheet).collect::<Result<String>>()?;
    let numbers = program("numbers", "numbers.js", "numbers_bg.wasm")?;
    let work = program("work", "work.js", "work_bg.wasm")?;
    let sandbox = program("sandbox", "sandbox.js", "sandbox_bg.wasm")?;
    attempts(staging, &probe::imports::table(&names))?;
    let work = include_str!("work.js").replace("SCRIPT", &work.0).replace("WASM", &work.1);
    css += &(1..=MACHINE_ROOM).map(wide_from).collect::<String>();
    // A piece is named by the name of its page, and numbers are aliases.
    let with_figure = course::SECTIONS.iter().filter(|section| section.figure.is_some() && !section.slug.is_empty());
    let pieces: Vec<String> = with_figure
        .flat_map(|section| [section.name(), section.number, section.slug].map(|name| (name, section.slug)))
        .map(|(name, slug)| format!("\"{name}\":\"{slug}\""))
        .collect();
    let boot = include_str!("boot.js").replace("PIECES", &format!("{{{}}}", pieces.join(",")));
    Ok(Assets {
        style: save(staging, "style", "css", css.as_bytes())?,
        boot: save(staging, "boot", "js", squeeze_script(&boot).as_bytes())?,
        start: save(staging, "start", "js", squeeze_script(include_str!("start.js")).as_bytes())?,
        page,
        player,
        lens,
        live,
        laboratory: (laboratory, save(staging, LABORATORY, "css", sheet_of.as_bytes())?),
        sandbox: (sandbox, save(staging, "sandbox", "css", sheet("sandbox")?.as_bytes())?),
        programs: names.into_iter().map(|(file, _)| file).collect(),
        numbers,
        work: save(staging, "work", "js", squeeze_script(&work).as_bytes())?,
        numbers_style: save(staging, "numbers", "css", sheet("numbers")?.as_bytes())?,
    })
}

/// Writes the page in which figure 12's attempts are made, beside the sandbox's own page, and what the programs import.
fn attempts(staging: &Path, imports: &str) -> Result<()> {
    let folder = staging.join(SANDBOX);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("frame.html"), probe::script::PAGE)?;
    fs::write(folder.join("frame.css"), squeeze(probe::script::STYLE))?;
    fs::write(folder.join("attempts.js"), squeeze_script(&probe::script::script()))?;
    fs::write(folder.join("imports.txt"), imports)?;
    Ok(())
}

/// A style sheet, squeezed.
fn sheet(name: &str) -> Result<String> {
    let path = format!("style/{name}.css");
    Ok(squeeze(&fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?))
}

/// The rule that shows a figure's wide form, where there is room for it: where its words, 15 px at full size, keep 12 px.
fn wide_from(number: u8) -> String {
    let least = drawing(number, Form::Wide).width * 0.8;
    format!(
        "@container (min-width:{least:.0}px){{[data-figure=\"{number}\"] .tall{{display:none}}\
         [data-figure=\"{number}\"] .wide{{display:block}}}}"
    )
}

/// Takes Trunk's own inline start out of the shell: the policy forbids inline scripts. What `trunk serve` adds stays.
pub fn strip(shell: &str) -> String {
    let mut out = String::new();
    let mut rest = shell;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        out += before;
        let end = if tag.starts_with("<script type=\"module\"") && tag.contains("init") {
            tag.find("</script>").map(|end| end + "</script>".len())
        } else if tag.starts_with("<link rel=\"modulepreload\"") || tag.starts_with("<link rel=\"preload\"") {
            tag.find('>').map(|end| end + 1)
        } else {
            None
        };
        match end {
            Some(end) => rest = &tag[end..],
            None => {
                out.push('<');
                rest = &tag[1..];
            }
        }
    }
    out + rest
}

fn find(folder: &Path, start: &str, end: &str) -> Result<String> {
    let entries = fs::read_dir(folder)?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut fits: Vec<String> = entries.filter(|name| name.starts_with(start) && name.ends_with(end)).collect();
    fits.sort();
    fits.pop().with_context(|| format!("Trunk has written no {start}*{end}"))
}

/// Makes a program and the script that wasm-bindgen has written for it smaller, and names both anew.
/// `old` takes what its imports were called.
fn program(
    staging: &Path,
    stem: &str,
    script: &str,
    wasm: &str,
    old: &mut Vec<(String, Vec<(String, String)>)>,
) -> Result<(String, String)> {
    let [script, wasm] = [script, wasm].map(|file| staging.join(file));
    let mut module = Module::read(&fs::read(&wasm).with_context(|| wasm.display().to_string())?)?;
    module.drop_exports(|name| name.contains("intounderlying"))?;
    fs::write(&wasm, module.write())?;
    let mut module = Module::read(&optimised(&wasm)?)?;
    module.forget_foreign_paths(&cargo_home())?;
    let names = module.rename_imports()?;
    let text = fs::read_to_string(&script).with_context(|| script.display().to_string())?;
    let text = wasm::rename_in_script(&wasm::drop_classes(&text, "IntoUnderlying"), &names);
    fs::remove_file(script)?;
    fs::remove_file(wasm)?;
    let script = save(staging, stem, "js", squeeze_script(&text).as_bytes())?;
    let wasm = save(staging, &format!("{stem}_bg"), "wasm", &module.write())?;
    old.push((wasm.clone(), names));
    Ok((script, wasm))
}

/// What wasm-opt makes of it; where there is none, what is there. The first kilobyte of memory is the far end of the
/// stack, so nothing lives there: wasm-opt may count on that.
fn optimised(wasm: &Path) -> Result<Vec<u8>> {
    let out = wasm.with_extension("small");
    let options = ["-Oz", "--low-memory-unused", "--one-caller-inline-max-function-size=20"];
    let strip = ["--strip-debug", "--strip-producers", "--strip-target-features"];
    let mut tool = Command::new("wasm-opt");
    tool.arg(format!("--output={}", out.display())).args(options).args(strip).arg(wasm);
    match tool.status() {
        Ok(status) => {
            ensure!(status.success(), "wasm-opt failed");
            let small = fs::read(&out)?;
            fs::remove_file(out)?;
            Ok(small)
        }
        Err(_) => {
            println!("there is no wasm-opt: the Wasm stays a fifth larger");
            Ok(fs::read(wasm)?)
        }
    }
}

/// Where cargo keeps what it fetched: the beginning of the paths that rustc writes down.
fn cargo_home() -> String {
    let home = std::env::var("CARGO_HOME").or_else(|_| std::env::var("HOME").map(|home| home + "/.cargo"));
    home.unwrap_or_default() + "/"
}

fn save(staging: &Path, stem: &str, ending: &str, content: &[u8]) -> Result<String> {
    let name = format!("{stem}-{:016x}.{ending}", fnv(content));
    fs::write(staging.join(&name), content)?;
    Ok(name)
}

/// FNV-1a: names files by content; nothing depends on its strength.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Takes comments and the white space around lines out of a style sheet. Our own sheets keep to one declaration a line.
fn squeeze(css: &str) -> String {
    let mut out = String::new();
    let mut rest = css;
    while let Some((before, comment)) = rest.split_once("/*") {
        out += before;
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    out += rest;
    out.lines().map(str::trim).filter(|line| !line.is_empty()).collect()
}

/// Takes comments that have lines of their own, and indentation, out of a script. A line of code begins with no star.
fn squeeze_script(script: &str) -> String {
    let comment = |line: &str| ["//", "/*", "*"].iter().any(|sign| line.starts_with(sign));
    let lines = script.lines().map(str::trim).filter(|line| !line.is_empty() && !comment(line));
    lines.map(|line| format!("{line}\n")).collect()
}
