//! Seeded breaks: one edit, over every document of the course's world, each of a kind that people really make.

use engine::journey::{Action, Timed};
use engine::time::Micros;
use engine::world::{Kind, World};
use std::net::{IpAddr, Ipv4Addr};

/// A world in which something is wrong, as the page would hold it.
#[derive(Clone)]
pub struct Broken {
    pub kind: &'static str,
    pub what: String,
    pub world: World,
    pub loaded: World,
    pub actions: Vec<Timed>,
}

/// A small generator of pseudo-random numbers (SplitMix64).
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % count as u64) as usize
    }

    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let at = self.below(of.len());
        &of[at]
    }
}

/// What is asked for.
pub fn request(dice: &mut Dice) -> Action {
    let open = |url: &str| Action::Open(url.to_owned());
    match dice.below(10) {
        0..=2 => open("https://backend-demo.senus.doxyz/users"),
        3 | 4 => open("https://frontend-demo.senus.doxyz/"),
        5 => open("http://backend-demo.senus.doxyz/users/2"),
        6 | 7 => open("https://backend-demo.senus.doxyz/posts"),
        8 => Action::Reach("http://api.senus.doxyz/".to_owned()),
        _ => Action::Connect { from: Ipv4Addr::new(192, 0, 2, 77), port: *dice.pick(&[22, 443]) },
    }
}

/// The course's world, whole.
pub fn whole(dice: &mut Dice) -> Broken {
    let world = World::course();
    let actions = vec![Timed { at: Micros::ZERO, what: request(dice) }];
    Broken { kind: "", what: String::new(), loaded: world.clone(), world, actions }
}

/// One thing is broken, and everything is read anew.
pub fn breaks(broken: &mut Broken, dice: &mut Dice) {
    match dice.below(12) {
        0..=2 => edit(broken, "a line deleted", dice, line_deleted),
        3 | 4 => edit(broken, "a port changed", dice, port_changed),
        5 => edit(broken, "an address changed", dice, address_changed),
        6 => edit(broken, "a name mistyped", dice, mistyped),
        7 => edit(broken, "a sign deleted", dice, sign_deleted),
        8 => {
            broken.kind = "something stopped";
            let command = *dice.pick(&[
                "pm2 stop backend",
                "pm2 stop frontend",
                "systemctl stop nginx",
                "pm2 delete backend",
                "systemctl stop postgresql",
            ]);
            command.clone_into(&mut broken.what);
            broken.actions.insert(0, Timed { at: Micros::ZERO, what: Action::Command(command.to_owned()) });
        }
        9 => edit(broken, "out of date", dice, out_of_date),
        10 => edit(broken, "a line added", dice, line_added),
        _ => {
            // The mistake has been mended, and what is written has not been read.
            let way = *dice.pick(&[line_deleted as Way, port_changed, mistyped, sign_deleted]);
            let keeps = [
                Kind::Nginx,
                Kind::Certificates,
                Kind::Hosts,
                Kind::Processes,
                Kind::Script,
                Kind::Data,
                Kind::Settings,
                Kind::Schema,
            ];
            let mended = broken.world.clone();
            edit(broken, "", dice, way);
            broken.kind = "a reload forgotten";
            let kept = |world: &World, other: &World| {
                let pairs = world.documents.iter().zip(&other.documents);
                pairs.filter(|(a, b)| a.text != b.text).all(|(a, _)| keeps.contains(&a.kind))
            };
            if kept(&broken.world, &mended) {
                broken.world = mended;
            } else {
                broken.kind = "a change";
            }
        }
    }
}

type Way = fn(&str, &mut Dice) -> Option<(String, String)>;

fn edit(broken: &mut Broken, kind: &'static str, dice: &mut Dice, way: Way) {
    for _ in 0..100 {
        let document = dice.pick(&broken.world.documents).clone();
        if let Some((text, what)) = way(&document.text, dice) {
            broken.kind = kind;
            broken.what = format!("{}: {what}", document.name);
            broken.world = broken.world.with_text(&document.name, &text);
            broken.loaded = broken.world.clone();
            return;
        }
    }
}

fn line_deleted(text: &str, dice: &mut Dice) -> Option<(String, String)> {
    let lines: Vec<&str> = text.lines().collect();
    let at = dice.below(lines.len());
    let kept: Vec<&str> = lines.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, line)| *line).collect();
    Some((kept.join("\n") + "\n", lines[at].trim().to_owned()))
}

/// The words of a text that fit, with their places.
fn words(text: &str, fits: impl Fn(&str) -> bool) -> Vec<(usize, &str)> {
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let mut found = Vec::new();
    for piece in text.split(|c: char| !part(c)) {
        let word = piece.trim_matches('.');
        if !word.is_empty() && fits(word) {
            found.push((word.as_ptr() as usize - text.as_ptr() as usize, word));
        }
    }
    found
}

fn put(text: &str, (at, old): (usize, &str), new: &str) -> Option<(String, String)> {
    Some(([&text[..at], new, &text[at + old.len()..]].concat(), format!("{old} → {new}")))
}

fn port_changed(text: &str, dice: &mut Dice) -> Option<(String, String)> {
    let found = words(text, |word| ["80", "443", "3000", "3001", "22", "5432"].contains(&word));
    let word = *found.get(dice.below(found.len().max(1)))?;
    let new = *dice.pick(&["81", "444", "3002", "3000", "3001", "8080"]);
    if new == word.1 { None } else { put(text, word, new) }
}

fn address_changed(text: &str, dice: &mut Dice) -> Option<(String, String)> {
    let found = words(text, |word| word.parse::<IpAddr>().is_ok());
    let word = *found.get(dice.below(found.len().max(1)))?;
    put(text, word, dice.pick::<&str>(&["52.23.45.68", "10.0.1.11", "192.0.2.9", "198.51.100.7"]))
}

fn mistyped(text: &str, dice: &mut Dice) -> Option<(String, String)> {
    let found = words(text, |word| word.len() > 3 && word.chars().any(|c| c.is_ascii_alphabetic()));
    let word = *found.get(dice.below(found.len().max(1)))?;
    let mut letters: Vec<char> = word.1.chars().collect();
    let at = dice.below(letters.len() - 1);
    letters.swap(at, at + 1);
    let new: String = letters.into_iter().collect();
    if new == word.1 { None } else { put(text, word, &new) }
}

fn sign_deleted(text: &str, dice: &mut Dice) -> Option<(String, String)> {
    let signs: Vec<(usize, char)> = text.char_indices().filter(|(_, c)| ";{}()[]\",:".contains(*c)).collect();
    let (at, sign) = *signs.get(dice.below(signs.len().max(1)))?;
    let line = text[..at].lines().count();
    Some(([&text[..at], &text[at + sign.len_utf8()..]].concat(), format!("{sign} on line {line}")))
}

fn out_of_date(text: &str, dice: &mut Dice) -> Option<(String, String)> {
    let found = words(text, |word| word == "2026" || word == "2026-02-14");
    let word = *found.get(dice.below(found.len().max(1)))?;
    let year = *dice.pick(&["2025", "2027"]);
    put(text, word, &[year, &word.1[4..]].concat())
}

fn line_added(text: &str, dice: &mut Dice) -> Option<(String, String)> {
    let found = words(text, |word| ["server_name", "proxy_pass", "listen"].contains(&word));
    let (at, word) = *found.get(dice.below(found.len().max(1)))?;
    let new = *dice.pick(&["deny all;", "return 503;", "bogus on;", "auth_basic on;", "client_max_body_size 1;"]);
    put(text, (at, word), &[new, "\n    ", word].concat())
}
