//! Which arrows of figure 14 are lit, and what stands on the drawing in words: read off the run, never made up.
//!
//! An arrow is lit by what happened since the last look: a request asked the pool, a connection was opened, an open one
//! was used again, a query went to the database. It stays lit for a moment of the reader's time, so that it can be seen.

use super::lanes::{FLOOD, POOL, arrow, frame};
use crate::say::thousands;
use course::html::escape;
use diagram::figure::Figure;
use diagram::path::Tenth;
use engine::time::Micros;
use load::both::Both;
use load::end::End;
use load::run::{PoolRun, Stage};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// What lights an arrow; the class of the light.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mood {
    /// A question or a query goes along.
    Request,
    /// A connection is being opened.
    Waiting,
    /// Somebody was turned away.
    Refused,
}

impl Mood {
    fn word(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Waiting => "waiting",
            Self::Refused => "refused",
        }
    }
}

/// An arrow by its ends, and what lights it.
pub type Lit = (&'static str, &'static str, Mood);

/// How far a run was when it was looked at.
#[derive(Clone, Copy, Debug, Default)]
struct Before {
    asked: u64,
    now: u64,
}

/// The lights.
#[derive(Clone, Debug, Default)]
pub struct Lights {
    before: [Before; 2],
    /// What glows, and for how many milliseconds more.
    glow: Vec<(Lit, f32)>,
}

/// How long an arrow stays lit, in milliseconds.
const GLOW: f32 = 350.0;

/// What lit which arrow of the pool's half since it was looked at last.
fn of_pool(run: &PoolRun, before: Before, lit: &mut Vec<Lit>) {
    if asked(run) > before.asked {
        lit.push(("BS", "Pool", Mood::Request));
    }
    for line in run.connections() {
        let [request, connection, database] = POOL[line.conn as usize % POOL.len()];
        if line.stage.is_opening() {
            lit.push(("Pool", connection, Mood::Waiting));
            continue;
        }
        if line.client.is_some() && line.stage == Stage::Open {
            lit.push((connection, database, Mood::Request));
            if line.used {
                lit.push((request, connection, Mood::Request));
            }
        }
    }
    // Who has come and gone since then has passed here, too.
    for left in run.left_since(before.now) {
        let Some(conn) = left.conn.filter(|_| left.end == End::Served) else { continue };
        let [_, connection, database] = POOL[conn as usize % POOL.len()];
        lit.push((connection, database, Mood::Request));
    }
}

/// The same of the half in which everybody opens a connection.
fn of_flood(run: &PoolRun, before: Before, lit: &mut Vec<Lit>) {
    let lane = |client: u32| FLOOD[client as usize % FLOOD.len()];
    for line in run.connections() {
        let Some([user, connection, database]) = line.client.map(lane) else { continue };
        lit.push((user, connection, if line.stage.is_opening() { Mood::Waiting } else { Mood::Request }));
        if line.stage != Stage::Knocking {
            lit.push((connection, database, if line.stage.is_opening() { Mood::Waiting } else { Mood::Request }));
        }
    }
    for left in run.left_since(before.now) {
        let [user, connection, database] = lane(left.client);
        let mood = if left.end == End::Served { Mood::Request } else { Mood::Refused };
        lit.push((user, connection, mood));
        lit.push((connection, database, mood));
    }
}

fn asked(run: &PoolRun) -> u64 {
    run.counts().arrived + run.counts().retries
}

impl Lights {
    /// Looks at both halves when so many milliseconds have passed; returns what was lit since the last look.
    pub fn look(&mut self, both: &Both, passed: f32) -> Vec<Lit> {
        let mut lit = Vec::new();
        if both.pool.now().0 < self.before[0].now {
            *self = Self::default();
        }
        let [pool, flood] = self.before;
        of_pool(&both.pool, pool, &mut lit);
        of_flood(&both.flood, flood, &mut lit);
        self.before = [&both.pool, &both.flood].map(|run| Before { asked: asked(run), now: run.now().0 });
        lit.sort_unstable();
        lit.dedup();
        for (_, left) in &mut self.glow {
            *left -= passed;
        }
        self.glow.retain(|(known, left)| *left > 0.0 && !lit.contains(known));
        self.glow.extend(lit.iter().map(|lit| (*lit, GLOW)));
        lit
    }

    /// Whether something still glows that nothing lights any more.
    pub fn fades(&self) -> bool {
        self.glow.iter().any(|(_, left)| *left < GLOW)
    }

    /// The lit arrows over the drawing.
    pub fn svg(&self, figure: &Figure) -> String {
        let mut out = String::new();
        for ((from, to, mood), left) in &self.glow {
            let Some(edge) = arrow(figure, from, to) else { continue };
            let now = if *left >= GLOW { " now" } else { "" };
            out += &figure.light(edge, "", &["class=\"lit ", mood.word(), now, "\""].concat());
        }
        out
    }
}

/// Every arrow that a whole run with these settings lights, looked at each millisecond.
pub fn of_run(settings: &str) -> BTreeSet<(&'static str, &'static str)> {
    let mut values = super::settings::usual();
    values.read(settings);
    let (mut both, mut lights) = (Both::new(&super::settings::setup(&values)), Lights::default());
    let (mut lit, mut now) = (BTreeSet::new(), 0);
    while !both.is_over() {
        now += 1_000;
        both.advance(Micros(now), u64::MAX);
        lit.extend(lights.look(&both, 1.0).into_iter().map(|(from, to, _)| (from, to)));
    }
    lit
}

/// Numbers on the drawing, beside what they are of.
pub fn words(both: &Both, figure: &Figure) -> String {
    let (pool, flood) = (&both.pool, &both.flood);
    let (here, there) = (pool.level(), flood.level());
    let limit = pool.setup().database.connections;
    let mut out = String::new();
    let mut put = |node: &str, left: bool, lines: &[(String, &str)]| {
        let Some(frame) = frame(figure, node) else { return };
        let (x, anchor) = if left { (frame.x - 30.0, "end") } else { (frame.x + frame.w + 30.0, "start") };
        for (nth, (number, what)) in (0_u8..).zip(lines) {
            let y = frame.y + 12.0 + 36.0 * f32::from(nth);
            let _ = write!(
                out,
                "<text class=\"count\" text-anchor=\"{anchor}\" x=\"{}\" y=\"{}\"><tspan class=\"number\">{}</tspan>\
                 <tspan x=\"{}\" dy=\"14\">{what}</tspan></text>",
                Tenth(x),
                Tenth(y),
                escape(number),
                Tenth(x)
            );
        }
    };
    put("BS", false, &[(thousands(u64::from(here.waiting)), "in line")]);
    put("DB1", false, &[(format!("{} of {limit}", here.connections), "connections")]);
    put("DB1", true, &[(thousands(pool.counts().of(End::Served)), "served")]);
    put("DB2", false, &[(format!("{} of {limit}", there.connections), "connections")]);
    let served = (thousands(flood.counts().of(End::Served)), "served");
    put("DB2", true, &[served, (thousands(flood.counts().refused()), "refused")]);
    out
}
