//! What curl prints, and where: the answer on its output, everything else on its stream of errors (observed with curl 7.88.1
//! on a terminal and into a pipe). Into a pipe it would show its progress as well; that is not modelled.

use super::told::Told;
use crate::head;
use crate::message::{Request, Response, header};
use crate::shell::Ran;
use crate::tls::Date;
use crate::url::Url;

/// Why curl ends before it is done.
pub enum Stop {
    /// With this exit code and these words.
    Curl(u8, String),
    /// Its command line is wrong.
    Usage(String),
    /// It is not modelled.
    Unknown(String),
}

/// What has been printed so far.
pub struct Out {
    ran: Ran,
    /// What a terminal shows of the body only when curl ends: its unfinished last line. A pipe gets all of it then.
    held: String,
    screen: bool,
    /// To what each of its connections leads, while it is open.
    connections: Vec<Option<(bool, String, u16)>>,
    /// The number of the one that is in use.
    number: usize,
    /// Nothing is said of a connection that is there already.
    reuses: bool,
}

impl Out {
    pub fn new(screen: bool) -> Self {
        Self { ran: Ran::default(), held: String::new(), screen, connections: Vec::new(), number: 0, reuses: false }
    }

    fn put(&mut self, wrong: bool, text: String) {
        match self.ran.pieces.last_mut() {
            Some((last, before)) if *last == wrong => *before += &text,
            _ => self.ran.pieces.push((wrong, text)),
        }
    }

    /// On its output.
    fn print(&mut self, text: &str) {
        self.held += text;
        if let (true, Some(at)) = (self.screen, self.held.rfind('\n')) {
            let rest = self.held.split_off(at + 1);
            let lines = core::mem::replace(&mut self.held, rest);
            self.put(false, lines);
        }
    }

    /// A line that only `-v` shows.
    pub fn note(&mut self, told: &Told, pieces: &[&str]) {
        if told.verbose && !self.reuses {
            self.put(true, pieces.iter().copied().chain(["\n"]).collect());
        }
    }

    /// A connection for this URL: a new one, or one that is still open.
    pub fn opens(&mut self, told: &Told, url: &Url) {
        let there = Some((url.secure, url.host.clone(), url.port));
        let found = self.connections.iter().position(|open| *open == there);
        self.number = found.unwrap_or(self.connections.len());
        if found.is_none() {
            self.connections.push(there);
            return;
        }
        // It prints where in its memory the connection lies; this is one that was recorded.
        self.note(told, &["* Found bundle for host: 0x562fe5299b80 [serially]"]);
        self.note(told, &["* Can not multiplex, even if we wanted to"]);
        self.note(told, &["* Re-using existing connection #", &self.number.to_string(), " with host ", &url.host]);
        self.reuses = true;
    }

    /// The number of the connection in use.
    pub fn number(&self) -> String {
        self.number.to_string()
    }

    /// The connection in use is closed.
    pub fn closes(&mut self, told: &Told) {
        self.reuses = false;
        let number = self.number();
        self.note(told, &["* Closing connection ", &number]);
        if let Some(open) = self.connections.get_mut(self.number) {
            *open = None;
        }
    }

    /// With `-v`, what is sent.
    pub fn sent(&mut self, told: &Told, request: &Request) {
        self.reuses = false;
        self.note(told, &["> ", &request.method, " ", &request.target, " ", shown(request.version)]);
        for (name, value) in &request.headers {
            // In HTTP/2 it is called otherwise, and curl shows it in its old form.
            let name = if name == "host" { "Host" } else { name };
            self.note(told, &["> ", name, ": ", value]);
        }
        self.note(told, &["> "]);
        self.data(told, "}", &request.body);
    }

    /// With `-v`, how much is sent or has come, where it is not to be seen on the terminal.
    fn data(&mut self, told: &Told, sign: &str, data: &str) {
        if !(data.is_empty() || self.screen && !told.quiet) {
            self.note(told, &[sign, " [", &data.len().to_string(), " bytes data]"]);
        }
    }

    /// An answer; whether its connection is closed after it. The body of one that only leads on is left out.
    pub fn answer(
        &mut self,
        told: &Told,
        request: &Request,
        response: &Response,
        date: Option<Date>,
        leads_on: bool,
    ) -> bool {
        let status = response.status.to_string();
        let mut lines: Vec<String> = vec![[shown(response.version), " ", &status, " ", &response.reason].concat()];
        let small = response.version == "HTTP/2.0";
        let name = |name: &str| if small { name.to_ascii_lowercase() } else { name.to_owned() };
        let headers = head::headers(response, date, head::kept(request, response));
        let close = header(&headers, "Connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
        lines.extend(headers.iter().map(|(n, value)| [&name(n), ": ", value].concat()));
        let failed = told.fail && response.status >= 400;
        for line in &lines {
            self.note(told, &["< ", line]);
            if told.include || told.head {
                self.print(&[line, "\n"].concat());
            }
        }
        if told.include || told.head {
            self.print("\n");
        }
        if !failed {
            self.note(told, &["< "]);
        }
        // What is more than was announced is thrown away.
        let length = response.length().unwrap_or(usize::MAX);
        let body = response.body.get(..length.min(response.body.len())).unwrap_or(&response.body);
        if told.head || failed {
            return close;
        }
        if leads_on && !close && !body.is_empty() {
            self.note(told, &["* Ignoring the response-body"]);
        }
        if !(leads_on && close) {
            self.data(told, "{", body);
        }
        if !(leads_on || told.quiet) {
            self.print(body);
        }
        close
    }

    /// The end: curl's last words, what a terminal sees of the body only now, and what `-w` asks for.
    pub fn end(mut self, told: Option<&Told>, end: Result<(), Stop>, last: (&str, u16)) -> Ran {
        match end {
            Ok(()) => {}
            Err(Stop::Curl(code, words)) => {
                let loud = told.is_none_or(|told| !told.silent || told.errors);
                if loud {
                    self.put(true, ["curl: (", &code.to_string(), ") ", &words, "\n"].concat());
                }
                self.ran.status = code;
            }
            Err(Stop::Usage(words)) => {
                self.put(true, words);
                self.ran.status = 2;
            }
            Err(Stop::Unknown(words)) => {
                self.put(true, words);
                self.ran.status = 1;
                return self.ran;
            }
        }
        if let Some(format) = told.and_then(|told| told.write.as_deref()) {
            let (url, status) = last;
            self.held += &written(format, url, status);
        }
        let held = core::mem::take(&mut self.held);
        if !held.is_empty() {
            self.put(false, held);
        }
        self.ran
    }
}

/// What `-w` asks for, as far as it is known.
fn written(format: &str, url: &str, status: u16) -> String {
    let code = [&"000"[status.to_string().len().min(3)..], &status.to_string()].concat();
    let code = if status == 0 { "000".to_owned() } else { code };
    let text = crate::text::replaced(format, "%{http_code}", &code);
    let text = crate::text::replaced(&text, "%{response_code}", &code);
    let text = crate::text::replaced(&text, "%{url_effective}", url);
    let text = crate::text::replaced(&text, "\\n", "\n");
    crate::text::replaced(&text, "\\t", "\t")
}

/// A version as curl writes it.
fn shown(version: &str) -> &str {
    if version == "HTTP/2.0" { "HTTP/2" } else { version }
}
