//! The requests as tokens that move. The run is the truth and changes at once; a token travels to where its request is by
//! now, along the arrows, and so may be a moment late. Where time jumps it is there at once.

use super::lanes::{Lanes, Station, Way, distance};
use diagram::figure::Point;
use load::end::End;
use load::run::{Phase, Stage};
use load::setup::Half;
use load::snapshot::{Actor, Snapshot};

/// What a token is: a shape and a hue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A query on its way, or at work.
    Request,
    /// It waits: in line, for a connection, for another try.
    Waiting,
    /// An answer.
    Answer,
    /// Turned away.
    Refused,
}

/// How long a way takes, in milliseconds of the reader's time.
const TRAVEL: f32 = 450.0;

/// How long somebody who was refused stays to be seen, in milliseconds.
const LINGER: f32 = 900.0;

#[derive(Clone, Copy, Debug)]
struct Token {
    /// The client, and whether it is a request that its client has left.
    key: u64,
    lane: usize,
    place: Point,
    /// The corner that it has reached.
    corner: usize,
    station: Station,
    slot: usize,
    kind: Kind,
    /// It goes, and vanishes where it came from.
    leaves: bool,
    /// How long it has been where it goes to, in milliseconds.
    rests: f32,
}

/// The tokens of one half.
#[derive(Clone, Debug, Default)]
pub struct Crowd {
    tokens: Vec<Token>,
    before: u64,
    /// Between two that stand beside each other, in pixels.
    apart: f32,
}

/// Which lane of so many a request has: by its connection, as long as it has one.
fn lane(actor: &Actor, half: Half, lanes: usize) -> usize {
    let number = match half {
        Half::Pool => actor.conn.unwrap_or(actor.client),
        Half::Flood => actor.client,
    };
    number as usize % lanes
}

/// Where a request is.
fn station(actor: &Actor, half: Half) -> (Station, Kind) {
    match actor.phase {
        Phase::Waiting | Phase::Pausing => (Station::Client, Kind::Waiting),
        Phase::Connecting => match (half, actor.stage) {
            (Half::Pool, _) => (Station::Client, Kind::Waiting),
            (Half::Flood, Some(Stage::Knocking) | None) => (Station::Connection, Kind::Waiting),
            (Half::Flood, _) => (Station::Database, Kind::Waiting),
        },
        Phase::Sent => (Station::Connection, Kind::Request),
        Phase::Working => (Station::Database, Kind::Request),
        Phase::Returning => (Station::Connection, Kind::Answer),
    }
}

impl Crowd {
    /// The tokens when the run is at this moment and so many milliseconds of the reader's time have passed. `jump` where
    /// nothing shall travel.
    pub fn step(&mut self, shot: &Snapshot, half: Half, lanes: &Lanes, passed: f32, jump: bool) {
        let ways = if half == Half::Pool { &lanes.pool } else { &lanes.flood };
        let jump = jump || shot.now.0 < self.before;
        if jump {
            self.tokens.clear();
        }
        self.apart = apart(shot.actors.len()) * lanes.room();
        self.meet(shot, half, ways);
        self.say_goodbye(shot, half, ways, jump);
        self.before = shot.now.0;
        for token in &mut self.tokens {
            let way = &ways[token.lane];
            if jump {
                token.corner = way.corner(token.station);
                token.place = lanes.inside(way.slot(token.station, token.slot, self.apart));
            } else {
                go(token, way, lanes, self.apart, passed);
            }
        }
        let lingers = |token: &Token| token.kind == Kind::Refused && token.rests < LINGER;
        self.tokens.retain(|token| !token.leaves || token.rests == 0.0 || lingers(token));
    }

    /// Those who are there: known ones get where they are by now, new ones begin at their client.
    fn meet(&mut self, shot: &Snapshot, half: Half, ways: &[Way]) {
        let mut actors: Vec<(u64, &Actor)> = shot.actors.iter().map(|actor| (key(actor), actor)).collect();
        actors.sort_unstable_by_key(|(key, _)| *key);
        let mut full = vec![[0_usize; 3]; ways.len()];
        let mut known = std::mem::take(&mut self.tokens).into_iter().peekable();
        let mut tokens = Vec::with_capacity(actors.len());
        for (key, actor) in actors {
            // Who is not among them any more has left, or is not drawn any more.
            while let Some(gone) = known.next_if(|token| token.key < key) {
                tokens.push(Token { leaves: true, ..gone });
            }
            let lane = lane(actor, half, ways.len());
            let (station, kind) = station(actor, half);
            let slot = full[lane][station as usize];
            full[lane][station as usize] += 1;
            let new = || Token {
                key,
                lane,
                place: ways[lane].slot(Station::Client, slot, self.apart),
                corner: 0,
                station,
                slot,
                kind,
                leaves: false,
                rests: 0.0,
            };
            let token = known.next_if(|token| token.key == key).unwrap_or_else(new);
            // A request that gets a connection goes over to that connection's lane.
            let corner = if token.lane == lane { token.corner } else { 0 };
            tokens.push(Token { lane, station, slot, kind, corner, ..token });
        }
        tokens.extend(known.map(|gone| Token { leaves: true, ..gone }));
        self.tokens = tokens;
    }

    /// Those who have left go back to where they came from, with what they were told.
    fn say_goodbye(&mut self, shot: &Snapshot, half: Half, ways: &[Way], jump: bool) {
        let mut left: Vec<_> = shot.leaving.iter().filter(|left| left.at.0 > self.before).collect();
        left.sort_unstable_by_key(|left| left.client);
        let mut fresh = left.iter().peekable();
        let mut new = Vec::new();
        for token in &mut self.tokens {
            while let Some(left) = fresh.next_if(|left| u64::from(left.client) * 2 < token.key) {
                new.push(*left);
            }
            let told = fresh.next_if(|left| u64::from(left.client) * 2 == token.key);
            if !token.leaves {
                continue;
            }
            token.kind = match told {
                Some(left) if left.end == End::Served => Kind::Answer,
                Some(_) => Kind::Refused,
                // It is on its way since long, or is not drawn any more.
                None if token.station == Station::Client && token.slot == usize::MAX => token.kind,
                None => {
                    token.rests = f32::MAX;
                    token.kind
                }
            };
            (token.station, token.slot) = (Station::Client, usize::MAX);
        }
        new.extend(fresh);
        // So many at once that nobody could follow them: only those whom somebody refused.
        let many = new.len() > 400;
        if jump {
            new.clear();
        }
        for left in new {
            let kind = if left.end == End::Served { Kind::Answer } else { Kind::Refused };
            let number = if half == Half::Pool { left.conn.unwrap_or(left.client) } else { left.client };
            let (lane, key) = (number as usize % ways.len(), u64::from(left.client) * 2);
            if many && kind == Kind::Answer && left.client % 8 != 0 {
                continue;
            }
            let corner = ways[lane].corner(Station::Database);
            let place = ways[lane].points[corner];
            let (station, slot) = (Station::Client, usize::MAX);
            self.tokens.push(Token { key, lane, place, corner, station, slot, kind, leaves: true, rests: 0.0 });
        }
        self.tokens.sort_unstable_by_key(|token| token.key);
        self.tokens.dedup_by_key(|token| token.key);
    }

    /// Where they are and what they are: x, y and kind, one after the other.
    pub fn write(&self, out: &mut Vec<f32>) {
        for token in &self.tokens {
            out.extend([token.place.x, token.place.y, f32::from(token.kind as u8)]);
        }
    }

    /// How many are drawn.
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Whether nobody is drawn.
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// Whether somebody is still on the way.
    pub fn moves(&self) -> bool {
        self.tokens.iter().any(|token| token.rests == 0.0 || token.leaves)
    }

    /// How far those stand apart who stand beside each other, in pixels.
    pub fn apart(&self) -> f32 {
        self.apart
    }
}

fn key(actor: &Actor) -> u64 {
    u64::from(actor.client) * 2 + u64::from(actor.orphan)
}

/// The more there are, the closer they stand.
fn apart(many: usize) -> f32 {
    match many {
        0..=60 => 13.0,
        61..=300 => 9.0,
        301..=1_500 => 6.0,
        1_501..=6_000 => 3.2,
        _ => 2.2,
    }
}

/// Goes on along the way, from corner to corner, and at last to its own place.
fn go(token: &mut Token, way: &Way, lanes: &Lanes, apart: f32, passed: f32) {
    let mut left = way.length * passed / TRAVEL;
    let goal = way.corner(token.station);
    while left > 0.0 {
        let arrives = token.corner == goal;
        let next = if arrives && token.slot == usize::MAX && token.kind == Kind::Refused {
            // Each beside the others, so that one sees how many there are.
            lanes.inside(way.slot(Station::Client, (token.key / 2 % 23) as usize, apart))
        } else if arrives && token.slot == usize::MAX {
            way.points[0]
        } else if arrives {
            lanes.inside(way.slot(token.station, token.slot, apart))
        } else if token.corner < goal {
            way.points[token.corner + 1]
        } else {
            way.points[token.corner - 1]
        };
        let far = distance(token.place, next);
        if far > left {
            let share = left / far;
            token.place.x += (next.x - token.place.x) * share;
            token.place.y += (next.y - token.place.y) * share;
            token.rests = 0.0;
            return;
        }
        (token.place, left) = (next, left - far);
        if arrives {
            // Somebody who has been told so and vanishes has rested for as long as it takes.
            token.rests += passed.max(0.001);
            return;
        }
        token.corner = if token.corner < goal { token.corner + 1 } else { token.corner - 1 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use course::drawings::drawing;
    use diagram::Form;
    use engine::time::Micros;
    use load::run::PoolRun;
    use load::setup::Setup;
    use load::traffic::{Arrivals, Work};

    fn lanes() -> Lanes {
        Lanes::of(&drawing(14, Form::Wide)).expect("figure 14")
    }

    fn setup(clients: u64) -> Setup {
        let arrivals = Arrivals::Bursts { size: clients, every: Micros::seconds(1) };
        Setup { clients, arrivals, work: Work::Fixed(Micros::millis(5)), ..Setup::default() }
    }

    #[test]
    fn both_forms_of_the_drawing_have_the_ways() {
        for form in [Form::Wide, Form::Tall] {
            let lanes = Lanes::of(&drawing(14, form)).expect("figure 14");
            assert_eq!((lanes.pool.len(), lanes.flood.len()), (3, 4));
        }
        assert!(Lanes::of(&drawing(15, Form::Wide)).is_none());
    }

    /// Nobody is made up: in each moment the tokens that do not leave are the requests that are there.
    #[test]
    fn tokens_are_the_requests_that_are_there() {
        let lanes = lanes();
        for half in [Half::Pool, Half::Flood] {
            let (mut run, mut crowd) = (PoolRun::new(&setup(300), half), Crowd::default());
            let (mut refused, mut answers) = (0, 0);
            for ms in 0..600 {
                run.advance(Micros::millis(ms), u64::MAX);
                let shot = run.snapshot(2_000, Micros::millis(20));
                crowd.step(&shot, half, &lanes, 16.0, false);
                let there = crowd.tokens.iter().filter(|token| !token.leaves).count();
                assert_eq!(there, shot.actors.len(), "{half:?} after {ms} ms");
                assert!(crowd.tokens.is_sorted_by_key(|token| token.key));
                refused += crowd.tokens.iter().filter(|token| token.kind == Kind::Refused).count();
                answers += crowd.tokens.iter().filter(|token| token.kind == Kind::Answer).count();
                for token in &crowd.tokens {
                    assert!((0.0..2_000.0).contains(&token.place.x) && (0.0..2_000.0).contains(&token.place.y));
                }
            }
            assert_eq!(refused > 0, half == Half::Flood);
            assert!(answers > 0);
            // When it is over, everybody goes.
            let shot = run.snapshot(2_000, Micros::ZERO);
            for _ in 0..200 {
                crowd.step(&shot, half, &lanes, 16.0, false);
            }
            assert_eq!((crowd.len(), crowd.moves()), (shot.actors.len(), false));
        }
    }

    #[test]
    fn where_nothing_shall_travel_all_stand_where_they_are() {
        let (lanes, mut crowd) = (lanes(), Crowd::default());
        let mut run = PoolRun::new(&setup(1_000), Half::Pool);
        run.advance(Micros::millis(5), u64::MAX);
        let shot = run.snapshot(2_000, Micros::millis(20));
        crowd.step(&shot, Half::Pool, &lanes, 16.0, true);
        assert_eq!(crowd.len(), 1_000);
        let mut places: Vec<_> = crowd.tokens.iter().map(|it| (it.place.x.to_bits(), it.place.y.to_bits())).collect();
        places.sort_unstable();
        places.dedup();
        assert!(places.len() > 900, "nearly everybody has a place of its own: {}", places.len());
    }
}
