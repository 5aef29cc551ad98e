//! The file: a text that a person reads, edits and keeps. Every changed document stands in it whole, below a line that
//! names it, so that a file does not depend on what the course's texts say today; then the actions, one a line.
//!
//! A line that begins with `===` is ours. Where a document has such a line itself, a `\` stands before it; where it has
//! that too, one more.

use crate::change::{Change, change, may_be_made, names, set};
use crate::{ACTIONS, Bench, Damage, FILE, TooLarge};
use engine::browser::request::{Credentials, Mode};
use engine::journey::{Action, Caller, Fetch, Press, Script, Timed};
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
const NEW: &str = "new ";
const REMOVED: &str = "removed ";
const BARE: &str = "without a newline at the end";
const ACTIONS_PART: &str = "actions";
const STEP: &str = "step ";
const HOW: &str = "an action is written like one of these: “at 1.5 s: open https://…”, “at 0 s: reach https://…”, “at 0 s: run pm2 list”, “at 0 s: connect from 198.51.100.7 to port 22”, “at 0 s: wait 30 s”, “at 0 s: from 198.51.100.7: open https://…”, “at 0 s: fetch POST \\| https://… \\| header Accept \\| */* \\| body …”, “at 0 s: socket wss://… \\| say … \\| hold 30 s”, “at 0 s: call https://… \\| { }”, “at 0 s: press Ada \\| like 2”";

/// Stands between the parts of an action that has several texts; no text has it after it was escaped.
const BETWEEN: &str = " \\| ";

/// The file.
pub fn write_file(bench: &Bench) -> Result<String, TooLarge> {
    let mut out = [HEAD, ABOUT].concat();
    let course = World::course();
    for name in names(&course, bench) {
        let change = |world| change(&course, world, name);
        let (written, loaded) = (change(&bench.world), change(&bench.loaded));
        if written == loaded {
            part(&mut out, BOTH, name, &written);
        } else {
            part(&mut out, WRITTEN, name, &written);
            part(&mut out, LOADED, name, &loaded);
        }
    }
    if !bench.actions.is_empty() {
        line(&mut out, &[OURS, " ", ACTIONS_PART]);
    }
    for action in &bench.actions {
        line(&mut out, &["at ", &seconds(action.at), " s: ", &say(&action.what)]);
    }
    if let Some(step) = &bench.step {
        line(&mut out, &[OURS, " ", STEP, &escaped(step)]);
    }
    if out.len() > FILE || bench.actions.len() > ACTIONS { Err(TooLarge::File) } else { Ok(out) }
}

/// An action in words, as the file has it: `open https://…`.
pub fn say(action: &Action) -> String {
    let (verb, what) = match action {
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
        Action::From(address, what) => ("from ", [&address.to_string(), ": ", &say(what)].concat()),
        Action::Fetch(Fetch { url, method, headers, body, from }) => {
            let mut parts = vec![escaped(method), escaped(url)];
            if let Some(Script { page, mode, credentials }) = from {
                parts.push(["page ", &escaped(page)].concat());
                if *mode != Mode::default() {
                    parts.push(["mode ", mode.word()].concat());
                }
                if *credentials != Credentials::default() {
                    parts.push(["credentials ", credentials.word()].concat());
                }
            }
            for (name, value) in headers {
                parts.extend([["header ", &escaped(name)].concat(), escaped(value)]);
            }
            if !body.is_empty() {
                parts.push(["body ", &escaped(body)].concat());
            }
            ("fetch ", parts.join(BETWEEN))
        }
        Action::Call { url, message, by } => {
            let verb = match by {
                Caller::Program => "call ",
                Caller::Page => "call-from-page ",
                Caller::Web => "call-with-grpc-web ",
            };
            (verb, [escaped(url), escaped(message)].join(BETWEEN))
        }
        Action::Socket { url, say, hold } => {
            let mut parts = vec![escaped(url)];
            parts.extend(say.iter().map(|text| ["say ", &escaped(text)].concat()));
            parts.push(["hold ", &seconds(*hold), " s"].concat());
            ("socket ", parts.join(BETWEEN))
        }
        Action::Press { phone, what } => ("press ", [escaped(phone), pressed(what)].join(BETWEEN)),
        Action::Together(actions) => {
            let one = |action: &Timed| [&seconds(action.at), " s: ", &say(&action.what)].concat().replace('\\', "\\\\");
            ("together ", actions.iter().map(one).collect::<Vec<_>>().join(" \\; "))
        }
    };
    [verb, &what].concat()
}

/// What is pressed, in words.
fn pressed(what: &Press) -> String {
    match what {
        Press::Like(post) => ["like ", &post.to_string()].concat(),
        Press::Unlike(post) => ["unlike ", &post.to_string()].concat(),
        Press::Feed => "feed".to_owned(),
        Press::Profile => "profile".to_owned(),
        Press::Write { to, text } => ["write to ", &to.to_string(), ": ", &escaped(text)].concat(),
        Press::Look(path) => ["look at ", &escaped(path)].concat(),
        Press::Send(path) => ["send to ", &escaped(path)].concat(),
    }
}

fn press(words: &str) -> Option<Press> {
    let (verb, rest) = words.split_once(' ').unwrap_or((words, ""));
    Some(match verb {
        "like" => Press::Like(rest.trim().parse().ok()?),
        "unlike" => Press::Unlike(rest.trim().parse().ok()?),
        "feed" => Press::Feed,
        "profile" => Press::Profile,
        "write" => {
            let (to, text) = split_once(rest.strip_prefix("to ")?, ": ")?;
            Press::Write { to: to.trim().parse().ok()?, text: unescaped(text) }
        }
        "look" => Press::Look(unescaped(rest.strip_prefix("at ")?)),
        "send" => Press::Send(unescaped(rest.strip_prefix("to ")?)),
        _ => return None,
    })
}

fn line(out: &mut String, parts: &[&str]) {
    *out += &parts.concat();
    out.push('\n');
}

/// The part of one document, where it differs.
fn part(out: &mut String, kind: &str, name: &str, change: &Change<'_>) {
    let text = match change {
        Change::None => return,
        Change::Removed => return line(out, &[OURS, " ", REMOVED, kind, name]),
        Change::Made(text) => {
            line(out, &[OURS, " ", NEW, kind, name]);
            text
        }
        Change::Text(text) => {
            line(out, &[OURS, " ", kind, name]);
            text
        }
    };
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
    Text { of: [bool; 2], name: String, text: String },
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
fn close(part: Part, bench: &mut Bench, head: &str, seen: &mut Vec<(bool, String)>) -> Result<Part, String> {
    let step = head.strip_prefix(' ').and_then(|head| head.strip_prefix(STEP));
    let head = head.trim();
    if head == BARE {
        let Part::Text { of, name, mut text } = part else {
            return Err("this belongs below a document's text".into());
        };
        text.pop();
        put(Part::Text { of, name, text }, bench);
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
    let (new, rest) = head.strip_prefix(NEW).map_or((false, head), |rest| (true, rest));
    let (removed, rest) = rest.strip_prefix(REMOVED).map_or((false, rest), |rest| (true, rest));
    let kinds = [(BOTH, [true, true]), (WRITTEN, [true, false]), (LOADED, [false, true])];
    let found = kinds.into_iter().find_map(|(kind, of)| Some((of, rest.strip_prefix(kind)?.trim())));
    let Some((of, name)) = found else {
        return Err("a part is “=== written NAME”, “=== loaded NAME”, “=== written and loaded NAME”, one of these with “new” or “removed” before it, “=== actions” or “=== step NAME”".into());
    };
    let course = World::course();
    let known = course.document(name).is_some();
    if !new && !known {
        let names: Vec<&str> = course.documents.iter().map(|document| document.name.as_str()).collect();
        return Err(["there is no document ", name, "; there are: ", &names.join(", ")].concat());
    }
    if new && (known || removed || !may_be_made(name)) {
        return Err(["a new document cannot have the name ", name].concat());
    }
    for loaded in [false, true].into_iter().zip(of).filter_map(|(loaded, meant)| meant.then_some(loaded)) {
        if seen.iter().any(|(other, seen)| *other == loaded && *seen == name) {
            return Err([name, " stands here twice"].concat());
        }
        seen.push((loaded, name.to_owned()));
    }
    let name = name.to_owned();
    if removed {
        for world in worlds(bench, of) {
            world.documents.retain(|document| document.name != name);
        }
        return Ok(Part::Bare);
    }
    Ok(Part::Text { of, name, text: String::new() })
}

/// Puts a text where it belongs.
fn put(part: Part, bench: &mut Bench) {
    if let Part::Text { of, name, text } = part {
        for world in worlds(bench, of) {
            set(world, &name, &text);
        }
    }
}

/// The worlds that are meant: as it is written, as it was loaded.
fn worlds(bench: &mut Bench, of: [bool; 2]) -> impl Iterator<Item = &mut World> {
    [&mut bench.world, &mut bench.loaded].into_iter().zip(of).filter_map(|(world, meant)| meant.then_some(world))
}

fn action(line: &str) -> Option<Timed> {
    let (at, what) = split_once(line.strip_prefix("at ")?, " s: ")?;
    Some(Timed { at: micros(at.trim())?, what: understand(what)? })
}

/// What is done at once: `0 s: open https://… \; 0.05 s: run …`.
fn together(text: &str) -> Option<Vec<Timed>> {
    let (mut parts, mut chars) = (vec![String::new()], text.chars().peekable());
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some(';')) => {
                chars.next();
                parts.push(String::new());
                continue;
            }
            ('\\', Some('\\')) => {
                chars.next();
            }
            _ => {}
        }
        parts.last_mut()?.push(c);
    }
    let one = |(i, part): (usize, &String)| {
        // The blanks around the sign are not the action's.
        let part = if i > 0 { part.strip_prefix(' ').unwrap_or(part) } else { part };
        let part = if i + 1 < parts.len() { part.strip_suffix(' ').unwrap_or(part) } else { part };
        let (at, what) = split_once(part, " s: ")?;
        Some(Timed { at: micros(at.trim())?, what: understand(what)? })
    };
    if text.is_empty() { Some(Vec::new()) } else { parts.iter().enumerate().map(one).collect() }
}

/// The action that these words mean.
pub fn understand(words: &str) -> Option<Action> {
    let (verb, rest) = words.split_once(' ').unwrap_or((words, ""));
    Some(match verb {
        "open" => Action::Open(unescaped(rest)),
        "reach" => Action::Reach(unescaped(rest)),
        "load" => Action::Load { url: unescaped(rest), click: None },
        "click" => {
            let (click, url) = split_once(rest.strip_prefix("after ")?, " s on ")?;
            Action::Load { url: unescaped(url), click: Some(micros(click.trim())?) }
        }
        "run" => Action::Command(unescaped(rest)),
        "fetch" => fetch(rest)?,
        "call" | "call-from-page" | "call-with-grpc-web" => {
            let by = match verb {
                "call" => Caller::Program,
                "call-from-page" => Caller::Page,
                _ => Caller::Web,
            };
            let (url, message) = split_once(rest, BETWEEN)?;
            Action::Call { url: unescaped(url), message: unescaped(message), by }
        }
        "socket" => {
            let mut parts = rest.split(BETWEEN);
            let url = unescaped(parts.next()?);
            let (mut say, mut hold) = (Vec::new(), None);
            for part in parts {
                match part.split_once(' ').unwrap_or((part, "")) {
                    ("say", text) => say.push(unescaped(text)),
                    ("hold", span) => hold = Some(micros(span.trim().strip_suffix('s')?.trim())?),
                    _ => return None,
                }
            }
            Action::Socket { url, say, hold: hold? }
        }
        "from" => {
            let (address, what) = split_once(rest, ": ")?;
            let what = understand(what).filter(|what| !matches!(what, Action::From(..)))?;
            Action::From(address.trim().parse().ok()?, what.into())
        }
        "wait" => Action::Wait(micros(rest.trim().strip_suffix('s')?.trim())?),
        "press" => {
            let (phone, what) = split_once(rest, BETWEEN)?;
            Action::Press { phone: unescaped(phone), what: press(what)? }
        }
        "together" => Action::Together(together(rest)?),
        "connect" => {
            let (from, port) = split_once(rest.strip_prefix("from ")?, " to port ")?;
            Action::Connect { from: from.trim().parse().ok()?, port: port.trim().parse().ok()? }
        }
        _ => return None,
    })
}

/// What follows `fetch `.
fn fetch(rest: &str) -> Option<Action> {
    let mut parts = rest.split(BETWEEN);
    let (method, url) = (unescaped(parts.next()?), unescaped(parts.next()?));
    let mut fetch = Fetch { method, url, ..Fetch::default() };
    while let Some(part) = parts.next() {
        match part.split_once(' ').unwrap_or((part, "")) {
            ("header", name) => fetch.headers.push((unescaped(name), unescaped(parts.next()?))),
            ("body", text) => fetch.body = unescaped(text),
            ("page", url) => fetch.from = Some(Script { page: unescaped(url), ..Script::default() }),
            ("mode", word) => fetch.from.as_mut()?.mode = Mode::named(word.trim())?,
            ("credentials", word) => fetch.from.as_mut()?.credentials = Credentials::named(word.trim())?,
            _ => return None,
        }
    }
    Some(Action::Fetch(fetch))
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
