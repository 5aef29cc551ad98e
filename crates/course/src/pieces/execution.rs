//! Figure 10: the same job, once on the server and once in the browser.

use crate::piece::{Change, Piece, Start, Switch};
use engine::place::Place::{App, Browser, Dns, Firewall, Frontend, Instance, Proxy, Resolver, Root, TopLevel};
use stage::{Cast, Hop, Light};

const SERVER: &str = "backend.js";
const SCRIPT: &str = "public/count.js";

/// The same job twice.
pub const PIECE: Piece = Piece {
    name: "execution",
    figure: 10,
    start: Start::Open("https://backend-demo.senus.doxyz/count"),
    then: Some(Start::Load("https://frontend-demo.senus.doxyz/count.html", None)),
    bench: false,
    cast: Cast {
        actors: &[
            (Browser, "BReq"),
            (Resolver, "BReq"),
            (Root, "BReq"),
            (TopLevel, "BReq"),
            (Dns, "BReq"),
            (Firewall, "BServer"),
            (Instance, "BServer"),
            (Proxy, "BServer"),
            (App, "BLogic"),
            (Frontend, "BLogic"),
        ],
        hops: &[
            Hop::within(Browser, Resolver, "BReq"),
            Hop::within(Resolver, Root, "BReq"),
            Hop::within(Root, Resolver, "BReq"),
            Hop::within(Resolver, TopLevel, "BReq"),
            Hop::within(TopLevel, Resolver, "BReq"),
            Hop::within(Resolver, Dns, "BReq"),
            Hop::within(Dns, Resolver, "BReq"),
            Hop::within(Resolver, Browser, "BReq"),
            Hop::along(Browser, Firewall, "BReq", "BServer"),
            Hop::within(Firewall, Instance, "BServer"),
            Hop::within(Instance, Proxy, "BServer"),
            Hop::along(Proxy, App, "BServer", "BLogic"),
            Hop::along(Proxy, Frontend, "BServer", "BLogic"),
            Hop::along(App, Proxy, "BLogic", "BResult"),
            Hop::along(Frontend, Proxy, "BLogic", "BResult"),
            Hop::within(Proxy, Instance, "BResult").of("response"),
            Hop::within(Instance, Firewall, "BResult").of("response"),
            Hop::along(Firewall, Browser, "BResult", "BClient").of("response"),
            Hop::within(Proxy, Instance, "BServer"),
            Hop::within(Instance, Firewall, "BServer"),
            Hop::within(Firewall, Browser, "BServer"),
        ],
        lights: &[Light::at("browser-shows", "BClient")],
        second: Some(&IN_THE_BROWSER),
    },
    beside: "",
    corrections: &[],
    switches: &[
        Switch {
            name: "other-job",
            label: "Count the names of more than two letters",
            change: Change::Together(&[
                change(SERVER, "name.length > 3", "name.length > 2"),
                change(SCRIPT, "name.length > 3", "name.length > 2"),
            ]),
        },
        Switch {
            name: "password",
            label: "Write a password into each script",
            change: Change::Together(&[
                change(SERVER, "// Counts here", "const password = \"swordfish\";\n// Counts here"),
                change(SCRIPT, "const long", "const password = \"swordfish\";\nconst long"),
            ]),
        },
        Switch {
            name: "other-origin",
            label: "Let the page’s script ask the back end",
            change: change(SCRIPT, OWN, FOREIGN),
        },
        Switch {
            name: "allowed-origin",
            label: "The same, and the back end allows it",
            change: Change::Together(&[
                change(SCRIPT, OWN, FOREIGN),
                change(
                    SERVER,
                    "\"/users\", (req, res) => res.json(users));",
                    "\"/users\", (req, res) => {\n  res.set(\"Access-Control-Allow-Origin\", \"https://frontend-demo.senus.doxyz\");\n  res.json(users);\n});",
                ),
            ]),
        },
        Switch {
            name: "slow-server",
            label: "Let the server compute for two seconds",
            change: change("network", "app-work           3 ms", "app-work           2 s"),
        },
        Switch {
            name: "slow-device",
            label: "Take a very slow phone",
            change: change("network", "browser-script     1 ms", "browser-script     5 s"),
        },
        Switch { name: "stop-app", label: "Stop the back end", change: Change::Command("pm2 stop backend") },
    ],
    captions: include_str!("../../text/en/captions/execution.txt"),
    documents: &[
        SERVER,
        SCRIPT,
        "public/count.html",
        "users.json",
        "frontend.js",
        "network",
        "/etc/nginx/conf.d/backend.conf",
        "/etc/nginx/conf.d/frontend.conf",
        "certificates",
        "ecosystem.config.js",
        "security-group",
        "senus.doxyz.zone",
        "doxyz.zone",
        "root.zone",
    ],
};

const OWN: &str = "fetch(\"/users\")";
const FOREIGN: &str = "fetch(\"https://backend-demo.senus.doxyz/users\")";

/// The lower chain: the page and its script.
const IN_THE_BROWSER: Cast = Cast {
    actors: &[
        (Browser, "FClient"),
        (Resolver, "FReq"),
        (Root, "FReq"),
        (TopLevel, "FReq"),
        (Dns, "FReq"),
        (Firewall, "FServer"),
        (Instance, "FServer"),
        (Proxy, "FServer"),
        (App, "FServer"),
        (Frontend, "FServer"),
    ],
    hops: &[
        Hop::within(Browser, Resolver, "FReq"),
        Hop::within(Resolver, Root, "FReq"),
        Hop::within(Root, Resolver, "FReq"),
        Hop::within(Resolver, TopLevel, "FReq"),
        Hop::within(TopLevel, Resolver, "FReq"),
        Hop::within(Resolver, Dns, "FReq"),
        Hop::within(Dns, Resolver, "FReq"),
        Hop::within(Resolver, Browser, "FReq"),
        Hop::along(Browser, Firewall, "FReq", "FServer"),
        Hop::within(Firewall, Instance, "FServer"),
        Hop::within(Instance, Proxy, "FServer"),
        Hop::within(Proxy, App, "FServer"),
        Hop::within(Proxy, Frontend, "FServer"),
        Hop::along(App, Proxy, "FServer", "FCode"),
        Hop::along(Frontend, Proxy, "FServer", "FCode"),
        Hop::within(Proxy, Instance, "FCode").of("html"),
        Hop::within(Proxy, Instance, "FCode").of("javascript"),
        Hop::within(Proxy, Instance, "FCode").of("data"),
        Hop::within(Instance, Firewall, "FCode").of("html"),
        Hop::within(Instance, Firewall, "FCode").of("javascript"),
        Hop::within(Instance, Firewall, "FCode").of("data"),
        Hop::along(Firewall, Browser, "FCode", "FClient").of("html"),
        Hop::along(Firewall, Browser, "FCode", "FClient").of("javascript"),
        Hop::along(Firewall, Browser, "FCode", "FClient").of("data"),
        Hop::within(Proxy, Instance, "FServer"),
        Hop::within(Instance, Firewall, "FServer"),
        Hop::within(Firewall, Browser, "FServer"),
    ],
    lights: &[
        Light::at("browser-checks-cache", "FReq"),
        Light::at("script-runs", "FExec"),
        Light::arrow("script-runs", "FClient", "FExec"),
        Light::at("browser-computes", "FExec"),
        Light::arrow("browser-computes", "FClient", "FExec"),
        Light::at("script-fails", "FExec"),
    ],
    second: None,
};

const fn change(document: &'static str, from: &'static str, to: &'static str) -> Change {
    Change::Edit { document, from, to }
}
