//! The work of figure 15, as the server does it.

use super::*;
use crate::live::Limits;

const JSON: (&str, &str) = ("content-type", "application/json");

async fn work(asking: &Asking, body: &str) -> Heard {
    asking.ask(Method::POST, "/live/work", &[JSON], body).await
}

#[tokio::test]
async fn it_comes_to_what_it_comes_to_everywhere() {
    let asking = Asking::new();
    let said = work(&asking, "{\"orders\": 50000}").await;
    let value = said.json();
    assert_eq!((said.status, &value["orders"]), (200, &json!(50_000)));
    assert_eq!(value["digest"], json!(format!("{:016x}", load::bench::job(50_000, 1))));
    let stages = load::need::need(load::need::Size::of(50_000));
    assert_eq!(value["operations"], json!(load::need::operations(&stages)));
    assert_eq!(value["held"], json!(load::need::peak(&stages)));
    assert!(value["micros"].as_u64().unwrap() > 0);
}

#[tokio::test]
async fn it_is_bounded() {
    let asking = Asking::new();
    let words = "\"orders\" must be a number from 1 to 4000000";
    for body in [
        "{}",
        "{\"orders\": 0}",
        "{\"orders\": 4000001}",
        "{\"orders\": -1}",
        "{\"orders\": \"1\"}",
        "{\"orders\": 1e3}",
    ] {
        assert_eq!(work(&asking, body).await.line(), format!("422 {}", json!({ "error": words })), "{body}");
    }
    assert_eq!(asking.ask(Method::GET, "/live/work", &[], "").await.status, 405);
    assert_eq!(asking.ask(Method::POST, "/live/work", &[], "{\"orders\": 1}").await.status, 415);
    // Somebody else's is not done yet.
    let seat = Arc::clone(&asking.live.work).try_acquire_owned().unwrap();
    let busy = work(&asking, "{\"orders\": 1}").await;
    assert_eq!((busy.status, busy.header("retry-after")), (503, "1"));
    drop(seat);
    assert_eq!(work(&asking, "{\"orders\": 1}").await.status, 200);
}

#[tokio::test]
async fn who_goes_away_has_stopped_it() {
    let asking = Asking::at(&Place::Memory, Limits { orders: u32::MAX, ..Limits::USUAL });
    {
        let long = work(&asking, "{\"orders\": 4000000}");
        let moment = std::time::Duration::from_millis(30);
        assert!(tokio::time::timeout(moment, long).await.is_err(), "it is not done in a moment");
    }
    let free = async {
        while asking.live.work.available_permits() == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    assert!(tokio::time::timeout(std::time::Duration::from_secs(5), free).await.is_ok(), "it goes on for nobody");
}
