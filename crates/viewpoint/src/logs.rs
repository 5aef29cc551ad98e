//! nginx's access log and error log, as nginx 1.22.1 writes them in its usual format (`combined`; nginx.org,
//! `ngx_http_log_module`). Only the lines of this request are shown.
//!
//! The number of nginx's worker is the engine's own.

use crate::case::{Case, Seen};
use crate::dates;
use crate::row::Row;
use engine::http2::Frame;
use engine::message::{Message, Request, Response};
use engine::place::Place::{Instance, Proxy};
use engine::text;
use engine::time::Micros;
use engine::tls::Date;
use engine::trace::{Act, Step};

/// Year, month, day and clock of a moment of the simulation. Without a date in the world, all are stars.
fn moment(case: &Case<'_>, at: Micros) -> [String; 4] {
    let Some((date, _)) = case.world.network().date else { return ["****", "**", "**", "**:**:**"].map(str::to_owned) };
    dates::parts(Date(date.0 + (at.0 / 1_000_000) as i64))
}

/// `14/Feb/2026:09:00:00 +0000`, the variable `$time_local`.
fn time_local(case: &Case<'_>, at: Micros) -> String {
    let [year, month, day, clock] = moment(case, at);
    [&day, "/", dates::month_name(&month), "/", &year, ":", &clock, " +0000"].concat()
}

/// What nginx noted of the requests in its access log.
pub fn access(case: &Case<'_>) -> Seen {
    if let Some(why) = otherwise(case, "access_log") {
        return Seen::Nothing(why);
    }
    let lines: String = case.rows().iter().filter_map(|row| access_line(case, row)).collect();
    Seen::text_or(lines, &nothing(case))
}

/// One line: who, when, what, how it was answered.
fn access_line(case: &Case<'_>, row: &Row<'_>) -> Option<String> {
    let client = row.ends().map(|(client, _)| client.ip().to_string())?;
    let line = |at: Micros, request: &str, status: u16, bytes: usize, agent: &str| {
        let status = if status == 0 { "009".to_owned() } else { status.to_string() };
        let bytes = bytes.to_string();
        let who = [&client, " - - [", &time_local(case, at), "] \""];
        [&who.concat(), request, "\" ", &status, " ", &bytes, " \"-\" \"", agent, "\"\n"].concat()
    };
    let left = row.hops().find_map(|hop| match hop.message {
        Message::Response(response) if hop.from == Proxy => Some((hop.step.start, response)),
        _ => None,
    });
    // The bytes of a ClientHello where a request should stand; after its head they are different each time.
    if let Some((step, ..)) = row.decisions().find(|(step, at, ..)| step.name == "no-tls-here" && *at == Proxy) {
        let bytes = r"\x16\x03\x01\x02\x00\x01\x00\x01\xFC\x03\x03…";
        return Some(line(step.start, bytes, 400, 157, "-"));
    }
    if let Some((at, request, status, bytes, agent)) = called(row) {
        return Some(line(at, &request, status, bytes, &agent));
    }
    let (arrived, request) = row.hops().find_map(|hop| match hop.message {
        Message::Request(request) if hop.to == Proxy => Some((hop.step.end, request)),
        _ => None,
    })?;
    let agent = request.header("User-Agent").unwrap_or("-");
    let (at, status, bytes) = match left {
        // The line is written when the connection ends; what was sent after the head of the answer counts as its body.
        Some((at, response)) if response.status == 101 => {
            let frames = row.hops().filter(|hop| hop.from == Proxy && hop.to == Instance);
            let sizes = frames.filter_map(|hop| match hop.message {
                Message::Frame(frame) => Some((hop.step.start, frame.size())),
                _ => None,
            });
            sizes.fold((at, 101, 0), |(at, status, sum), (then, size)| (at.max(then), status, sum + size))
        }
        Some((at, response)) if request.method == "HEAD" => (at, response.status, 0),
        Some((at, response)) => (at, response.status, sent(response)),
        // Nothing was sent: nginx's own 444.
        None => (arrived, 444, 0),
    };
    Some(line(at, &request_line(request), status, bytes, agent))
}

/// A request of HTTP/2 that came as frames: when it was answered, the request, the status, the bytes of the body, and who
/// asked. A status that is none is written as 009, the number with which nginx means HTTP/0.9.
fn called(row: &Row<'_>) -> Option<(Micros, String, u16, usize, String)> {
    let (mut arrived, mut answered) = (None, None);
    let mut bytes = 0;
    for hop in row.hops() {
        let Message::Http2(flight) = hop.message else { continue };
        if hop.to == Proxy && hop.from == Instance && flight.field(":method").is_some() {
            arrived = Some((hop.step.end, flight));
        }
        if hop.from == Proxy && hop.to == Instance {
            if let Some(status) = flight.field(":status") {
                answered = Some((hop.step.start, status.parse().unwrap_or(0)));
            }
            bytes += flight
                .frames
                .iter()
                .map(|frame| match frame {
                    Frame::Data { bytes, .. } => bytes.len(),
                    _ => 0,
                })
                .sum::<usize>();
        }
    }
    let (_, flight) = arrived?;
    let (at, status) = answered?;
    let value = |name: &str| flight.field(name).unwrap_or("-");
    let request = [value(":method"), " ", value(":path"), " HTTP/2.0"].concat();
    Some((at, request, status, bytes, value("user-agent").to_owned()))
}

/// The variable `$body_bytes_sent`: where the body comes in pieces with the length before each and the last, empty one, and
/// with what is said after it. Here it comes in one piece.
fn sent(response: &Response) -> usize {
    let size = response.size();
    if !response.chunked() {
        return size;
    }
    let digits = (1..8).find(|digits| size >> (4 * digits) == 0).unwrap_or(8);
    let piece = if size == 0 { 0 } else { digits + 2 + size + 2 };
    let trailers: usize = response.trailers.iter().map(|(name, value)| name.len() + value.len() + 4).sum();
    piece + if response.cut { 0 } else { 3 + trailers + 2 }
}

/// The variable `$request`.
fn request_line(request: &Request) -> String {
    [&request.method, " ", &request.target, " ", request.version].concat()
}

/// What nginx wrote into its error log about the requests, at the usual level `error`.
pub fn error(case: &Case<'_>) -> Seen {
    if let Some(why) = otherwise(case, "error_log") {
        return Seen::Nothing(why);
    }
    let mut lines = String::new();
    let rows = case.rows();
    for row in &rows {
        for (step, at, verdict, _) in row.decisions() {
            if at == Proxy
                && let Some(words) = logged(&verdict.words)
            {
                let [year, month, day, clock] = moment(case, step.start);
                let date = [&year, "/", &month, "/", &day, " ", &clock, " [error] "].concat();
                // nginx counts the connections of its clients and its own.
                let number = (case.before.opened + case.before.passed + 1).to_string();
                let worker = case.after.unit.processes.1.to_string();
                lines.push_str(&[&date, &worker, "#", &worker, ": *", &number, " ", words, "\n"].concat());
            }
        }
    }
    let came = rows.iter().any(|row| access_line(case, row).is_some());
    Seen::text_or(
        lines,
        &if came { "nginx wrote no error: it did what it was told.".to_owned() } else { nothing(case) },
    )
}

/// What PostgreSQL wrote into its log meanwhile. By itself it writes errors only.
pub fn database(case: &Case<'_>) -> Seen {
    let lines = case.after.database.log.since(case.before.database.log.written);
    let text: String = lines.iter().flat_map(|line| [line, "\n"]).collect();
    let asked = |step: &Step| matches!(step.act, Act::Travel { message: Message::Sql(_), .. });
    let nothing = match (case.trace.steps.iter().any(asked), case.after.database.running) {
        (true, _) => "PostgreSQL wrote nothing: it logs errors, and there was none (log_statement: none).",
        (false, true) => "The database saw nothing of this request.",
        (false, false) => "The database saw nothing of this request: it is not running.",
    };
    Seen::text_or(text, nothing)
}

/// The sentence that nginx writes into its log, where a decision holds one: it names the client.
fn logged(words: &str) -> Option<&str> {
    if !text::contains(words, ", client: ") {
        return None;
    }
    const BEFORE: [&str; 2] = ["502 Bad Gateway: ", "asks the next server: "];
    Some(BEFORE.iter().find_map(|before| words.strip_prefix(before)).unwrap_or(words))
}

/// Why nginx has nothing to tell.
fn nothing(case: &Case<'_>) -> String {
    let nginx = &case.after.nginx;
    match (&nginx.failure, nginx.running) {
        (Some(problem), false) => {
            ["nginx saw nothing of this request: it is not running, it could not start: ", &problem.words].concat()
        }
        (None, false) => "nginx saw nothing of this request: it is not running.".to_owned(),
        (_, true) if case.rows().iter().any(|row| row.hops().any(|hop| hop.to == Proxy)) => {
            "nginx wrote nothing: no request came, the handshake was all there was.".to_owned()
        }
        (_, true) => "nginx saw nothing of this request.".to_owned(),
    }
}

/// Where the configuration that nginx has loaded writes its logs in a way of its own: that is not modelled.
fn otherwise(case: &Case<'_>, directive: &str) -> Option<String> {
    for document in &case.after.nginx.loaded {
        for (number, line) in text::lines(&document.text) {
            let line = text::without_comment(line, '#').trim();
            if line.split_whitespace().next() == Some(directive) {
                let number = number.to_string();
                return Some(["not modelled: ", &document.name, ", line ", &number, ": ", line].concat());
            }
        }
    }
    None
}
