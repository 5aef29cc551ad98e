//! Figure 1: how a client talks to a server, and what comes back.

use crate::piece::{Asked, Change, Piece, Start, Switch};
use engine::journey::Caller;
use engine::message::{Message, Response};
use engine::place::Place::{App, Browser, Dns, Firewall, Frontend, Instance, Program, Proxy, Resolver, Root, TopLevel};
use engine::text::contains;
use stage::{Cast, Hop};

const SITE: &str = "https://backend-demo.senus.doxyz/users";
const PLAIN: &str = "http://backend-demo.senus.doxyz/users";
const LIVE: &str = "wss://backend-demo.senus.doxyz/live";
const BACKEND: &str = "/etc/nginx/conf.d/backend.conf";
const SCRIPT: &str = "backend.js";

/// How a client talks to a server, and what comes back.
pub const PIECE: Piece = Piece {
    name: "protocols",
    figure: 1,
    start: Start::Open(SITE),
    then: None,
    bench: false,
    cast: Cast {
        actors: &[
            (Browser, "Client"),
            (Program, "Client"),
            (Resolver, "Client"),
            (Root, "Client"),
            (TopLevel, "Client"),
            (Dns, "Client"),
            (Firewall, "Server"),
            (Instance, "Server"),
            (Proxy, "Server"),
            (App, "Server"),
            (Frontend, "Server"),
        ],
        hops: &[
            Hop::within(Browser, Resolver, "Client"),
            Hop::within(Resolver, Root, "Client"),
            Hop::within(Root, Resolver, "Client"),
            Hop::within(Resolver, TopLevel, "Client"),
            Hop::within(TopLevel, Resolver, "Client"),
            Hop::within(Resolver, Dns, "Client"),
            Hop::within(Dns, Resolver, "Client"),
            Hop::within(Resolver, Browser, "Client"),
            Hop::within(Program, Resolver, "Client"),
            Hop::within(Resolver, Program, "Client"),
            Hop::along(Program, Firewall, "Client", "Server").nth(3).when(is_http2),
            Hop::along(Program, Firewall, "Client", "Server").nth(1),
            Hop::along(Browser, Firewall, "Client", "Server").nth(2).when(is_frame),
            Hop::along(Browser, Firewall, "Client", "Server").nth(3).when(is_http2),
            Hop::along(Browser, Firewall, "Client", "Server").when(is_plain),
            Hop::along(Browser, Firewall, "Client", "Server").nth(1),
            Hop::within(Firewall, Instance, "Server"),
            Hop::within(Instance, Proxy, "Server"),
            Hop::within(Proxy, App, "Server"),
            Hop::within(Proxy, Frontend, "Server"),
            Hop::within(App, Proxy, "Server"),
            Hop::within(Frontend, Proxy, "Server"),
            Hop::within(Proxy, Instance, "Server"),
            Hop::within(Instance, Firewall, "Server"),
            Hop::along(Firewall, Browser, "Server", "Client").when(is_json),
            Hop::along(Firewall, Browser, "Server", "Client").nth(1).when(is_page),
            Hop::along(Firewall, Browser, "Server", "Client").nth(2).when(is_image),
            Hop::along(Firewall, Browser, "Server", "Client").nth(3),
            Hop::along(Firewall, Program, "Server", "Client").nth(3),
        ],
        lights: &[],
        second: None,
    },
    beside: "Server -.->|on the same connection| Client",
    corrections: &[],
    switches: &[
        start("plain-http", "Ask for http, on port 80", Start::Open(PLAIN)),
        Switch {
            name: "serve-plain",
            label: "Let port 80 answer by itself",
            change: Change::Together(&[SERVES_PLAIN, Change::Start(Start::Open(PLAIN))]),
        },
        start("page", "Open a page", Start::Load("https://frontend-demo.senus.doxyz/", None)),
        start("send", "Send something: a script posts a like", Start::Fetch(LIKE)),
        Switch {
            name: "send-json",
            label: "Send a JSON document",
            change: Change::Together(&[TAKES_USERS, Change::Start(Start::Fetch(GRACE))]),
        },
        Switch {
            name: "websocket",
            label: "Open a WebSocket",
            change: Change::Together(&[
                WS,
                SOCKETS,
                LIVE_LOCATION,
                Change::Start(Start::Socket(LIVE, &["like", "like"], 1)),
            ]),
        },
        Switch {
            name: "no-upgrade",
            label: "Open a WebSocket, and forget nginx’s lines for it",
            change: Change::Together(&[WS, SOCKETS, BARE_LOCATION, Change::Start(Start::Socket(LIVE, &["like"], 1))]),
        },
        Switch {
            name: "silence",
            label: "Open a WebSocket, and be silent for 90 s",
            change: Change::Together(&[WS, SOCKETS, LIVE_LOCATION, Change::Start(Start::Socket(LIVE, &["like"], 90))]),
        },
        Switch {
            name: "ping",
            label: "Be silent, but let the server ping",
            change: Change::Together(&[WS, PINGS, LIVE_LOCATION, Change::Start(Start::Socket(LIVE, &["like"], 90))]),
        },
        Switch {
            name: "grpc",
            label: "Call a method with gRPC",
            change: Change::Together(&[
                DESCRIPTION,
                SERVICE,
                RUNS_GRPC,
                HTTP2,
                GRPC_LOCATION,
                Change::Start(Start::Call(GET, ADA, Caller::Program)),
            ]),
        },
        Switch {
            name: "grpc-not-found",
            label: "Call it for a user who does not exist",
            change: Change::Together(&[
                DESCRIPTION,
                SERVICE,
                RUNS_GRPC,
                HTTP2,
                GRPC_LOCATION,
                Change::Start(Start::Call(GET, NOBODY, Caller::Program)),
            ]),
        },
        Switch {
            name: "grpc-without-http2",
            label: "Call it, and forget http2 in nginx’s listen",
            change: Change::Together(&[
                DESCRIPTION,
                SERVICE,
                RUNS_GRPC,
                NO_HTTP2,
                GRPC_LOCATION,
                Change::Start(Start::Call(GET, ADA, Caller::Program)),
            ]),
        },
        Switch {
            name: "grpc-proxy-pass",
            label: "Call it, with proxy_pass in place of grpc_pass",
            change: Change::Together(&[
                DESCRIPTION,
                SERVICE,
                RUNS_GRPC,
                HTTP2,
                WRONG_LOCATION,
                Change::Start(Start::Call(GET, ADA, Caller::Program)),
            ]),
        },
        Switch {
            name: "grpc-from-page",
            label: "Let a page call it, with fetch alone",
            change: Change::Together(&[
                DESCRIPTION,
                SERVICE,
                RUNS_GRPC,
                HTTP2,
                GRPC_LOCATION,
                Change::Start(Start::Call(GET, ADA, Caller::Page)),
            ]),
        },
        Switch {
            name: "grpc-web-refused",
            label: "Let a page call it with gRPC-Web, which the server does not speak",
            change: Change::Together(&[
                DESCRIPTION,
                SERVICE,
                RUNS_GRPC,
                HTTP2,
                GRPC_LOCATION,
                Change::Start(Start::Call(GET, ADA, Caller::Web)),
            ]),
        },
        Switch {
            name: "grpc-web",
            label: "Let a page call it with gRPC-Web, and a server that speaks both",
            change: Change::Together(&[
                DESCRIPTION,
                SERVICE_FOR_PAGES,
                RUNS_GRPC,
                HTTP2,
                GRPC_LOCATION,
                Change::Start(Start::Call(GET, ADA, Caller::Web)),
            ]),
        },
    ],
    captions: include_str!("../../text/en/captions/protocols.txt"),
    documents: &[
        SCRIPT,
        BACKEND,
        "/etc/nginx/conf.d/frontend.conf",
        "ecosystem.config.js",
        "users.json",
        "grpc.js",
        "users.proto",
        "frontend.js",
        "public/index.html",
        "public/style.css",
        "public/app.js",
        "public/people.svg",
        "certificates",
        "security-group",
        "senus.doxyz.zone",
        "doxyz.zone",
        "root.zone",
        "network",
    ],
};

/// A click on the button, as a script sends it.
const LIKE: Asked = Asked { method: "POST", url: "https://backend-demo.senus.doxyz/like", content_type: "", body: "" };

/// A new user, as a document.
const GRACE: Asked =
    Asked { method: "POST", url: SITE, content_type: "application/json", body: "{\"name\":\"Barbara\"}" };

const SERVES_PLAIN: Change = edit(
    BACKEND,
    "    return 301 https://$host$request_uri;\n",
    "    location / {\n        proxy_pass http://localhost:3001;\n    }\n",
);

const TAKES_USERS: Change = edit(
    SCRIPT,
    "app.get(\"/users/:id\"",
    "app.post(\"/users\", (req, res) => {\n  const user = { id: users.length + 1, name: req.body.name };\n  users.push(user);\n  res.status(201).json(user);\n});\napp.get(\"/users/:id\"",
);

const WS: Change = edit(
    SCRIPT,
    "require(\"pg\");\nconst users",
    "require(\"pg\");\nconst { WebSocketServer } = require(\"ws\");\nconst users",
);

const SOCKETS: Change = edit(
    SCRIPT,
    "\n\napp.listen(process.env.PORT);",
    "\n\nconst server = app.listen(process.env.PORT);\n\n// The same port: who asks for /live to switch gets a WebSocket.\nconst live = new WebSocketServer({ server, path: \"/live\" });\nlive.on(\"connection\", (socket) => {\n  socket.on(\"message\", (data) => {\n    if (String(data) === \"like\") likes += 1;\n    socket.send(JSON.stringify({ likes }));\n  });\n});",
);

const PINGS: Change = edit(
    SCRIPT,
    "\n\napp.listen(process.env.PORT);",
    "\n\nconst server = app.listen(process.env.PORT);\n\n// The same port: who asks for /live to switch gets a WebSocket.\nconst live = new WebSocketServer({ server, path: \"/live\" });\nlive.on(\"connection\", (socket) => {\n  setInterval(() => socket.ping(), 30000);\n  socket.on(\"message\", (data) => {\n    if (String(data) === \"like\") likes += 1;\n    socket.send(JSON.stringify({ likes }));\n  });\n});",
);

const LIVE_LOCATION: Change = edit(
    BACKEND,
    "privkey.pem;\n\n    location / {",
    "privkey.pem;\n\n    location /live {\n        proxy_pass http://localhost:3001;\n        proxy_http_version 1.1;\n        proxy_set_header Upgrade $http_upgrade;\n        proxy_set_header Connection \"upgrade\";\n    }\n\n    location / {",
);

const BARE_LOCATION: Change = edit(
    BACKEND,
    "privkey.pem;\n\n    location / {",
    "privkey.pem;\n\n    location /live {\n        proxy_pass http://localhost:3001;\n    }\n\n    location / {",
);

const GET: &str = "https://backend-demo.senus.doxyz/demo.Users/Get";
const ADA: &str = "{ \"id\": 1 }";
const NOBODY: &str = "{ \"id\": 7 }";

const RUNS_GRPC: Change = edit(
    "ecosystem.config.js",
    "    },\n  ],\n",
    "    },\n    {\n      name: \"grpc\",\n      script: \"grpc.js\",\n    },\n  ],\n",
);

const HTTP2: Change = edit(BACKEND, "listen 443 ssl;", "listen 443 ssl http2;");

/// The word is left out, and the line says so: then it is not the same as before.
const NO_HTTP2: Change = edit(BACKEND, "listen 443 ssl;", "listen 443 ssl; # not http2");

const GRPC_LOCATION: Change = edit(
    BACKEND,
    "        proxy_set_header X-Forwarded-Proto $scheme;\n    }\n}",
    "        proxy_set_header X-Forwarded-Proto $scheme;\n    }\n\n    location /demo.Users/ {\n        grpc_pass grpc://localhost:50051;\n    }\n}",
);

const WRONG_LOCATION: Change = edit(
    BACKEND,
    "        proxy_set_header X-Forwarded-Proto $scheme;\n    }\n}",
    "        proxy_set_header X-Forwarded-Proto $scheme;\n    }\n\n    location /demo.Users/ {\n        proxy_pass http://localhost:50051;\n    }\n}",
);

const SERVICE: Change = Change::Make { document: "grpc.js", text: include_str!("protocols/grpc.js") };

const SERVICE_FOR_PAGES: Change = Change::Make { document: "grpc.js", text: include_str!("protocols/grpc-web.js") };

const DESCRIPTION: Change = Change::Make { document: "users.proto", text: include_str!("protocols/users.proto") };

/// Frames of HTTP/2, and a call that a page sends.
fn is_http2(message: &Message) -> bool {
    match message {
        Message::Http2(_) => true,
        Message::Request(request) => {
            request.header("Content-Type").is_some_and(|kind| kind.starts_with("application/grpc"))
        }
        _ => false,
    }
}

fn is_frame(message: &Message) -> bool {
    matches!(message, Message::Frame(_))
}

/// What travels in the clear, or begins a connection on which it will.
fn is_plain(message: &Message) -> bool {
    match message {
        Message::Segment { to, .. } => to.port() == 80,
        Message::Request(request) => !request.secure,
        _ => false,
    }
}

fn is_json(message: &Message) -> bool {
    match message {
        Message::Frame(frame) => frame.payload.starts_with(b"{"),
        other => of_type(other, &["application/json"]),
    }
}

fn is_page(message: &Message) -> bool {
    of_type(message, &["text/html", "text/css", "javascript"])
}

fn is_image(message: &Message) -> bool {
    of_type(message, &["image/"])
}

/// A response that carries something of one of these types; a redirect's own little page is nothing that was asked for.
fn of_type(message: &Message, types: &[&str]) -> bool {
    let Message::Response(response) = message else { return false };
    let Response { status, .. } = **response;
    let kind = response.header("Content-Type").unwrap_or("");
    !(300..400).contains(&status) && types.iter().any(|part| contains(kind, part))
}

const fn start(name: &'static str, label: &'static str, start: Start) -> Switch {
    Switch { name, label, change: Change::Start(start) }
}

const fn edit(document: &'static str, from: &'static str, to: &'static str) -> Change {
    Change::Edit { document, from, to }
}
