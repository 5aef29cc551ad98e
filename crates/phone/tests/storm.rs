//! Whatever breaks, and in whatever order: what was pressed is carried out once and answered, and each notification is shown
//! once. Two phones and a server in miniature, which can be away, lose what it is sent or what it answers, be busy, break
//! streams and say things twice; the phones are closed and opened again in between.

use phone::exchange::{Asked, Reply, What};
use phone::memory::Memory;
use phone::step::{Doing, Event, Phone, Stream, Task};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// The bundled server, as far as docs/live.md promises it.
#[derive(Default)]
struct Server {
    away: bool,
    changes: i64,
    likes: BTreeSet<(i64, i64)>,
    /// Whom, by whom, which post; the number is the place, from 1.
    told: Vec<(i64, i64, i64)>,
    answers: BTreeMap<String, String>,
    /// Which key was carried out, in this order.
    done: Vec<String>,
}

/// Ada wrote post 1, Grace the others.
const OWNERS: [(i64, i64); 3] = [(1, 1), (2, 2), (3, 2)];

impl Server {
    fn holds(&self, me: i64) -> String {
        let count = |post: i64| self.likes.iter().filter(|(_, liked)| *liked == post).count();
        let name = |id: i64| if id == 1 { "Ada" } else { "Grace" };
        let posts = OWNERS.map(|(post, owner)| {
            let (author, likes) = (name(owner), count(post));
            format!("{{\"id\":{post},\"author\":\"{author}\",\"body\":\"…\",\"likes\":{likes}}}")
        });
        let liked: Vec<String> =
            self.likes.iter().filter(|(user, _)| *user == me).map(|(_, post)| post.to_string()).collect();
        format!(
            "{{\"store\":{{\"id\":\"s\"}},\"since_start\":{{\"changes\":{}}}}}\n{{\"user\":{{\"id\":{me},\"name\":\"{}\"}},\"liked\":[{}]}}\n\
             [{{\"id\":1,\"name\":\"Ada\"}},{{\"id\":2,\"name\":\"Grace\"}}]\n[{}]",
            self.changes,
            name(me),
            liked.join(","),
            posts.join(",")
        )
    }

    fn carry_out(&mut self, me: i64, asked: &Asked) -> Reply {
        self.changes += 1;
        if let Some(body) = self.answers.get(&asked.key) {
            let headers = vec![("idempotent-replayed".to_owned(), "true".to_owned())];
            return Reply { status: 200, headers, body: body.clone() };
        }
        self.done.push(asked.key.clone());
        let owner = OWNERS.iter().find(|(post, _)| *post == asked.post).expect("one of the posts").1;
        let new = match asked.what {
            What::Like => self.likes.insert((me, asked.post)),
            What::Unlike => !self.likes.remove(&(me, asked.post)),
        };
        if asked.what == What::Like && new && owner != me {
            self.told.push((owner, me, asked.post));
        }
        let count = self.likes.iter().filter(|(_, liked)| *liked == asked.post).count();
        let body = format!("{{\"likes\":{count}}}");
        self.answers.insert(asked.key.clone(), body.clone());
        Reply { status: 200, headers: Vec::new(), body }
    }
}

/// What happens next.
#[derive(Clone, Copy, Debug)]
enum Op {
    Press(usize, bool, i64),
    /// Something that is under way at this phone goes on: well, without its request, without its answer, or to somebody busy.
    Go(usize, usize, Luck),
    Away(bool),
    /// A stream breaks.
    Break(usize),
    /// The stream says what comes next; or says something again.
    Tell(usize),
    Again(usize, usize),
    Wait(u64),
    /// The page is opened anew: only the memory stays.
    Reload(usize),
    Hurry(usize),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Luck {
    Well,
    NoRequest,
    NoAnswer,
    Busy,
}

/// A phone, what is under way there, and how far its stream is.
struct Seat {
    phone: Phone,
    me: i64,
    under_way: Vec<Task>,
    stream: Option<usize>,
    shown: Vec<String>,
}

struct Storm {
    server: Server,
    seats: [Seat; 2],
    now: u64,
    pressed: Vec<(usize, Asked)>,
}

impl Storm {
    fn new() -> Self {
        let seat = |me| Seat { phone: Phone::default(), me, under_way: Vec::new(), stream: None, shown: Vec::new() };
        let mut storm = Storm { server: Server::default(), seats: [seat(1), seat(2)], now: 0, pressed: Vec::new() };
        [0, 1].into_iter().for_each(|at| storm.give(at, Event::Hurry));
        storm
    }

    fn give(&mut self, at: usize, event: Event) {
        let seat = &mut self.seats[at];
        let before = seat.phone.came;
        let tasks = seat.phone.step(event, self.now);
        if seat.phone.came > before {
            seat.shown.push(seat.phone.memory.notes.last().expect("it has just come").id.clone());
        }
        for task in tasks {
            match task {
                Task::Hush => {
                    seat.stream = None;
                    seat.under_way.retain(|other| !matches!(other, Task::Listen(_)));
                }
                Task::Keep => {}
                other => seat.under_way.push(other),
            }
        }
        let active = seat.under_way.iter().filter(|task| !matches!(task, Task::Listen(_))).count();
        assert!(active <= 1, "one thing at a time: {:?}", seat.under_way);
        assert_eq!(active == 1, seat.phone.doing != Doing::Nothing);
        // Nothing stands still for ever: whoever has something to do is busy, or will wake.
        let wants = !seat.phone.memory.unsent.is_empty() || seat.phone.stream == Stream::Closed;
        assert!(!wants || active == 1 || seat.phone.wakes().is_some(), "{:?}", seat.phone);
    }

    fn op(&mut self, op: Op) {
        match op {
            Op::Press(at, like, post) => {
                let what = if like { What::Like } else { What::Unlike };
                let asked = Asked { what, post, key: format!("k{}", self.pressed.len()) };
                self.pressed.push((at, asked.clone()));
                self.give(at, Event::Press(asked));
            }
            Op::Go(at, which, luck) => self.go(at, which, luck),
            Op::Away(away) => {
                self.server.away = away;
                for at in [0, 1] {
                    if away && self.seats[at].stream.take().is_some() {
                        self.give(at, Event::Broken);
                    }
                }
            }
            Op::Break(at) => {
                if self.seats[at].stream.take().is_some() {
                    self.give(at, Event::Broken);
                }
            }
            Op::Tell(at) => {
                let Some(next) = self.seats[at].stream else { return };
                let (me, told) = (self.seats[at].me, &self.server.told);
                let Some(number) = (next + 1..=told.len()).find(|number| told[number - 1].0 == me) else { return };
                self.seats[at].stream = Some(number);
                self.tell(at, number);
            }
            Op::Again(at, number) => {
                if self.seats[at].stream.is_some_and(|sent| (1..=sent).contains(&number)) {
                    self.tell(at, number);
                }
            }
            Op::Wait(span) => {
                self.now += span;
                [0, 1].into_iter().for_each(|at| self.give(at, Event::Woke));
            }
            Op::Reload(at) => {
                let seat = &mut self.seats[at];
                seat.phone = Phone::new(Memory::read(&seat.phone.memory.write()));
                seat.under_way.clear();
                seat.stream = None;
                self.give(at, Event::Hurry);
            }
            Op::Hurry(at) => self.give(at, Event::Hurry),
        }
    }

    fn tell(&mut self, at: usize, number: usize) {
        let (user, by, post) = self.server.told[number - 1];
        if user == self.seats[at].me {
            let data = format!("{{\"id\":{number},\"user_id\":{user},\"liked_by\":{by},\"post_id\":{post}}}");
            self.give(at, Event::Notified(format!("s-{number}"), data));
        }
    }

    fn go(&mut self, at: usize, which: usize, luck: Luck) {
        let seat = &mut self.seats[at];
        if seat.under_way.is_empty() {
            return;
        }
        let task = seat.under_way.remove(which % seat.under_way.len());
        let me = seat.me;
        let reached = !self.server.away && luck != Luck::NoRequest;
        let event = match task {
            Task::Look => {
                let heard = reached && luck == Luck::Well;
                Event::Looked(heard.then(|| self.server.holds(me)))
            }
            Task::Foretell(_) => Event::Foretold("not asked here".to_owned()),
            Task::Send(_) if reached && luck == Luck::Busy => {
                let headers = vec![("Retry-After".to_owned(), "2".to_owned())];
                Event::Answered(Some((Reply { status: 503, headers, body: String::new() }, 1)))
            }
            Task::Send(asked) => {
                let reply = reached.then(|| self.server.carry_out(me, &asked));
                Event::Answered(reply.filter(|_| luck == Luck::Well).map(|reply| (reply, 1)))
            }
            Task::Listen(_) if !reached || luck != Luck::Well => Event::Broken,
            Task::Listen(after) => {
                let number = after.map_or(0, |id| id[2..].parse().expect("an id of this store"));
                seat.stream = Some(number);
                Event::Opened
            }
            other => panic!("not asked for: {other:?}"),
        };
        self.give(at, event);
    }

    /// All is well from now on, until nothing is left to do.
    fn calm(&mut self) {
        self.server.away = false;
        for _ in 0..2_000 {
            for at in [0, 1] {
                self.op(Op::Go(at, 0, Luck::Well));
                self.op(Op::Tell(at));
            }
            let quiet = self.seats.iter().all(|seat| {
                seat.under_way.is_empty() && seat.phone.stream == Stream::Open && seat.phone.memory.unsent.is_empty()
            });
            let told = |at: usize| {
                let (sent, me) = (self.seats[at].stream.unwrap_or(0), self.seats[at].me);
                !self.server.told.iter().skip(sent).any(|(user, ..)| *user == me)
            };
            if quiet && told(0) && told(1) {
                return;
            }
            self.op(Op::Wait(1_000));
        }
        panic!("it never comes to rest: {:?}", self.seats.each_ref().map(|seat| &seat.phone));
    }

    fn check(&self) {
        for (at, seat) in self.seats.iter().enumerate() {
            let told = self.server.told.iter().enumerate().filter(|(_, (user, ..))| *user == seat.me);
            let ids: Vec<String> = told.map(|(place, _)| format!("s-{}", place + 1)).collect();
            assert_eq!(seat.shown, ids, "each is shown once, in its order");
            let mine: Vec<&str> =
                self.pressed.iter().filter(|(by, _)| *by == at).map(|(_, asked)| asked.key.as_str()).collect();
            let done: Vec<&str> =
                self.server.done.iter().map(String::as_str).filter(|key| mine.contains(key)).collect();
            assert_eq!(done, mine, "each is carried out once, in its order");
            let held = seat.phone.held.as_ref().expect("it has been read");
            for post in &held.posts {
                let mine = self.server.likes.contains(&(seat.me, post.id));
                assert_eq!(held.liked.contains(&post.id), mine);
            }
        }
    }
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let at = 0..2_usize;
    let luck = prop_oneof![
        6 => Just(Luck::Well), 1 => Just(Luck::NoRequest), 1 => Just(Luck::NoAnswer), 1 => Just(Luck::Busy)
    ];
    let op = prop_oneof![
        4 => (at.clone(), any::<bool>(), 1..4_i64).prop_map(|(at, like, post)| Op::Press(at, like, post)),
        12 => (at.clone(), 0..3_usize, luck).prop_map(|(at, which, luck)| Op::Go(at, which, luck)),
        1 => any::<bool>().prop_map(Op::Away),
        1 => at.clone().prop_map(Op::Break),
        4 => at.clone().prop_map(Op::Tell),
        2 => (at.clone(), 1..6_usize).prop_map(|(at, number)| Op::Again(at, number)),
        3 => (0..9_000_u64).prop_map(Op::Wait),
        1 => at.clone().prop_map(Op::Reload),
        1 => at.prop_map(Op::Hurry),
    ];
    prop::collection::vec(op, 0..120)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_and_nothing_counts_twice(ops in ops()) {
        let mut storm = Storm::new();
        ops.into_iter().for_each(|op| storm.op(op));
        storm.calm();
        storm.check();
    }
}

/// Two phones and no bad luck: one is told what the other does, and both know the count.
#[test]
fn a_like_and_its_owner() {
    let mut storm = Storm::new();
    storm.calm();
    storm.op(Op::Press(0, true, 2));
    storm.calm();
    let seats = &storm.seats;
    assert_eq!(seats[1].shown, ["s-1"]);
    for seat in seats {
        assert_eq!(seat.phone.held.as_ref().and_then(|held| held.post(2)).map(|post| post.likes), Some(1));
    }
}

/// The pauses double, up to a quarter of a minute, and end as soon as the server is there.
#[test]
fn a_server_that_is_away_is_asked_ever_more_seldom() {
    let mut storm = Storm::new();
    storm.server.away = true;
    let mut waited = Vec::new();
    for _ in 0..7 {
        storm.op(Op::Go(0, 0, Luck::Well));
        let until = storm.seats[0].phone.wakes().expect("it will ask again");
        waited.push((until - storm.now) / 1_000);
        storm.op(Op::Wait(until - storm.now));
    }
    assert_eq!(waited, [1, 2, 4, 8, 15, 15, 15]);
    storm.calm();
    assert_eq!((storm.seats[0].phone.wakes(), storm.seats[0].phone.failures), (None, 0));
}
