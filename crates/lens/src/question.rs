//! A question as text, from the player to the lens: what is wanted, and below it the desk as a workbench file.

use link::{Bench, Damage, TooLarge};

/// What is wanted, and the desk as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question<'q> {
    /// What is wanted: `timing`, `people` …
    pub kind: &'q str,
    /// Which one: an event of the trace, a fix.
    pub at: Option<usize>,
    /// The desk.
    pub bench: Bench,
}

/// The question as text.
///
/// # Errors
/// When there is more on the desk than a file may hold.
pub fn write(kind: &str, at: Option<usize>, bench: &Bench) -> Result<String, TooLarge> {
    let at = at.map_or(String::new(), |at| at.to_string());
    Ok([kind, " ", &at, "\n", &link::write_file(bench)?].concat())
}

/// What a text asks.
///
/// # Errors
/// When the text below the first line is no file.
pub fn read(text: &str) -> Result<Question<'_>, Damage> {
    let (line, file) = text.split_once('\n').unwrap_or((text, ""));
    let (kind, at) = line.split_once(' ').unwrap_or((line, ""));
    Ok(Question { kind, at: at.parse().ok(), bench: link::read_file(file)? })
}
