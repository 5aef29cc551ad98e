//! The words of the pages and the text of the figures, for the build and the tests.

use crate::sections::Section;

macro_rules! pages {
    ($($slug:literal)*) => {
        &[$(($slug, include_str!(concat!("../text/en/", $slug, ".md")))),*]
    };
}

/// Each page's file, by slug. The home page's file is `home`.
const PAGES: &[(&str, &str)] = pages![
    "home" "1-definition" "1.1-protocols" "2-request-flow" "2.1-browser" "2.2-dns" "2.3-cloud" "2.4-firewall" "2.5-nginx"
    "2.6-application" "2.7-summary" "3-purpose" "3.1-data" "3.2-like-button" "3.3-state" "4-frontend-backend"
    "4.1-frontend" "4.2-execution" "5-reasons" "5.1-sandbox" "5.2-cors" "5.3-pool" "5.4-devices" "workbench" "laboratory"
    "about"
];

macro_rules! figures {
    ($($number:literal)*) => {
        [$(include_str!(concat!("../figures/", $number, ".mmd"))),*]
    };
}

/// The sixteen figures as Mermaid text, and the machine room of the workbench.
const FIGURES: [&str; 17] =
    figures!["01" "02" "03" "04" "05" "06" "07" "08" "09" "10" "11" "12" "13" "14" "15" "16" "17"];

/// What the simulation claims and what it leaves out: it stands in the page `about`, in place of `{model}`.
pub const MODEL: &str = include_str!("../../../docs/model.md");

/// The text of figure 1 to 16, and of the machine room.
///
/// # Panics
/// When there is no such figure.
pub fn figure(number: u8) -> &'static str {
    FIGURES[usize::from(number) - 1]
}

/// A page's words: what stands before the `---`, and the Markdown after it.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    head: &'static str,
    /// The text, in Markdown.
    pub body: &'static str,
}

impl Words {
    /// A value of the head: `title`, `short`, `description`, `alt`.
    pub fn get(&self, key: &str) -> &'static str {
        self.head
            .lines()
            .find_map(|line| line.split_once(": ").filter(|(name, _)| *name == key))
            .map_or("", |(_, value)| value.trim())
    }
}

/// The words of a section.
///
/// # Panics
/// When the section has no file: a mistake that the build finds.
pub fn of(section: &Section) -> Words {
    let name = if section.slug.is_empty() { "home" } else { section.slug };
    let (_, text) = PAGES.iter().find(|(slug, _)| *slug == name).expect("every section has a file");
    let (head, body) = text.split_once("\n---\n").expect("every file has a head");
    Words { head, body }
}
