//! The chapters as data: which sections there are, what plays in them, what may be changed.
//!
//! Every section and every piece has a stable name; numbers in links are only aliases. Nothing here runs: the engine does,
//! and the stage plays what it did. The words of the pages and the figures' text are behind the feature `words`, since
//! the page carries them as HTML and geometry already.
//!
//! Reading order: [`sections`], [`piece`], [`load`], [`numbers`], then one file a piece in [`pieces`].

#[cfg(feature = "words")]
pub mod drawings;
pub mod html;
pub mod live;
pub mod load;
pub mod maps;
pub mod numbers;
pub mod piece;
pub mod pieces;
pub mod sandbox;
pub mod sections;
#[cfg(feature = "words")]
pub mod words;

pub use load::Program;
pub use piece::{Change, Piece, Start, Switch, again, anew, in_turn, play, play_loaded};
pub use sections::{SECTIONS, Section};
