//! Figure 6: fetch, receive, persist, from several clients at once; and what survives a restart.

use crate::piece::{Change, Piece, Pressed, Start, Switch};
use engine::message::Message;
use engine::place::Place::{
    App, Database, Dns, Firewall, Frontend, Instance, Phone, Proxy, Push, Resolver, Root, TopLevel, User,
};
use stage::{Cast, Hop, Light};

const PHONE: engine::place::Place = Phone(0);

/// Four at once: two look, one likes, and one sends what is kept in memory only.
const FOUR: Start = Start::Together(&[
    (0, Start::Press("Ada", Pressed::Feed)),
    (0, Start::Press("Grace", Pressed::Like(3))),
    (0, Start::Press("Linus", Pressed::Send("/like"))),
    (0, Start::Press("Barbara", Pressed::Like(3))),
]);

/// The same four look what has become of it.
const LOOK: Start = Start::Together(&[
    (0, Start::Press("Ada", Pressed::Feed)),
    (0, Start::Press("Grace", Pressed::Feed)),
    (0, Start::Press("Linus", Pressed::Look("/like"))),
    (0, Start::Press("Barbara", Pressed::Feed)),
]);

/// Several clients and one store.
pub const PIECE: Piece = Piece {
    name: "data",
    figure: 6,
    start: FOUR,
    then: Some(LOOK),
    bench: false,
    cast: Cast {
        actors: &[
            (User(1), "Client1"),
            (User(2), "Client2"),
            (User(3), "Client3"),
            (User(4), "ClientN"),
            (Phone(1), "Client1"),
            (Phone(2), "Client2"),
            (Phone(3), "Client3"),
            (Phone(4), "ClientN"),
            (Resolver, "Backend"),
            (Root, "Backend"),
            (TopLevel, "Backend"),
            (Dns, "Backend"),
            (Firewall, "Backend"),
            (Instance, "Backend"),
            (Proxy, "Backend"),
            (App, "Backend"),
            (Frontend, "Backend"),
            (Push, "Backend"),
            (Database, "Database"),
        ],
        hops: &[
            Hop::along(Phone(1), Firewall, "Client1", "Backend").of("app-request"),
            Hop::along(Phone(2), Firewall, "Client2", "Backend").of("app-request"),
            Hop::along(Phone(3), Firewall, "Client3", "Backend").of("app-request"),
            Hop::along(Phone(4), Firewall, "ClientN", "Backend").of("app-request"),
            Hop::back(Firewall, Phone(1), "Client1", "Backend").of("app-answer"),
            Hop::back(Firewall, Phone(2), "Client2", "Backend").of("app-answer"),
            Hop::back(Firewall, Phone(3), "Client3", "Backend").of("app-answer"),
            Hop::back(Firewall, Phone(4), "ClientN", "Backend").of("app-answer"),
            Hop::within(PHONE, Firewall, "Backend"),
            Hop::within(Firewall, PHONE, "Backend"),
            Hop::within(PHONE, Resolver, "Backend"),
            Hop::within(Resolver, PHONE, "Backend"),
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
            Hop::along(App, Database, "Receive", "Database").when(checks),
            Hop::along(App, Database, "Fetch", "Database").when(reads),
            Hop::along(App, Database, "Persist", "Database").when(writes),
            Hop::within(App, Database, "Database"),
            Hop::within(Database, App, "Database"),
            Hop::within(App, Push, "Backend"),
            Hop::within(Push, App, "Backend"),
            Hop::within(Push, Phone(1), "Client1"),
            Hop::within(Push, Phone(2), "Client2"),
            Hop::within(Push, Phone(3), "Client3"),
            Hop::within(Push, Phone(4), "ClientN"),
        ],
        lights: &[
            Light::arrow("app-asks", "Backend", "Data"),
            Light::arrow("app-asks", "Data", "Receive").when(asks_who),
            Light::arrow("app-asks", "Data", "Fetch").when(asks_for),
            Light::arrow("app-asks", "Data", "Persist").when(asks_to_keep),
        ],
        second: None,
    },
    beside: "",
    corrections: &[],
    switches: &[
        Switch {
            name: "restart-backend",
            label: "Restart the backend in between",
            change: Change::Between("pm2 restart backend"),
        },
        Switch {
            name: "restart-database",
            label: "Restart PostgreSQL in between",
            change: Change::Between("systemctl restart postgresql"),
        },
        Switch {
            name: "made-anew",
            label: "Make the tables anew in between",
            change: Change::Between("sudo -u postgres psql -q -d demo -f schema.sql"),
        },
        Switch {
            name: "without-database",
            label: "Stop PostgreSQL in between",
            change: Change::Between("systemctl stop postgresql"),
        },
    ],
    captions: include_str!("../../text/en/captions/data.txt"),
    documents: &[
        "backend.js",
        "schema.sql",
        "phones",
        "ecosystem.config.js",
        "/etc/postgresql/15/main/postgresql.conf",
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

/// The statement that a message carries, by its verb and table: `SELECT posts`.
fn statement(message: &Message) -> Option<String> {
    let Message::Sql(sql) = message else { return None };
    sql.text().map(|_| sql.short())
}

/// Whose it is that was received, and whether that may be believed.
fn checks(message: &Message) -> bool {
    statement(message).is_some_and(|short| short == "SELECT sessions")
}

fn reads(message: &Message) -> bool {
    statement(message).is_some_and(|short| short.starts_with("SELECT "))
}

fn writes(message: &Message) -> bool {
    statement(message).is_some()
}

fn asks_who(words: &str) -> bool {
    words == "asks: SELECT sessions"
}

fn asks_for(words: &str) -> bool {
    words.starts_with("asks: SELECT ") && !asks_who(words)
}

fn asks_to_keep(words: &str) -> bool {
    words.starts_with("asks: ") && !words.starts_with("asks: SELECT ")
}
