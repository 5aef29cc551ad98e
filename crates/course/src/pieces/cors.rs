//! Figure 13: a script of one origin asks another, and who may read the answer.

use crate::piece::{Asks, Change, Piece, Start, Switch};
use engine::browser::part::Part;
use engine::browser::request::{Credentials, Mode};
use engine::message::Message;
use engine::place::Place::{
    self, App, Browser, Database, Dns, Firewall, Frontend, Instance, Proxy, Resolver, Root, TopLevel,
};
use stage::{Cast, Hop, Light};

/// `myapp.com` of the figure.
const PAGE: &str = "https://frontend-demo.senus.doxyz/";
/// `api.other.com` of the figure.
const USERS: &str = "https://backend-demo.senus.doxyz/users";
const LIKE: &str = "https://backend-demo.senus.doxyz/like";
const BACKEND: &str = "/etc/nginx/conf.d/backend.conf";

/// A plain `fetch(url)`.
const PLAIN: Asks =
    Asks { url: USERS, method: "GET", headers: &[], body: "", mode: Mode::Cors, credentials: Credentials::SameOrigin };

/// A click on the button, as a form could send it.
const POST: Asks = Asks { url: LIKE, method: "POST", ..PLAIN };

/// The same with JSON, which no form could send.
const JSON: Asks = Asks { headers: &[("Content-Type", "application/json")], body: "{}", ..POST };

const INCLUDE: Asks = Asks { credentials: Credentials::Include, ..PLAIN };

/// Which node and which arrow show a part of the protocol (`engine::browser::part`). The laboratory shows its trials by the
/// same table.
pub const LIGHTS: &[Light] = &[
    Light::arrow("script-asks", "Page", "Check").shown("Check"),
    Light::arrow("same-origin", "Check", "Allow").shown("Check"),
    Light::arrow("other-origin", "Check", "Headers").shown("Check"),
    Light::arrow("preflight-needed", "Check", "Headers").shown("Check"),
    Light::arrow("no-cors", "Check", "Headers").shown("Check"),
    Light::at("preflight-remembered", "Headers"),
    Light::at("preflight-check", "Headers"),
    Light::at("preflight-permits", "Headers"),
    Light::arrow("preflight-refused", "Headers", "Block").shown("Block"),
    Light::arrow("cors-check", "Headers", "Allow2").shown("Headers"),
    Light::arrow("answer-withheld", "Headers", "Block").shown("Block"),
    Light::at("fetch-redirected", "Check"),
    Light::at("answer-fresh", "Headers"),
    Light::at("fetch-unsent", "Block"),
    Light::at("fetch-failed", "Block"),
    Light::at("script-reads", "Allow").when(basic),
    Light::at("script-reads", "Allow2"),
    Light::at("script-sees-nothing", "Block"),
    Light::at("script-refused", "Block"),
    Light::at("server-received", "BServer"),
];

/// The words on the nodes of the figure that a script’s call passes.
pub const NODES: [(&str, &str); 7] = [
    ("Page", "myapp.com"),
    ("Check", "Same Origin?"),
    ("Allow", "Request Allowed"),
    ("Headers", "CORS Headers?"),
    ("Allow2", "Request Allowed"),
    ("Block", "Request Blocked"),
    ("BServer", "Backend"),
];

/// Where on the figure a part of the protocol is shown: at which node, and which arrow it lights.
pub fn place(part: Part) -> (&'static str, Option<(&'static str, &'static str)>) {
    let light = LIGHTS.iter().find(|light| light.name == part.name());
    light.map_or(("Check", None), |light| (light.node.unwrap_or("Check"), light.arrow.map(|(from, to, _)| (from, to))))
}

/// A script asks another origin.
pub const PIECE: Piece = Piece {
    name: "cors",
    figure: 13,
    start: Start::Ask(PAGE, PLAIN),
    then: None,
    bench: false,
    cast: Cast {
        actors: &[
            (Browser, "Page"),
            (Resolver, "Page"),
            (Root, "Page"),
            (TopLevel, "Page"),
            (Dns, "Page"),
            (Firewall, "BServer"),
            (Instance, "BServer"),
            (Proxy, "BServer"),
            (App, "BServer"),
            (Frontend, "BServer"),
            (Database, "BServer"),
        ],
        hops: &[
            on_page(Browser, Resolver),
            on_page(Resolver, Root),
            on_page(Root, Resolver),
            on_page(Resolver, TopLevel),
            on_page(TopLevel, Resolver),
            on_page(Resolver, Dns),
            on_page(Dns, Resolver),
            on_page(Resolver, Browser),
            Hop::along(Browser, Firewall, "Check", "BServer").of("preflight"),
            Hop::along(Browser, Firewall, "Check", "BServer").of("data-request"),
            Hop::within(Browser, Firewall, "Page"),
            Hop::along(Firewall, Browser, "BServer", "Headers").of("preflight-answer"),
            Hop::along(Firewall, Browser, "BServer", "Headers").of("data"),
            Hop::within(Firewall, Browser, "Page"),
            on_server(Firewall, Instance),
            on_server(Instance, Firewall),
            // curl on the instance: the backend itself asks three services.
            Hop::along(Instance, Proxy, "BServer", "API1").of("curl-request").when(to_users),
            Hop::along(Instance, Proxy, "BServer", "API2").of("curl-request"),
            Hop::along(Instance, App, "BServer", "API3").of("curl-request"),
            on_server(Instance, Proxy),
            on_server(Instance, App),
            on_server(Proxy, Instance),
            on_server(Proxy, App),
            on_server(App, Proxy),
            on_server(App, Instance),
            on_server(Proxy, Frontend),
            on_server(Frontend, Proxy),
        ],
        lights: LIGHTS,
        second: None,
    },
    beside: "Check -.->|the request| BServer\nBServer -.->|the answer| Headers",
    corrections: &[],
    switches: &[
        Switch {
            name: "own-origin",
            label: "Ask the page’s own origin",
            change: ask(Asks { url: "https://frontend-demo.senus.doxyz/app.js", ..PLAIN }),
        },
        Switch { name: "allow", label: "Let nginx allow the page’s origin", change: ALLOW },
        Switch { name: "wildcard", label: "Let nginx allow everybody: *", change: WILDCARD },
        Switch { name: "slash", label: "Allow the origin with a slash at its end", change: SLASH },
        Switch { name: "post", label: "Post a like, as a form could", change: ask(POST) },
        Switch { name: "json", label: "Post it as JSON", change: ask(JSON) },
        Switch {
            name: "json-allowed",
            label: "Post it as JSON, and answer the preflight",
            change: Change::Together(&[PREFLIGHT, ask(JSON)]),
        },
        Switch {
            name: "json-header-missing",
            label: "Answer the preflight, and forget the header",
            change: Change::Together(&[PREFLIGHT_BARE, ask(JSON)]),
        },
        Switch {
            name: "json-twice",
            label: "Post it as JSON twice: the permission is remembered",
            change: Change::Together(&[PREFLIGHT, ask(JSON), Change::Again(2)]),
        },
        Switch {
            name: "credentials-wildcard",
            label: "Send cookies along, with *",
            change: Change::Together(&[WILDCARD, ask(INCLUDE)]),
        },
        Switch {
            name: "credentials",
            label: "Send cookies along, and allow that",
            change: Change::Together(&[ALLOW_CREDENTIALS, ask(INCLUDE)]),
        },
        Switch { name: "no-cors", label: "Ask with mode: no-cors", change: ask(Asks { mode: Mode::NoCors, ..PLAIN }) },
        Switch {
            name: "same-origin-only",
            label: "Ask with mode: same-origin",
            change: ask(Asks { mode: Mode::SameOrigin, ..PLAIN }),
        },
        Switch {
            name: "mixed-content",
            label: "Ask for http on a page of https",
            change: ask(Asks { url: "http://backend-demo.senus.doxyz/users", ..PLAIN }),
        },
        Switch {
            name: "bad-gateway",
            label: "Stop the application: 502 without the header",
            change: Change::Together(&[ALLOW, Change::Command("pm2 stop backend")]),
        },
        Switch {
            name: "bad-gateway-always",
            label: "Stop it, with always behind add_header",
            change: Change::Together(&[ALWAYS, Change::Command("pm2 stop backend")]),
        },
        Switch {
            name: "backend",
            label: "Let the backend ask three services",
            change: Change::Then(&[
                Start::Command("curl -s https://backend-demo.senus.doxyz/users"),
                Start::Command("curl -s https://frontend-demo.senus.doxyz/app.js"),
                Start::Command("curl -s http://localhost:3001/like"),
            ]),
        },
        Switch {
            name: "post-then-look",
            label: "Post a like, then look on the server",
            change: Change::Together(&[
                ask(POST),
                Change::Then(&[Start::Command("curl -s http://localhost:3001/like")]),
            ]),
        },
    ],
    captions: include_str!("../../text/en/captions/cors.txt"),
    documents: &[
        BACKEND,
        "backend.js",
        "/etc/nginx/conf.d/frontend.conf",
        "frontend.js",
        "public/index.html",
        "public/app.js",
        "users.json",
        "ecosystem.config.js",
        "certificates",
        "security-group",
        "senus.doxyz.zone",
        "doxyz.zone",
        "root.zone",
        "/etc/hosts",
        "network",
    ],
};

/// Where the application’s location begins in nginx’s file.
const LOCATION: &str = "    location / {\n        proxy_pass http://localhost:3001;\n";

const ALLOW: Change = edit(
    LOCATION,
    "    location / {\n        add_header Access-Control-Allow-Origin https://frontend-demo.senus.doxyz;\n        add_header Vary Origin;\n        proxy_pass http://localhost:3001;\n",
);

const ALWAYS: Change = edit(
    LOCATION,
    "    location / {\n        add_header Access-Control-Allow-Origin https://frontend-demo.senus.doxyz always;\n        add_header Vary Origin always;\n        proxy_pass http://localhost:3001;\n",
);

const WILDCARD: Change = edit(
    LOCATION,
    "    location / {\n        add_header Access-Control-Allow-Origin *;\n        proxy_pass http://localhost:3001;\n",
);

const SLASH: Change = edit(
    LOCATION,
    "    location / {\n        add_header Access-Control-Allow-Origin https://frontend-demo.senus.doxyz/;\n        proxy_pass http://localhost:3001;\n",
);

const ALLOW_CREDENTIALS: Change = edit(
    LOCATION,
    "    location / {\n        add_header Access-Control-Allow-Origin https://frontend-demo.senus.doxyz;\n        add_header Access-Control-Allow-Credentials true;\n        add_header Vary Origin;\n        proxy_pass http://localhost:3001;\n",
);

/// Every answer may be read by the page, and to OPTIONS nginx answers itself.
const PREFLIGHT: Change = edit(
    LOCATION,
    "    location / {\n        add_header Access-Control-Allow-Origin https://frontend-demo.senus.doxyz;\n        add_header Access-Control-Allow-Headers Content-Type;\n        add_header Access-Control-Max-Age 600;\n        add_header Vary Origin;\n        if ($request_method = OPTIONS) {\n            return 204;\n        }\n        proxy_pass http://localhost:3001;\n",
);

const PREFLIGHT_BARE: Change = edit(
    LOCATION,
    "    location / {\n        add_header Access-Control-Allow-Origin https://frontend-demo.senus.doxyz;\n        add_header Vary Origin;\n        if ($request_method = OPTIONS) {\n            return 204;\n        }\n        proxy_pass http://localhost:3001;\n",
);

const fn edit(from: &'static str, to: &'static str) -> Change {
    Change::Edit { document: BACKEND, from, to }
}

const fn ask(asks: Asks) -> Change {
    Change::Start(Start::Ask(PAGE, asks))
}

const fn on_page(from: Place, to: Place) -> Hop {
    Hop::within(from, to, "Page")
}

const fn on_server(from: Place, to: Place) -> Hop {
    Hop::within(from, to, "BServer")
}

fn basic(words: &str) -> bool {
    engine::text::contains(words, "\"basic\"")
}

/// A request for the back end’s own host.
fn to_users(message: &Message) -> bool {
    let Message::Request(request) = message else { return false };
    request.header("Host").is_some_and(|host| host.starts_with("backend-demo"))
}
