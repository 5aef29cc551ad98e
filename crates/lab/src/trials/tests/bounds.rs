//! Ten thousand trials, and no growth without bound.

use super::store::Store;
use super::*;
use crate::trials::witness::Arrived;
use std::time::Duration;

#[tokio::test]
async fn ten_thousand_open_trials() {
    let asking = Asking::new();
    let mut names = Vec::new();
    for number in 0..10_000_u32 {
        let id = asking.open().await;
        let lines = [("Access-Control-Allow-Origin", "http://localhost:8080"), ("X-Number", &number.to_string())];
        assert_eq!(asking.tell(&id, json!([place(SECOND, &id, "a", 200, &lines)])).await.status, 200);
        names.push(id);
    }
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 10_000, "no two are the same");
    let here = asking.ask(0, ("GET", "/trials"), &[], "").await.json();
    assert_eq!(here["open"], 10_000, "all of them are there: {here}");
    for id in names.iter().step_by(997) {
        let heard = asking.ask(1, ("GET", &format!("/trial/{id}/a")), &[], "").await;
        assert_eq!(heard.headers["access-control-allow-origin"], "http://localhost:8080");
        assert_eq!(asking.arrived(id).await.as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn the_oldest_go_where_there_are_too_many() {
    let asking = Asking::with(Limits { trials: 3, ..Limits::USUAL });
    let mut names = Vec::new();
    for _ in 0..50 {
        names.push(asking.open().await);
        assert!(asking.trials.open().0.count() <= 3);
    }
    for (id, status) in names.iter().rev().zip([200, 200, 200, 404, 404]) {
        assert_eq!(asking.ask(0, ("GET", &format!("/trials/{id}")), &[], "").await.status, status);
    }
}

#[tokio::test]
async fn a_witness_keeps_so_many_and_counts_the_rest() {
    let asking = Asking::with(Limits { arrivals: 5, ..Limits::USUAL });
    let id = asking.open().await;
    for _ in 0..12 {
        asking.ask(1, ("GET", &format!("/trial/{id}/a")), &[], "").await;
    }
    let heard = asking.ask(0, ("GET", &format!("/trials/{id}")), &[], "").await.json();
    assert_eq!((heard["arrived"].as_array().unwrap().len(), &heard["left_out"]), (5, &json!(7)));
}

fn arrived(bytes: usize) -> Arrived {
    Arrived {
        after: 0,
        at: SECOND.to_owned(),
        method: "GET".to_owned(),
        target: "/".to_owned(),
        headers: vec![("x".to_owned(), "x".repeat(bytes))],
        body_bytes: 0,
    }
}

/// Time is an argument, so ten thousand years pass at once.
#[test]
fn no_growth_without_bound() {
    let limits = Limits {
        trials: 100,
        trial_age: Duration::from_secs(60),
        trial_bytes: 20_000,
        trials_bytes: 200_000,
        ..Limits::USUAL
    };
    let mut store = Store::new(&limits);
    let mut largest = 0;
    for number in 0..20_000_u64 {
        let now = number * 10_000;
        let id = format!("{number:x}");
        store.open(id.clone(), now);
        for _ in 0..number % 30 {
            store.answer(&id, arrived(usize::try_from(number % 3_000).unwrap()), now);
        }
        if number % 3 == 0 {
            assert!(store.close(&id, now));
        }
        largest = largest.max(store.size());
        assert!(store.count() <= limits.trials && store.size() <= limits.trials_bytes, "{number}");
        assert!(store.waiting() <= 2 * limits.trials + 65, "{} names for {}", store.waiting(), store.count());
    }
    assert!(largest > 150_000, "the bound was reached: {largest}");
    // A minute and a bit later the next one finds nobody.
    let later = 20_000 * 10_000 + 61_000_000;
    store.open("last".to_owned(), later);
    assert_eq!(store.count(), 1);
    assert!(store.close("last", later));
    assert_eq!((store.count(), store.size(), store.waiting()), (0, 0, 0));
}

#[test]
fn an_old_trial_is_not_there_even_before_it_is_dropped() {
    let limits = Limits { trial_age: Duration::from_secs(1), ..Limits::USUAL };
    let mut store = Store::new(&limits);
    store.open("a".to_owned(), 0);
    assert!(store.find("a", 1_000_000).is_some());
    assert!(store.find("a", 1_000_001).is_none());
    assert!(!store.tell("a", Vec::new(), 1_000_001));
    assert_eq!(store.answer("a", arrived(1), 1_000_001), (None, None));
    assert!(!store.close("a", 1_000_001));
}
