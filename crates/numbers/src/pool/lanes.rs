//! The ways of requests over the drawing: from a request to its connection to the database, and back. The drawing has
//! three connections and four users; each stands for all whose number leaves the same rest.

use diagram::figure::{Edge, Figure, Point, Rect};

/// Where a request can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Station {
    /// At the client.
    Client,
    /// At the connection.
    Connection,
    /// At the database.
    Database,
}

/// One way.
#[derive(Clone, Debug)]
pub struct Way {
    /// The corners, from the client to the database.
    pub points: Vec<Point>,
    /// Which corner is at the connection.
    middle: usize,
    /// The boxes of client, connection and database.
    boxes: [Rect; 3],
    /// In pixels.
    pub length: f32,
}

/// The ways of both halves, and the size of the drawing.
#[derive(Clone, Debug)]
pub struct Lanes {
    /// Of the pool's requests.
    pub pool: Vec<Way>,
    /// Of those who open a connection each.
    pub flood: Vec<Way>,
    width: f32,
    height: f32,
}

/// Client, connection and database of each way, by the drawing's names.
pub const POOL: [[&str; 3]; 3] = [["R1", "C1", "DB1"], ["R2", "C2", "DB1"], ["R3", "C3", "DB1"]];
/// The same of the other half.
pub const FLOOD: [[&str; 3]; 4] =
    [["User1", "Conn1", "DB2"], ["User2", "Conn2", "DB2"], ["User3", "Conn3", "DB2"], ["UserN", "ConnN", "DB2"]];

/// The arrow from one node to another.
pub fn arrow<'f>(figure: &'f Figure, from: &str, to: &str) -> Option<&'f Edge> {
    let is = |node: u16, name: &str| figure.nodes.get(usize::from(node)).is_some_and(|node| node.id == name);
    figure.edges.iter().find(|edge| is(edge.from, from) && is(edge.to, to))
}

/// The box of a node.
pub fn frame(figure: &Figure, name: &str) -> Option<Rect> {
    figure.nodes.iter().find(|node| node.id == name).map(|node| node.frame)
}

impl Lanes {
    /// The ways on this drawing; none where it is another one.
    pub fn of(figure: &Figure) -> Option<Self> {
        let way = |names: &[&str; 3]| {
            let (first, second) = (arrow(figure, names[0], names[1])?, arrow(figure, names[1], names[2])?);
            let middle = first.path.len().checked_sub(1)?;
            let points: Vec<Point> = first.path.iter().chain(&second.path).copied().collect();
            let length = points.windows(2).map(|pair| distance(pair[0], pair[1])).sum();
            let boxes = [frame(figure, names[0])?, frame(figure, names[1])?, frame(figure, names[2])?];
            Some(Way { points, middle, boxes, length })
        };
        Some(Self {
            pool: POOL.iter().map(way).collect::<Option<_>>()?,
            flood: FLOOD.iter().map(way).collect::<Option<_>>()?,
            width: figure.width,
            height: figure.height,
        })
    }

    /// How much room there is between the boxes, as a share of that on the wide form.
    pub fn room(&self) -> f32 {
        if self.width < 700.0 { 0.62 } else { 1.0 }
    }

    /// A place on the drawing.
    pub fn inside(&self, point: Point) -> Point {
        Point { x: point.x.clamp(2.0, self.width - 2.0), y: point.y.clamp(2.0, self.height - 2.0) }
    }
}

impl Way {
    /// Which corner a station is at.
    pub fn corner(&self, station: Station) -> usize {
        match station {
            Station::Client => 0,
            Station::Connection => self.middle,
            Station::Database => self.points.len() - 1,
        }
    }

    /// The place of one of many around a station's box: rings, each from the box's upper left corner clockwise, so far
    /// apart. The words in the box stay readable.
    pub fn slot(&self, station: Station, nth: usize, apart: f32) -> Point {
        let frame = self.boxes[station as usize];
        let (mut ring, mut left) = (0.0_f32, nth);
        loop {
            let out = apart * (ring + 0.8);
            let (w, h) = (frame.w + 2.0 * out, frame.h + 2.0 * out);
            let around = 2.0 * (w + h);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some hundred places")]
            let places = ((around / apart) as usize).max(1);
            if left < places {
                #[expect(clippy::cast_precision_loss, reason = "some hundred places")]
                let along = left as f32 * around / places as f32;
                let (x, y) = (frame.x - out, frame.y - out);
                return if along < w {
                    Point { x: x + along, y }
                } else if along < w + h {
                    Point { x: x + w, y: y + along - w }
                } else if along < 2.0 * w + h {
                    Point { x: x + 2.0 * w + h - along, y: y + h }
                } else {
                    Point { x, y: y + around - along }
                };
            }
            left -= places;
            ring += 1.0;
        }
    }
}

/// How far apart two points are.
pub fn distance(a: Point, b: Point) -> f32 {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    (dx * dx + dy * dy).sqrt()
}
