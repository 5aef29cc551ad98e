//! The security group: figure 3, the rules of AWS that are commonly taught wrong, and the table people write.

use answer::security_group;
use course::pieces::find;
use engine::journey::{Action, Timed, run};
use engine::state::State;
use engine::time::Micros;
use engine::trace::{Act, Outcome, Trace};
use engine::world::World;
use serde_json::{Value, json};
use std::net::Ipv4Addr;

const LAPTOP: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 7);

/// A knock on a port, after some commands.
fn knock(world: &World, commands: &[&str], from: Ipv4Addr, port: u16) -> Trace {
    let now = |what| Timed { at: Micros::ZERO, what };
    let before: Vec<Timed> = commands.iter().map(|line| now(Action::Command((*line).to_owned()))).collect();
    let state = run(world, &State::booted(world), &before, 0).1;
    run(world, &state, &[now(Action::Connect { from, port })], 0).0
}

/// What `nc` prints in the end.
fn printed(trace: &Trace) -> &str {
    match trace.outcomes.last() {
        Some(Outcome::Printed(text)) => text.trim_end(),
        other => panic!("nothing printed but {other:?}"),
    }
}

fn words<'a>(trace: &'a Trace, name: &str) -> Option<&'a str> {
    trace.steps.iter().find(|step| step.name == name).and_then(|step| match &step.act {
        Act::Decide { verdict, .. } => Some(&*verdict.words),
        Act::Travel { .. } => None,
    })
}

/// The course's world with this table as its security group.
fn table(rules: &str) -> World {
    World::course().with_text("security-group", rules)
}

#[test]
fn t14_a_blocked_packet_is_silence_and_a_closed_port_says_so_at_once() {
    let blocked = knock(&World::course(), &[], LAPTOP, 8080);
    assert_eq!(printed(&blocked), "nc: connect to 52.23.45.67 port 8080 (tcp) failed: Connection timed out");
    assert_eq!(blocked.steps.last().unwrap().end, Micros::seconds(131));
    assert!(blocked.steps.iter().all(|step| !step.slug().contains("instance")), "the instance sees nothing");
    let refused = knock(&World::course(), &["systemctl stop nginx"], LAPTOP, 443);
    assert_eq!(printed(&refused), "nc: connect to 52.23.45.67 port 443 (tcp) failed: Connection refused");
    assert!(refused.steps.last().unwrap().end < Micros::seconds(1));
}

#[test]
fn t15_without_outbound_rules_replies_still_leave() {
    let with = knock(&World::course(), &[], LAPTOP, 443);
    assert!(words(&with, "firewall-remembers").unwrap().contains("nothing is remembered"));
    let world = World::course().with_edit("security-group", "  All traffic", "# All traffic");
    let without = knock(&world, &[], LAPTOP, 443);
    assert!(words(&without, "firewall-remembers").unwrap().contains("the group remembers"));
    assert_eq!(printed(&without), printed(&with));
}

#[test]
fn t16_the_order_of_rules_does_not_matter() {
    let rules = [
        "SSH TCP 22 198.51.100.0/24",
        "SSH TCP 22 0.0.0.0/0",
        "Custom TCP TCP 3000-3001 203.0.113.7/32",
        "All traffic All All sg-app",
        "HTTP TCP 80 Anywhere-IPv4",
    ];
    let end = "\nOutbound rules\nAll traffic All All 0.0.0.0/0\nMembers of sg-app\n10.0.1.20 203.0.113.99\n";
    let mut order: Vec<usize> = (0..rules.len()).collect();
    let mut seen = Vec::new();
    // Every permutation (Heap's algorithm).
    let mut counters = vec![0; order.len()];
    let mut at = 0;
    loop {
        let text = order.iter().map(|i| rules[*i]).collect::<Vec<_>>().join("\n") + end;
        let group = table(&text).security_group();
        assert_eq!(group.problems, []);
        let mut told = Vec::new();
        for port in [22, 80, 443, 3000, 3001, 3002] {
            for peer in ["203.0.113.7", "203.0.113.99", "198.51.100.20", "10.0.1.20", "192.0.2.1"] {
                let peer = peer.parse().unwrap();
                told.push((group.admits(peer, port).is_some(), group.untracked(peer, port).is_some()));
            }
        }
        seen.push(told);
        while at < order.len() && counters[at] >= at {
            counters[at] = 0;
            at += 1;
        }
        if at == order.len() {
            break;
        }
        order.swap(if at % 2 == 0 { 0 } else { counters[at] }, at);
        counters[at] += 1;
        at = 0;
    }
    assert_eq!(seen.len(), 120);
    assert!(seen.iter().all(|told| *told == seen[0]));
    let allowed = seen[0].iter().filter(|(allowed, _)| *allowed).count();
    assert_eq!(allowed, 5 + 5 + 2 + 3 + 3 + 2);
}

#[test]
fn t17_the_gateway_translates_and_the_instance_sees_its_private_address() {
    let trace = knock(&World::course(), &[], LAPTOP, 443);
    assert_eq!(
        words(&trace, "gateway-translates"),
        Some("the internet gateway sends it on to 10.0.1.10, the private address")
    );
    let line = 1 + World::course().text("network").unwrap().lines().position(|l| l.starts_with("private")).unwrap();
    let without = World::course().with_line_removed("network", line as u32);
    assert!(words(&knock(&without, &[], LAPTOP, 443), "nobody-there").is_some());
}

#[test]
fn t18_port_22_reaches_sshd_whatever_becomes_of_nginx() {
    for commands in [&[][..], &["systemctl stop nginx", "pm2 stop backend"]] {
        let trace = knock(&World::course(), commands, LAPTOP, 22);
        assert_eq!(printed(&trace), "Connection to 52.23.45.67 22 port [tcp/ssh] succeeded!");
        assert_eq!(words(&trace, "instance-accepts"), Some("sshd listens on port 22"));
    }
    let file = "/etc/nginx/conf.d/backend.conf";
    let clash = World::course().with_edit(file, "listen 80;", "listen 80; listen 22;");
    assert_eq!(
        State::booted(&clash).nginx.failure.map(|problem| problem.words),
        Some("bind() to 0.0.0.0:22 failed (98: Address already in use)".to_owned())
    );
}

#[test]
fn every_switch_of_figure_3_ends_as_its_label_says() {
    let piece = find("firewall").expect("figure 3 plays");
    let ends = [
        ("try-22", "succeeded"),
        ("try-80", "succeeded"),
        ("try-3001", "timed out"),
        ("try-8080", "timed out"),
        ("add-3001", "succeeded"),
        ("ssh-from-elsewhere", "timed out"),
        ("ssh-from-there", "succeeded"),
        ("close-443", "timed out"),
        ("stop-nginx", "refused"),
        ("no-outbound", "succeeded"),
    ];
    assert_eq!(piece.switches.len(), ends.len());
    for (name, end) in ends {
        let switch = piece.switches.iter().find(|switch| switch.name == name).expect(name);
        let (world, actions) = switch.change.set(true, piece, &World::course(), &piece.actions());
        let trace = course::play(&world, &actions);
        assert!(printed(&trace).contains(end), "{name}: {}", printed(&trace));
    }
}

#[test]
fn a_missing_rule_that_is_added_lets_the_packet_pass() {
    for port in [3001, 8080] {
        let rule = format!("the sites\n  Custom TCP   TCP       {port}   203.0.113.7/32\n");
        let world = World::course().with_edit("security-group", "the sites\n", &rule);
        let (before, after) = (knock(&World::course(), &[], LAPTOP, port), knock(&world, &[], LAPTOP, port));
        assert!(words(&before, "packet-blocked").is_some() && words(&before, "sender-gives-up").is_some());
        assert!(words(&after, "packet-blocked").is_none() && words(&after, "sender-gives-up").is_none());
        assert!(printed(&knock(&world, &[], Ipv4Addr::new(203, 0, 113, 8), port)).ends_with("timed out"));
    }
}

/// What is wrong with a table, as `line:column: words`.
fn mistakes(rules: &str) -> Vec<String> {
    let problems = table(rules).security_group().problems;
    problems.iter().map(|p| format!("{}:{}: {}", p.source.line, p.column, p.words)).collect()
}

#[test]
fn mistakes_in_the_table_name_place_and_fix() {
    let cases = [
        ("SSH TCP 22", "1:1: a rule needs a type, a protocol, a port range and a source such as 0.0.0.0/0"),
        ("SSH  TCP  22  203.0.113.7", "1:15: The source needs to be a CIDR block: for this address, 203.0.113.7/32"),
        ("\nSSH TCP 22 2001:db8::7", "2:12: The source needs to be a CIDR block: for this address, 2001:db8::7/128"),
        ("SSH TCP 22 10.0.0/8", "1:12: The source needs to be a CIDR block such as 203.0.113.7/32, not 10.0.0/8"),
        ("SSH TCP 22 10.0.0.0/33", "1:12: The source needs to be a CIDR block such as 203.0.113.7/32, not 10.0.0.0/33"),
        (
            "SSH TCQ 22 0.0.0.0/0",
            "1:5: unknown protocol TCQ: write TCP, UDP, ICMP, ICMPv6, All, or a number from 0 to 255",
        ),
        (
            "SSH TCP 70000 0.0.0.0/0",
            "1:9: a port range is a number from 0 to 65535, two of them as 8000-8100, or All, not 70000",
        ),
        (
            "SSH TCP 90-80 0.0.0.0/0",
            "1:9: a port range is a number from 0 to 65535, two of them as 8000-8100, or All, not 90-80",
        ),
        (
            "Ping ICMP echo 0.0.0.0/0",
            "1:11: of ICMP write the type, as 8, the type and the code, as 8/0, or All, not echo",
        ),
        ("Deny TCP 22 0.0.0.0/0", "1:1: a security group only allows: take Deny away, or the whole rule"),
        (
            "SSH TCP 22 sg-app",
            "1:12: The security group 'sg-app' does not exist: list its addresses below a line `Members of sg-app`",
        ),
        (
            "SSH TCP 22 pl-1",
            "1:12: The prefix list ID 'pl-1' does not exist: list its blocks below a line `Prefix list pl-1`",
        ),
        ("Members of sg-app\nx", "2:1: a member is a private address such as 10.0.1.20, not x"),
        ("Prefix list pl-1\n1.2.3.4", "2:1: a prefix list holds CIDR blocks such as 198.51.100.0/24, not 1.2.3.4"),
        ("Any All 22 0.0.0.0/0", "1:9: this protocol is allowed on every port; the range 22 is ignored"),
    ];
    for (rules, expected) in cases {
        assert_eq!(mistakes(rules), [expected], "{rules}");
    }
    let many = "SSH TCP 22 0.0.0.0/0\n".repeat(10_001);
    assert_eq!(mistakes(&many), ["10001:1: The maximum number of rules per security group has been reached."]);
}

#[test]
fn a_table_says_all_that_the_console_can() {
    let rules = "Inbound rules\n\
        Custom UDP  UDP     5000-5010  2001:db8::/32   v6\n\
        Ping        ICMP    8          Anywhere-IPv4   echo request\n\
        Reply       ICMP    0/0        0.0.0.0/0       echo reply, code 0\n\
        All ICMP - IPv6  ICMPv6  All   Anywhere-IPv6\n\
        ESP         50      All        pl-office       any port\n\
        App         TCP     5432       sg-app          members only\n\
        Outbound rules\n\
        # Members of sg-app\n10.0.2.20\n10.0.2.21 # two\n\
        # Prefix list pl-office\n198.51.100.0/24 203.0.113.0/24\n";
    let group = table(rules).security_group();
    assert_eq!(group.problems, []);
    assert!(group.outbound.is_empty());
    let fits = |protocol, peer: &str, port, code| {
        let packet = engine::firewall::Packet { protocol, peer: peer.parse().unwrap(), port, code };
        engine::firewall::fitting(&group.inbound, packet).map(|rule| rule.source.line)
    };
    assert_eq!(fits(17, "2001:db8::1", 5010, 0), Some(2));
    assert_eq!(fits(17, "2001:db8::1", 5011, 0), None);
    assert_eq!(fits(1, "192.0.2.1", 8, 3), Some(3));
    assert_eq!((fits(1, "192.0.2.1", 0, 0), fits(1, "192.0.2.1", 0, 1)), (Some(4), None));
    assert_eq!((fits(58, "2001:db8::1", 128, 0), fits(1, "192.0.2.1", 128, 0)), (Some(5), None));
    assert_eq!((fits(50, "198.51.100.9", 7, 0), fits(51, "198.51.100.9", 7, 0)), (Some(6), None));
    assert_eq!((fits(6, "10.0.2.21", 5432, 0), fits(6, "10.0.2.22", 5432, 0)), (Some(7), None));
}

/// The verdicts on `packets` of a machine with one group.
fn verdicts(ingress: &Value, egress: &Value, packets: &Value) -> Value {
    let ask = json!({
        "groups": { "sg-a": { "ingress": ingress, "egress": egress } }, "attached": ["sg-a"], "packets": packets,
    });
    security_group::answer(&ask).expect("an answer")["verdicts"].take()
}

fn rule(protocol: &str, port: i64, range: &str) -> Value {
    let family = if range.contains(':') { "Ipv6Ranges" } else { "IpRanges" };
    json!({ "IpProtocol": protocol, "FromPort": port, "ToPort": port, family: [range] })
}

#[test]
fn t15_what_is_tracked_outlives_its_rule_and_what_is_not_is_cut() {
    let new = |protocol: &str, peer: &str| {
        json!({ "direction": "inbound", "protocol": protocol, "peer_ip": peer, "src_port": 50000, "dst_port": 22,
                "icmp_type": 8, "icmp_code": 0, "flow": "new" })
    };
    let open = json!([rule("-1", -1, "0.0.0.0/0"), rule("-1", -1, "::/0")]);
    let same =
        |protocol: &str| json!([{ "IpProtocol": protocol, "FromPort": 0, "ToPort": 65535, "IpRanges": ["0.0.0.0/0"] }]);
    let part = json!([{ "IpProtocol": "tcp", "FromPort": 1024, "ToPort": 65535, "IpRanges": ["0.0.0.0/0"] }]);
    let (four, six) = ("203.0.113.1", "2001:db8::1");
    let cases = [
        ("open both ways", rule("tcp", 22, "0.0.0.0/0"), &open, "tcp", four, "deny"),
        ("the same for IPv6", rule("tcp", 22, "::/0"), &open, "tcp", six, "deny"),
        ("the same for UDP", rule("udp", 22, "0.0.0.0/0"), &open, "udp", four, "deny"),
        ("all TCP out is enough", rule("tcp", 22, "0.0.0.0/0"), &same("tcp"), "tcp", four, "deny"),
        ("a narrow rule is tracked", rule("tcp", 22, "203.0.113.1/32"), &open, "tcp", four, "allow"),
        ("other protocol out", rule("tcp", 22, "0.0.0.0/0"), &same("udp"), "tcp", four, "allow"),
        ("some ports out", rule("tcp", 22, "0.0.0.0/0"), &part, "tcp", four, "allow"),
        ("nothing out", rule("tcp", 22, "0.0.0.0/0"), &json!([]), "tcp", four, "allow"),
        ("ICMP is always tracked", rule("icmp", -1, "0.0.0.0/0"), &open, "icmp", four, "allow"),
        ("so is another protocol", rule("50", -1, "0.0.0.0/0"), &open, "50", four, "allow"),
        ("IPv6 in, only IPv4 out", rule("tcp", 22, "::/0"), &same("-1"), "tcp", six, "allow"),
    ];
    for (what, ingress, egress, protocol, peer, later) in cases {
        let gone = json!({ "event": "replace_rules", "groups": { "sg-a": { "ingress": [], "egress": egress } } });
        let packets = json!([new(protocol, peer), { "flow": "reply", "reply_to": 0 }, gone,
                             { "flow": "established_packet", "of": 0 }, new("tcp", peer)]);
        let told = verdicts(&json!([ingress]), egress, &packets);
        assert_eq!(told, json!(["allow", "allow", null, later, "deny"]), "{what}");
    }
}

#[test]
fn of_other_protocols_only_address_and_protocol_are_tracked() {
    let packet = |direction: &str, peer: &str| json!({ "direction": direction, "protocol": "50", "peer_ip": peer, "flow": "new" });
    let packets = json!([
        packet("inbound", "192.0.2.1"),
        packet("outbound", "192.0.2.1"),
        packet("inbound", "192.0.2.1"),
        packet("inbound", "192.0.2.2")
    ]);
    let told = verdicts(&json!([]), &json!([rule("-1", -1, "0.0.0.0/0")]), &packets);
    assert_eq!(told, json!(["deny", "allow", "allow", "deny"]));
}
