//! nginx passes on a request of another protocol: the lines of a WebSocket, the words of gRPC.

use crate::Remedy;
use crate::case::Case;
use crate::edit::{Edit, indent, with_word};
use engine::journey::Action;
use engine::text;
use engine::trace::Basis;
use engine::world::{Document, Kind};
use std::sync::Arc;

/// Steps for what is asked for; none where a browser opens an address.
pub fn candidates(case: &Case<'_>) -> Vec<Remedy> {
    match case.actions.last().map(|action| &action.what) {
        Some(Action::Socket { .. }) => sockets(case),
        Some(Action::Call { .. }) => calls(case),
        _ => Vec::new(),
    }
}

/// A line of nginx's files in which a word stands, with its document.
fn lines<'c>(case: &Case<'c>, word: &'static str) -> impl Iterator<Item = (&'c Arc<Document>, u32, &'c str)> {
    let world = case.world;
    world.of(Kind::Nginx).flat_map(move |document| {
        text::lines(&document.text)
            .filter(move |(_, line)| text::contains(text::without_comment(line, '#'), word))
            .map(move |(number, line)| (document, number, line))
    })
}

/// The wish to switch is passed on: below the `proxy_pass` that took the request.
fn sockets(case: &Case<'_>) -> Vec<Remedy> {
    let mut found = Vec::new();
    let decided = case.decisions().find(|(step, ..)| step.name == "upstream-chosen");
    let Some((_, _, Basis::Line { document, line })) = decided else { return found };
    let left_out = case.decisions().find(|(step, ..)| step.name == "upgrade-left-out");
    let sought = match left_out {
        Some((_, _, Basis::Absent { sought, .. })) => sought.as_str(),
        _ => return found,
    };
    let (upgrade, connection) = ("proxy_set_header Upgrade $http_upgrade;", "proxy_set_header Connection \"upgrade\";");
    let new = match sought {
        "proxy_set_header Upgrade" => upgrade.to_owned(),
        "proxy_set_header Connection" => connection.to_owned(),
        _ => [upgrade, " ", connection].concat(),
    };
    let Some(own) = case.world.document(document) else { return found };
    let below = own.text.lines().nth(line.saturating_sub(1) as usize).unwrap_or("");
    let edit = Edit::insert(document, line + 1, &[indent(below), &new].concat());
    found.push(Remedy::edit(case.world, edit, &["Pass on that the client wants to switch: Upgrade and Connection."]));
    found
}

/// HTTP/2 to the client, and to the server behind.
fn calls(case: &Case<'_>) -> Vec<Remedy> {
    let mut found = Vec::new();
    for (document, number, line) in lines(case, "listen").filter(|(.., line)| text::contains(line, "ssl")).take(8) {
        let new = with_word(line, "ssl", "ssl http2").filter(|_| !text::contains(line, "http2"));
        let edit = new.map(|new| Edit::replace(&document.name, number, line, &new));
        let words = ["Offer HTTP/2 in the handshake: gRPC speaks nothing else."];
        found.extend(edit.map(|edit| Remedy::edit(case.world, edit, &words)));
    }
    for (document, number, line) in lines(case, "proxy_pass").take(8) {
        let Some((before, after)) = text::split_once(line, "proxy_pass http://") else { continue };
        let edit = Edit::replace(&document.name, number, line, &[before, "grpc_pass grpc://", after].concat());
        found.push(Remedy::edit(case.world, edit, &["Speak HTTP/2 to the server behind: grpc_pass."]));
    }
    found
}
