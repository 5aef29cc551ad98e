//! The pieces, one file each.

pub mod cors;
mod data;
mod dns;
mod execution;
mod firewall;
mod frontend;
mod like_button;
mod nginx;
mod protocols;
mod state;
mod summary;
mod workbench;

use crate::piece::Piece;

/// Every figure that plays, in the order of the course, and the workbench.
pub const PIECES: [Piece; 12] = [
    protocols::PIECE,
    dns::PIECE,
    firewall::PIECE,
    nginx::PIECE,
    summary::PIECE,
    data::PIECE,
    like_button::PIECE,
    state::PIECE,
    frontend::PIECE,
    execution::PIECE,
    cors::PIECE,
    workbench::PIECE,
];

/// The piece with this name.
pub fn find(name: &str) -> Option<&'static Piece> {
    PIECES.iter().find(|piece| piece.name == name)
}
