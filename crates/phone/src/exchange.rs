//! One request and its answer, as a script may know them.
//!
//! A script sets method, path and a few headers; what else the browser adds (`Cookie`, `Origin`, `Sec-Fetch-Site`) it
//! cannot see. Of an answer of its own origin it sees all but `Set-Cookie` (Fetch standard, "basic filtered response", as
//! of 2026-07).

/// What is pressed below a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// `POST …/like`
    Like,
    /// `DELETE …/like`
    Unlike,
}

/// A request that is to be sent until it is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Like it, or like it no longer.
    pub what: What,
    /// Which post.
    pub post: i64,
    /// The `Idempotency-Key`, the same at each try.
    pub key: String,
}

/// An answer: as it came, or as it was foretold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// Names and values, in the order in which they were given.
    pub headers: Vec<(String, String)>,
    /// The body as text.
    pub body: String,
}

impl What {
    /// The method.
    pub const fn method(self) -> &'static str {
        match self {
            Self::Like => "POST",
            Self::Unlike => "DELETE",
        }
    }
}

impl Asked {
    /// The path below the phone's, which is the course's own: `/posts/2/like`.
    pub fn path(&self) -> String {
        ["/posts/", &self.post.to_string(), "/like"].concat()
    }

    /// The headers that the page sets. A structured string (RFC 9651 section 3.3.3), as the draft of the header wants it.
    pub fn headers(&self) -> [(&'static str, String); 1] {
        [("Idempotency-Key", ["\"", &self.key, "\""].concat())]
    }

    /// As one line.
    pub fn write(&self) -> String {
        [self.what.method(), " ", &self.post.to_string(), " ", &self.key].concat()
    }

    /// What a line says.
    pub fn read(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let what = match words.next()? {
            "POST" => What::Like,
            "DELETE" => What::Unlike,
            _ => return None,
        };
        let (post, key) = (words.next()?.parse().ok()?, words.next()?.to_owned());
        words.next().is_none().then_some(Self { what, post, key })
    }
}

impl Reply {
    /// The first value of a header, compared without regard to case (RFC 9110 section 5.1).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// As text: the status, a header a line, an empty line, the body.
    pub fn write(&self) -> String {
        let headers: String = self.headers.iter().map(|(name, value)| [name, ": ", value, "\n"].concat()).collect();
        [&self.status.to_string(), "\n", &headers, "\n", &self.body].concat()
    }

    /// What a text says; none where it is no such text.
    pub fn read(text: &str) -> Option<Self> {
        let (head, body) = text.split_once("\n\n")?;
        let mut lines = head.split('\n');
        let status = lines.next()?.parse().ok()?;
        let header = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned()));
        Some(Self { status, headers: lines.map(header).collect::<Option<_>>()?, body: body.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let headers = vec![("Content-Type".to_owned(), "a: b".to_owned()), ("X".to_owned(), String::new())];
        for reply in
            [Reply { status: 200, headers, body: "{}\n\nmore".into() }, Reply { status: 404, ..Reply::default() }]
        {
            assert_eq!(Reply::read(&reply.write()), Some(reply));
        }
        assert_eq!(Reply::read("not modelled: this"), None);
        for what in [What::Like, What::Unlike] {
            let asked = Asked { what, post: 2, key: "k-1".into() };
            assert_eq!(Asked::read(&asked.write()), Some(asked));
        }
        for wrong in ["", "GET 1 k", "POST x k", "POST 1", "POST 1 k l"] {
            assert_eq!(Asked::read(wrong), None);
        }
    }
}
