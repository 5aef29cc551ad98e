//! The live part as a real browser meets it: cookies of phones, notifications, a WebSocket, and other origins.

use crate::harness::{Page, journey};
use serde_json::{Value, json};

/// Runs statements in the page that may wait, with `ask(method, path, body)` at hand; gives what they return.
async fn run(page: &Page, statements: &str) -> Value {
    let script = format!(
        "const done = arguments[arguments.length - 1];
         const ask = async (method, path, body) => {{
           const headers = body ? {{ 'Content-Type': 'application/json' }} : {{}};
           const answer = await fetch(path, {{ method, headers, body: body && JSON.stringify(body) }});
           return [answer.status, await answer.json()];
         }};
         (async () => {{ {statements} }})().then(done, (error) => done(String(error)));"
    );
    page.js_async(&script).await
}

const TWO_PHONES: &str = "
    await ask('POST', '/live/phones/left/session', { user: 1 });
    await ask('POST', '/live/phones/right/session', { user: 2 });
    window.heard = [];
    const stream = new EventSource('/live/phones/right/notifications');
    stream.addEventListener('notification', (event) => {
      heard.push([event.lastEventId.split('-')[1], JSON.parse(event.data).post_id, performance.now()]);
    });
    await new Promise((open) => { stream.onopen = open; });
    return document.cookie;";

#[tokio::test]
#[ignore = "needs a browser"]
async fn two_phones_in_one_browser_and_a_server_that_is_killed() {
    journey("live-phones", async |page| {
        page.open("").await;
        assert_eq!(run(page, TWO_PHONES).await, json!(""), "no script sees the cookies");
        let like =
            async |post: i64| run(page, &format!("return ask('POST', '/live/phones/left/posts/{post}/like')")).await;
        let began = page.js("return performance.now()").await.as_f64().expect("a time");
        assert_eq!(like(2).await, json!([200, { "likes": 2 }]));
        let heard = async |number: u64| page.js("return heard.length").await == json!(number);
        page.wait_until("the owner's notification", async || heard(1).await).await;
        let came = page.js("return heard[0][2]").await.as_f64().expect("a time");
        assert!(came - began < 1000.0, "it came after {} ms", came - began);

        // The browser says that the connection was refused, and comes again by itself.
        page.expect("net::ERR_");
        page.server().stop();
        tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
        page.server().start_again();
        assert_eq!(like(3).await, json!([200, { "likes": 1 }]), "the session is still there");
        page.wait_until("the next notification", async || heard(2).await).await;
        let ids = page.js("return heard.map((one) => one.slice(0, 2))").await;
        assert_eq!(ids, json!([["1", 2], ["2", 3]]), "nothing lost, nothing twice");
        let own = run(page, "return ask('POST', '/live/phones/right/posts/2/like')").await;
        assert_eq!(own, json!([200, { "likes": 3 }]), "the other phone is signed in as somebody else");
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn an_echo_and_three_forms() {
    journey("live-echo", async |page| {
        page.open("").await;
        let echo = "
            const socket = new WebSocket(location.origin.replace('http', 'ws') + '/live/echo');
            return new Promise((done) => {
              socket.onopen = () => socket.send('Hello ♥');
              socket.onmessage = (event) => { socket.close(1000); done(event.data); };
              socket.onerror = () => done('refused');
            });";
        assert_eq!(run(page, echo).await, json!("Hello ♥"));
        let forms = "
            const kinds = ['application/json', 'text/html', 'image/svg+xml'];
            const answers = await Promise.all(kinds.map((kind) => fetch('/live/hello', { headers: { Accept: kind } })));
            return answers.map((answer) => answer.headers.get('Content-Type').split(';')[0]);";
        assert_eq!(run(page, forms).await, json!(["application/json", "text/html", "image/svg+xml"]));
        let picture = "
            const picture = new Image();
            picture.src = '/live/hello';
            await picture.decode();
            return picture.naturalWidth > 0;";
        assert_eq!(run(page, picture).await, json!(true), "a picture asks for pictures");
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn pages_of_other_origins_reach_nothing() {
    journey("live-foreign", async |page| {
        page.open("").await;
        run(page, "return ask('POST', '/live/session', { user: 1 })").await;
        let site = page.server().site.clone();
        page.expect("blocked by CORS policy");
        page.expect("net::ERR_FAILED");
        page.expect("net::ERR_BLOCKED_BY_RESPONSE.NotSameOrigin");
        page.expect("403");
        let tries = format!(
            "const tries = [];
             for (const init of [{{}}, {{ method: 'POST' }}, {{ method: 'POST', mode: 'no-cors' }}, {{ method: 'DELETE' }}]) {{
               const sent = fetch('{site}/live/posts/3/like', {{ credentials: 'include', ...init }});
               tries.push(await sent.then((answer) => answer.type, (error) => error.name));
             }}
             const socket = new WebSocket('{}/live/echo');
             tries.push(await new Promise((done) => {{ socket.onopen = () => done('open'); socket.onerror = () => done('refused'); }}));
             return tries;",
            site.replace("http", "ws")
        );
        // Another site, and another origin of the same site, to which the browser gives the cookie.
        page.open_embedded("", "").await;
        let elsewhere = page.url().await;
        for other in [elsewhere.clone(), elsewhere.replace("127.0.0.1", "localhost")] {
            page.goto(&other).await;
            let refused = json!(["TypeError", "TypeError", "TypeError", "TypeError", "refused"]);
            assert_eq!(run(page, &tries).await, refused, "{other}");
        }
        page.open("").await;
        let state = run(page, "return ask('GET', '/live/state')").await;
        assert_eq!(state[1]["holds"]["likes"], 2, "nothing was stored");
    })
    .await;
}
