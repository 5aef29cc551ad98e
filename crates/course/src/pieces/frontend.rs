//! Figure 9: a page is loaded, painted and brought to life.

use crate::piece::{Change, Piece, Start, Switch};
use engine::place::Place::{App, Browser, Dns, Firewall, Frontend, Instance, Proxy, Resolver, Root, TopLevel};
use stage::{Cast, Hop, Light};

const PAGE: &str = "https://frontend-demo.senus.doxyz/";
const HTML: &str = "public/index.html";
const SCRIPT: &str = "public/app.js";

/// A page is loaded.
pub const PIECE: Piece = Piece {
    name: "frontend",
    figure: 9,
    start: Start::Load(PAGE, None),
    then: None,
    bench: false,
    cast: Cast {
        actors: &[
            (Browser, "Browser"),
            (Resolver, "DNS"),
            (Root, "DNS"),
            (TopLevel, "DNS"),
            (Dns, "DNS"),
            (Firewall, "DNS"),
            (Instance, "Nginx"),
            (Proxy, "Nginx"),
            (App, "NextJS"),
            (Frontend, "NextJS"),
        ],
        hops: &[
            Hop::along(Browser, Resolver, "Browser", "DNS"),
            Hop::within(Resolver, Root, "DNS"),
            Hop::within(Root, Resolver, "DNS"),
            Hop::within(Resolver, TopLevel, "DNS"),
            Hop::within(TopLevel, Resolver, "DNS"),
            Hop::within(Resolver, Dns, "DNS"),
            Hop::within(Dns, Resolver, "DNS"),
            Hop::within(Resolver, Browser, "DNS"),
            Hop::along(Browser, Firewall, "Browser", "DNS"),
            Hop::along(Firewall, Instance, "DNS", "Nginx"),
            Hop::within(Instance, Proxy, "Nginx"),
            Hop::along(Proxy, Frontend, "Nginx", "NextJS"),
            Hop::along(Proxy, App, "Nginx", "NextJS"),
            Hop::within(Frontend, Proxy, "NextJS"),
            Hop::within(App, Proxy, "NextJS"),
            Hop::within(Proxy, Instance, "Nginx"),
            Hop::within(Instance, Firewall, "Nginx"),
            Hop::along(Firewall, Browser, "NextJS", "Browser").of("html"),
            Hop::along(Firewall, Browser, "NextJS", "Browser").nth(1).of("css"),
            Hop::along(Firewall, Browser, "NextJS", "Browser").nth(2).of("javascript"),
            Hop::along(Firewall, Browser, "NextJS", "Browser").nth(3).of("static-asset"),
            Hop::within(Firewall, Browser, "DNS"),
        ],
        lights: &[
            Light::at("paint-waits", "Render"),
            Light::at("first-paint", "Render"),
            Light::arrow("first-paint", "Browser", "Render"),
            Light::at("plain-paint", "Render"),
            Light::arrow("plain-paint", "Browser", "Render"),
            Light::at("image-shown", "Render"),
            Light::arrow("image-shown", "Browser", "Render"),
            Light::at("image-missing", "Render"),
            Light::at("script-runs", "Execute"),
            Light::arrow("script-runs", "Browser", "Execute"),
            Light::at("script-fails", "Execute"),
            Light::at("hydrated", "Execute"),
            Light::arrow("hydrated", "Browser", "Execute"),
            Light::at("click-works", "Execute"),
        ],
        second: None,
    },
    beside: "",
    corrections: &[],
    switches: &[
        Switch {
            name: "click-early",
            label: "Click the button as soon as it shows",
            change: Change::Start(Start::Load(PAGE, Some(450))),
        },
        Switch {
            name: "click-later",
            label: "Click it two seconds later",
            change: Change::Start(Start::Load(PAGE, Some(2_450))),
        },
        edit("large-script", "Send a script of 900 kB", SCRIPT, "[160 kB", "[900 kB"),
        edit("blocking-script", "Let the parser wait for the script", HTML, "<script defer src", "<script src"),
        Switch {
            name: "script-throws",
            label: "Let the script fail, and click",
            change: Change::Together(&[
                change(SCRIPT, "const button = ", "throw new Error(\"no such user\");\nconst button = "),
                Change::Start(Start::Load(PAGE, Some(2_450))),
            ]),
        },
        edit("missing-script", "Misspell the script’s address", HTML, "/app.js", "/ap.js"),
        edit("missing-style", "Misspell the style’s address", HTML, "/style.css", "/styles.css"),
        edit("missing-image", "Misspell the picture’s address", HTML, "/people.svg", "/poeple.svg"),
        edit(
            "far-away",
            "Move the server far away",
            "network",
            "browser-firewall   40 ms",
            "browser-firewall   150 ms",
        ),
        edit(
            "slow-line",
            "Take a slow line: 1 Mbit/s",
            "network",
            "browser-kilobyte   0.8 ms",
            "browser-kilobyte   8 ms",
        ),
        edit("slow-device", "Take a slow phone", "network", "browser-script     1 ms", "browser-script     6 ms"),
    ],
    captions: include_str!("../../text/en/captions/frontend.txt"),
    documents: &[
        HTML,
        "public/style.css",
        SCRIPT,
        "public/people.svg",
        "network",
        "frontend.js",
        "/etc/nginx/conf.d/frontend.conf",
        "/etc/nginx/conf.d/backend.conf",
        "certificates",
        "ecosystem.config.js",
        "security-group",
        "senus.doxyz.zone",
        "doxyz.zone",
        "root.zone",
    ],
};

const fn change(document: &'static str, from: &'static str, to: &'static str) -> Change {
    Change::Edit { document, from, to }
}

const fn edit(
    name: &'static str,
    label: &'static str,
    document: &'static str,
    from: &'static str,
    to: &'static str,
) -> Switch {
    Switch { name, label, change: change(document, from, to) }
}
