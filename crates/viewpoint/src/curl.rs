//! `curl -v` on the laptop, and `curl` on the instance, laid out as curl 7.88.1 of Debian 12 prints them on a terminal
//! (recorded against nginx 1.22.1; exit codes: curl(1)).
//!
//! curl has no memory: every run looks the name up and connects anew. The engine asks with the browser's headers; what a
//! server makes of `User-Agent` and `Accept` is not played.

mod target;
mod verify;

use crate::case::{Case, Seen};
use crate::row::{Row, rows};
use engine::head;
use engine::journey::Action;
use engine::message::Response;
use engine::proxy::pass::PADDING;
use engine::state::State;
use engine::tls::Date;
use engine::trace::{Outcome, Trace};
use engine::url::{self, Url};
pub use target::instance;
pub(crate) use verify::{chain, shown, without_memory};

/// A transcript being written.
struct Transcript {
    text: String,
    /// The number of the connection, counted from 0 as curl does.
    connection: usize,
    /// How many connections there have been.
    opened: usize,
    /// The number of the last stream on it, where it speaks HTTP/2.
    stream: u32,
    /// The part of the body's last line that a terminal shows only when curl ends.
    held_back: String,
}

/// How curl goes on.
enum Then {
    /// With the next request.
    Next,
    /// It ends with this exit code and these words.
    End(u8, String),
    /// The engine cannot say.
    Unknown(String),
}

/// `curl -v` on the laptop.
pub fn laptop(case: &Case<'_>) -> (String, Seen) {
    let redirected = case.rows().iter().any(|row| row.decision("browser-follows").is_some());
    let looped =
        matches!(case.trace.outcomes.last(), Some(Outcome::BrowserError { code: "ERR_TOO_MANY_REDIRECTS", .. }));
    let options = match (looped, redirected) {
        (true, _) => "-vL --max-redirs 20 ",
        (_, true) => "-vL ",
        _ => "-v ",
    };
    let typed = ["curl ", options, &case.url].concat();
    let Some(url) = Url::parse(&case.url) else {
        let words = "curl: (3) URL using bad/illegal format or missing URL";
        return (typed, ended(String::new(), 3, words, ""));
    };
    let fresh = without_memory(case.before, &url);
    // Browsers refuse some ports, curl none: what it meets there is a bare connection.
    let bare = url::bad_port(url.port);
    let action = if bare { Action::Reach(case.url.clone()) } else { Action::Open(case.url.clone()) };
    let trace = case.instead(&fresh, action);
    (typed, transcript(case, &fresh, &trace, bare))
}

fn transcript(case: &Case<'_>, fresh: &State, trace: &Trace, bare: bool) -> Seen {
    let mut out = Transcript { text: String::new(), connection: 0, opened: 0, stream: 0, held_back: String::new() };
    let rows = rows(trace, 0, &case.url);
    for (index, row) in rows.iter().enumerate() {
        match out.row(case, fresh, row, rows.get(index + 1), bare) {
            Then::Next => {}
            Then::End(code, words) => return ended(out.text, code, &words, &out.held_back),
            Then::Unknown(words) => return Seen::Nothing(words.trim().to_owned()),
        }
    }
    ended(out.text, 0, "", &out.held_back)
}

/// The end of a transcript: curl's own last words, what a terminal shows of the body only then, and the exit code as a
/// shell tells it.
fn ended(mut text: String, code: u8, words: &str, held_back: &str) -> Seen {
    if !words.is_empty() {
        text.push_str(&[words, "\n"].concat());
    }
    text.push_str(held_back);
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    Seen::Text([&text, "$ echo $?\n", &code.to_string(), "\n"].concat())
}

/// The body without the lines that nginx adds for browsers that call themselves Chrome.
pub(crate) fn unpadded(response: &Response) -> &str {
    response.body.strip_suffix(PADDING).unwrap_or(&response.body)
}

/// The answer as curl gets it: whole, and without the lines that nginx adds for browsers that call themselves Chrome.
fn for_curl(response: &Response, date: Option<Date>) -> Response {
    let mut response = response.clone();
    if let Some(body) = response.body.strip_suffix(PADDING) {
        let body = body.to_owned();
        for (name, value) in &mut response.headers {
            if name.eq_ignore_ascii_case("Content-Length") {
                *value = body.len().to_string().into();
            }
        }
        response.body = body;
    }
    response.headers = head::headers(&response, date, true);
    response
}

impl Transcript {
    /// One line of curl's own.
    fn says(&mut self, pieces: &[&str]) {
        self.text.push_str(&["* ", &pieces.concat(), "\n"].concat());
    }

    /// The connection is closed, and curl ends.
    fn closes(&mut self, code: u8, words: &str) -> Then {
        let number = self.connection.to_string();
        self.says(&["Closing connection ", &number]);
        Then::End(code, ["curl: (", &code.to_string(), ") ", words].concat())
    }

    /// One request.
    fn row(&mut self, case: &Case<'_>, fresh: &State, row: &Row<'_>, next: Option<&Row<'_>>, bare: bool) -> Then {
        let url = &row.url;
        if row.decision("connection-reused").is_some() {
            // curl prints where in its memory the connection lies; this is one that was recorded.
            if row.over_http2() {
                self.says(&["Found bundle for host: 0x562fe5299b80 [can multiplex]"]);
            } else {
                self.says(&["Found bundle for host: 0x562fe5299b80 [serially]"]);
                self.says(&["Can not multiplex, even if we wanted to"]);
            }
            let number = self.connection.to_string();
            self.says(&["Re-using existing connection #", &number, " with host ", &url.host]);
        } else {
            self.connection = self.opened;
            self.opened += 1;
            if let Some(end) = self.connects(row) {
                return end;
            }
            if let Some(end) = url.secure.then(|| verify::secures(self, case, fresh, row)).flatten() {
                return end;
            }
        }
        self.asks(case, row, next, bare)
    }

    /// The name and the TCP connection; how it ends where there is none.
    fn connects(&mut self, row: &Row<'_>) -> Option<Then> {
        let (host, port) = (&row.url.host, row.url.port.to_string());
        if row.decision("browser-gives-up-lookup").is_some() {
            let words = ["Could not resolve host: ", host].concat();
            self.says(&[&words]);
            return Some(self.closes(6, &words));
        }
        let address = row.ends().map(|(_, server)| server.ip().to_string()).or_else(|| row.address());
        let Some(address) = address else { return Some(Then::Unknown(row.end())) };
        self.text.push_str(&["*   Trying ", &address, ":", &port, "...\n"].concat());
        let failed =
            [("browser-gives-up", "Connection timed out", 28), ("connection-refused", "Connection refused", 7)];
        for (name, why, code) in failed {
            if let Some((step, ..)) = row.decision(name) {
                self.says(&["connect to ", &address, " port ", &port, " failed: ", why]);
                let after = (step.end - row.span().0).0 / 1_000;
                let words =
                    ["Failed to connect to ", host, " port ", &port, " after ", &after.to_string(), " ms: "].concat();
                let words = words + "Couldn't connect to server";
                self.says(&[&words]);
                return Some(self.closes(code, &words));
            }
        }
        let number = self.connection.to_string();
        self.says(&["Connected to ", host, " (", &address, ") port ", &port, " (#", &number, ")"]);
        None
    }

    /// The request and what comes back.
    fn asks(&mut self, case: &Case<'_>, row: &Row<'_>, next: Option<&Row<'_>>, bare: bool) -> Then {
        let authority = row.url.authority();
        let http2 = row.over_http2();
        if http2 {
            self.streams(row, &authority);
        }
        let version = if http2 { " HTTP/2" } else { " HTTP/1.1" };
        let lines = [&["GET ", &row.url.target, version].concat(), &["Host: ", &authority].concat()];
        let more = match http2 {
            true => ["user-agent: curl/7.88.1", "accept: */*", ""],
            false => ["User-Agent: curl/7.88.1", "Accept: */*", ""],
        };
        for line in lines.map(String::as_str).into_iter().chain(more) {
            self.text.push_str(&["> ", line, "\n"].concat());
        }
        if bare {
            // sshd speaks first, and what it says is no HTTP.
            let ssh = row.decision("instance-accepts").is_some_and(|(_, verdict, _)| verdict.words.starts_with("sshd"));
            if !ssh {
                return Then::Unknown("not modelled: HTTP to a port that browsers refuse".to_owned());
            }
            let words = "Received HTTP/0.9 when not allowed";
            self.says(&[words]);
            return self.closes(1, words);
        }
        if row.url.secure && row.decision("connection-reused").is_none() {
            verify::tickets(self, row);
        }
        let Some((step, response)) = row.response() else { return self.no_answer(row) };
        let date = case.world.network().date.map(|(date, _)| Date(date.0 + (step.start.0 / 1_000_000) as i64));
        let response = &for_curl(response, date);
        self.head(response);
        let followed =
            next.is_some() || matches!(row.outcome, Some(Outcome::BrowserError { code: "ERR_TOO_MANY_REDIRECTS", .. }));
        // The last of several lengths counts; what is more than it says is thrown away.
        let mut lengths = response.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("Content-Length"));
        let length = lengths.next_back().and_then(|(_, value)| value.parse::<usize>().ok());
        let excess = length.filter(|length| *length < response.body.len() && response.body.is_char_boundary(*length));
        let close = response.header("Connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
        if followed {
            if !close && !response.body.is_empty() {
                self.says(&["Ignoring the response-body"]);
            }
        } else {
            let body = &response.body[..excess.unwrap_or(response.body.len())];
            let lines = body.rfind('\n').map_or(0, |at| at + 1);
            self.text.push_str(&body[..lines]);
            body[lines..].clone_into(&mut self.held_back);
        }
        if response.cut && !followed {
            let missing = response.length().map(|length| length.saturating_sub(response.body.len()).to_string());
            let words = match missing {
                Some(missing) => ["transfer closed with ", &missing, " bytes remaining to read"].concat(),
                None => "transfer closed with outstanding read data remaining".to_owned(),
            };
            let version = if verify::is_old(row) { "TLSv1.2" } else { "TLSv1.3" };
            if row.url.secure {
                self.says(&[version, " (IN), TLS alert, close notify (256):"]);
            }
            self.says(&[&words]);
            let end = self.closes(18, &words);
            if row.url.secure {
                self.says(&[version, " (OUT), TLS alert, close notify (256):"]);
            }
            return end;
        }
        let number = self.connection.to_string();
        if let Some(length) = excess.filter(|_| !followed) {
            let (more, size) = ((response.body.len() - length).to_string(), length.to_string());
            let sizes = [", size = ", &size, ", maxdownload = ", &size, ", bytecount = 0"].concat();
            self.says(&["Excess found in a read: excess = ", &more, &sizes]);
            self.says(&["Closing connection ", &number]);
            if row.url.secure {
                self.says(&["TLSv1.3 (OUT), TLS alert, close notify (256):"]);
            }
        } else if close {
            self.says(&["Closing connection ", &number]);
        } else {
            self.says(&["Connection #", &number, " to host ", &row.url.host, " left intact"]);
        }
        if let Some(next) = next {
            if next.url.port != row.url.port {
                let (from, to) = (row.url.port.to_string(), next.url.port.to_string());
                self.says(&["Clear auth, redirects to port from ", &from, " to ", &to]);
            }
            self.says(&["Issue another request to this URL: '", &next.url.text(), "'"]);
            return Then::Next;
        }
        if followed {
            let words = "Maximum (20) redirects followed";
            self.says(&[words]);
            return Then::End(47, ["curl: (47) ", words].concat());
        }
        Then::End(0, String::new())
    }

    /// What curl says of a request that becomes a stream of HTTP/2. Where in its memory things lie was recorded once.
    fn streams(&mut self, row: &Row<'_>, authority: &str) {
        let fields = [(":method", "GET"), (":path", &row.url.target), (":scheme", "https"), (":authority", authority)];
        for (name, value) in fields.into_iter().chain([("user-agent", "curl/7.88.1"), ("accept", "*/*")]) {
            self.says(&["h2h3 [", name, ": ", value, "]"]);
        }
        self.stream = if row.decision("connection-reused").is_some() { self.stream + 2 } else { 1 };
        let number = self.stream.to_string();
        self.says(&["Using Stream ID: ", &number, " (easy handle 0x5586488fd4b0)"]);
    }

    /// The head of an answer.
    fn head(&mut self, response: &Response) {
        let status = response.status.to_string();
        let version = response.version.trim_end_matches(".0");
        let version = if version == "HTTP/2" { version } else { response.version };
        self.text.push_str(&["< ", version, " ", &status, " ", &response.reason, "\n"].concat());
        for (name, value) in &response.headers {
            self.text.push_str(&["< ", name, ": ", value, "\n"].concat());
        }
        self.text.push_str("< \n");
    }

    /// The connection ended without an answer.
    fn no_answer(&mut self, row: &Row<'_>) -> Then {
        let (code, words) = match row.outcome {
            Some(Outcome::BrowserError { code: "ERR_EMPTY_RESPONSE", .. }) => (52, "Empty reply from server"),
            Some(Outcome::BrowserError { code: "ERR_CONNECTION_RESET", .. }) => {
                (56, "Recv failure: Connection reset by peer")
            }
            _ => return Then::Unknown(row.end()),
        };
        self.says(&[words]);
        if row.url.secure && code == 56 {
            self.says(&["OpenSSL SSL_read: Connection reset by peer, errno 104"]);
        }
        let end = self.closes(code, words);
        if row.url.secure && code == 52 {
            self.says(&["TLSv1.3 (OUT), TLS alert, close notify (256):"]);
        } else if row.url.secure {
            self.says(&["Send failure: Broken pipe"]);
        }
        end
    }
}
