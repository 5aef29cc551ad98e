//! A terminal as text between the page and the lens: what it keeps between two lines, and what came of a line.
//!
//! Each field stands on a line of its own; what may have lines itself stands behind its length. A text that does not fit
//! is nothing, never half of something: both sides are ours.

use link::Bench;

/// What a terminal keeps between two lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Session {
    /// The working directory; empty for the home folder.
    pub folder: String,
    /// The working directory before.
    pub previous: String,
    /// The exit status of the last line.
    pub status: u8,
    /// Whether the security group remembers the connection, and lets it live when its rule is gone.
    pub tracked: bool,
    /// The lines that were typed.
    pub history: Vec<String>,
}

/// What came of a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// What the terminal keeps; the lines typed are the page's own affair.
    pub session: Session,
    /// What stands before the next line.
    pub prompt: String,
    /// What the page is to do: `clear`, `leave`, `edit NAME`; mostly nothing.
    pub ask: String,
    /// What is shown.
    pub printed: String,
    /// The desk afterwards, where it is another.
    pub bench: Option<Bench>,
}

impl Session {
    /// As text, with the line that is typed now.
    pub fn write(&self, line: &str) -> String {
        let Self { folder, previous, status, tracked, history } = self;
        let head = [folder, "\n", previous, "\n", &status.to_string(), flag(*tracked), "\n", line].concat();
        history.iter().fold(head, |text, line| text + "\n" + line)
    }

    /// The session and the line.
    pub fn read(text: &str) -> Option<(Self, &str)> {
        let mut lines = text.split('\n');
        let (folder, previous) = (lines.next()?.to_owned(), lines.next()?.to_owned());
        let (status, tracked) = status(lines.next()?)?;
        let line = lines.next()?;
        let history = lines.map(str::to_owned).collect();
        Some((Self { folder, previous, status, tracked, history }, line))
    }
}

impl Said {
    /// As text. A desk that is too large for a file counts as unchanged.
    pub fn write(&self) -> String {
        let Session { folder, previous, status, tracked, .. } = &self.session;
        let file = self.bench.as_ref().and_then(|bench| link::write_file(bench).ok()).unwrap_or_default();
        let fields = [&self.prompt, &self.ask, folder, previous];
        let head = fields.iter().fold(String::new(), |text, field| text + field + "\n");
        let length = self.printed.len().to_string();
        [&head, &status.to_string(), flag(*tracked), "\n", &length, "\n", &self.printed, &file].concat()
    }

    /// What was said.
    pub fn read(text: &str) -> Option<Self> {
        let mut rest = text;
        let mut field = || {
            let (field, after) = rest.split_once('\n')?;
            rest = after;
            Some(field.to_owned())
        };
        let (prompt, ask, folder, previous) = (field()?, field()?, field()?, field()?);
        let (status, tracked) = status(&field()?)?;
        let length: usize = field()?.parse().ok()?;
        let (printed, file) = (rest.get(..length)?.to_owned(), rest.get(length..)?);
        let bench = if file.is_empty() { None } else { Some(link::read_file(file).ok()?) };
        let session = Session { folder, previous, status, tracked, history: Vec::new() };
        Some(Self { session, prompt, ask, printed, bench })
    }
}

const fn flag(tracked: bool) -> &'static str {
    if tracked { " tracked" } else { "" }
}

fn status(field: &str) -> Option<(u8, bool)> {
    let (status, tracked) = field.split_once(' ').unwrap_or((field, ""));
    Some((status.parse().ok()?, tracked == "tracked"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let history = vec!["ls".to_owned(), "cat é".to_owned()];
        let session = Session { folder: "/etc".into(), previous: String::new(), status: 127, tracked: true, history };
        assert_eq!(Session::read(&session.write("pm2 list")), Some((session.clone(), "pm2 list")));
        let own = Session { history: Vec::new(), ..session };
        for (printed, bench) in [("", None), ("é\n\nb", Some(Bench::default()))] {
            let said = Said {
                session: own.clone(),
                prompt: "$ ".into(),
                ask: "edit a b".into(),
                printed: printed.into(),
                bench,
            };
            assert_eq!(Said::read(&said.write()), Some(said));
        }
        for wrong in ["", "a\nb\n", "a\nb\nc\nd\n300\n0\n", "a\nb\nc\nd\n0\n9\né"] {
            assert_eq!(Said::read(wrong), None);
        }
    }
}
