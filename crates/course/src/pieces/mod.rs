//! The pieces, one file each.

mod dns;
mod execution;
mod firewall;
mod frontend;
mod nginx;
mod protocols;
mod summary;
mod workbench;

use crate::piece::Piece;

/// Every figure that plays, in the order of the course, and the workbench.
pub const PIECES: [Piece; 8] = [
    protocols::PIECE,
    dns::PIECE,
    firewall::PIECE,
    nginx::PIECE,
    summary::PIECE,
    frontend::PIECE,
    execution::PIECE,
    workbench::PIECE,
];

/// The piece with this name.
pub fn find(name: &str) -> Option<&'static Piece> {
    PIECES.iter().find(|piece| piece.name == name)
}
