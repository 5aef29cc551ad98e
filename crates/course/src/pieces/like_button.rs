//! Figure 7: the like button, from the press to the owner's phone and back.

use crate::piece::{Change, Piece, Pressed, Start, Switch};
use engine::message::Message;
use engine::place::Place::{
    App, Database, Dns, Firewall, Frontend, Instance, Phone, Proxy, Push, Resolver, Root, TopLevel, User,
};
use stage::{Cast, Hop, Light};

const SCHEMA: &str = "schema.sql";
const SCRIPT: &str = "backend.js";
const PHONES: &str = "phones";

/// Whosever it is.
const USER: engine::place::Place = User(0);
const PHONE: engine::place::Place = Phone(0);

const ADA_LIKES: Start = Start::Press("Ada", Pressed::Like(2));

/// A like.
pub const PIECE: Piece = Piece {
    name: "like-button",
    figure: 7,
    start: ADA_LIKES,
    then: None,
    bench: false,
    cast: Cast {
        actors: &[
            (USER, "User"),
            (PHONE, "App"),
            (Resolver, "App"),
            (Root, "App"),
            (TopLevel, "App"),
            (Dns, "App"),
            (Firewall, "Server"),
            (Instance, "Server"),
            (Proxy, "Server"),
            (App, "Server"),
            (Frontend, "Server"),
            (Database, "Database"),
            (Push, "PostOwner"),
        ],
        hops: &[
            Hop::within(PHONE, Resolver, "App"),
            Hop::within(Resolver, Root, "App"),
            Hop::within(Root, Resolver, "App"),
            Hop::within(Resolver, TopLevel, "App"),
            Hop::within(TopLevel, Resolver, "App"),
            Hop::within(Resolver, Dns, "App"),
            Hop::within(Dns, Resolver, "App"),
            Hop::within(Resolver, PHONE, "App"),
            Hop::along(PHONE, Firewall, "App", "Server").of("app-request"),
            Hop::within(PHONE, Firewall, "App"),
            Hop::within(Firewall, Instance, "Server"),
            Hop::within(Instance, Proxy, "Server"),
            Hop::within(Proxy, App, "Server"),
            Hop::along(App, Database, "Server", "Database").when(saves),
            Hop::within(App, Database, "Database"),
            Hop::along(Database, App, "Database", "Server").when(confirms),
            Hop::within(Database, App, "Database"),
            Hop::along(App, Push, "Server", "PostOwner"),
            Hop::within(Push, App, "PostOwner"),
            Hop::within(Push, PHONE, "PostOwner"),
            Hop::within(App, Proxy, "Server"),
            Hop::within(Proxy, Instance, "Server"),
            Hop::within(Instance, Firewall, "Server"),
            Hop::along(Firewall, PHONE, "Server", "App").when(succeeds),
            Hop::within(Firewall, PHONE, "App"),
        ],
        lights: &[
            Light::arrow("presses", "User", "App"),
            Light::arrow("app-asks", "Server", "Server").when(identifies),
            Light::arrow("app-asks", "Server", "Server").nth(1).when(looks_for_owner),
            Light::at("notification-shown", "PostOwner"),
            Light::at("notification-known", "PostOwner"),
            Light::arrow("app-repaints", "App", "User"),
        ],
        second: None,
    },
    beside: "",
    corrections: &[],
    switches: &[
        Switch {
            name: "own-post",
            label: "Ada likes her own post",
            change: Change::Start(Start::Press("Ada", Pressed::Like(1))),
        },
        Switch { name: "twice", label: "She presses again, a second later", change: Change::Then(&[ADA_LIKES]) },
        Switch {
            name: "unlike",
            label: "She takes it back",
            change: Change::Then(&[Start::Press("Ada", Pressed::Unlike(2))]),
        },
        Switch {
            name: "double-click",
            label: "Two presses within 120 ms",
            change: Change::Start(Start::Together(&[(0, ADA_LIKES), (120_000, ADA_LIKES)])),
        },
        Switch {
            name: "expired-session",
            label: "Linus presses, whose session has ended",
            change: Change::Start(Start::Press("Linus", Pressed::Like(1))),
        },
        Switch {
            name: "post-deleted",
            label: "The post has been deleted meanwhile",
            change: Change::Together(&[
                Change::Command("sudo -u postgres psql -d demo -c 'DELETE FROM posts WHERE id = 3'"),
                Change::Start(Start::Press("Ada", Pressed::Like(3))),
            ]),
        },
        Switch {
            name: "database-down",
            label: "Stop the database before it",
            change: Change::Command("systemctl stop postgresql"),
        },
        Switch {
            name: "database-down-during",
            label: "Stop it between saving and committing",
            change: Change::Start(Start::Together(&[(0, ADA_LIKES), (302_000, STOP)])),
        },
        Switch {
            name: "database-down-after",
            label: "Stop it right after the commit, and start it again",
            change: Change::Together(&[
                Change::Start(Start::Together(&[(0, ADA_LIKES), (304_500, STOP)])),
                Change::Then(&[Start::Command("systemctl start postgresql"), Start::Wait(40)]),
            ]),
        },
        Switch {
            name: "answer-lost",
            label: "Lose the answer, and try again",
            change: Change::Together(&[MOVES, TRIES]),
        },
        Switch {
            name: "answer-lost-without-key",
            label: "The same, without the key that takes no second like",
            change: Change::Together(&[MOVES, TRIES, NO_CONSTRAINT]),
        },
        Switch {
            name: "answer-lost-with-idempotency",
            label: "The same, with an Idempotency-Key",
            change: Change::Together(&[MOVES, TRIES_KEYED, NO_CONSTRAINT_BUT_KEYS, KEEPS_KEYS]),
        },
        Switch {
            name: "push-down",
            label: "The push service is overloaded for 45 s",
            change: Change::Together(&[
                edit(PHONES, "service  answers   201", "service  answers   503 until 45 s"),
                Change::Then(&[Start::Wait(70)]),
            ]),
        },
        Switch {
            name: "push-silent",
            label: "The push service cannot be reached",
            change: edit(PHONES, "service  answers   201", "service  answers   nothing"),
        },
        Switch {
            name: "lost-update",
            label: "Two at once, and likes counted by reading, then writing",
            change: Change::Together(&[COUNTER, READ_THEN_WRITE, Change::Start(TWO)]),
        },
        Switch {
            name: "atomic-update",
            label: "Two at once, and likes counted in one statement",
            change: Change::Together(&[COUNTER, ONE_STATEMENT, Change::Start(TWO)]),
        },
    ],
    captions: include_str!("../../text/en/captions/like-button.txt"),
    documents: &[
        SCRIPT,
        SCHEMA,
        PHONES,
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

const STOP: Start = Start::Command("systemctl stop postgresql");

/// Ada and Barbara like the same post.
const TWO: Start =
    Start::Together(&[(0, Start::Press("Ada", Pressed::Like(3))), (500, Start::Press("Barbara", Pressed::Like(3)))]);

/// Ada's phone leaves its network while the answer is on its way.
const MOVES: Change = edit(
    PHONES,
    "Ada      session   ada-7f3c\n",
    "Ada      session   ada-7f3c\nAda      moves     90 ms 198.51.100.121\n",
);

const TRIES: Change = edit(
    PHONES,
    "app      waits     10 s      # for an answer; then it gives up\n",
    "app      waits     10 s      # for an answer; then it gives up\napp      tries     2\n",
);

const TRIES_KEYED: Change = edit(
    PHONES,
    "app      waits     10 s      # for an answer; then it gives up\n",
    "app      waits     10 s      # for an answer; then it gives up\napp      tries     2\napp      sends     Idempotency-Key\n",
);

const NO_CONSTRAINT: Change = edit(
    SCHEMA,
    "  post_id integer NOT NULL REFERENCES posts,\n  PRIMARY KEY (user_id, post_id)\n);",
    "  post_id integer NOT NULL REFERENCES posts\n);",
);

const NO_CONSTRAINT_BUT_KEYS: Change = edit(
    SCHEMA,
    "  post_id integer NOT NULL REFERENCES posts,\n  PRIMARY KEY (user_id, post_id)\n);",
    "  post_id integer NOT NULL REFERENCES posts\n);\n\n-- The requests that have been carried out.\nCREATE TABLE keys (\n  user_id integer NOT NULL REFERENCES users,\n  key     text NOT NULL,\n  PRIMARY KEY (user_id, key)\n);",
);

/// In the like's own transaction: whoever comes with a key that is there already has been here.
const KEEPS_KEYS: Change = Change::Together(&[
    edit(SCRIPT, "    await like(user, post);\n", "    await like(user, post, req.headers[\"idempotency-key\"]);\n"),
    edit(SCRIPT, "async function like(user, post) {", "async function like(user, post, key) {"),
    edit(
        SCRIPT,
        "    await client.query(\"BEGIN\");\n",
        "    await client.query(\"BEGIN\");\n    const first = await client.query(\n      \"INSERT INTO keys (user_id, key) VALUES ($1, $2) ON CONFLICT DO NOTHING\",\n      [user, key],\n    );\n    if (first.rowCount === 0) {\n      await client.query(\"ROLLBACK\");\n      return;\n    }\n",
    ),
]);

/// A number beside the rows.
const COUNTER: Change = Change::Together(&[
    edit(SCHEMA, "  body    text NOT NULL\n);", "  body    text NOT NULL,\n  likes   integer NOT NULL DEFAULT 0\n);"),
    edit(
        SCRIPT,
        "  const { rows } = await pool.query(\"SELECT count(*)::int AS likes FROM likes WHERE post_id = $1\", [post]);",
        "  const { rows } = await pool.query(\"SELECT likes FROM posts WHERE id = $1\", [post]);",
    ),
]);

const OWNER: &str = "    const { rows } = await client.query(\"SELECT user_id FROM posts WHERE id = $1\", [post]);\n";

const READ_THEN_WRITE: Change = edit(
    SCRIPT,
    OWNER,
    "    const { rows } = await client.query(\"SELECT user_id, likes FROM posts WHERE id = $1\", [post]);\n    await client.query(\"UPDATE posts SET likes = $1 WHERE id = $2\", [rows[0].likes + 1, post]);\n",
);

const ONE_STATEMENT: Change = edit(
    SCRIPT,
    OWNER,
    "    const { rows } = await client.query(\"SELECT user_id FROM posts WHERE id = $1\", [post]);\n    await client.query(\"UPDATE posts SET likes = likes + 1 WHERE id = $1\", [post]);\n",
);

const fn edit(document: &'static str, from: &'static str, to: &'static str) -> Change {
    Change::Edit { document, from, to }
}

/// What writes the like down, up to its commit.
fn saves(message: &Message) -> bool {
    let Message::Sql(sql) = message else { return false };
    let short = sql.short();
    ["BEGIN", "INSERT ", "DELETE likes", "UPDATE posts", "COMMIT"].iter().any(|word| short.starts_with(word))
}

/// That it is written down.
fn confirms(message: &Message) -> bool {
    let Message::Rows(rows) = message else { return false };
    let short = rows.short();
    ["INSERT ", "DELETE ", "COMMIT"].iter().any(|word| short.starts_with(word))
}

/// An answer that says that it worked.
fn succeeds(message: &Message) -> bool {
    matches!(message, Message::Response(response) if (200..300).contains(&response.status))
}

fn identifies(words: &str) -> bool {
    words == "asks: SELECT sessions"
}

fn looks_for_owner(words: &str) -> bool {
    words == "asks: SELECT posts"
}
