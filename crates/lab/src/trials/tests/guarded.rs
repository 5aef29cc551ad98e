//! Who may open trials and read their witness: every Host, Origin, Sec-Fetch-Site and method. The rule is written down a
//! second time here, in the words of the task, and held against what the routes do.

use super::*;

const HOSTS: [&str; 8] = [
    "localhost:8080",
    "LOCALHOST:8080",
    "127.0.0.1:8080",
    "[::1]:8080",
    "localhost",
    "localhost:8081",
    "rebound.example:8080",
    "local host",
];

const ORIGINS: [&[&str]; 12] = [
    &[],
    &["http://localhost:8080"],
    &["http://127.0.0.1:8080"],
    &["http://[::1]:8080"],
    &["http://localhost:8081"],
    &["https://localhost:8080"],
    &["http://localhost"],
    &["https://page.example"],
    &["http://localhost:8080.page.example"],
    &["null"],
    &[""],
    &["http://localhost:8080", "http://localhost:8080"],
];

const SITES: [&[&str]; 6] =
    [&[], &["same-origin"], &["none"], &["same-site"], &["cross-site"], &["same-origin", "cross-site"]];

/// Method and path; `ID` is an open trial.
const ASKED: [(&str, &str); 7] = [
    ("GET", "/trials"),
    ("POST", "/trials"),
    ("GET", "/trials/ID"),
    ("HEAD", "/trials/ID"),
    ("PUT", "/trials/ID"),
    ("DELETE", "/trials/ID"),
    ("OPTIONS", "/trials/ID"),
];

/// What must be answered: 200 or 201 to the site's own page and to what is no browser, and nothing else to anybody.
fn due(host: &str, origin: &[&str], site: &[&str], method: &str) -> u16 {
    let host = host.to_ascii_lowercase();
    match host.as_str() {
        "local host" => return 400,
        "localhost:8080" | "127.0.0.1:8080" | "[::1]:8080" => {}
        _ => return 421,
    }
    let own = origin.is_empty() || origin == [format!("http://{host}")];
    let looks = ["GET", "HEAD"].contains(&method);
    let here = site.is_empty() || site == ["same-origin"] || looks && site == ["none"];
    match (own && here, method) {
        (false, _) => 403,
        (true, "OPTIONS") => 405,
        (true, "POST") => 201,
        (true, _) => 200,
    }
}

#[tokio::test]
async fn every_host_origin_site_and_method() {
    let asking = Asking::new();
    let (mut rows, mut through) = (0, 0);
    for host in HOSTS {
        for origin in ORIGINS {
            for site in SITES {
                for (method, path) in ASKED {
                    let id = asking.open().await;
                    let mut headers = vec![("host", host), ("content-type", "application/json")];
                    headers.extend(origin.iter().map(|origin| ("origin", *origin)));
                    headers.extend(site.iter().map(|site| ("sec-fetch-site", *site)));
                    let body = if method == "PUT" { "{\"places\": []}" } else { "" };
                    let heard = asking.ask(0, (method, &path.replace("ID", &id)), &headers, body).await;
                    let due = due(host, origin, site, method);
                    assert_eq!(heard.status, due, "{method} {path} {host} {origin:?} {site:?}");
                    assert_eq!(heard.cors(), 0, "no CORS header, ever");
                    assert!(due < 300 || method == "HEAD" || heard.json()["error"].is_string(), "{heard:?}");
                    assert!(due < 300 || !heard.text.contains(&id), "a refused page learns nothing");
                    let there = asking.trials.open().0.find(&id, 0).is_some();
                    assert_eq!(there, !(method == "DELETE" && due == 200), "nothing was changed by who is refused");
                    (rows, through) = (rows + 1, through + usize::from(due < 300));
                    asking.trials.open().0.close(&id, 0);
                }
            }
        }
    }
    assert_eq!((rows, through), (8 * 12 * 6 * 7, 4 * 2 * (3 * 3 + 3 * 2)));
}

/// Whoever knows a trial's name is answered by it, from wherever; but a browser gets nothing that it could run or show.
#[tokio::test]
async fn trials_answer_fetches_and_nothing_else() {
    let asking = Asking::new();
    let id = asking.open().await;
    asking.tell(&id, json!([place(SECOND, &id, "a", 200, &[("content-type", "text/html")])])).await;
    let path = format!("/trial/{id}/a");
    for dest in
        ["document", "iframe", "frame", "script", "worker", "sharedworker", "serviceworker", "style", "image", ""]
    {
        let heard = asking.ask(1, ("GET", &path), &[("sec-fetch-dest", dest)], "").await;
        assert_eq!((heard.status, heard.text.as_str()), (403, ""), "{dest}");
    }
    assert_eq!(asking.arrived(&id).await, json!([]), "no witness of what was not answered");
    for site in ["same-origin", "same-site", "cross-site"] {
        let headers = [("sec-fetch-dest", "empty"), ("sec-fetch-site", site), ("origin", "https://page.example")];
        assert_eq!(asking.ask(1, ("GET", &path), &headers, "").await.status, 200, "{site}");
    }
    assert_eq!(asking.ask(1, ("GET", &path), &[("host", "rebound.example:8081")], "").await.status, 421);
}
