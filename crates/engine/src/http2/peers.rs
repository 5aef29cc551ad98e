//! What each program says at the beginning of a connection of HTTP/2, as recorded: grpc-js 1.14 on Node.js 20, nginx 1.22.1,
//! Chromium 156.

use super::Frame;

/// The settings by number (RFC 9113 section 6.5.2), in Wireshark's words.
pub const fn setting(id: u16) -> &'static str {
    match id {
        1 => "Header table size",
        2 => "Enable PUSH",
        3 => "Max concurrent streams",
        4 => "Initial Windows size",
        5 => "Max frame size",
        6 => "Max header list size",
        _ => "Unknown",
    }
}

/// What a client of grpc-js begins with.
pub fn grpc_client() -> Vec<Frame> {
    vec![Frame::Magic, Frame::Settings(vec![(4, 65_535)])]
}

/// What Chromium begins with.
pub fn chromium() -> Vec<Frame> {
    let settings = vec![(1, 65_536), (2, 0), (4, 6_291_456), (6, 262_144)];
    vec![Frame::Magic, Frame::Settings(settings), Frame::WindowUpdate { stream: 0, by: 15_663_105 }]
}

/// What nginx answers to that.
pub fn nginx_server() -> Vec<Frame> {
    let settings = vec![(3, 128), (4, 65_536), (5, 16_777_215)];
    vec![Frame::Settings(settings), Frame::WindowUpdate { stream: 0, by: 0x7fff_0000 }, Frame::SettingsAck]
}

/// What nginx begins with when it asks a server behind it.
pub fn nginx_client() -> Vec<Frame> {
    let settings = vec![(1, 0), (2, 0), (4, 0x7fff_ffff)];
    vec![Frame::Magic, Frame::Settings(settings), Frame::WindowUpdate { stream: 0, by: 0x7fff_0000 }]
}

/// What a server on Node.js begins with: it leaves all as it is.
pub fn node_server() -> Vec<Frame> {
    vec![Frame::Settings(Vec::new())]
}
