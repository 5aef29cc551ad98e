//! A finished figure: boxes, lines and words with their places. It has no history and decides nothing.
//!
//! Units are CSS pixels at scale 1; the origin is the top left corner, y grows downwards.
//! Numbers are rounded to a tenth of a pixel by the layout, so that equal input gives equal bytes everywhere.

/// A point of the figure.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// Distance from the left edge.
    pub x: f32,
    /// Distance from the top edge.
    pub y: f32,
}

/// An upright rectangle.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    /// Left edge.
    pub x: f32,
    /// Top edge.
    pub y: f32,
    /// Width.
    pub w: f32,
    /// Height.
    pub h: f32,
}

/// Lines of text set centred on `at` (the middle of the whole block).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Label {
    /// The middle of the block.
    pub at: Point,
    /// Font size in pixels.
    pub size: f32,
    /// The box that the text needs, measured with the bundled font.
    pub frame: Rect,
    /// The lines, with signs (✓ ✗ ❌) taken out.
    pub lines: Vec<String>,
    /// The sign drawn after the last line, if any.
    pub sign: Option<Sign>,
}

/// A sign that is drawn as a shape, since fonts differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// ✓
    Tick,
    /// ✗ and ❌
    Cross,
}

/// The outline of a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// `[text]`
    #[default]
    Rect,
    /// `(text)`
    Rounded,
    /// `([text])`
    Stadium,
    /// `[[text]]`
    Subroutine,
    /// `[(text)]`
    Cylinder,
    /// `((text))`
    Circle,
    /// `(((text)))`
    DoubleCircle,
    /// `>text]`
    Flag,
    /// `{text}`
    Diamond,
    /// `{{text}}`
    Hexagon,
    /// `[/text/]`
    LeanRight,
    /// `[\text\]`
    LeanLeft,
    /// `[/text\]`
    Trapezoid,
    /// `[\text/]`
    TrapezoidAlt,
    /// A participant of a sequence diagram drawn as a person.
    Actor,
}

/// A node: a box with words. Its index in `Figure::nodes` is its identity there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Node {
    /// The identifier in the source text: `Nginx`.
    pub id: String,
    /// The outline.
    pub shape: Shape,
    /// The box that the outline fills.
    pub frame: Rect,
    /// The words inside.
    pub label: Label,
    /// `classDef` names, in order. The picture decides what they look like.
    pub classes: Vec<String>,
}

/// What stands at an end of an arrow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tip {
    /// Nothing.
    #[default]
    None,
    /// A filled arrowhead.
    Arrow,
    /// An open arrowhead (`-)` in sequence diagrams).
    Open,
    /// A small circle (`--o`).
    Circle,
    /// A cross (`--x`).
    Cross,
}

/// How a line is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stroke {
    /// `-->`
    #[default]
    Solid,
    /// `-.->` and, in sequence diagrams, `-->>`
    Dotted,
    /// `==>`
    Thick,
    /// `~~~`: takes part in the layout, is not drawn.
    Invisible,
}

/// An arrow. Its index in `Figure::edges` is the order in the source text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edge {
    /// Index of the node it leaves.
    pub from: u16,
    /// Index of the node it reaches.
    pub to: u16,
    /// The corners of the line from border to border, tips included. Corners are drawn rounded.
    pub path: Vec<Point>,
    /// How it is drawn.
    pub stroke: Stroke,
    /// At the beginning (`<-->` has one here too).
    pub tail: Tip,
    /// At the end.
    pub head: Tip,
    /// The words on it.
    pub label: Option<Label>,
    /// Not one of the drawing's own arrows: added beside it to show the true way.
    pub extra: bool,
}

/// A subgraph: a frame around nodes, with a title.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The identifier in the source text.
    pub id: String,
    /// The frame.
    pub frame: Rect,
    /// The title.
    pub title: Label,
}

/// A line that belongs to no arrow: lifelines, activations, frames and notes of sequence diagrams.
#[derive(Clone, Debug, PartialEq)]
pub enum Decor {
    /// The lifeline below a participant.
    Lifeline {
        /// Index of the participant's node.
        node: u16,
        /// Upper end.
        from: Point,
        /// Lower end.
        to: Point,
    },
    /// The bar of an activation.
    Activation(Rect),
    /// The frame of `loop`, `alt`, `opt`, `par` with its keyword and condition.
    Block {
        /// The frame.
        frame: Rect,
        /// `loop`, `alt`, …
        keyword: String,
        /// The condition of each part, with the y at which the part begins.
        parts: Vec<(f32, Label)>,
    },
    /// A note.
    Note {
        /// The box.
        frame: Rect,
        /// The words.
        label: Label,
    },
}

/// The whole picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figure {
    /// Width in pixels, margins included.
    pub width: f32,
    /// Height in pixels, margins included.
    pub height: f32,
    /// Boxes.
    pub nodes: Vec<Node>,
    /// Arrows.
    pub edges: Vec<Edge>,
    /// Subgraphs, outermost first.
    pub groups: Vec<Group>,
    /// Everything else, drawn below the arrows.
    pub decor: Vec<Decor>,
}
