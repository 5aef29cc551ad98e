//! From the HTML of a page to the parts that decide when it shows (HTML standard of 2026-07, "Parsing HTML documents" and
//! "The script element"). Reading never fails: a tag that is not known is passed over, as browsers do.

/// How many parts a page may have.
const MOST: usize = 200;

/// A page, as far as loading it goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Its title.
    pub title: String,
    /// What stands in it, in order.
    pub parts: Vec<Part>,
    /// Whether it has more parts than are read.
    pub more: bool,
}

/// A part of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it is.
    pub what: What,
    /// The line of the HTML on which it stands, counted from 1.
    pub line: u32,
    /// Whether it stands before the body.
    pub head: bool,
}

/// What a part is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// `<link rel=stylesheet>`: its address.
    Style(String),
    /// `<style>`.
    OwnStyle,
    /// `<script src>`: its address, and when it runs.
    Script(String, Mode, bool),
    /// `<script>` with its text, and whether it is a module.
    OwnScript(String, bool),
    /// `<img>`: its address and the words in its place.
    Image(String, String),
    /// A heading.
    Heading(String),
    /// Text that shows.
    Text(String),
    /// A button and its words.
    Button(String),
}

/// When a script from an address runs ("prepare the script element").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The parser waits for it.
    Blocking,
    /// When the document has been parsed, in order: `defer`, and modules without `async`.
    Defer,
    /// As soon as it is there: `async`.
    Async,
}

impl Part {
    /// The address from which it comes, if it comes from one.
    pub fn address(&self) -> Option<&str> {
        match &self.what {
            What::Style(address) | What::Script(address, ..) | What::Image(address, _) => Some(address),
            _ => None,
        }
    }
}

/// Reads a page.
pub fn parse(text: &str) -> Page {
    let mut reader = Reader { page: Page::default(), rest: text, line: 1, head: true, inside: String::new() };
    while !reader.rest.is_empty() && !reader.page.more {
        reader.piece();
    }
    reader.page
}

struct Reader<'a> {
    page: Page,
    rest: &'a str,
    line: u32,
    head: bool,
    /// The heading or button that is open.
    inside: String,
}

type Attributes = Vec<(String, String)>;

impl<'a> Reader<'a> {
    /// Takes so many bytes.
    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        self.line += taken.bytes().filter(|byte| *byte == b'\n').count() as u32;
        taken
    }

    /// The next text, comment or tag.
    fn piece(&mut self) {
        if self.rest.starts_with("<!--") {
            let end = crate::text::split_once(self.rest, "-->").map_or(self.rest.len(), |(inside, _)| inside.len() + 3);
            self.take(end);
            return;
        }
        let begins = |c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?');
        if self.rest.strip_prefix('<').is_some_and(|rest| rest.starts_with(begins)) {
            return self.tag();
        }
        let first = self.rest.chars().next().map_or(0, char::len_utf8);
        let end = self.rest[first..].find('<').map_or(self.rest.len(), |end| end + first);
        let line = self.line;
        let words = self.take(end).split_whitespace().collect::<Vec<_>>().join(" ");
        if words.is_empty() {
            return;
        }
        self.head = false;
        let what = match (self.inside.as_str(), self.page.parts.last_mut().map(|part| &mut part.what)) {
            ("button", Some(What::Button(label))) => {
                label.push_str(if label.is_empty() { "" } else { " " });
                label.push_str(&words);
                return;
            }
            ("", _) => What::Text(words),
            ("button", _) => What::Button(words),
            _ => What::Heading(words),
        };
        self.add(what, line);
    }

    fn add(&mut self, what: What, line: u32) {
        if self.page.parts.len() == MOST {
            self.page.more = true;
            return;
        }
        self.page.parts.push(Part { what, line, head: self.head });
    }

    fn tag(&mut self) {
        let line = self.line;
        let (name, attributes) = self.attributes();
        let of = |wanted: &str| attributes.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
        // What may stand in the head; anything else begins the body (HTML standard, "The after head insertion mode").
        const HEAD: [&str; 12] = [
            "html",
            "/html",
            "head",
            "title",
            "meta",
            "link",
            "script",
            "style",
            "base",
            "noscript",
            "/noscript",
            "template",
        ];
        if !HEAD.contains(&name.as_str()) && !name.starts_with('!') {
            self.head = false;
        }
        match name.as_str() {
            "title" => {
                let words = self.raw("title").split_whitespace().collect::<Vec<_>>().join(" ");
                if self.page.title.is_empty() {
                    self.page.title = words;
                }
            }
            "style" => {
                self.raw("style");
                self.add(What::OwnStyle, line);
            }
            "script" => {
                let text = self.raw("script").to_owned();
                let kind = of("type").unwrap_or("").trim().to_ascii_lowercase();
                let module = kind == "module";
                // Of another type it is data, and never runs.
                if !module && !matches!(kind.as_str(), "" | "text/javascript" | "application/javascript") {
                    return;
                }
                let mode = match (of("async"), module || of("defer").is_some()) {
                    (Some(_), _) => Mode::Async,
                    (None, true) => Mode::Defer,
                    (None, false) => Mode::Blocking,
                };
                match of("src") {
                    Some(address) => self.add(What::Script(address.to_owned(), mode, module), line),
                    None => self.add(What::OwnScript(text, module), line),
                }
            }
            "link" => {
                let words = of("rel").unwrap_or("").to_ascii_lowercase();
                // A sheet for another medium is fetched as well, but nobody waits for it.
                let meant = matches!(of("media").unwrap_or("all").trim(), "" | "all" | "screen");
                if let (true, true, Some(address)) =
                    (words.split_whitespace().any(|w| w == "stylesheet"), meant, of("href"))
                {
                    self.add(What::Style(address.to_owned()), line);
                }
            }
            "img" => {
                if let Some(address) = of("src") {
                    self.add(What::Image(address.to_owned(), of("alt").unwrap_or("").to_owned()), line);
                }
            }
            "button" => {
                self.add(What::Button(String::new()), line);
                self.inside = name;
            }
            "h1" | "h2" | "h3" => self.inside = name,
            "/button" | "/h1" | "/h2" | "/h3" => self.inside.clear(),
            _ => {}
        }
    }

    /// The text up to the end tag, in which nothing is a tag ("The text insertion mode").
    fn raw(&mut self, name: &str) -> &'a str {
        let ends = |at: usize| {
            let after = &self.rest[at + 1..];
            let tag = after.strip_prefix('/').and_then(|after| after.get(..name.len()));
            tag.is_some_and(|tag| tag.eq_ignore_ascii_case(name))
        };
        let end = self.rest.bytes().enumerate().position(|(at, byte)| byte == b'<' && ends(at));
        let text = self.take(end.unwrap_or(self.rest.len()));
        let close = self.rest.find('>').map_or(self.rest.len(), |at| at + 1);
        self.take(close);
        text
    }

    /// A tag's name, with its slash or exclamation mark, in lower case, and its attributes.
    fn attributes(&mut self) -> (String, Attributes) {
        self.take(1);
        let end = self.rest.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(self.rest.len());
        let name = self.take(end).to_ascii_lowercase();
        let mut found = Attributes::new();
        loop {
            let blank = |c: char| c.is_whitespace() || c == '/';
            let start = self.rest.find(|c| !blank(c)).unwrap_or(self.rest.len());
            self.take(start);
            if self.rest.is_empty() {
                break;
            }
            if self.rest.starts_with('>') {
                self.take(1);
                break;
            }
            let first = self.rest.chars().next().map_or(0, char::len_utf8);
            let ends = |c: char| blank(c) || matches!(c, '>' | '=');
            let end = self.rest[first..].find(ends).map_or(self.rest.len(), |end| end + first);
            let attribute = self.take(end).to_ascii_lowercase();
            let mut value = "";
            if self.rest.starts_with('=') {
                self.take(1);
                value = match self.rest.chars().next() {
                    Some(quote @ ('"' | '\'')) => {
                        self.take(1);
                        let end = self.rest.find(quote).unwrap_or(self.rest.len());
                        let value = self.take(end);
                        self.take(usize::from(!self.rest.is_empty()));
                        value
                    }
                    _ => {
                        let end = self.rest.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(self.rest.len());
                        self.take(end)
                    }
                };
            }
            if found.len() < MOST && !found.iter().any(|(known, _)| *known == attribute) {
                found.push((attribute, value.to_owned()));
            }
        }
        (name.trim_end_matches('/').to_owned(), found)
    }
}
