//! chromedriver, Chromium and its profile; all gone when this value is.

use super::process::Process;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder};
use http::Method;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;
use url::{ParseError, Url};

/// A browser with one empty page.
pub struct Browser {
    /// The reins.
    pub client: Client,
    session: String,
    port: u16,
    profile: PathBuf,
    _driver: Process,
}

impl Browser {
    /// Starts the browser that `CHROMIUM` and `CHROMEDRIVER` name, or the one on `PATH`.
    pub async fn start() -> Self {
        let program = std::env::var_os("CHROMEDRIVER").unwrap_or_else(|| "chromedriver".into());
        // It takes a free port for IPv4 and then wants the same for IPv6, which somebody else may have: then it ends.
        let started = (0..5).find_map(|_| {
            let driver = Process::start(Command::new(&program).arg("--port=0"));
            driver.hears("started successfully on port ").map(|port| (driver, port))
        });
        let (driver, port) = started.expect("chromedriver finds a free port");
        let port: u16 = port.trim_end_matches('.').parse().expect("chromedriver says its port");
        let profile = std::env::temp_dir().join(format!("roundtrip-browser-{}-{port}", std::process::id()));
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities(&profile))
            .connect(&format!("http://localhost:{port}"))
            .await
            .expect("chromedriver starts Chromium");
        let session = client.session_id().await.ok().flatten().expect("a session has a name");
        Browser { client, session, port, profile, _driver: driver }
    }

    /// One command of the DevTools protocol, for what WebDriver has no word for.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let body = json!({ "cmd": command, "params": parameters });
        self.extra("goog/cdp/execute", body).await
    }

    /// What the console holds since it was last asked: chromedriver's own command.
    pub async fn log(&self) -> Value {
        self.extra("se/log", json!({ "type": "browser" })).await
    }

    /// What Chromium wrote about itself so far.
    pub fn diary(&self) -> String {
        let diary = std::fs::read(self.profile.join("chrome_debug.log"));
        String::from_utf8_lossy(&diary.unwrap_or_default()).into_owned()
    }

    async fn extra(&self, path: &'static str, body: Value) -> Value {
        let answer = self.client.issue_cmd(Extra { path, body }).await;
        answer.unwrap_or_else(|problem| panic!("{path}: {problem}"))
    }
}

impl Drop for Browser {
    /// Ends the session, and with it Chromium, whatever happened; a driver that is merely killed leaves Chromium behind.
    fn drop(&mut self) {
        let _ = end_session(self.port, &self.session);
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}

fn end_session(port: u16, session: &str) -> std::io::Result<()> {
    let mut driver = TcpStream::connect(("localhost", port))?;
    driver.set_read_timeout(Some(Duration::from_secs(10)))?;
    write!(driver, "DELETE /session/{session} HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Length: 0\r\n\r\n")?;
    driver.read(&mut [0; 64]).map(drop)
}

fn capabilities(profile: &std::path::Path) -> fantoccini::wd::Capabilities {
    let mut options = json!({ "args": [
        "--headless",
        // Chromium refuses its own sandbox to root, and tests run as root in a container.
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--force-color-profile=srgb",
        "--hide-scrollbars",
        "--lang=en",
        // Writes the console of every frame into a file; see `console`.
        "--enable-logging",
        format!("--user-data-dir={}", profile.display()),
    ]});
    if let Some(chromium) = std::env::var_os("CHROMIUM") {
        options["binary"] = json!(chromium.to_string_lossy());
    }
    let all = json!({ "goog:chromeOptions": options, "goog:loggingPrefs": { "browser": "ALL" } });
    let Value::Object(all) = all else { unreachable!("it was written as an object") };
    all
}

/// A command that chromedriver adds to WebDriver.
#[derive(Debug)]
struct Extra {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Extra {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}
