//! A run as text between the engine and the player: what is played, and what is wrong in the documents.

use engine::problem::{Problem, Severity, Source};
use stage::Plot;

/// What the player needs of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Played {
    /// What is played.
    pub plot: Plot,
    /// What is wrong in the documents.
    pub problems: Vec<Problem>,
}

const SEVERITIES: [Severity; 3] = [Severity::NotModelled, Severity::Warning, Severity::Error];

impl Played {
    /// As text: the problems, a line each, an empty line, the plot.
    pub fn write(&self) -> String {
        let mut out = String::new();
        for Problem { source, column, severity, words } in &self.problems {
            let severity = SEVERITIES.iter().position(|other| other == severity).unwrap_or(0);
            let Source { document, line } = source;
            // Words may have anything in them but a line's end.
            let words = words.replace(['\n', '\r'], " ");
            out +=
                &[&severity.to_string(), "\t", document, "\t", &line.to_string(), "\t", &column.to_string()].concat();
            out += &["\t", &words, "\n"].concat();
        }
        out + "\n" + &self.plot.write()
    }

    /// The run again.
    pub fn read(text: &str) -> Option<Self> {
        let (problems, plot) = match text.strip_prefix('\n') {
            Some(plot) => ("", plot),
            None => text.split_once("\n\n")?,
        };
        let problems = problems.lines().map(problem).collect::<Option<_>>()?;
        Some(Self { plot: Plot::read(plot)?, problems })
    }
}

fn problem(line: &str) -> Option<Problem> {
    let mut fields = line.splitn(5, '\t');
    let severity = *SEVERITIES.get(fields.next()?.parse::<usize>().ok()?)?;
    let document = fields.next()?;
    let (line, column) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(Problem { source: Source::new(document, line), column, severity, words: fields.next()?.to_owned() })
}
