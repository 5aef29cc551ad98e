//! Figure 4: what nginx does with a request.

use crate::piece::{Change, Piece, Start, Switch};
use engine::place::Place::{App, Browser, Dns, Firewall, Frontend, Instance, Proxy, Resolver, Root, TopLevel};
use stage::{Cast, Hop, Light};

const BACKEND: &str = "/etc/nginx/conf.d/backend.conf";
const FRONTEND: &str = "/etc/nginx/conf.d/frontend.conf";

/// What nginx does with a request.
pub const PIECE: Piece = Piece {
    name: "nginx",
    figure: 4,
    start: Start::Open("http://backend-demo.senus.doxyz/users"),
    then: None,
    bench: false,
    cast: Cast {
        actors: &[
            (Browser, "Request"),
            (Resolver, "Request"),
            (Root, "Request"),
            (TopLevel, "Request"),
            (Dns, "Request"),
            (Firewall, "Request"),
            (Instance, "Listen"),
            (Proxy, "Proxy"),
            (App, "LocalApp"),
            (Frontend, "OtherApp"),
        ],
        hops: &[
            Hop::within(Browser, Resolver, "Request"),
            Hop::within(Resolver, Root, "Request"),
            Hop::within(Root, Resolver, "Request"),
            Hop::within(Resolver, TopLevel, "Request"),
            Hop::within(TopLevel, Resolver, "Request"),
            Hop::within(Resolver, Dns, "Request"),
            Hop::within(Dns, Resolver, "Request"),
            Hop::within(Resolver, Browser, "Request"),
            Hop::within(Browser, Firewall, "Request"),
            Hop::along(Firewall, Instance, "Request", "Listen"),
            Hop::along(Instance, Proxy, "Listen", "CheckName").of("client-hello"),
            Hop::within(Instance, Proxy, "Listen"),
            Hop::along(Proxy, App, "Proxy", "LocalApp"),
            Hop::within(App, Proxy, "Proxy"),
            Hop::within(Proxy, Frontend, "OtherApp"),
            Hop::within(Frontend, Proxy, "OtherApp"),
            Hop::within(Proxy, Instance, "Listen"),
            Hop::along(Instance, Firewall, "Listen", "Request"),
            Hop::within(Firewall, Browser, "Request"),
        ],
        lights: &[
            Light::at("proxy-returns", "Redirect"),
            Light::arrow("proxy-returns", "Listen", "Redirect"),
            Light::arrow("browser-follows", "Redirect", "CheckName"),
            Light::at("certificate-chosen", "SSL"),
            Light::arrow("certificate-chosen", "CheckName", "SSL").by(BACKEND),
            Light::at("default-certificate", "SSL"),
            Light::at("server-chosen", "CheckName"),
            Light::at("default-server", "CheckName"),
            Light::arrow("server-chosen", "CheckName", "OtherApp").by(FRONTEND),
            Light::at("location-chosen", "OtherApp").by(FRONTEND),
            Light::at("upstream-chosen", "OtherApp").by(FRONTEND),
            Light::arrow("location-chosen", "SSL", "Proxy").by(BACKEND),
            Light::at("upstream-accepts", "LocalApp"),
        ],
        second: None,
    },
    beside: "Listen -.->|answer| Request",
    corrections: &[],
    switches: &[
        Switch {
            name: "https",
            label: "Ask for https at once",
            change: Change::Start(Start::Open("https://backend-demo.senus.doxyz/users")),
        },
        Switch {
            name: "other-domain",
            label: "Ask for the other domain",
            change: Change::Start(Start::Open("https://frontend-demo.senus.doxyz/")),
        },
        Switch {
            name: "unclaimed-name",
            label: "Ask for a name that no block claims",
            change: Change::Start(Start::Open("https://api.senus.doxyz/users")),
        },
        edit("no-redirect", "Take the redirect out", "    return 301 https", "    # return 301 https"),
        edit(
            "server-name",
            "Misspell the server_name",
            "443 ssl;\n    server_name backend",
            "443 ssl;\n    server_name bakcend",
        ),
        edit("proxy-pass", "Pass on to port 3002", "localhost:3001", "localhost:3002"),
        Switch { name: "stop-app", label: "Stop the application", change: Change::Command("pm2 stop backend") },
    ],
    captions: include_str!("../../text/en/captions/nginx.txt"),
    documents: &[
        BACKEND,
        FRONTEND,
        "certificates",
        "ecosystem.config.js",
        "security-group",
        "senus.doxyz.zone",
        "doxyz.zone",
        "root.zone",
        "backend.js",
        "users.json",
        "frontend.js",
        "network",
    ],
};

const fn edit(name: &'static str, label: &'static str, from: &'static str, to: &'static str) -> Switch {
    Switch { name, label, change: Change::Edit { document: BACKEND, from, to } }
}
