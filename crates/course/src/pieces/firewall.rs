//! Figure 3: a packet to a port, from an address, and the security group between.

use crate::piece::{Change, Piece, Start, Switch};
use engine::place::Place::{Browser, Firewall, Instance};
use stage::{Cast, Hop, Light};
use std::net::Ipv4Addr;

/// The laptop of the other figures.
const LAPTOP: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 7);

/// The one address that may log in, where a switch says so.
const OFFICE: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 20);

/// A packet to a port.
pub const PIECE: Piece = Piece {
    name: "firewall",
    figure: 3,
    start: Start::Connect(LAPTOP, 443),
    then: None,
    bench: false,
    cast: Cast {
        actors: &[(Browser, "Request"), (Firewall, "Firewall"), (Instance, "Instance")],
        hops: &[
            Hop::along(Browser, Firewall, "Request", "Firewall"),
            Hop::along(Firewall, Instance, "Allow22", "Instance").of("syn-22"),
            Hop::along(Firewall, Instance, "Allow22", "Instance").of("ack-22"),
            Hop::along(Firewall, Instance, "Allow80", "Instance").of("syn-80"),
            Hop::along(Firewall, Instance, "Allow80", "Instance").of("ack-80"),
            Hop::along(Firewall, Instance, "Allow443", "Instance").of("syn-443"),
            Hop::along(Firewall, Instance, "Allow443", "Instance").of("ack-443"),
            Hop::along(Firewall, Instance, "Firewall", "Instance"),
            Hop::along(Instance, Firewall, "Instance", "Firewall"),
            Hop::along(Firewall, Browser, "Firewall", "Request"),
        ],
        lights: &[
            Light::at("port-22-allowed", "Allow22"),
            Light::arrow("port-22-allowed", "Firewall", "Allow22"),
            Light::at("port-80-allowed", "Allow80"),
            Light::arrow("port-80-allowed", "Firewall", "Allow80"),
            Light::at("port-443-allowed", "Allow443"),
            Light::arrow("port-443-allowed", "Firewall", "Allow443"),
            Light::at("packet-blocked", "Block"),
            Light::arrow("packet-blocked", "Firewall", "Block"),
            Light::at("sender-gives-up", "Reject"),
            Light::arrow("sender-gives-up", "Block", "Reject"),
        ],
        second: None,
    },
    beside: "Firewall -.->|a rule you add| Instance\nInstance -.->|reply| Firewall\nFirewall -.->|reply| Request",
    corrections: &[],
    switches: &[
        Switch { name: "try-22", label: "Try port 22", change: connect(LAPTOP, 22) },
        Switch { name: "try-80", label: "Try port 80", change: connect(LAPTOP, 80) },
        Switch { name: "try-3001", label: "Try port 3001", change: connect(LAPTOP, 3001) },
        Switch { name: "try-8080", label: "Try port 8080", change: connect(LAPTOP, 8080) },
        Switch {
            name: "add-3001",
            label: "Add a rule for port 3001 and try it",
            change: Change::Together(&[
                edit(
                    "the sites\n",
                    "the sites\n  Custom TCP   TCP       3001        0.0.0.0/0   the application itself\n",
                ),
                connect(LAPTOP, 3001),
            ]),
        },
        Switch {
            name: "ssh-from-elsewhere",
            label: "Let SSH in from one address only, and try from another",
            change: Change::Together(&[ONLY_THE_OFFICE, connect(LAPTOP, 22)]),
        },
        Switch {
            name: "ssh-from-there",
            label: "Let SSH in from one address only, and try from that one",
            change: Change::Together(&[ONLY_THE_OFFICE, connect(OFFICE, 22)]),
        },
        Switch {
            name: "close-443",
            label: "Take the rule for port 443 away",
            change: edit("  HTTPS        TCP ", "# HTTPS        TCP "),
        },
        Switch {
            name: "stop-nginx",
            label: "Stop nginx behind its open port",
            change: Change::Command("systemctl stop nginx"),
        },
        Switch {
            name: "no-outbound",
            label: "Take the outbound rule away",
            change: edit("  All traffic  All ", "# All traffic  All "),
        },
    ],
    captions: include_str!("../../text/en/captions/firewall.txt"),
    documents: &["security-group", "network", "/etc/nginx/conf.d/backend.conf", "ecosystem.config.js"],
};

/// SSH for one address.
const ONLY_THE_OFFICE: Change = edit(
    "  SSH          TCP       22          0.0.0.0/0   logging",
    "  SSH          TCP       22          198.51.100.20/32   logging",
);

const fn connect(from: Ipv4Addr, port: u16) -> Change {
    Change::Start(Start::Connect(from, port))
}

const fn edit(from: &'static str, to: &'static str) -> Change {
    Change::Edit { document: "security-group", from, to }
}
