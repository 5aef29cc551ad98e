//! The sections of the course, in reading order.

/// A page of the course.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section {
    /// The folder of its page and the name in links: `2.7-summary`. Empty for the home page.
    pub slug: &'static str,
    /// The notes' number: `2.7`. Empty where it has none.
    pub number: &'static str,
    /// The figure on it: 1 to 16, or [`MACHINE_ROOM`].
    pub figure: Option<u8>,
}

impl Section {
    /// The slug without its number: the name of the piece on it, `summary`.
    pub fn name(&self) -> &'static str {
        self.slug.split_once('-').map_or(self.slug, |(_, name)| name)
    }

    /// Whether it opens a chapter (`2`), rather than being a part of one (`2.1`).
    pub fn is_chapter(&self) -> bool {
        !self.number.is_empty() && !self.number.contains('.')
    }
}

const fn section(slug: &'static str, number: &'static str, figure: u8) -> Section {
    Section { slug, number, figure: if figure == 0 { None } else { Some(figure) } }
}

/// The number of the drawing on the workbench, which is none of the course's figures.
pub const MACHINE_ROOM: u8 = 17;

/// The folder of the laboratory's page.
pub const LABORATORY: &str = "laboratory";

/// The folder of the page with figure 12, on which attempts are made.
pub const SANDBOX: &str = "5.1-sandbox";

/// The figure that real attempts light.
pub const SANDBOX_FIGURE: u8 = 12;

/// How many pages stand outside the course.
const OUTSIDE: usize = 3;

/// Every page, in reading order. The last three stand outside the course.
pub const SECTIONS: [Section; 26] = [
    section("", "", 16),
    section("1-definition", "1", 0),
    section("1.1-protocols", "1.1", 1),
    section("2-request-flow", "2", 0),
    section("2.1-browser", "2.1", 0),
    section("2.2-dns", "2.2", 2),
    section("2.3-cloud", "2.3", 0),
    section("2.4-firewall", "2.4", 3),
    section("2.5-nginx", "2.5", 4),
    section("2.6-application", "2.6", 0),
    section("2.7-summary", "2.7", 5),
    section("3-purpose", "3", 0),
    section("3.1-data", "3.1", 6),
    section("3.2-like-button", "3.2", 7),
    section("3.3-state", "3.3", 8),
    section("4-frontend-backend", "4", 0),
    section("4.1-frontend", "4.1", 9),
    section("4.2-execution", "4.2", 10),
    section("5-reasons", "5", 11),
    section(SANDBOX, "5.1", SANDBOX_FIGURE),
    section("5.2-cors", "5.2", 13),
    section("5.3-pool", "5.3", 14),
    section("5.4-devices", "5.4", 15),
    section("workbench", "", MACHINE_ROOM),
    section(LABORATORY, "", 0),
    section("about", "", 0),
];

/// The section that a link means: by its slug, its piece's name, or its number.
pub fn find(name: &str) -> Option<&'static Section> {
    let name = name.trim_matches('/');
    let named = |s: &&Section| !name.is_empty() && (s.slug == name || s.name() == name || s.number == name);
    if name.is_empty() { SECTIONS.first() } else { SECTIONS.iter().find(named) }
}

/// The pages before and after this one in reading order.
pub fn neighbours(slug: &str) -> (Option<&'static Section>, Option<&'static Section>) {
    let course = &SECTIONS[..SECTIONS.len() - OUTSIDE];
    match course.iter().position(|s| s.slug == slug) {
        Some(here) => (here.checked_sub(1).map(|i| &course[i]), course.get(here + 1)),
        None => (None, None),
    }
}
