//! Figure 2: from a name to an address, and what the type of the record has to do with it.
//!
//! Nothing is sent on the connection: what a request meets after it is the matter of figures 3 to 5.

use crate::piece::{Change, Piece, Start, Switch};
use engine::place::Place::{Browser, Dns, Firewall, Instance, Resolver, Root, TopLevel};
use stage::{Cast, Hop, Light};

const ZONE: &str = "senus.doxyz.zone";

/// From a name to an address.
pub const PIECE: Piece = Piece {
    name: "dns",
    figure: 2,
    start: Start::Reach("http://backend-demo.senus.doxyz/"),
    then: None,
    bench: false,
    cast: Cast {
        actors: &[
            (Browser, "Domain"),
            (Resolver, "DNS"),
            (Root, "DNS"),
            (TopLevel, "DNS"),
            (Dns, "DNS"),
            (Firewall, "EC2"),
            (Instance, "EC2"),
        ],
        hops: &[
            Hop::along(Browser, Resolver, "Domain", "DNS"),
            Hop::within(Resolver, Root, "DNS"),
            Hop::within(Root, Resolver, "DNS"),
            Hop::within(Resolver, TopLevel, "DNS"),
            Hop::within(TopLevel, Resolver, "DNS"),
            Hop::within(Resolver, Dns, "DNS"),
            Hop::within(Dns, Resolver, "DNS"),
            Hop::along(Resolver, Browser, "DNS", "Domain"),
            Hop::along(Browser, Firewall, "IP", "EC2"),
            Hop::within(Firewall, Instance, "EC2"),
            Hop::within(Instance, Firewall, "EC2"),
            Hop::along(Firewall, Browser, "EC2", "IP"),
        ],
        lights: &[
            Light::at("dns-decides", "ARecord").by(ZONE),
            Light::arrow("dns-decides", "DNS", "ARecord").by(ZONE),
            Light::at("dns-follows-alias", "AnotherDomain"),
            Light::arrow("dns-follows-alias", "DNS", "ARecord"),
            Light::arrow("dns-follows-alias", "ARecord", "AnotherDomain"),
            Light::arrow("dns-follows-alias", "AnotherDomain", "DNS"),
            Light::at("address-chosen", "IP"),
            Light::arrow("address-chosen", "ARecord", "IP"),
        ],
        second: None,
    },
    beside: "DNS -.->|answer| Domain\nAnotherDomain -.->|another lookup| DNS\nEC2 -.->|reply| IP",
    corrections: &[],
    switches: &[
        Switch {
            name: "alias",
            label: "Ask for api, an alias",
            change: Change::Start(Start::Reach("http://api.senus.doxyz/")),
        },
        Switch {
            name: "unknown-name",
            label: "Ask for a name that does not exist",
            change: Change::Start(Start::Reach("http://backend-dmeo.senus.doxyz/")),
        },
        Switch {
            name: "alias-loop",
            label: "Let the alias point at itself, and ask for it",
            change: Change::Together(&[
                edit(ZONE, "api             IN  CNAME  backend-demo", "api             IN  CNAME  api"),
                Change::Start(Start::Reach("http://api.senus.doxyz/")),
            ]),
        },
        Switch {
            name: "bad-address",
            label: "Misspell the address in the A record",
            change: edit(ZONE, "backend-demo    IN  A      52.23.45.67", "backend-demo    IN  A      52.23.45,67"),
        },
        Switch {
            name: "no-delegation",
            label: "Remove the delegation of senus.doxyz",
            change: edit("doxyz.zone", "senus           IN  NS ", "; senus         IN  NS "),
        },
        Switch { name: "again", label: "Ask again after two minutes", change: Change::Again(120) },
        Switch { name: "again-later", label: "Ask again when the TTL is over", change: Change::Again(301) },
        Switch {
            name: "low-ttl",
            label: "Lower the TTL to 30 s, and ask again after 70 s",
            change: Change::Together(&[edit(ZONE, "$TTL 300\n", "$TTL 30\n"), Change::Again(70)]),
        },
    ],
    captions: include_str!("../../text/en/captions/dns.txt"),
    documents: &[ZONE, "doxyz.zone", "root.zone", "network", "security-group", "/etc/nginx/conf.d/backend.conf"],
};

const fn edit(document: &'static str, from: &'static str, to: &'static str) -> Change {
    Change::Edit { document, from, to }
}
