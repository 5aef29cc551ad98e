//! The workbench: the whole machine room, every document, and whatever anybody asks for.

use crate::piece::{Change, Piece, Start, Switch};
use crate::sections::MACHINE_ROOM;
use engine::place::Place::{App, Browser, Dns, Firewall, Frontend, Instance, Program, Proxy, Resolver, Root, TopLevel};
use stage::{Cast, Hop};
use std::net::Ipv4Addr;

const SITE: &str = "https://frontend-demo.senus.doxyz/";

/// The machine room.
pub const PIECE: Piece = Piece {
    name: "workbench",
    figure: MACHINE_ROOM,
    start: Start::Open("https://backend-demo.senus.doxyz/users"),
    then: None,
    bench: true,
    cast: Cast {
        actors: &[
            (Browser, "Browser"),
            (Program, "Browser"),
            (Resolver, "Resolver"),
            (Root, "Root"),
            (TopLevel, "TopLevel"),
            (Dns, "Dns"),
            (Firewall, "Firewall"),
            (Instance, "Kernel"),
            (Proxy, "Nginx"),
            (Frontend, "Frontend"),
            (App, "Backend"),
        ],
        hops: &[
            Hop::along(Browser, Resolver, "Browser", "Resolver"),
            Hop::back(Resolver, Browser, "Browser", "Resolver"),
            Hop::along(Program, Resolver, "Browser", "Resolver"),
            Hop::back(Resolver, Program, "Browser", "Resolver"),
            Hop::along(Program, Firewall, "Browser", "Firewall"),
            Hop::back(Firewall, Program, "Browser", "Firewall"),
            Hop::along(Resolver, Root, "Resolver", "Root"),
            Hop::back(Root, Resolver, "Resolver", "Root"),
            Hop::along(Resolver, TopLevel, "Resolver", "TopLevel"),
            Hop::back(TopLevel, Resolver, "Resolver", "TopLevel"),
            Hop::along(Resolver, Dns, "Resolver", "Dns"),
            Hop::back(Dns, Resolver, "Resolver", "Dns"),
            Hop::along(Browser, Firewall, "Browser", "Firewall"),
            Hop::back(Firewall, Browser, "Browser", "Firewall"),
            Hop::along(Firewall, Instance, "Firewall", "Kernel"),
            Hop::back(Instance, Firewall, "Firewall", "Kernel"),
            Hop::along(Instance, Proxy, "Kernel", "Nginx"),
            Hop::back(Proxy, Instance, "Kernel", "Nginx"),
            Hop::along(Proxy, Frontend, "Nginx", "Frontend"),
            Hop::back(Frontend, Proxy, "Nginx", "Frontend"),
            Hop::along(Proxy, App, "Nginx", "Backend"),
            Hop::back(App, Proxy, "Nginx", "Backend"),
            // An application that answers for itself, on a port that the security group lets in.
            Hop::within(Instance, App, "Backend"),
            Hop::within(App, Instance, "Backend"),
            Hop::within(Instance, Frontend, "Frontend"),
            Hop::within(Frontend, Instance, "Frontend"),
        ],
        lights: &[],
        second: None,
    },
    beside: "",
    corrections: &[],
    switches: &[
        Switch {
            name: "load-page",
            label: "Load the front end",
            change: Change::Start(Start::Load(SITE, Some(2_450))),
        },
        Switch {
            name: "try-22",
            label: "Knock at port 22",
            change: Change::Start(Start::Connect(Ipv4Addr::new(198, 51, 100, 77), 22)),
        },
        Switch {
            name: "ask-alias",
            label: "Ask for the alias",
            change: Change::Start(Start::Open("https://api.senus.doxyz/users")),
        },
        Switch { name: "again", label: "Ask twice", change: Change::Again(10) },
        edit(
            "close-443",
            "Close port 443",
            "security-group",
            "  HTTPS        TCP       443         0.0.0.0/0   the sites",
            "# HTTPS        TCP       443         0.0.0.0/0   the sites",
        ),
        edit("no-delegation", "Forget the zone at the top level", "doxyz.zone", "\nsenus", "\n; senus"),
        Switch { name: "stop-nginx", label: "Stop nginx", change: Change::Command("systemctl stop nginx") },
        Switch { name: "stop-app", label: "Stop the application", change: Change::Command("pm2 stop backend") },
        edit(
            "point-elsewhere",
            "Point the A record elsewhere",
            "senus.doxyz.zone",
            "backend-demo    IN  A      52.23.45.67",
            "backend-demo    IN  A      52.23.45.76",
        ),
        edit(
            "wrong-port",
            "Pass on to the wrong port",
            "/etc/nginx/conf.d/backend.conf",
            "localhost:3001",
            "localhost:3002",
        ),
        edit(
            "wrong-certificate",
            "Let the certificate name another host",
            "certificates",
            "        DNS:backend-demo.senus.doxyz",
            "        DNS:another-host.senus.doxyz",
        ),
    ],
    captions: include_str!("../../text/en/captions/workbench.txt"),
    documents: &[
        "senus.doxyz.zone",
        "doxyz.zone",
        "root.zone",
        "network",
        "security-group",
        "/etc/nginx/conf.d/backend.conf",
        "/etc/nginx/conf.d/frontend.conf",
        "certificates",
        "/etc/hosts",
        "ecosystem.config.js",
        "backend.js",
        "users.json",
        "frontend.js",
        "public/index.html",
        "public/app.js",
        "public/style.css",
        "public/people.svg",
        "public/count.html",
        "public/count.js",
    ],
};

const fn edit(
    name: &'static str,
    label: &'static str,
    document: &'static str,
    from: &'static str,
    to: &'static str,
) -> Switch {
    Switch { name, label, change: Change::Edit { document, from, to } }
}
