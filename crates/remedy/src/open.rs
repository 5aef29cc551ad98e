//! The security group: an inbound rule for one port. Rules are only added; nobody who is let in is shut out.

use crate::case::Case;
use crate::edit::Edit;
use crate::{Grants, Remedy};
use engine::world::Kind;

/// Rules for the port that was asked for, and for those that its redirects lead to.
pub fn candidates(case: &Case<'_>) -> Vec<Remedy> {
    let mut ports = vec![case.port];
    if case.url.is_some() {
        ports.extend([443, 80].into_iter().filter(|port| *port != case.port));
    }
    ports.retain(|port| case.readings.group.admits(case.visitor, *port).is_none());
    let visitor = [&case.visitor.to_string(), "/32"].concat();
    let mut found = Vec::new();
    for port in ports {
        let Some(one) = rule(case, port, &visitor, "this visitor") else {
            continue;
        };
        let words = ["Let ", &visitor, " in at tcp port ", &port.to_string(), ": a rule for this visitor alone."];
        let one = Remedy::edit(case.world, one, &words).granting(Grants::Visitor);
        if !matches!(port, 80 | 443) {
            found.push(one);
            continue;
        }
        found.push(one.noting("it serves this visitor only: for a public site everybody must be let in"));
        let everybody = rule(case, port, "0.0.0.0/0", "everybody");
        let words = ["Let everybody in at tcp port ", &port.to_string(), ", as a public site does."];
        found.extend(everybody.map(|edit| Remedy::edit(case.world, edit, &words).granting(Grants::Everybody)));
    }
    found
}

/// A new row below the inbound ones.
fn rule(case: &Case<'_>, port: u16, source: &str, whom: &str) -> Option<Edit> {
    let document = case.world.of(Kind::SecurityGroup).next()?;
    let kind = match port {
        22 => "SSH",
        80 => "HTTP",
        443 => "HTTPS",
        3306 => "MYSQL/Aurora",
        5432 => "PostgreSQL",
        _ => "Custom TCP",
    };
    let group = &case.readings.group;
    let last = group.inbound.iter().map(|rule| rule.source.line).max();
    let heading = |line: &str| line.trim_start_matches(['#', ' ']).to_ascii_lowercase().starts_with("inbound");
    let below = last.unwrap_or_else(|| {
        let at = document.text.lines().position(heading);
        at.map_or(0, |at| at as u32 + 1)
    });
    let pad = |text: &str, width: usize| [text, &" ".repeat(width.saturating_sub(text.len()).max(1))].concat();
    let row = ["  ", &pad(kind, 13), "TCP       ", &pad(&port.to_string(), 12), &pad(source, 12), whom].concat();
    Some(Edit::insert(&document.name, below + 1, &row))
}
