//! The file: a text that a person reads, edits and keeps. Every changed document stands in it whole, below a line that
//! names it, so that a file does not depend on what the course's texts say today; then the actions, one a line.
//!
//! A line that begins with `===` is ours. Where a document has such a line itself, a `\` stands before it; where it has
//! that too, one more.

use crate::{ACTIONS, Bench, Damage, FILE, TooLarge};
use engine::journey::{Action, Timed};
use engine::text::split_once;
use engine::time::Micros;
use engine::world::World;

const HEAD: &str = "Roundtrip workbench, version ";
const ABOUT: &str = "1

Below are the documents that differ from the course's own, whole: as they are written, and as the programs have read
them last. Then what is done, and when. Every line that begins with === starts a part.
";
const OURS: &str = "===";
const WRITTEN: &str = "written ";
const LOADED: &str = "loaded ";
const BOTH: &str = "written and loaded ";
const BARE: &str = "without a newline at the end";
const ACTIONS_PART: &str = "actions";
const STEP: &str = "step ";
const HOW: &str = "an action is written like one of these: “at 1.5 s: open https://…”, “at 0 s: reach https://…”, “at 0 s: run pm2 list”, “at 0 s: connect from 198.51.100.7 to port 22”, “at 0 s: wait 30 s”";

/// The file.
pub fn write_file(bench: &Bench) -> Result<String, TooLarge> {
    let mut out = [HEAD, ABOUT].concat();
    for own in World::course().documents {
        let text = |world: &'_ World| world.text(&own.name).filter(|text| *text != own.text).map(str::to_owned);
        let (written, loaded) = (text(&bench.world), text(&bench.loaded));
        if written == loaded {
            part(&mut out, BOTH, &own.name, written.as_deref());
        } else {
            part(&mut out, WRITTEN, &own.name, written.as_deref());
            part(&mut out, LOADED, &own.name, loaded.as_deref());
        }
    }
    if !bench.actions.is_empty() {
        line(&mut out, &[OURS, " ", ACTIONS_PART]);
    }
    for action in &bench.actions {
        let at = seconds(action.at);
        let (verb, what) = match &action.what {
            Action::Open(url) => ("open ", escaped(url)),
            Action::Reach(url) => ("reach ", escaped(url)),
            Action::Load { url, click: None } => ("load ", escaped(url)),
            Action::Load { url, click: Some(click) } => {
                ("click after ", [&seconds(*click), " s on ", &escaped(url)].concat())
            }
            Action::Command(command) => ("run ", escaped(command)),
            Action::Connect { from, port } => {
                ("connect from ", [&from.to_string(), " to port ", &port.to_string()].concat())
            }
            Action::Wait(span) => ("wait ", seconds(*span) + " s"),
        };
        line(&mut out, &["at ", &at, " s: ", verb, &what]);
    }
    if let Some(step) = &bench.step {
        line(&mut out, &[OURS, " ", STEP, &escaped(step)]);
    }
    if out.len() > FILE || bench.actions.len() > ACTIONS { Err(TooLarge::File) } else { Ok(out) }
}

fn line(out: &mut String, parts: &[&str]) {
    *out += &parts.concat();
    out.push('\n');
}

fn part(out: &mut String, kind: &str, name: &str, text: Option<&str>) {
    let Some(text) = text else { return };
    line(out, &[OURS, " ", kind, name]);
    let ended = text.strip_suffix('\n');
    if !text.is_empty() {
        for own in ended.unwrap_or(text).split('\n') {
            line(out, &[if looks_like_ours(own) { "\\" } else { "" }, own]);
        }
        if ended.is_none() {
            line(out, &[OURS, " ", BARE]);
        }
    }
}

fn looks_like_ours(line: &str) -> bool {
    line.trim_start_matches('\\').starts_with(OURS)
}

/// A text on one line.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\n' => out += "\\n",
            '\r' => out += "\\r",
            '\\' => out += "\\\\",
            _ => out.push(c),
        }
    }
    out
}

/// The text again. A `\` before another letter is itself, as one types it in a command.
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let meant = match chars.peek() {
            Some('n') => Some('\n'),
            Some('r') => Some('\r'),
            Some('\\') => Some('\\'),
            _ => None,
        };
        match meant.filter(|_| c == '\\') {
            Some(meant) => {
                out.push(meant);
                chars.next();
            }
            None => out.push(c),
        }
    }
    out
}

/// A moment or span in seconds, exactly.
fn seconds(time: Micros) -> String {
    let (whole, part) = ((time.0 / 1_000_000).to_string(), (time.0 % 1_000_000 + 1_000_000).to_string());
    let text = [&whole, ".", &part[1..]].concat();
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn micros(text: &str) -> Option<Micros> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(part) || part.len() > 6 {
        return None;
    }
    [whole, part, &"000000"[part.len()..]].concat().parse().ok().map(Micros)
}

/// What a line of the file belongs to.
enum Part {
    Preface,
    Text { kind: &'static str, document: usize, text: String },
    Bare,
    Actions,
    Step,
}

/// What a file names.
pub fn read_file(text: &str) -> Result<Bench, Damage> {
    if text.len() > FILE + FILE / 8 {
        return Err(Damage::TooLarge);
    }
    let text = text.trim_start_matches('\u{feff}');
    let (first, _) = text.split_once('\n').unwrap_or((text, ""));
    // An editor of Windows may have given every line its own end.
    let returns = first.ends_with('\r');
    let version = first.strip_prefix(HEAD).map(|version| version.trim().parse::<u32>());
    match version {
        Some(Ok(1)) => {}
        Some(Ok(version)) => return Err(Damage::Version(version)),
        _ => return Err(Damage::Line(1, ["a file of the workbench begins with “", HEAD, "1”"].concat())),
    }
    let (mut bench, mut part, mut seen) = (Bench::default(), Part::Preface, Vec::new());
    for (i, line) in text.strip_suffix('\n').unwrap_or(text).split('\n').enumerate() {
        let line = if returns { line.strip_suffix('\r').unwrap_or(line) } else { line };
        let wrong = |words: String| Damage::Line(i + 1, words);
        if let Some(head) = line.strip_prefix(OURS) {
            part = close(part, &mut bench, head, &mut seen).map_err(wrong)?;
            continue;
        }
        match &mut part {
            Part::Preface => {}
            Part::Text { text, .. } => {
                *text += if looks_like_ours(line) { &line[1..] } else { line };
                text.push('\n');
            }
            _ if line.trim().is_empty() => {}
            Part::Actions if bench.actions.len() == ACTIONS => {
                return Err(wrong("more than 1,000 actions are not opened".into()));
            }
            Part::Actions => bench.actions.push(action(line).ok_or_else(|| wrong(HOW.into()))?),
            Part::Bare | Part::Step => return Err(wrong("nothing belongs here; a part begins with ===".into())),
        }
    }
    put(part, &mut bench);
    Ok(bench)
}

/// Ends one part and begins another.
fn close(part: Part, bench: &mut Bench, head: &str, seen: &mut Vec<(bool, usize)>) -> Result<Part, String> {
    let step = head.strip_prefix(' ').and_then(|head| head.strip_prefix(STEP));
    let head = head.trim();
    if head == BARE {
        let Part::Text { kind, document, mut text } = part else {
            return Err("this belongs below a document's text".into());
        };
        text.pop();
        put(Part::Text { kind, document, text }, bench);
        return Ok(Part::Bare);
    }
    put(part, bench);
    if head == ACTIONS_PART {
        return if bench.actions.is_empty() { Ok(Part::Actions) } else { Err("the actions stand here twice".into()) };
    }
    if let Some(step) = step {
        return match bench.step.replace(unescaped(step)) {
            None => Ok(Part::Step),
            Some(_) => Err("the step stands here twice".into()),
        };
    }
    let kinds = [(BOTH, [true, true]), (WRITTEN, [true, false]), (LOADED, [false, true])];
    let found = kinds.into_iter().find_map(|(kind, of)| Some((kind, of, head.strip_prefix(kind)?.trim())));
    let Some((kind, of, name)) = found else {
        return Err("a part is “=== written NAME”, “=== loaded NAME”, “=== written and loaded NAME”, “=== actions” or “=== step NAME”".into());
    };
    let Some(document) = bench.world.documents.iter().position(|document| document.name == name) else {
        let names: Vec<&str> = bench.world.documents.iter().map(|document| document.name.as_str()).collect();
        return Err(["there is no document ", name, "; there are: ", &names.join(", ")].concat());
    };
    for (loaded, _) in [false, true].into_iter().zip(of).filter(|(_, meant)| *meant) {
        if seen.contains(&(loaded, document)) {
            return Err([name, " stands here twice"].concat());
        }
        seen.push((loaded, document));
    }
    Ok(Part::Text { kind, document, text: String::new() })
}

/// Puts a text where it belongs.
fn put(part: Part, bench: &mut Bench) {
    if let Part::Text { kind, document, text } = part {
        let name = bench.world.documents[document].name.clone();
        if kind != LOADED {
            bench.world = bench.world.with_text(&name, &text);
        }
        if kind != WRITTEN {
            bench.loaded = bench.loaded.with_text(&name, &text);
        }
    }
}

fn action(line: &str) -> Option<Timed> {
    let (at, what) = split_once(line.strip_prefix("at ")?, " s: ")?;
    let (verb, rest) = what.split_once(' ').unwrap_or((what, ""));
    let what = match verb {
        "open" => Action::Open(unescaped(rest)),
        "reach" => Action::Reach(unescaped(rest)),
        "load" => Action::Load { url: unescaped(rest), click: None },
        "click" => {
            let (click, url) = split_once(rest.strip_prefix("after ")?, " s on ")?;
            Action::Load { url: unescaped(url), click: Some(micros(click.trim())?) }
        }
        "run" => Action::Command(unescaped(rest)),
        "wait" => Action::Wait(micros(rest.trim().strip_suffix('s')?.trim())?),
        "connect" => {
            let (from, port) = split_once(rest.strip_prefix("from ")?, " to port ")?;
            Action::Connect { from: from.trim().parse().ok()?, port: port.trim().parse().ok()? }
        }
        _ => return None,
    };
    Some(Timed { at: micros(at.trim())?, what })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_is_named_with_its_line() {
        let check = |rest: &str, line: usize, words: &str| {
            let damage = read_file(&["Roundtrip workbench, version 1\n", rest].concat()).expect_err("a mistake");
            let said = damage.to_string();
            assert!(said.starts_with(&["Line ", &line.to_string(), ": "].concat()) && said.contains(words), "{said}");
        };
        check("=== written b.conf\n", 2, "there is no document b.conf; there are: root.zone, ");
        check("=== written users.json\n=== written and loaded users.json\n", 3, "twice");
        check("=== actions\nat 0 s: open a\n\nat x s: open a\n", 5, "an action is written like");
        check("=== actions\nat 0 s: open a\n=== actions", 4, "twice");
        check("=== step 4\n=== step 4\n", 3, "twice");
        check("=== step 4\n\nhello\n", 4, "nothing belongs here");
        check("=== without a newline at the end\n", 2, "below a document");
        check("=== texts\n", 2, "a part is");
        assert_eq!(read_file("Roundtrip workbench, version 3\n"), Err(Damage::Version(3)));
        assert!(matches!(read_file(""), Err(Damage::Line(1, _))));
        assert_eq!(read_file(&" ".repeat(9 << 20)), Err(Damage::TooLarge));
    }

    #[test]
    fn an_editor_may_give_lines_another_end() {
        let bench = Bench { world: World::course().with_text("users.json", "[]\n"), ..Bench::default() };
        let text = write_file(&bench).expect("a short one");
        assert_eq!(read_file(&text.replace('\n', "\r\n")).as_ref(), Ok(&bench));
        assert_eq!(read_file(&["\u{feff}", text.trim_end()].concat()), Ok(bench));
    }

    #[test]
    fn times_are_exact() {
        for (time, text) in [(0, "0"), (1, "0.000001"), (1_500_000, "1.5"), (u64::MAX, "18446744073709.551615")] {
            assert_eq!((seconds(Micros(time)).as_str(), micros(text)), (text, Some(Micros(time))));
        }
        assert_eq!(
            (micros("-1"), micros("1.0000001"), micros("18446744073709.551616"), micros("")),
            (None, None, None, None)
        );
    }
}
