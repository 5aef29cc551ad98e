//! Mermaid text → `Diagram` → `Figure` → SVG. Knows nothing of what a figure depicts.
//!
//! Reading order: [`figure`] (the finished picture), [`geometry`] (of it, what a board carries), [`path`] and [`words`] (what drawing it needs to
//! know), [`metrics`]; then, behind the feature `layout`, [`mod@parse`], [`mod@layout`], [`svg`].

pub mod figure;
pub mod geometry;
pub mod metrics;
pub mod path;
pub mod words;

#[cfg(feature = "layout")]
pub mod layout;
#[cfg(feature = "layout")]
pub mod parse;
#[cfg(feature = "layout")]
pub mod svg;

#[cfg(feature = "layout")]
pub use layout::{Form, layout, layout_with};
#[cfg(feature = "layout")]
pub use parse::{Diagram, Flowchart, Parsed, Problem, Sequence, parse};
