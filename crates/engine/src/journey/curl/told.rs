//! What curl is told, and what it shows (curl(1), 7.88.1). An option that is not modelled is said by name.

use crate::message::{Request, Response};
use crate::url::Url;

/// The command line, read.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// The URL, with a scheme.
    pub url: String,
    /// `-X`.
    method: Option<String>,
    /// `-H`: a header without a value takes curl's own away.
    headers: Vec<(String, Option<String>)>,
    /// `-d`, joined with `&`.
    data: Option<String>,
    json: bool,
    head: bool,
    include: bool,
    fail: bool,
    verbose: bool,
    quiet: bool,
    /// `-L`.
    pub follow: bool,
    /// `-k`.
    pub insecure: bool,
}

/// Reads the words after `curl`.
///
/// # Errors
///
/// What curl says of them, or the option that is not modelled.
pub fn read(words: &[&str]) -> Result<Told, String> {
    const TRY: &str = "\ncurl: try 'curl --help' or 'curl --manual' for more information\n";
    let mut told = Told::default();
    let mut words = words.iter().copied();
    while let Some(word) = words.next() {
        if word.len() < 2 || !word.starts_with('-') {
            if !told.url.is_empty() {
                return Err("not modelled: curl with more than one URL\n".to_owned());
            }
            let scheme = if crate::text::contains(word, "://") { "" } else { "http://" };
            told.url = [scheme, word].concat();
            continue;
        }
        // Short options may stand together; one that takes a value takes the rest of the word, or the next word.
        let mut rest = if word.starts_with("--") { "" } else { &word[1..] };
        let mut option = word;
        loop {
            let letter = rest.chars().next().map(|c| ['-', c].iter().collect::<String>());
            if let Some(letter) = &letter {
                rest = &rest[letter.len() - 1..];
                option = letter;
            }
            if !told.flag(option) {
                let mut value = || match rest {
                    "" => words.next(),
                    attached => Some(attached),
                };
                if !takes_value(option) {
                    return Err(["not modelled: curl ", option, "\n"].concat());
                }
                let Some(value) = value() else {
                    return Err(["curl: option ", word, ": requires parameter", TRY].concat());
                };
                told.value(option, value)?;
                break;
            }
            if rest.is_empty() {
                break;
            }
            option = word;
        }
    }
    if told.url.is_empty() {
        return Err(["curl: no URL specified!", TRY].concat());
    }
    Ok(told)
}

/// A version as curl writes it.
fn shown(version: &str) -> &str {
    if version == "HTTP/2.0" { "HTTP/2" } else { version }
}

fn takes_value(option: &str) -> bool {
    const THESE: [&str; 13] = [
        "-X",
        "--request",
        "-H",
        "--header",
        "-d",
        "--data",
        "--data-raw",
        "--data-ascii",
        "--data-binary",
        "--json",
        "-A",
        "--user-agent",
        "-o",
    ];
    THESE.contains(&option)
}

impl Told {
    /// An option without a value. False where it is none.
    fn flag(&mut self, option: &str) -> bool {
        match option {
            "-s" | "--silent" | "-S" | "--show-error" => {}
            "-I" | "--head" => self.head = true,
            "-i" | "--include" => self.include = true,
            "-L" | "--location" => self.follow = true,
            "-k" | "--insecure" => self.insecure = true,
            "-v" | "--verbose" => self.verbose = true,
            "-f" | "--fail" => self.fail = true,
            _ => return false,
        }
        true
    }

    fn value(&mut self, option: &str, value: &str) -> Result<(), String> {
        match option {
            "-X" | "--request" => self.method = Some(value.to_owned()),
            "-A" | "--user-agent" => self.headers.push(("User-Agent".to_owned(), Some(value.to_owned()))),
            "-o" if value == "/dev/null" => self.quiet = true,
            "-o" => return Err("not modelled: curl -o, but to /dev/null\n".to_owned()),
            "-H" | "--header" => match value.split_once(':') {
                Some((name, rest)) => {
                    let rest = rest.trim();
                    self.headers.push((name.to_owned(), (!rest.is_empty()).then(|| rest.to_owned())));
                }
                None => return Err("not modelled: curl -H without a colon\n".to_owned()),
            },
            _ if value.starts_with('@') && option != "--data-raw" => {
                return Err(["not modelled: curl ", option, " with a file\n"].concat());
            }
            _ => {
                self.json |= option == "--json";
                let before = self.data.take();
                let and = if self.json { "" } else { "&" };
                self.data = Some(before.map_or_else(|| value.to_owned(), |before| [&before, and, value].concat()));
            }
        }
        Ok(())
    }

    /// The first request.
    pub fn request(&self, url: &Url) -> Request {
        let usual = match (self.head, &self.data) {
            (true, _) => "HEAD",
            (false, Some(_)) => "POST",
            (false, None) => "GET",
        };
        self.make(url, self.method.as_deref().unwrap_or(usual), self.data.as_deref())
    }

    /// The request after a redirect: 301, 302 and 303 make a POST a GET without a body, unless `-X` says otherwise.
    pub fn again(&self, url: &Url, status: u16, before: &Request) -> Request {
        let keeps = matches!(status, 307 | 308) || before.body.is_empty();
        let method = match &self.method {
            Some(method) => method,
            None if keeps => &*before.method,
            None => "GET",
        };
        self.make(url, method, self.data.as_deref().filter(|_| keeps && !before.body.is_empty()))
    }

    /// Headers in curl's order; what is given with `-H` comes after its own.
    fn make(&self, url: &Url, method: &str, data: Option<&str>) -> Request {
        let given = |name: &str| self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        let mut headers: Vec<(String, String)> = Vec::new();
        let accept = if self.json { "application/json" } else { "*/*" };
        let own = [("Host", url.authority()), ("User-Agent", "curl/7.88.1".to_owned()), ("Accept", accept.to_owned())];
        for (name, value) in own {
            match given(name) {
                // Its place stays the first.
                Some((_, Some(value))) if name != "Accept" => headers.push((name.to_owned(), value.clone())),
                Some(_) => {}
                None => headers.push((name.to_owned(), value)),
            }
        }
        for (name, value) in &self.headers {
            let placed = ["Host", "User-Agent"].iter().any(|own| own.eq_ignore_ascii_case(name));
            if let (false, Some(value)) = (placed, value) {
                headers.push((name.clone(), value.clone()));
            }
        }
        if let Some(data) = data {
            if given("Content-Length").is_none() {
                headers.push(("Content-Length".to_owned(), data.len().to_string()));
            }
            if given("Content-Type").is_none() {
                let kind = if self.json { "application/json" } else { "application/x-www-form-urlencoded" };
                headers.push(("Content-Type".to_owned(), kind.to_owned()));
            }
        }
        let headers = headers.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        let (method, target) = (method.to_owned().into(), url.target.clone());
        let body = data.unwrap_or("").to_owned();
        Request { method, target, version: "HTTP/1.1", headers, secure: url.secure, body, ..Request::default() }
    }

    /// A line that only `-v` shows.
    pub fn note(&self, printed: &mut String, pieces: &[&str]) {
        if self.verbose {
            printed.extend(pieces.iter().copied().chain(["\n"]));
        }
    }

    /// With `-v`, what is sent.
    pub fn sent(&self, request: &Request, printed: &mut String) {
        self.note(printed, &["> ", &request.method, " ", &request.target, " ", shown(request.version)]);
        for (name, value) in &request.headers {
            // In HTTP/2 it is called otherwise, and curl shows it in its old form.
            let name = if name == "host" { "Host" } else { name };
            self.note(printed, &["> ", name, ": ", value]);
        }
        self.note(printed, &["> "]);
    }

    /// What is shown of an answer. The body of one that only leads on is left out.
    pub fn print(&self, response: &Response, leads_on: bool, printed: &mut String) {
        let status = response.status.to_string();
        let mut lines: Vec<String> = vec![[shown(response.version), " ", &status, " ", &response.reason].concat()];
        let small = response.version == "HTTP/2.0";
        let name = |name: &str| if small { name.to_ascii_lowercase() } else { name.to_owned() };
        lines.extend(response.headers.iter().map(|(n, value)| [&name(n), ": ", value].concat()));
        lines.push(String::new());
        for line in &lines {
            self.note(printed, &["< ", line]);
        }
        if self.include || self.head {
            printed.extend(lines.iter().flat_map(|line| [line.as_str(), "\n"]));
        }
        let failed = self.fail && response.status >= 400;
        if !(self.head || leads_on || failed || self.quiet) {
            printed.push_str(&response.body);
        }
    }

    /// With `-f` an error of the server is one of curl's.
    pub fn verdict(&self, status: u16) -> Result<(), String> {
        if self.fail && status >= 400 {
            return Err(["curl: (22) The requested URL returned error: ", &status.to_string(), "\n"].concat());
        }
        Ok(())
    }
}
