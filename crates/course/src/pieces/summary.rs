//! Figure 5: the whole journey, there and back.

use crate::piece::{Change, Correction, Piece, Start, Switch};
use engine::place::Place::{App, Browser, Dns, Firewall, Frontend, Instance, Proxy, Resolver, Root, TopLevel};
use stage::{Cast, Hop, Light};

/// The whole journey.
pub const PIECE: Piece = Piece {
    name: "summary",
    figure: 5,
    start: Start::Open("https://backend-demo.senus.doxyz/users"),
    then: None,
    bench: false,
    cast: Cast {
        actors: &[
            (Browser, "Browser"),
            (Resolver, "DNS"),
            (Root, "DNS"),
            (TopLevel, "DNS"),
            (Dns, "DNS"),
            (Firewall, "Firewall"),
            (Instance, "Instance"),
            (Proxy, "Nginx"),
            (App, "Node"),
            (Frontend, "Node"),
        ],
        hops: &[
            Hop::along(Browser, Resolver, "Browser", "DNS"),
            Hop::within(Resolver, Root, "DNS"),
            Hop::within(Root, Resolver, "DNS"),
            Hop::within(Resolver, TopLevel, "DNS"),
            Hop::within(TopLevel, Resolver, "DNS"),
            Hop::within(Resolver, Dns, "DNS"),
            Hop::within(Dns, Resolver, "DNS"),
            Hop::along(Resolver, Browser, "DNS", "Browser"),
            Hop::along(Browser, Firewall, "Browser", "Firewall"),
            Hop::along(Firewall, Browser, "Firewall", "Browser"),
            Hop::along(Firewall, Instance, "Firewall", "Instance"),
            Hop::along(Instance, Firewall, "Instance", "Firewall"),
            Hop::along(Instance, Proxy, "Instance", "Nginx"),
            Hop::along(Proxy, Instance, "Nginx", "Instance"),
            Hop::along(Proxy, App, "Nginx", "Node"),
            Hop::along(App, Proxy, "Node", "Nginx"),
            Hop::along(Proxy, Frontend, "Nginx", "Node"),
            Hop::along(Frontend, Proxy, "Node", "Nginx"),
        ],
        lights: &[Light::arrow("address-chosen", "DNS", "Firewall")],
        second: None,
    },
    beside: "Browser -.->|packets| Firewall\nFirewall -.->|answer| Browser",
    corrections: &[
        Correction {
            arrow: ("Firewall", "DNS"),
            words: "The drawing simplifies: no answer goes from the security group to the DNS server. It returns on the TCP connection that carried the request, along the dotted line, straight to the browser.",
        },
        Correction {
            arrow: ("DNS", "Browser"),
            words: "The drawing simplifies: what comes back here is the DNS server’s own answer, the address. That is a separate exchange, over before the connection begins; the HTTP response never passes.",
        },
    ],
    switches: &[
        edit(
            "close-443",
            "Close port 443",
            "security-group",
            "  HTTPS        TCP       443         0.0.0.0/0   the sites",
            "# HTTPS        TCP       443         0.0.0.0/0   the sites",
        ),
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
            "wrong-certificate",
            "Let the certificate name another host",
            "certificates",
            "        DNS:backend-demo.senus.doxyz",
            "        DNS:another-host.senus.doxyz",
        ),
        Switch {
            name: "unknown-name",
            label: "Ask for an unknown name",
            change: Change::Start(Start::Open("https://backend-dmeo.senus.doxyz/users")),
        },
    ],
    captions: include_str!("../../text/en/captions/summary.txt"),
    documents: &[
        "senus.doxyz.zone",
        "doxyz.zone",
        "root.zone",
        "security-group",
        "/etc/nginx/conf.d/backend.conf",
        "certificates",
        "ecosystem.config.js",
        "backend.js",
        "users.json",
        "network",
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
