//! A level cut into rows: what stands in each, and which lines run between neighbouring rows.

/// What a cell holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Node(usize),
    Group(usize),
    /// Where an arrow enters or leaves the group that this level is the inside of.
    Port,
    /// A long arrow passing through a row.
    Lane,
    /// The words of an arrow.
    Label,
}

/// Something with a place in a row. Sizes are across and along the flow.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    pub kind: Kind,
    pub across: f64,
    pub along: f64,
    /// Cells of different components stay apart.
    pub component: usize,
    /// The order of the source text.
    pub source: usize,
    /// How far the box in its middle reaches across: a cell may hold loops beside it.
    pub boxed: f64,
}

impl Cell {
    pub fn is_box(&self) -> bool {
        matches!(self.kind, Kind::Node(_) | Kind::Group(_))
    }
}

/// One run of an arrow between neighbouring rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seg {
    pub upper: usize,
    pub lower: usize,
    /// The arrow, as an index into the level's arrows.
    pub arrow: usize,
    /// Where it leaves and enters, from the middles of the cells.
    pub out: f64,
    pub into: f64,
    /// Other arrows join the same two boxes.
    pub side_by_side: bool,
    /// The port cannot be moved.
    pub out_fixed: bool,
    pub into_fixed: bool,
}

/// The rows, from upstream to downstream.
#[derive(Clone, Debug, Default)]
pub(super) struct Grid {
    pub cells: Vec<Cell>,
    pub rows: Vec<Vec<usize>>,
    /// `gaps[r]` runs between rows `r` and `r + 1`.
    pub gaps: Vec<Vec<Seg>>,
}

impl Grid {
    /// The place of every cell in its row.
    pub fn places(&self) -> Vec<usize> {
        let mut place = vec![0; self.cells.len()];
        for row in &self.rows {
            for (i, cell) in row.iter().enumerate() {
                place[*cell] = i;
            }
        }
        place
    }

    pub fn is_box(&self, cell: usize) -> bool {
        self.cells[cell].is_box()
    }
}
