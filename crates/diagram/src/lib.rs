//! Mermaid text → `Diagram` → `Figure` → SVG. Knows nothing of what a figure depicts.
//!
//! Reading order: [`figure`] (the finished geometry), then parse, layout, svg.

pub mod figure;
