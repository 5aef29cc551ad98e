//! The pieces, one file each.

mod dns;
mod execution;
mod firewall;
mod frontend;
mod nginx;
mod summary;

use crate::piece::Piece;

/// Every figure that plays, in the order of the course.
pub const PIECES: [Piece; 6] =
    [dns::PIECE, firewall::PIECE, nginx::PIECE, summary::PIECE, frontend::PIECE, execution::PIECE];

/// The piece with this name.
pub fn find(name: &str) -> Option<&'static Piece> {
    PIECES.iter().find(|piece| piece.name == name)
}
