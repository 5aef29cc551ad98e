//! The link: `bench1.`, what is on the workbench as letters of base64url, a full stop, and the checksum in eight hexadecimal
//! digits. The stop and the digits tell a link that was cut off; the last sign is a letter or digit, which no program
//! that looks for links in a text leaves outside.
//!
//! For every document that differs: 2 bytes of its name's checksum, 4 of the checksum of the text it was made from, which
//! texts follow, and these. Then the actions, then the step. Where documents were made or removed, they follow: their number,
//! and for each its name, what became of it as it is written and as it was loaded, and its texts.

use crate::change::{Change, change, may_be_made, names, set};
use crate::code::{Reader, Writer, bytes, checksum, letters};
use crate::{ACTIONS, Bench, Damage, LINK, TooLarge};
use core::net::Ipv4Addr;
use engine::browser::request::{Credentials, Mode};
use engine::journey::{Action, Caller, Fetch, Press, Script, Timed};
use engine::time::Micros;
use engine::world::World;
use std::sync::Arc;

/// How a link begins; then the version follows.
const HEAD: &str = "bench";
const HEAD_1: &str = "bench1.";

/// Texts that documents of the course once had, for the links that were made from them. Whoever changes a document of the
/// course puts its former text here, whole.
const FORMER: [&str; 5] = [
    include_str!("former/backend.js"),
    include_str!("former/backend-2.js"),
    include_str!("former/ecosystem.config.js"),
    include_str!("former/network"),
    include_str!("former/schema.sql"),
];

/// Whether this, which stands after the `#` of an address, is meant as a link to a workbench.
pub fn is_link(text: &str) -> bool {
    text.trim_start_matches('#').starts_with(HEAD)
}

/// The link, as it stands after the `#`.
pub fn write(bench: &Bench) -> Result<String, TooLarge> {
    let mut out = Writer::new();
    documents(&mut out, bench)?;
    if bench.actions.len() > ACTIONS {
        return Err(TooLarge::Link);
    }
    out.number(bench.actions.len() as u64);
    for action in &bench.actions {
        action_out(&mut out, action)?;
    }
    out.number(u64::from(bench.step.is_some()));
    if let Some(step) = &bench.step {
        out.text(step)?;
    }
    made_and_removed(&mut out, bench)?;
    let said = [HEAD_1, &letters(&out.out)].concat();
    let link = [&said, ".", &sum(&said)].concat();
    if link.len() > LINK { Err(TooLarge::Link) } else { Ok(link) }
}

/// What a link names; with or without its `#`.
pub fn read(link: &str) -> Result<Bench, Damage> {
    let link = link.trim().trim_start_matches('#');
    let after = link.strip_prefix(HEAD).ok_or(Damage::Foreign)?;
    if link.len() > LINK {
        return Err(Damage::TooLarge);
    }
    let (version, after) = after.split_once('.').ok_or(Damage::Cut)?;
    match version.parse() {
        Ok(1) => {}
        Ok(other) => return Err(Damage::Version(other)),
        Err(_) => return Err(Damage::Checksum),
    }
    let (said, found) = after.split_once('.').ok_or(Damage::Cut)?;
    if found.len() < 8 {
        return Err(Damage::Cut);
    }
    if sum(&[HEAD, version, ".", said].concat()) != found {
        return Err(Damage::Checksum);
    }
    let bytes = bytes(said).ok_or(Damage::Nonsense)?;
    let mut reader = Reader::new(&bytes);
    let mut bench = Bench::default();
    changes(&mut reader, &mut bench)?;
    (bench.actions, bench.step) = rest(&mut reader).ok_or(Damage::Nonsense)?;
    if !reader.is_over() {
        others(&mut reader, &mut bench).filter(|()| reader.is_over()).ok_or(Damage::Nonsense)?;
    }
    Ok(bench)
}

fn sum(said: &str) -> String {
    let sum = checksum(said.as_bytes());
    (0..8).rev().map(|digit| char::from_digit(sum >> (4 * digit) & 15, 16).unwrap_or('0')).collect()
}

/// The name of a document in a link. That no two are the same is a test.
fn short(name: &str) -> [u8; 2] {
    let [.., a, b] = checksum(name.as_bytes()).to_be_bytes();
    [a, b]
}

// Which texts of a document follow: the written one, the loaded one, or the loaded one that is as the written one.
const WRITTEN: u64 = 1;
const LOADED: u64 = 2;
const BOTH: u64 = 4;

fn documents(out: &mut Writer, bench: &Bench) -> Result<(), TooLarge> {
    let course = World::course();
    let changed = course.documents.iter().filter_map(|own| {
        let text = |world: &World| world.text(&own.name).filter(|text| *text != own.text).map(str::to_owned);
        let texts = (text(&bench.world), text(&bench.loaded));
        (texts != (None, None)).then_some((own, texts))
    });
    let changed: Vec<_> = changed.collect();
    out.number(changed.len() as u64);
    for (own, (written, loaded)) in changed {
        out.out.extend_from_slice(&short(&own.name));
        out.out.extend_from_slice(&checksum(own.text.as_bytes()).to_be_bytes());
        let (written, loaded, which) = match (written, loaded) {
            (Some(text), Some(same)) if text == same => (Some(text), None, BOTH),
            (written, loaded) => {
                let which = WRITTEN * u64::from(written.is_some()) + LOADED * u64::from(loaded.is_some());
                (written, loaded, which)
            }
        };
        out.number(which);
        out.know(&own.text);
        for text in [written, loaded].into_iter().flatten() {
            out.text(&text)?;
        }
    }
    Ok(())
}

fn changes(reader: &mut Reader, bench: &mut Bench) -> Result<(), Damage> {
    let count = reader.number().ok_or(Damage::Nonsense)?;
    let mut todo: Vec<usize> = (0..bench.world.documents.len()).collect();
    for _ in 0..count {
        let name = reader.take(2).ok_or(Damage::Nonsense)?;
        let sum = reader.take(4).ok_or(Damage::Nonsense)?;
        let is = |at: &usize| short(&bench.world.documents[*at].name) == name;
        // Each once: what is done leaves the list.
        let place = todo.iter().position(is).ok_or(Damage::Document)?;
        let at = todo.remove(place);
        let own = Arc::clone(&bench.world.documents[at]);
        let is_base = |text: &&str| checksum(text.as_bytes()).to_be_bytes() == sum;
        let base = [own.text.as_str()].into_iter().chain(FORMER).find(is_base);
        reader.know(base.ok_or_else(|| Damage::Edit(own.name.clone()))?);
        let which = reader.number().filter(|which| (WRITTEN..=BOTH).contains(which)).ok_or(Damage::Nonsense)?;
        let worlds = [(WRITTEN | BOTH, &mut bench.world), (LOADED, &mut bench.loaded)];
        for (bit, world) in worlds {
            if which & bit != 0 {
                let text = reader.text().ok_or(Damage::Nonsense)?;
                Arc::make_mut(&mut world.documents[at]).text = text;
            }
        }
        if which == BOTH {
            bench.loaded.documents[at] = Arc::clone(&bench.world.documents[at]);
        }
    }
    Ok(())
}

fn action_out(out: &mut Writer, action: &Timed) -> Result<(), TooLarge> {
    let kind = kind(&action.what);
    out.number(kind);
    out.number(action.at.0);
    what_out(out, &action.what)
}

const fn kind(what: &Action) -> u64 {
    match what {
        Action::Open(_) => 0,
        Action::Reach(_) => 1,
        Action::Command(_) => 2,
        Action::Connect { .. } => 3,
        Action::Wait(_) => 4,
        Action::Load { .. } => 5,
        Action::Fetch(Fetch { from: None, .. }) => 6,
        Action::Fetch(_) => 12,
        Action::Socket { .. } => 7,
        Action::Call { .. } => 8,
        Action::From(..) => 9,
        Action::Together(_) => 10,
        Action::Press { .. } => 11,
    }
}

fn what_out(out: &mut Writer, what: &Action) -> Result<(), TooLarge> {
    match what {
        Action::Open(text) | Action::Reach(text) | Action::Command(text) => out.text(text)?,
        Action::Connect { from, port } => {
            out.out.extend_from_slice(&from.octets());
            out.number(u64::from(*port));
        }
        Action::Wait(span) => out.number(span.0),
        Action::Load { url, click } => {
            // Nought is no click.
            out.number(click.map_or(0, |click| click.0.saturating_add(1)));
            out.text(url)?;
        }
        Action::Fetch(Fetch { url, method, headers, body, from }) => {
            if let Some(Script { page, mode, credentials }) = from {
                out.text(page)?;
                out.number(Mode::ALL.iter().position(|known| known == mode).unwrap_or(0) as u64);
                out.number(Credentials::ALL.iter().position(|known| known == credentials).unwrap_or(0) as u64);
            }
            out.text(method)?;
            out.text(url)?;
            out.number(headers.len() as u64);
            for text in headers.iter().flat_map(|(name, value)| [name, value]).chain([body]) {
                out.text(text)?;
            }
        }
        Action::Call { url, message, by } => {
            out.text(url)?;
            out.text(message)?;
            out.number(match by {
                Caller::Program => 0,
                Caller::Page => 1,
                Caller::Web => 2,
            });
        }
        Action::From(address, what) => {
            out.out.extend_from_slice(&address.octets());
            out.number(kind(what));
            what_out(out, what)?;
        }
        Action::Socket { url, say, hold } => {
            out.text(url)?;
            out.number(hold.0);
            out.number(say.len() as u64);
            for text in say {
                out.text(text)?;
            }
        }
        Action::Press { phone, what } => {
            out.text(phone)?;
            let (kind, number, text) = pressed(what);
            out.number(kind);
            out.number(number);
            out.text(text)?;
        }
        Action::Together(actions) => {
            out.number(actions.len() as u64);
            for action in actions {
                action_out(out, action)?;
            }
        }
    }
    Ok(())
}

/// What is pressed: its kind, its number and its text.
fn pressed(what: &Press) -> (u64, u64, &str) {
    match what {
        Press::Like(post) => (0, u64::from(*post), ""),
        Press::Unlike(post) => (1, u64::from(*post), ""),
        Press::Feed => (2, 0, ""),
        Press::Profile => (3, 0, ""),
        Press::Write { to, text } => (4, u64::from(*to), text),
        Press::Look(path) => (5, 0, path),
        Press::Send(path) => (6, 0, path),
    }
}

fn press(reader: &mut Reader) -> Option<Press> {
    let (kind, number, text) = (reader.number()?, reader.number()?, reader.text()?);
    let number = u32::try_from(number).ok()?;
    Some(match kind {
        0 => Press::Like(number),
        1 => Press::Unlike(number),
        2 => Press::Feed,
        3 => Press::Profile,
        4 => Press::Write { to: number, text },
        5 => Press::Look(text),
        6 => Press::Send(text),
        _ => return None,
    })
}

/// Whose script asks, and how.
fn script(reader: &mut Reader) -> Option<Script> {
    let page = reader.text()?;
    let mode = *Mode::ALL.get(reader.number()? as usize)?;
    Some(Script { page, mode, credentials: *Credentials::ALL.get(reader.number()? as usize)? })
}

fn action(reader: &mut Reader) -> Option<Timed> {
    nested(reader, 0)
}

/// An action; those that are done at once stand within one another at most so deep.
fn nested(reader: &mut Reader, depth: u32) -> Option<Timed> {
    let (kind, at) = (reader.number()?, Micros(reader.number()?));
    Some(Timed { at, what: what(reader, kind, depth)? })
}

fn what(reader: &mut Reader, kind: u64, depth: u32) -> Option<Action> {
    Some(match kind {
        0 => Action::Open(reader.text()?),
        1 => Action::Reach(reader.text()?),
        2 => Action::Command(reader.text()?),
        3 => {
            let from: [u8; 4] = reader.take(4)?.try_into().ok()?;
            Action::Connect { from: Ipv4Addr::from(from), port: reader.number()?.try_into().ok()? }
        }
        4 => Action::Wait(Micros(reader.number()?)),
        5 => {
            let click = reader.number()?.checked_sub(1).map(Micros);
            Action::Load { click, url: reader.text()? }
        }
        6 | 12 => {
            let from = if kind == 12 { Some(script(reader)?) } else { None };
            let (method, url) = (reader.text()?, reader.text()?);
            let count = reader.number().filter(|count| *count <= ACTIONS as u64)?;
            let headers = (0..count).map(|_| reader.text().zip(reader.text())).collect::<Option<_>>()?;
            Action::Fetch(Fetch { url, method, headers, body: reader.text()?, from })
        }
        8 => {
            let (url, message) = (reader.text()?, reader.text()?);
            let by = [Caller::Program, Caller::Page, Caller::Web];
            Action::Call { url, message, by: *by.get(reader.number()? as usize)? }
        }
        7 => {
            let (url, hold) = (reader.text()?, Micros(reader.number()?));
            let count = reader.number().filter(|count| *count <= ACTIONS as u64)?;
            Action::Socket { url, hold, say: (0..count).map(|_| reader.text()).collect::<Option<_>>()? }
        }
        9 => {
            let from: [u8; 4] = reader.take(4)?.try_into().ok()?;
            // Nobody does something as somebody who does it as somebody else.
            let kind = reader.number().filter(|kind| *kind != 9)?;
            Action::From(Ipv4Addr::from(from), what(reader, kind, depth)?.into())
        }
        11 => Action::Press { phone: reader.text()?, what: press(reader)? },
        10 if depth < 4 => {
            let count = reader.number().filter(|count| *count <= ACTIONS as u64)?;
            Action::Together((0..count).map(|_| nested(reader, depth + 1)).collect::<Option<_>>()?)
        }
        _ => return None,
    })
}

/// The actions, the step, and nothing after them.
fn rest(reader: &mut Reader) -> Option<(Vec<Timed>, Option<String>)> {
    let count = reader.number().filter(|count| *count <= ACTIONS as u64)?;
    let actions = (0..count).map(|_| action(reader)).collect::<Option<_>>()?;
    let step = match reader.number()? {
        0 => None,
        1 => Some(reader.text()?),
        _ => return None,
    };
    Some((actions, step))
}

// What became of a document, in one world.
const SAME: u64 = 0;
const MADE: u64 = 1;
const GONE: u64 = 2;

fn made_and_removed(out: &mut Writer, bench: &Bench) -> Result<(), TooLarge> {
    let course = World::course();
    let both = |name: &str| [&bench.world, &bench.loaded].map(|world| change(&course, world, name));
    let rare = |name: &&str| both(name).iter().any(|change| matches!(change, Change::Made(_) | Change::Removed));
    let names: Vec<&str> = names(&course, bench).into_iter().filter(rare).collect();
    if names.is_empty() {
        return Ok(());
    }
    out.number(names.len() as u64);
    for name in names {
        let changes = both(name);
        out.text(name)?;
        for change in changes {
            out.number(match change {
                Change::Made(_) => MADE,
                Change::Removed => GONE,
                Change::None | Change::Text(_) => SAME,
            });
        }
        for change in changes {
            if let Change::Made(text) = change {
                out.text(text)?;
            }
        }
    }
    Ok(())
}

/// The documents that were made or removed.
fn others(reader: &mut Reader, bench: &mut Bench) -> Option<()> {
    let course = World::course();
    let mut seen: Vec<String> = Vec::new();
    for _ in 0..reader.number().filter(|count| *count > 0)? {
        let name = reader.text()?;
        let known = course.document(&name).is_some();
        let kinds = [reader.number()?, reader.number()?];
        if seen.contains(&name) || kinds == [SAME; 2] || !(known || may_be_made(&name)) {
            return None;
        }
        for (kind, world) in kinds.into_iter().zip([&mut bench.world, &mut bench.loaded]) {
            match kind {
                SAME => {}
                MADE if !known => set(world, &name, &reader.text()?),
                GONE if known && world.text(&name) == course.text(&name) => {
                    world.documents.retain(|document| document.name != name);
                }
                _ => return None,
            }
        }
        seen.push(name);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A link whose checksum is right, whatever it says.
    fn sealed(said: &[u8]) -> String {
        let said = [HEAD_1, &letters(said)].concat();
        [&said, ".", &sum(&said)].concat()
    }

    #[test]
    fn every_document_has_a_name_of_its_own() {
        let mut names: Vec<_> = World::course().documents.iter().map(|document| short(&document.name)).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all, "two documents share two bytes: give one another name, or links another version");
    }

    #[test]
    fn each_damage_has_its_name() {
        let bench = Bench { step: Some("4".into()), ..Bench::default() };
        let link = write(&bench).expect("a short one");
        assert_eq!(read(&["#", &link, "\n"].concat()), Ok(bench));
        assert!(is_link(&link) && is_link("#bench2.") && !is_link("#firewall"));
        assert_eq!(read("definition"), Err(Damage::Foreign));
        assert_eq!(read(&link.replace("bench1", "bench2")), Err(Damage::Version(2)));
        for end in HEAD.len()..link.len() {
            assert_eq!(read(&link[..end]), Err(Damage::Cut), "{}", &link[..end]);
        }
        assert_eq!(read(&[&link, "0"].concat()), Err(Damage::Checksum));
        assert_eq!(read(&[link.as_str(), &"0".repeat(LINK)].concat()), Err(Damage::TooLarge));
        assert_eq!(read(&sealed(&[1, 7, 7, 0, 0, 0, 0])), Err(Damage::Document));
        assert_eq!(read(&sealed(&[0, 0, 0, 0])), Err(Damage::Nonsense));
        let [a, b] = short("users.json");
        assert_eq!(read(&sealed(&[1, a, b, 0, 0, 0, 0])), Err(Damage::Edit("users.json".into())));
    }
}
