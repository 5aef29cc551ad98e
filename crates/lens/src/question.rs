//! A question as text, from the player to the lens: what is wanted, what it is about, and below it the desk as a
//! workbench file.

use link::{Bench, Damage, TooLarge};

/// What is wanted, and the desk as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question<'q> {
    /// What is wanted: `timing`, `people` …
    pub kind: &'q str,
    /// Which one: an event of the trace, a fix.
    pub at: Option<usize>,
    /// What else it is about: a terminal and what is typed there, another desk.
    pub about: &'q str,
    /// The desk.
    pub bench: Bench,
}

/// The question as text.
///
/// # Errors
/// When there is more on the desk than a file may hold.
pub fn write(kind: &str, at: Option<usize>, about: &str, bench: &Bench) -> Result<String, TooLarge> {
    let at = at.map_or(String::new(), |at| at.to_string());
    Ok([kind, " ", &at, " ", &about.len().to_string(), "\n", about, &link::write_file(bench)?].concat())
}

/// What a text asks.
///
/// # Errors
/// When what stands below the first line is no file.
pub fn read(text: &str) -> Result<Question<'_>, Damage> {
    let (head, rest) = text.split_once('\n').unwrap_or((text, ""));
    let mut words = head.split(' ');
    let (kind, at, length) = (words.next().unwrap_or(""), words.next(), words.next());
    let length = length.and_then(|length| length.parse().ok()).unwrap_or(0);
    let (about, file) = rest.split_at_checked(length).unwrap_or(("", rest));
    Ok(Question { kind, at: at.and_then(|at| at.parse().ok()), about, bench: link::read_file(file)? })
}
