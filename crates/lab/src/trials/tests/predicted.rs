//! What the engine is asked about is what this server does: every situation by chance is registered, every request that is
//! predicted is asked for real, and the answers are compared.

use super::*;
use engine::browser::fetch::Event;
use engine::browser::profile::Profile;
use trial::setting::Origins;

#[tokio::test]
async fn every_predicted_answer_is_the_servers_own() {
    let asking = Asking::new();
    let all: Vec<String> = asking.trials.origins().collect();
    let origins = Origins::of("http://localhost:8080", &all).unwrap();
    let named = trial::situations::situations().into_iter().map(|situation| situation.setting);
    let mut asked = 0;
    for setting in named.chain(trial::generate::generate(11, 300)) {
        let id = asking.open().await;
        let plan = trial::plan::plan(&setting.fill(&origins), &origins, &id).unwrap();
        let json = [("content-type", "application/json")];
        let told = asking.ask(0, ("PUT", &format!("/trials/{id}")), &json, &plan.places()).await;
        assert_eq!(told.status, 200, "{told:?}\n{setting:?}");
        let mut sent = None;
        for event in trial::told::predict(&plan, &Profile::STANDARD).iter().flat_map(|fetched| &fetched.events) {
            match event {
                Event::Sent(request) => sent = Some(request.clone()),
                Event::Answered(due) => {
                    let Some(request) = sent.take() else { continue };
                    let url = request.url.sent();
                    let door = usize::from(request.url.port.unwrap_or(80) - PORTS[0]);
                    let path = &url[url.find("/trial").unwrap()..];
                    let host = url["http://".len()..].split('/').next().unwrap().to_owned();
                    let mut headers: Vec<(&str, &str)> = vec![("host", &host)];
                    let own = request.headers.iter().filter(|(name, value)| name.is_ascii() && value.is_ascii());
                    headers.extend(own.map(|(name, value)| (&**name, &**value)));
                    let body = request.body.clone().unwrap_or_default();
                    let heard = asking.ask(door, (&request.method, path), &headers, &body).await;
                    assert_eq!(heard.status, due.status, "{request:?}");
                    let mut said: Vec<(String, String)> = heard
                        .headers
                        .iter()
                        .map(|(name, value)| {
                            (name.to_string(), value.as_bytes().iter().map(|b| char::from(*b)).collect())
                        })
                        .collect();
                    // Its length and the date are written where the answer goes over a wire; `wire` holds them.
                    let mut due: Vec<(String, String)> = due
                        .headers
                        .iter()
                        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_string()))
                        .filter(|(name, _)| name != "date" && name != "content-length")
                        .collect();
                    said.sort();
                    due.sort();
                    assert_eq!(said, due, "{request:?}");
                    asked += 1;
                }
                Event::Decided(_) => {}
            }
        }
        let arrived = asking.arrived(&id).await.as_array().unwrap().len();
        assert!(
            arrived > 0 || trial::told::predict(&plan, &Profile::STANDARD).iter().all(|one| one.sent().count() == 0)
        );
    }
    assert!(asked > 300, "{asked}");
}
