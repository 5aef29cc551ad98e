//! Figure 8: what an app holds and what only the server holds; who may look at what, and how something gets from one user to
//! another.

use crate::piece::{Change, Piece, Pressed, Start, Switch};
use engine::message::Message;
use engine::place::Place::{
    App, Database, Dns, Firewall, Frontend, Instance, Phone, Proxy, Push, Resolver, Root, TopLevel, User,
};
use stage::{Cast, Hop, Light};

/// The first phone is user 1's; every other one stands for user 2's.
const ONE: engine::place::Place = Phone(1);
const OTHER: engine::place::Place = Phone(0);

const SCRIPT: &str = "backend.js";
const WRITES: Start = Start::Press("Ada", Pressed::Write(2, "Lunch at noon?"));
const LOOKS: Start = Start::Press("Ada", Pressed::Look("/users/2/messages"));
const READS: Start = Start::Press("Grace", Pressed::Look("/users/2/messages"));

/// Both open their profile, and then their feed.
const OPEN: Start = Start::Together(&[
    (0, Start::Press("Ada", Pressed::Profile)),
    (0, Start::Press("Grace", Pressed::Profile)),
    (1_000_000, Start::Press("Ada", Pressed::Feed)),
    (1_000_000, Start::Press("Grace", Pressed::Feed)),
]);

/// Two apps, and what is between them.
pub const PIECE: Piece = Piece {
    name: "state",
    figure: 8,
    start: OPEN,
    then: None,
    bench: false,
    cast: Cast {
        actors: &[
            (User(1), "App1"),
            (User(0), "App2"),
            (ONE, "App1"),
            (OTHER, "App2"),
            (Resolver, "Backend"),
            (Root, "Backend"),
            (TopLevel, "Backend"),
            (Dns, "Backend"),
            (Firewall, "Backend"),
            (Instance, "Backend"),
            (Proxy, "Backend"),
            (App, "Backend"),
            (Frontend, "Backend"),
            (Database, "Backend"),
            (Push, "Route"),
        ],
        hops: &[
            Hop::along(ONE, Firewall, "App1", "Backend").of("app-request"),
            Hop::back(Firewall, ONE, "App1", "Backend").of("app-answer"),
            Hop::within(ONE, Firewall, "App1"),
            Hop::within(Firewall, ONE, "App1"),
            Hop::within(ONE, Resolver, "App1"),
            Hop::within(Resolver, ONE, "App1"),
            Hop::along(OTHER, Firewall, "App2", "Backend").of("app-request"),
            Hop::back(Firewall, OTHER, "App2", "Backend").of("app-answer"),
            Hop::within(OTHER, Firewall, "App2"),
            Hop::within(Firewall, OTHER, "App2"),
            Hop::within(OTHER, Resolver, "App2"),
            Hop::within(Resolver, OTHER, "App2"),
            Hop::within(Resolver, Root, "Backend"),
            Hop::within(Root, Resolver, "Backend"),
            Hop::within(Resolver, TopLevel, "Backend"),
            Hop::within(TopLevel, Resolver, "Backend"),
            Hop::within(Resolver, Dns, "Backend"),
            Hop::within(Dns, Resolver, "Backend"),
            Hop::within(Firewall, Instance, "Backend"),
            Hop::within(Instance, Proxy, "Backend"),
            Hop::within(Proxy, App, "Backend"),
            Hop::within(App, Proxy, "Backend"),
            Hop::within(Proxy, Instance, "Backend"),
            Hop::within(Instance, Firewall, "Backend"),
            Hop::along(App, Database, "Backend", "AllUsers").when(about_users),
            Hop::along(App, Database, "Backend", "AllPosts").when(about_posts),
            Hop::along(App, Database, "Backend", "AllStates").when(about_states),
            Hop::within(App, Database, "Backend"),
            Hop::within(Database, App, "Backend"),
            Hop::along(App, Push, "Backend", "Route"),
            Hop::within(Push, App, "Route"),
            Hop::back(Push, ONE, "App1", "Backend"),
            Hop::back(Push, OTHER, "App2", "Backend"),
        ],
        lights: &[
            Light::at("app-repaints", "Profile1").of(ONE).when(profile),
            Light::arrow("app-repaints", "App1", "Profile1").of(ONE).when(profile),
            Light::at("app-repaints", "Feed1").of(ONE).when(feed),
            Light::arrow("app-repaints", "App1", "Feed1").of(ONE).when(feed),
            Light::at("access-refused", "OtherUsers").of(ONE),
            Light::arrow("access-refused", "App1", "OtherUsers").of(ONE),
            Light::at("app-repaints", "Profile2").of(Phone(2)).when(profile),
            Light::arrow("app-repaints", "App2", "Profile2").of(Phone(2)).when(profile),
            Light::at("app-repaints", "Feed2").of(Phone(2)).when(feed),
            Light::arrow("app-repaints", "App2", "Feed2").of(Phone(2)).when(feed),
            Light::at("access-refused", "OtherUsers2").of(Phone(2)),
            Light::arrow("access-refused", "App2", "OtherUsers2").of(Phone(2)),
        ],
        second: None,
    },
    beside: "",
    corrections: &[],
    switches: &[
        Switch { name: "look-at-others", label: "User 1 asks for user 2’s messages", change: Change::Start(LOOKS) },
        Switch {
            name: "look-back",
            label: "User 2 asks for user 1’s messages",
            change: Change::Start(Start::Press("Grace", Pressed::Look("/users/1/messages"))),
        },
        Switch {
            name: "look-unchecked",
            label: "User 1 asks, and the server forgets to check",
            change: Change::Together(&[
                Change::Edit {
                    document: SCRIPT,
                    from: "    if (user !== Number(req.params.id)) return res.status(403).json({ error: \"not yours\" });\n",
                    to: "    // Whoever is signed in may look.\n",
                },
                Change::Start(Start::Together(&[
                    (0, Start::Press("Grace", Pressed::Write(2, "Remember the milk"))),
                    (2_000_000, LOOKS),
                ])),
            ]),
        },
        Switch {
            name: "look-signed-out",
            label: "Somebody asks whose session has ended",
            change: Change::Start(Start::Press("Linus", Pressed::Look("/users/2/messages"))),
        },
        Switch { name: "message", label: "User 1 writes to user 2", change: Change::Start(WRITES) },
        Switch {
            name: "message-read",
            label: "User 1 writes, and user 2 reads it",
            change: Change::Start(Start::Together(&[(0, WRITES), (2_000_000, READS)])),
        },
        Switch {
            name: "message-push-down",
            label: "User 1 writes, and the push service takes nothing for 45 s",
            change: Change::Together(&[
                Change::Edit {
                    document: "phones",
                    from: "service  answers   201",
                    to: "service  answers   503 until 45 s",
                },
                Change::Start(WRITES),
                Change::Then(&[Start::Wait(70)]),
            ]),
        },
    ],
    captions: include_str!("../../text/en/captions/state.txt"),
    documents: &[
        SCRIPT,
        "schema.sql",
        "phones",
        "ecosystem.config.js",
        "/etc/nginx/conf.d/backend.conf",
        "/etc/nginx/conf.d/frontend.conf",
        "certificates",
        "security-group",
        "senus.doxyz.zone",
        "doxyz.zone",
        "root.zone",
        "network",
    ],
};

/// The table that a statement is about.
fn about(message: &Message, tables: &[&str]) -> bool {
    let Message::Sql(sql) = message else { return false };
    let short = sql.short();
    let table = short.split(' ').nth(1).unwrap_or("");
    sql.text().is_some() && tables.contains(&table)
}

fn about_users(message: &Message) -> bool {
    about(message, &["users"])
}

fn about_posts(message: &Message) -> bool {
    about(message, &["posts"])
}

fn about_states(message: &Message) -> bool {
    about(message, &["sessions", "likes", "notifications", "messages"])
}

fn profile(words: &str) -> bool {
    words.starts_with("shows: You are ")
}

fn feed(words: &str) -> bool {
    words.ends_with(" posts")
}
