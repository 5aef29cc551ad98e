//! Links and files of the workbench: what was written is read, and what was damaged is explained.

use engine::browser::request::{Credentials, Mode};
use engine::journey::{Action, Caller, Fetch, Press, Script, Timed};
use engine::time::Micros;
use engine::world::{Document, Kind, World};
use link::{Bench, Damage, LINK, read, read_file, write, write_file};
use proptest::prelude::*;
use proptest::sample::select;
use std::fmt::Write;
use std::net::Ipv4Addr;

const URL: &str = "https://backend-demo.senus.doxyz/users";

fn act(at: u64, what: Action) -> Timed {
    Timed { at: Micros(at), what }
}

/// One edit, one edit that nothing has read, and much at once.
fn three() -> [(&'static str, Bench); 3] {
    let course = World::course();
    let conf = "/etc/nginx/conf.d/backend.conf";
    let port = course.with_edit(conf, "localhost:3001", "localhost:3009");
    let open = act(0, Action::Open(URL.to_owned()));
    let one = Bench { world: port.clone(), loaded: port.clone(), actions: vec![open.clone()], step: None };
    let unread = Bench { world: port.clone(), step: Some("firewall-decides".to_owned()), ..Bench::default() };
    let actions = vec![
        open.clone(),
        act(0, Action::Wait(Micros::seconds(90))),
        act(1_500_000, Action::Command("pm2 stop backend\n".to_owned())),
        act(2_000_001, Action::Connect { from: Ipv4Addr::new(198, 51, 100, 7), port: 22 }),
        act(0, Action::Reach("http://frontend-demo.senus.doxyz/".to_owned())),
        act(0, Action::Load { url: "https://frontend-demo.senus.doxyz/".to_owned(), click: None }),
        act(0, Action::Load { url: "https://frontend-demo.senus.doxyz/".to_owned(), click: Some(Micros::millis(450)) }),
        act(
            0,
            Action::Fetch(Fetch {
                url: "https://backend-demo.senus.doxyz/users".to_owned(),
                method: "POST".to_owned(),
                headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
                body: "{\"name\":\"a \\| b\"}".to_owned(),
                from: None,
            }),
        ),
        act(
            0,
            Action::Fetch(Fetch {
                url: "https://backend-demo.senus.doxyz/like".to_owned(),
                method: "POST".to_owned(),
                from: Some(Script {
                    page: "https://frontend-demo.senus.doxyz/".to_owned(),
                    mode: Mode::NoCors,
                    credentials: Credentials::Include,
                }),
                ..Fetch::default()
            }),
        ),
        act(
            0,
            Action::Socket {
                url: "wss://backend-demo.senus.doxyz/live".to_owned(),
                say: vec!["like".to_owned(), String::new()],
                hold: Micros::seconds(90),
            },
        ),
        act(
            0,
            Action::Call {
                url: "https://backend-demo.senus.doxyz/demo.Users/Get".to_owned(),
                message: "{ \"id\": 1 }".to_owned(),
                by: Caller::Web,
            },
        ),
        open,
    ];
    let world =
        port.with_text("users.json", "[]").with_text("security-group", "").with_text("/etc/hosts", "=== é\n\\===\n\n");
    let much = Bench { loaded: port.with_line_removed(conf, 3), world, actions, step: Some("4".to_owned()) };
    [("one edit, read", one), ("one edit, not read yet, and a step", unread), ("much", much)]
}

#[test]
fn three_links_and_their_files() {
    let mut text = String::new();
    for (name, bench) in three() {
        let (link, file) = (write(&bench).expect("a link"), write_file(&bench).expect("a file"));
        assert_eq!(read(&link).as_ref(), Ok(&bench), "{name}");
        assert_eq!(read_file(&file).as_ref(), Ok(&bench), "{name}");
        let _ = write!(text, "##### {name}: {} characters\n{link}\n#####\n{file}", link.len());
    }
    tests::golden("links/today.txt", &text);
}

/// Version 1, for ever: these links and files were given away, so their golden file never changes. Where a document of
/// the course becomes another, its former text belongs into `FORMER` of `crates/link/src/short.rs`.
#[test]
fn links_of_version_1_stay_readable() {
    let given = include_str!("../golden/links/version-1.txt");
    assert_eq!(given.split("##### ").count(), 4);
    for part in given.split("##### ").skip(1) {
        let (_, part) = part.split_once('\n').expect("a name");
        let (link, file) = part.split_once("\n#####\n").expect("a link and a file");
        let (from_link, from_file) = (read(link), read_file(file));
        assert!(from_link.is_ok(), "{from_link:?}");
        assert_eq!(from_link, from_file);
    }
}

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("===".to_owned()),
        Just("\\".to_owned()),
        Just("\n".to_owned()),
        Just("\r".to_owned()),
        Just("\\n".to_owned()),
        Just(" ".to_owned()),
        Just(URL.to_owned()),
        Just("server {\n".to_owned()),
        Just("\u{feff}".to_owned()),
        any::<char>().prop_map(String::from),
        "[ -~]{0,12}",
    ];
    proptest::collection::vec(piece, 0..9).prop_map(|pieces| pieces.concat())
}

fn pressed() -> impl Strategy<Value = Press> {
    prop_oneof![
        any::<u32>().prop_map(Press::Like),
        any::<u32>().prop_map(Press::Unlike),
        Just(Press::Feed),
        Just(Press::Profile),
        (any::<u32>(), text()).prop_map(|(to, text)| Press::Write { to, text }),
        text().prop_map(Press::Look),
        text().prop_map(Press::Send),
    ]
}

fn script() -> impl Strategy<Value = Option<Script>> {
    let script = (text(), select(Mode::ALL.to_vec()), select(Credentials::ALL.to_vec()));
    proptest::option::of(script.prop_map(|(page, mode, credentials)| Script { page, mode, credentials }))
}

fn action() -> impl Strategy<Value = Timed> {
    let time = || prop_oneof![Just(0), any::<u64>(), 0..100_000_000u64];
    let what = prop_oneof![
        text().prop_map(Action::Open),
        text().prop_map(Action::Reach),
        text().prop_map(Action::Command),
        (any::<u32>(), any::<u16>()).prop_map(|(from, port)| Action::Connect { from: from.into(), port }),
        time().prop_map(|span| Action::Wait(Micros(span))),
        (text(), text(), proptest::collection::vec((text(), text()), 0..3), text(), script())
            .prop_map(|(url, method, headers, body, from)| Action::Fetch(Fetch { url, method, headers, body, from })),
        (text(), proptest::collection::vec(text(), 0..3), time()).prop_map(|(url, say, hold)| Action::Socket {
            url,
            say,
            hold: Micros(hold)
        }),
        (text(), text(), select(vec![Caller::Program, Caller::Page, Caller::Web]))
            .prop_map(|(url, message, by)| Action::Call { url, message, by }),
        (text(), pressed()).prop_map(|(phone, what)| Action::Press { phone, what }),
        prop::collection::vec((time(), text()), 0..3).prop_map(|each| {
            let one = |(at, line)| Timed { at: Micros(at), what: Action::Command(line) };
            Action::Together(each.into_iter().map(one).collect())
        }),
    ];
    let what = (what, proptest::option::of(any::<u32>())).prop_map(|(what, from)| match from {
        Some(from) => Action::From(from.into(), what.into()),
        None => what,
    });
    (time(), what).prop_map(|(at, what)| act(at, what))
}

/// A document, where in it, how many characters go, what comes, whether it is written, and whether it is loaded.
type Edit = (prop::sample::Index, prop::sample::Index, usize, String, bool, bool);

fn bench() -> impl Strategy<Value = Bench> {
    let edit =
        (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..60usize, text(), any::<bool>(), any::<bool>());
    let edits = proptest::collection::vec(edit, 0..6);
    (edits, proptest::collection::vec(action(), 0..6), proptest::option::of(text())).prop_map(
        |(edits, actions, step)| {
            let mut bench = Bench { actions, step, ..Bench::default() };
            for (document, at, gone, new, written, loaded) in &edits as &Vec<Edit> {
                let name = document.get(&World::course().documents).name.clone();
                let edited = |world: &World| {
                    let chars: Vec<char> = world.text(&name).unwrap_or_default().chars().collect();
                    let from = at.index(chars.len() + 1);
                    let kept = chars[(from + gone).min(chars.len())..].iter();
                    let text: String = chars[..from].iter().copied().chain(new.chars()).chain(kept.copied()).collect();
                    world.with_text(&name, &text)
                };
                if *written {
                    bench.world = edited(&bench.world);
                }
                // Sometimes a document is removed, or one is made.
                let odd = |world: &mut World| match gone {
                    7 => world.documents.retain(|document| document.name != name),
                    8 | 9 if new.len() > 3 => {
                        let made = format!("{}{gone}.js", if *gone == 8 { "/etc/nginx/conf.d/" } else { "" });
                        world.put(Document { kind: Kind::of_file(&made), name: made, text: new.clone() }.into());
                    }
                    _ => {}
                };
                if *written {
                    odd(&mut bench.world);
                }
                if *loaded {
                    odd(&mut bench.loaded);
                }
                if *loaded {
                    bench.loaded = edited(&bench.loaded);
                }
            }
            bench
        },
    )
}

/// The same with its documents by name: in which order they were made means nothing to any program.
fn in_order(mut bench: Bench) -> Bench {
    for world in [&mut bench.world, &mut bench.loaded] {
        world.documents.sort_by(|one, other| one.name.cmp(&other.name));
    }
    bench
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_was_made_is_read_again(bench in bench()) {
        let file = write_file(&bench).expect("a file");
        prop_assert_eq!(read_file(&file).map(in_order), Ok(in_order(bench.clone())), "{}", file);
        // A link may be too long; then there is none.
        if let Ok(link) = write(&bench) {
            prop_assert!(link.len() <= LINK);
            prop_assert_eq!(read(&link).map(in_order), Ok(in_order(bench)), "{}", link);
        }
    }

    #[test]
    fn whatever_stands_in_a_file_is_read_or_explained(texts in proptest::collection::vec(text(), 0..8)) {
        let parts = ["=== actions\n", "=== written users.json\n", "at 0 s: ", "=== step ", "\n"];
        let body: String = texts.iter().zip(parts.iter().cycle()).flat_map(|(text, part)| [*part, text]).collect();
        for text in [["Roundtrip workbench, version 1\n", &body].concat(), body] {
            match read_file(&text) {
                Ok(bench) => prop_assert_eq!(read_file(&write_file(&bench).expect("a file")), Ok(bench)),
                Err(damage) => prop_assert!(damage.to_string().ends_with('.')),
            }
        }
    }
}

/// Numbers without order, always the same.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % end as u64) as usize
    }
}

#[test]
fn ten_thousand_damaged_links_open_what_they_name_or_are_explained() {
    const SIGNS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.#% ";
    let good: Vec<(String, Bench)> = three().map(|(_, bench)| (write(&bench).expect("a link"), bench)).into();
    let (mut dice, mut opened, mut kinds) = (Dice(1), 0, Vec::new());
    for round in 0..10_000 {
        let (link, bench) = &good[round % 3];
        let mut bytes = link.clone().into_bytes();
        for _ in 0..1 + dice.below(3) {
            if bytes.is_empty() {
                break;
            }
            let at = dice.below(bytes.len());
            let sign = SIGNS[dice.below(SIGNS.len())];
            match dice.below(8) {
                // Flip, cut, take one out, insert, duplicate, swap, and two halves that never belonged together.
                0 => bytes[at] = sign,
                1 => bytes[at] = (bytes[at] ^ 1 << dice.below(7)) & 0x7f,
                2 => bytes.truncate(at),
                3 => drop(bytes.remove(at)),
                4 => bytes.insert(at, sign),
                5 => {
                    let end = at + dice.below(bytes.len() - at);
                    let twice = bytes[at..end].to_vec();
                    bytes.splice(at..at, twice);
                }
                6 => {
                    let other = dice.below(bytes.len());
                    bytes.swap(at, other);
                }
                _ => {
                    let other = good[dice.below(3)].0.as_bytes();
                    bytes.truncate(at);
                    bytes.extend_from_slice(&other[at.min(other.len())..]);
                }
            }
        }
        let text = String::from_utf8(bytes).expect("signs of one byte");
        match read(&text) {
            Ok(found) => {
                // Undamaged after all, or another of the three.
                let named = good.iter().find(|(link, _)| *link == text.trim().trim_start_matches('#'));
                assert_eq!(Some(&found), named.map(|(_, bench)| bench), "{text} instead of {bench:?}");
                opened += 1;
            }
            Err(damage) => {
                assert!(damage.to_string().starts_with("This ") && damage.to_string().ends_with('.'));
                let kind = std::mem::discriminant(&damage);
                if !kinds.contains(&kind) {
                    kinds.push(kind);
                }
            }
        }
    }
    assert!(opened < 1_500, "{opened} were not damaged");
    assert!(kinds.len() >= 4, "foreign, cut off, another version, checksum");
}

#[test]
fn what_is_too_large_is_refused_with_the_way_out() {
    let noise: String = (0..4_000u64).map(|n| char::from(b' ' + (n * n * 7919 / 64 % 90) as u8)).collect();
    let bench = Bench { world: World::course().with_text("backend.js", &noise), ..Bench::default() };
    assert!(write(&bench).expect_err("too much").to_string().contains("Save it as a file"));
    assert_eq!(read_file(&write_file(&bench).expect("a file")), Ok(bench));
    let many = Bench { actions: vec![act(0, Action::Wait(Micros(1))); 1_001], ..Bench::default() };
    assert!(write(&many).is_err() && write_file(&many).is_err());
    let huge = Bench { world: World::course().with_text("backend.js", &"x".repeat(5 << 20)), ..Bench::default() };
    assert!(write(&huge).is_err() && write_file(&huge).is_err());
    assert_eq!(read(&["bench1.", &"A".repeat(1 << 20)].concat()), Err(Damage::TooLarge));
}
