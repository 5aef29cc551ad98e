//! The laboratory in other browsers than Chromium: is the engine right about them? Optional, since neither is needed for
//! anything else: `cargo xtask test --firefox` and `--webkit` find their drivers and run these. `TRIALS` and `SEED` say which
//! situations are tried.

use crate::harness::{Process, Server};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::process::Command;
use std::time::{Duration, Instant};
use trial::browsers::cookie_probe;
use trial::generate::generate;
use trial::plan::plan;
use trial::setting::Origins;

/// For how long the page may take to be there.
const PATIENCE: Duration = Duration::from_secs(60);
/// For how long one trial may take, on a busy machine.
const EACH: Duration = Duration::from_millis(800);

/// A number that the environment names, or the usual one.
fn number(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(usual)
}

/// The program that the environment names, or the usual one.
fn program(variable: &str, usual: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| usual.to_owned())
}

/// A driver, and the browser that it drives.
async fn start(command: &mut Command, port: u16, wants: Value) -> (Process, Client) {
    let driver = Process::start(command);
    let Value::Object(wants) = wants else { unreachable!("capabilities are an object") };
    let began = Instant::now();
    loop {
        let mut builder = ClientBuilder::new(HttpConnector::new());
        match builder.capabilities(wants.clone()).connect(&format!("http://127.0.0.1:{port}")).await {
            Ok(client) => return (driver, client),
            Err(problem) if began.elapsed() > PATIENCE => panic!("the driver starts no browser: {problem}"),
            Err(_) => tokio::time::sleep(Duration::from_millis(300)).await,
        }
    }
}

/// A port that nobody has.
fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}

async fn js(client: &Client, script: &str, arguments: &[Value]) -> Value {
    client.execute(script, arguments.to_vec()).await.unwrap_or_else(|problem| panic!("{script}: {problem}"))
}

async fn wait_for(client: &Client, selector: &str, patience: Duration) {
    let began = Instant::now();
    while js(client, "return document.querySelector(arguments[0]) !== null", &[json!(selector)]).await != json!(true) {
        let said = js(client, "return document.querySelector('#page').innerText", &[]).await;
        assert!(began.elapsed() < patience, "{selector} does not come; the page says: {said}");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// Runs them all and prints what came of it: the table, and every difference row by row.
async fn run_them_all(client: &Client, site: &str) {
    let (count, seed) = (number("TRIALS", 600), number("SEED", 1));
    client.goto(&format!("{site}/laboratory/")).await.expect("the laboratory opens");
    wait_for(client, "form .go", PATIENCE).await;
    let browser = js(client, "return document.querySelector('.lab-browser').innerText", &[]).await;
    println!("{}", browser.as_str().unwrap_or_default());
    let set = "document.querySelector('[name=count]').value = arguments[0];
        document.querySelector('[name=seed]').value = arguments[1];
        document.querySelector('[data-do=all]').click();";
    js(client, set, &[json!(count.to_string()), json!(seed.to_string())]).await;
    wait_for(client, ".all-table .verdict", EACH * u32::try_from(count).unwrap_or(u32::MAX) + PATIENCE).await;
    let words = js(client, "return document.querySelector('.all-table').innerText", &[]).await;
    println!("{}", words.as_str().unwrap_or_default());
    let told = "const place = document.querySelector('.all-table .verdict');
        return [place.dataset.done, place.dataset.agreed].map(Number);";
    let (done, agreed) = serde_json::from_value(js(client, told, &[]).await).expect("two numbers");
    let differences = "const told = [];
        for (const button of document.querySelectorAll('[data-do^=difference-]')) {
            button.click();
            const rows = [...document.querySelectorAll('.told .differs')].map((row) => row.innerText);
            const why = document.querySelector('.why')?.textContent ?? '';
            told.push([button.textContent, location.origin + document.querySelector('.same a')?.getAttribute('href'), ...rows, why]);
        }
        return told;";
    let differences: Vec<Vec<String>> =
        serde_json::from_value(js(client, differences, &[]).await).expect("differences as text");
    for one in &differences {
        println!("\n── differs: situation {}", one.join("\n   "));
    }
    let (done, agreed): (u64, u64) = (done, agreed);
    assert!(done * 10 >= count * 9, "most were done: {done} of {count}");
    // Each difference is told above; docs/laboratory.md has those that are known and not explained.
    assert!(agreed * 100 >= done * 99, "the engine is wrong about this browser: {agreed} of {done} agree");
}

/// Runs them all, or records what happens.
async fn tries(client: &Client, site: &str) {
    match std::env::var("RECORD") {
        Ok(file) => record(client, site, &file).await,
        Err(_) => run_them_all(client, site).await,
    }
}

/// Does one trial from the laboratory’s page: what the frame and the witness said, and under which name.
const ONE: &str = "const [places, calls, sandbox, word] = arguments;
    const done = arguments[arguments.length - 1];
    (async () => {
        const { trial } = await (await fetch('/trials', { method: 'POST' })).json();
        const headers = { 'Content-Type': 'application/json' };
        const put = await fetch('/trials/' + trial, { method: 'PUT', headers, body: places.replaceAll(word, trial) });
        if (put.status !== 200) return done(['', await put.text()]);
        const frames = (window.recorded ??= {});
        frames[sandbox] ??= await new Promise((ready) => {
            const frame = document.createElement('iframe');
            if (sandbox) frame.setAttribute('sandbox', 'allow-scripts');
            frame.src = '/trials/frame';
            addEventListener('message', ({ source, data }) => {
                if (source === frame.contentWindow && data === 'ready') ready(frame);
            });
            document.body.append(frame);
        });
        const said = new Promise((heard) => {
            const listen = ({ source, data }) => {
                if (source !== frames[sandbox].contentWindow || data === 'ready') return;
                removeEventListener('message', listen);
                heard(data);
            };
            addEventListener('message', listen);
        });
        const asked = JSON.stringify({ number: 1, calls: JSON.parse(calls.replaceAll(word, trial)) });
        frames[sandbox].contentWindow.postMessage(asked, '*');
        const heard = await said;
        const witness = await (await fetch('/trials/' + trial)).text();
        done([heard.replaceAll(trial, word), witness.replaceAll(trial, word)]);
    })();";

/// A name in the place of a trial’s own.
const WORD: &str = "0000000000000000000000000000cafe";

/// Records what the browser does in situations by chance, into the file that `RECORD` names, a line each: the situation as a
/// link, what script got, what arrived. `tests/it/oracles` holds the engine against such files.
async fn record(client: &Client, site: &str, file: &str) {
    let (count, seed) = (number("TRIALS", 600), number("SEED", 1));
    client.goto(&format!("{site}/laboratory/")).await.expect("the laboratory opens");
    let agent = js(client, "return navigator.userAgent", &[]).await;
    let asked = "const done = arguments[arguments.length - 1];
        fetch('/trials').then((answer) => answer.json()).then((said) => done(said.origins));";
    let origins = client.execute_async(asked, Vec::new()).await.expect("the server’s origins");
    let origins: Vec<String> = serde_json::from_value(origins).expect("origins");
    let own = Origins::of(site, &origins).expect("the site is one of them");
    let mut out = format!("{}\n", json!({ "browser": agent, "site": site, "origins": origins }));
    for setting in std::iter::once(cookie_probe()).chain(generate(seed, usize::try_from(count).unwrap_or(600))) {
        let plan = plan(&setting.fill(&own), &own, WORD).expect("an address");
        let arguments = vec![json!(plan.places()), json!(plan.calls()), json!(setting.sandbox), json!(WORD)];
        let came = client.execute_async(ONE, arguments).await.expect("a trial");
        let (heard, witness): (String, String) = serde_json::from_value(came).expect("two texts");
        // What the test server refuses to say, is not tried.
        if heard.is_empty() {
            continue;
        }
        let link = trial::address::write(&setting);
        out += &format!("{}\n", json!({ "trial": link, "heard": heard, "witness": witness }));
    }
    std::fs::write(file, out).expect("the record can be written");
}

#[tokio::test]
#[ignore = "needs Firefox: cargo xtask test --firefox"]
async fn firefox() {
    let (server, port) = (Server::start(), free_port());
    let mut driver = Command::new(program("GECKODRIVER", "geckodriver"));
    // A second port, for the tab protocol of the browser itself, which is not asked for otherwise.
    driver.args(["--host", "127.0.0.1", "--port", &port.to_string()]);
    let options = json!({ "args": ["-headless"], "binary": program("FIREFOX", "/usr/bin/firefox-esr") });
    let (_driver, client) = start(&mut driver, port, json!({ "moz:firefoxOptions": options })).await;
    let end = client.clone();
    let tried = tokio::spawn(async move { tries(&client, &server.site).await });
    let came = tried.await;
    // The browser ends with its session, whatever happened.
    let _ = end.close().await;
    came.unwrap_or_else(|problem| std::panic::resume_unwind(problem.into_panic()));
}

#[tokio::test]
#[ignore = "needs WebKitGTK: cargo xtask test --webkit"]
async fn webkit() {
    let (server, port) = (Server::start(), free_port());
    // It knows no way to run without a screen, so it is given one.
    let screen = Process::start(Command::new("Xvfb").args(["-displayfd", "1", "-screen", "0", "1280x800x24"]));
    let display = format!(":{}", screen.line_after(""));
    let mut driver = Command::new(program("WEBKITDRIVER", "WebKitWebDriver"));
    driver.args(["--host=127.0.0.1", &format!("--port={port}")]).env("DISPLAY", display);
    // As root it refuses its own sandbox.
    driver.env("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1");
    let options = json!({ "args": ["--automation"], "binary": program("MINIBROWSER", "MiniBrowser") });
    let (_driver, client) = start(&mut driver, port, json!({ "webkitgtk:browserOptions": options })).await;
    let end = client.clone();
    let tried = tokio::spawn(async move { tries(&client, &server.site).await });
    let came = tried.await;
    let _ = end.close().await;
    came.unwrap_or_else(|problem| std::panic::resume_unwind(problem.into_panic()));
}
