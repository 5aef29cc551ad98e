//! The work of figure 15: that it is done right, that it needs what is said, and what that means on other machines.

use engine::time::Micros;
use expect_test::expect_file;
use load::device::{DEVICES, Ended};
use load::fleet::{Balancer, Fleet, FleetRun};
use load::job::{self, BEST, Customer, Job, Progress, Report};
use load::need::{self, Size};
use load::traffic::{Arrivals, Faults, Given, Traffic, Work};
use std::collections::BTreeMap;
use std::fmt::Write as _;

const SIZES: [(u32, u32); 12] = [
    (0, 0),
    (1, 1),
    (2, 1),
    (3, 5),
    (7, 2),
    (8, 8),
    (9, 3),
    (64, 0),
    (1_000, 100),
    (4_096, 4_096),
    (4_097, 10),
    (100_000, 10_000),
];

fn finish(mut job: Job, step: u64) -> (Report, u64, u64) {
    loop {
        match job.advance(step) {
            Progress::Done(report) => return (report, job.done(), job.most_held()),
            Progress::Going(done, all) => assert!(done <= all),
            Progress::OutOfMemory(bytes) => panic!("{bytes} more"),
        }
    }
}

/// The same, as simply as it can be said.
fn plainly(size: Size, seed: u64) -> Report {
    let mut customers: BTreeMap<u32, (u32, u64)> = BTreeMap::new();
    for (customer, _, cents) in job::orders(size, seed) {
        let known = customers.entry(customer).or_default();
        *known = (known.0 + 1, known.1 + cents);
    }
    let mut best: Vec<_> =
        customers.iter().map(|(&number, &(orders, cents))| Customer { number, orders, cents }).collect();
    best.sort_by_key(|customer| std::cmp::Reverse(customer.cents));
    best.truncate(BEST);
    Report { cents: customers.values().map(|known| known.1).sum(), customers: customers.len() as u32, best }
}

#[test]
fn the_work_is_done_right_however_it_is_cut() {
    for (orders, customers) in SIZES {
        let size = Size { orders, customers };
        for step in [1, 7, 1_000, u64::MAX] {
            if step > 1 || orders < 5_000 {
                assert_eq!(finish(Job::new(size, 3), step).0, plainly(size, 3), "{size:?} in steps of {step}");
            }
        }
    }
}

#[test]
fn what_the_work_needs_is_what_it_takes() {
    for (orders, customers) in SIZES {
        let size = Size { orders, customers };
        let need = need::need(size);
        let (_, done, held) = finish(Job::new(size, 1), 100);
        assert_eq!((done, held), (need::operations(&need), need::peak(&need)), "{size:?}");
    }
}

#[test]
fn memory_that_cannot_be_had_is_a_word_and_no_crash() {
    // 64 GB for the orders: if a machine has them to promise, there is nothing to see.
    let mut job = Job::new(Size::of(u32::MAX), 1);
    match job.advance(1) {
        Progress::OutOfMemory(bytes) => assert_eq!(bytes, u64::from(u32::MAX) * need::RECORD),
        other => assert_eq!(other, Progress::Going(1, need::operations(&need::need(Size::of(u32::MAX))))),
    }
}

#[test]
fn the_same_work_on_every_machine() {
    let mut table = String::from("orders       memory  machine      cores used       time  ends\n");
    for orders in [100_000, 1_000_000, 4_000_000, 8_000_000, 40_000_000, 100_000_000, 1_000_000_000] {
        let need = need::need(Size::of(orders));
        for device in DEVICES {
            for uses in [1, device.cores.value] {
                let course = device.course(&need, uses);
                let share = 100 * course.points.last().expect("a point").operations / need::operations(&need);
                let ends = match course.ended {
                    Ended::Done => "done".to_owned(),
                    Ended::OutOfMemory(stage) => format!("out of memory in `{stage}`, {share} % done"),
                };
                let (memory, time) = (need::peak(&need) >> 20, course.time().to_string());
                let _ =
                    writeln!(table, "{orders:>10} {memory:>6} MB  {:<12} {uses:>10} {time:>10}  {ends}", device.name);
                if uses == device.cores.value {
                    break;
                }
            }
        }
    }
    expect_file!["../../golden/load/devices.txt"].assert_eq(&table);
}

#[test]
fn a_course_goes_evenly_from_point_to_point() {
    let [phone, .., server] = DEVICES;
    for (device, orders) in [(phone, 1_000_000), (phone, 8_000_000), (server, 8_000_000)] {
        let need = need::need(Size::of(orders));
        let course = device.course(&need, 16);
        let (mut last, end) = (course.at(Micros::ZERO), course.time());
        for percent in 1..=110 {
            let point = course.at(Micros(end.0 * percent / 100));
            assert!(point.operations >= last.operations && point.bytes <= device.free.value, "{percent}: {point:?}");
            last = point;
        }
        let done = course.ended == Ended::Done;
        assert_eq!(done, last.operations == need::operations(&need));
        assert_eq!(done, need::peak(&need) <= device.free.value);
    }
    // Twice the cores are never slower, and never more than twice as fast.
    let need = need::need(Size::of(1_000_000));
    for cores in [1, 2, 4, 8] {
        let (one, two) = (server.course(&need, cores).time().0, server.course(&need, 2 * cores).time().0);
        assert!(two <= one && one <= 2 * two + 30, "{cores}: {one} and {two}");
    }
}

fn fleet(servers: u32, cores: u32, balancer: Balancer) -> Fleet {
    Fleet { servers, cores, memory: u64::MAX, bytes: 0, balancer }
}

fn traffic(clients: u64, per_second: u64, work: Work) -> Traffic {
    Traffic::new(1, clients, &Arrivals::Poisson { per_second }, work, Faults::default())
}

#[test]
fn the_balancer_chooses_as_nginx_does() {
    let file: serde_json::Value = serde_json::from_str(&crate::oracles::recording("balancer.json")).expect("JSON");
    let cases = file["cases"].as_array().expect("cases");
    assert_eq!(cases.len(), 12);
    for case in cases {
        let least = case["balancer"] == "least_conn";
        let balancer = if least { Balancer::LeastConnections } else { Balancer::RoundRobin };
        let requests = case["requests"].as_array().expect("requests");
        let part = |request: &serde_json::Value, which: usize| request[which].as_f64().expect("a number");
        let span = |units: f64| Micros((units * 1e6) as u64);
        let trace = requests.iter().map(|it| Given { at: span(part(it, 0)), work: span(part(it, 1)) }).collect();
        let traffic = Traffic::new(1, 1_000, &Arrivals::Given(trace), Work::Fixed(Micros::ZERO), Faults::default());
        // Its servers take everybody at once.
        let mut run =
            FleetRun::new(fleet(case["servers"].as_u64().expect("a number") as u32, 1_000, balancer), traffic);
        for (nth, request) in requests.iter().enumerate() {
            run.advance(Micros(span(part(request, 0)).0 - 1), u64::MAX);
            let before: Vec<_> = run.servers().map(|(working, ..)| working).collect();
            run.advance(span(part(request, 0)), u64::MAX);
            let chosen = run.servers().zip(before).position(|((working, ..), before)| working > before);
            assert_eq!(chosen, Some(part(request, 2) as usize), "request {nth} of {case}");
        }
    }
}

#[test]
fn more_cores_more_servers_and_a_better_choice() {
    // Forty requests a second of 0.28 s on average keep eleven cores busy.
    let mut table =
        String::from("servers  cores  memory  choice              half up to   99 % up to  out of memory\n");
    let work = Work::Pareto { shape: 150, least: Micros::millis(100), most: Micros::seconds(20) };
    let mut stays = BTreeMap::new();
    for (servers, cores) in [(1, 8), (1, 16), (2, 8), (4, 4), (1, 32), (4, 8)] {
        for balancer in [Balancer::RoundRobin, Balancer::LeastConnections] {
            for memory in [1, 4] {
                let fleet = Fleet { memory: memory << 30, bytes: 128 << 20, ..fleet(servers, cores, balancer) };
                let mut run = FleetRun::new(fleet, traffic(20_000, 40, work));
                while !run.advance(Micros(u64::MAX), 1_000) {}
                let counts = run.counts();
                assert_eq!((counts.arrived, counts.done + counts.out_of_memory), (20_000, 20_000));
                assert_eq!(run.latency().count(), counts.done);
                // A server whose memory holds what its cores work at loses nobody.
                assert_eq!(counts.out_of_memory > 0, u64::from(cores) * fleet.bytes > fleet.memory);
                let [half, most] = [50_000, 99_000].map(|share| run.latency().percentile(share).expect("some"));
                stays.insert((servers, cores, balancer == Balancer::LeastConnections, memory), run.latency().mean());
                let _ = writeln!(
                    table,
                    "{servers:>7} {cores:>6} {memory:>4} GB  {:<18} {:>11} {:>12} {:>14}",
                    format!("{balancer:?}"),
                    half.to_string(),
                    most.to_string(),
                    counts.out_of_memory
                );
            }
        }
    }
    expect_file!["../../golden/load/fleet.txt"].assert_eq(&table);
    let stay = |servers, cores, least| stays[&(servers, cores, least, 4)];
    assert!(stay(1, 16, true) < stay(1, 8, true));
    assert!(stay(4, 4, true) < stay(4, 4, false), "the fewest connections are the better choice for uneven work");
    assert!(stay(1, 16, true) < stay(4, 4, true), "one queue before all cores is the best there is");
}

#[test]
fn a_server_of_many_cores_is_m_m_c() {
    // Four cores at 80 %: by Erlang's C, a request stays 17.455 ms.
    let mut run = FleetRun::new(
        fleet(1, 4, Balancer::RoundRobin),
        traffic(2_000_000, 320, Work::Exponential(Micros::millis(10))),
    );
    while !run.advance(Micros(u64::MAX), 1_000_000) {}
    let mean = run.latency().mean().0 as f64;
    assert!((mean / 17_455.0 - 1.0).abs() < 0.02, "{mean}");
    let share = run.busy().0 as f64 / run.now().0 as f64 / 4.0;
    assert!((share - 0.8).abs() < 0.01, "{share}");
}
