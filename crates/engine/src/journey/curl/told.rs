//! What curl is told, and what it shows (curl(1), 7.88.1). An option that is not modelled is said by name.

use super::out::Stop;
use crate::digest::base64;
use crate::message::Request;
use crate::time::Micros;
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
    /// `-G`: what would be the body goes into the URL.
    into: bool,
    /// `-e`, `-b`.
    referer: Option<String>,
    cookie: Option<String>,
    /// `-I`.
    pub head: bool,
    /// `-i`.
    pub include: bool,
    /// `-f`.
    pub fail: bool,
    /// `-v`.
    pub verbose: bool,
    /// `-o /dev/null`.
    pub quiet: bool,
    /// `-s`, and `-S` with it.
    pub silent: bool,
    /// `-S`.
    pub errors: bool,
    /// `-u`: what follows `Basic`.
    user: Option<(String, String)>,
    /// `-w`.
    pub write: Option<String>,
    /// `-m`, `--connect-timeout`: for how long at most.
    pub most: Option<Micros>,
    /// The same, for the connection alone.
    pub connect: Option<Micros>,
    /// `--max-redirs`.
    pub redirects: Option<usize>,
    /// `-L`.
    pub follow: bool,
    /// `-k`.
    pub insecure: bool,
}

/// What curl says where its words are wrong.
const TRY: &str = "curl: try 'curl --help' or 'curl --manual' for more information\n";

/// Reads the words after `curl`.
///
/// # Errors
///
/// What curl says of them, or the option that is not modelled.
pub fn read(words: &[&str]) -> Result<Told, Stop> {
    let unknown = |pieces: &[&str]| Stop::Unknown(["not modelled: ", &pieces.concat(), "\n"].concat());
    let mut told = Told::default();
    let mut words = words.iter().copied();
    while let Some(word) = words.next() {
        if word.len() < 2 || !word.starts_with('-') {
            if !told.url.is_empty() {
                return Err(unknown(&["curl with more than one URL"]));
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
                    return Err(unknown(&["curl ", option]));
                }
                let Some(value) = value() else {
                    return Err(Stop::Usage(["curl: option ", word, ": requires parameter\n", TRY].concat()));
                };
                let number = matches!(option, "-m" | "--max-time" | "--connect-timeout" | "--max-redirs");
                if number && !value.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
                    let words = ": expected a proper numerical parameter\n";
                    return Err(Stop::Usage(["curl: option ", word, words, TRY].concat()));
                }
                told.value(option, value).map_err(|what| unknown(&["curl ", &what]))?;
                break;
            }
            if rest.is_empty() {
                break;
            }
            option = word;
        }
    }
    if told.url.is_empty() {
        return Err(Stop::Usage(TRY.to_owned()));
    }
    if told.json {
        for name in ["Content-Type", "Accept"] {
            if !told.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
                told.headers.push((name.to_owned(), Some("application/json".to_owned())));
            }
        }
    }
    if told.head && told.data.is_some() && !told.into {
        let words = "Warning: You can only select one HTTP request method! You asked for both POST \nWarning: (-d, --data) and HEAD (-I, --head).\n";
        return Err(Stop::Usage(words.to_owned()));
    }
    if let Some(data) = told.data.take_if(|_| told.into) {
        let (url, _) = told.url.split_once('#').unwrap_or((&told.url, ""));
        let (_, rest) = crate::text::split_once(url, "://").unwrap_or(("", url));
        let slash = if rest.contains('/') { "" } else { "/" };
        let sign = if rest.contains('?') { "&" } else { "?" };
        told.url = [url, slash, sign, &data].concat();
    }
    Ok(told)
}

fn takes_value(option: &str) -> bool {
    const THESE: [&str; 27] = [
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
        "-u",
        "--user",
        "-w",
        "--write-out",
        "-m",
        "--max-time",
        "--connect-timeout",
        "--max-redirs",
        "--url",
        "--data-urlencode",
        "-e",
        "--referer",
        "-b",
        "--cookie",
    ];
    THESE.contains(&option)
}

impl Told {
    /// An option without a value. False where it is none.
    fn flag(&mut self, option: &str) -> bool {
        match option {
            "-s" | "--silent" => self.silent = true,
            "-S" | "--show-error" => self.errors = true,
            "-G" | "--get" => self.into = true,
            // Braces and brackets are no patterns here anyway.
            "-g"
            | "--globoff"
            | "-4"
            | "--ipv4"
            | "--http1.1"
            | "-N"
            | "--no-buffer"
            | "-#"
            | "--no-progress-meter" => {}
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
        let seconds = || {
            let (whole, part) = value.split_once('.').unwrap_or((value, ""));
            let part = [part, "000000"].concat().get(..6).and_then(|part| part.parse::<u64>().ok());
            let whole = whole.parse::<u64>().ok().filter(|whole| *whole < 1_000_000);
            whole.zip(part).map(|(whole, part)| Micros(whole * 1_000_000 + part)).ok_or_else(|| option.to_owned())
        };
        match option {
            "-u" | "--user" => match value.split_once(':') {
                Some((name, _)) => {
                    let basic = ["Basic ", &base64(value.as_bytes())].concat();
                    self.user = Some((name.to_owned(), basic));
                }
                None => return Err("-u without a password, which it would ask for".to_owned()),
            },
            "-w" | "--write-out" => {
                let known = ["%{http_code}", "%{response_code}", "%{url_effective}"];
                let rest = known.iter().fold(value.to_owned(), |text, name| crate::text::replaced(&text, name, ""));
                if value.starts_with('@') || crate::text::contains(&rest, "%") {
                    return Err(["-w ", value].concat());
                }
                self.write = Some(value.to_owned());
            }
            "-m" | "--max-time" => self.most = Some(seconds()?),
            "--connect-timeout" => self.connect = Some(seconds()?),
            "--max-redirs" => self.redirects = Some(value.parse().map_err(|_| option.to_owned())?),
            "--url" if self.url.is_empty() => {
                let scheme = if crate::text::contains(value, "://") { "" } else { "http://" };
                self.url = [scheme, value].concat();
            }
            "--url" => return Err("with more than one URL".to_owned()),
            "-e" | "--referer" if !value.contains(';') => self.referer = Some(value.to_owned()),
            "-b" | "--cookie" if value.contains('=') => {
                let before = self.cookie.take().map_or_else(String::new, |before| before + ";");
                self.cookie = Some(before + value);
            }
            "-e" | "--referer" => return Err("-e with ;auto".to_owned()),
            "-b" | "--cookie" => return Err("-b with a file".to_owned()),
            "-X" | "--request" if value == "HEAD" => return Err("-X HEAD, which -I does better".to_owned()),
            "-X" | "--request" => self.method = Some(value.to_owned()),
            "-A" | "--user-agent" => self.headers.push(("User-Agent".to_owned(), Some(value.to_owned()))),
            "-o" if value == "/dev/null" => self.quiet = true,
            "-o" => return Err("-o, but to /dev/null".to_owned()),
            "-H" | "--header" => match value.split_once(':') {
                Some((name, rest)) => {
                    let rest = rest.trim();
                    self.headers.push((name.to_owned(), (!rest.is_empty()).then(|| rest.to_owned())));
                }
                None => return Err("-H without a colon".to_owned()),
            },
            _ if value.starts_with('@') && option != "--data-raw" => {
                return Err([option, " with a file"].concat());
            }
            "--data-urlencode" => {
                if value.split_once('=').map_or(value, |(name, _)| name).contains('@') {
                    return Err("--data-urlencode with a file".to_owned());
                }
                let (name, content) = value.split_once('=').unwrap_or(("", value));
                let equals = if name.is_empty() { "" } else { "=" };
                self.more(&[name, equals, &escaped(content)].concat());
            }
            _ => {
                self.json |= option == "--json";
                self.more(value);
            }
        }
        Ok(())
    }

    /// More of the body.
    fn more(&mut self, data: &str) {
        let and = if self.json { "" } else { "&" };
        let before = self.data.take();
        self.data = Some(before.map_or_else(|| data.to_owned(), |before| [&before, and, data].concat()));
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
        let placed = |name: &str| ["Host", "User-Agent"].iter().any(|own| own.eq_ignore_ascii_case(name));
        let mut headers: Vec<(String, String)> = Vec::new();
        // What proves who asks goes to nobody else.
        let first = Url::parse(&self.url);
        let away =
            first.is_some_and(|first| (first.secure, &first.host, first.port) != (url.secure, &url.host, url.port));
        let user = self.user.as_ref().filter(|_| !away);
        let basic = user.map_or_else(String::new, |(_, basic)| basic.clone());
        let own = [
            ("Host", url.authority()),
            ("Authorization", basic),
            ("User-Agent", "curl/7.88.1".to_owned()),
            ("Accept", "*/*".to_owned()),
            ("Referer", self.referer.clone().unwrap_or_default()),
            ("Cookie", self.cookie.clone().unwrap_or_default()),
        ];
        for (name, value) in own {
            match given(name) {
                // Its place stays the first.
                Some((_, Some(value))) if placed(name) => headers.push((name.to_owned(), value.clone())),
                Some(_) => {}
                None if value.is_empty() => {}
                None => headers.push((name.to_owned(), value)),
            }
        }
        let secret = |name: &str| ["Authorization", "Cookie"].iter().any(|known| known.eq_ignore_ascii_case(name));
        for (name, value) in &self.headers {
            if let (false, Some(value)) = (placed(name) || away && secret(name), value) {
                headers.push((name.clone(), value.clone()));
            }
        }
        if let Some(data) = data {
            if given("Content-Length").is_none() {
                headers.push(("Content-Length".to_owned(), data.len().to_string()));
            }
            if given("Content-Type").is_none() {
                let kind = "application/x-www-form-urlencoded";
                headers.push(("Content-Type".to_owned(), kind.to_owned()));
            }
        }
        let headers = headers.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        let (method, target) = (method.to_owned().into(), url.target.clone());
        let body = data.unwrap_or("").to_owned();
        Request { method, target, version: "HTTP/1.1", headers, secure: url.secure, body, ..Request::default() }
    }

    /// Whose name and password are sent along (`-u`).
    pub fn user(&self, url: &Url) -> Option<&str> {
        let given = self.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case("Authorization"));
        let user = self.user.as_ref().filter(|_| !given && !self.away(url));
        user.map(|(name, _)| name.as_str())
    }

    /// Whether it is somebody else than the first who is asked.
    fn away(&self, url: &Url) -> bool {
        let first = Url::parse(&self.url);
        first.is_some_and(|first| (first.secure, &first.host, first.port) != (url.secure, &url.host, url.port))
    }
}

/// As curl encodes a value for a form.
fn escaped(text: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b' ' => out.push('+'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(byte.into()),
            _ => {
                out.push('%');
                out.push(HEX[usize::from(byte >> 4)].into());
                out.push(HEX[usize::from(byte & 15)].into());
            }
        }
    }
    out
}
