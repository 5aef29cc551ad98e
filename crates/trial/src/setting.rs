//! What somebody sets up: who asks, for what, and how the servers answer. Addresses and texts may name origins by words
//! (`{page}`), so that a situation is the same at whichever ports the server stands.

use engine::browser::exchange::{Answer, Policy};
use engine::browser::request::{Credentials, Mode, RedirectMode};
use engine::message::Header;

/// Where a request goes, as seen from the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum To {
    /// The page's own origin.
    Own,
    /// The same name and another port: another origin, the same site.
    #[default]
    Port,
    /// The same name and a third port.
    Third,
    /// Another name: another site.
    Foreign,
    /// That other name, with the third port.
    ForeignThird,
}

impl To {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Own, Self::Port, Self::Third, Self::Foreign, Self::ForeignThird];
}

/// The origins of the test server, as they are to a page of one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origins([String; 5]);

impl Origins {
    /// As they are to a page of this origin; `all` are the server's, by name and then by port. None where the page is none
    /// of theirs.
    pub fn of(page: &str, all: &[String]) -> Option<Self> {
        let half = all.len() / 2;
        let (here, there) = all.split_at(half);
        let (own, other) = if here.first()? == page { (here, there) } else { (there, here) };
        if own.first()? != page || half < 3 {
            return None;
        }
        Some(Self([page.to_owned(), own[1].clone(), own[2].clone(), other[1].clone(), other[2].clone()]))
    }

    /// The origin there.
    pub fn at(&self, to: To) -> &str {
        let index = To::ALL.iter().position(|known| *known == to).unwrap_or(0);
        &self.0[index]
    }

    /// A text in which the words for origins are put in.
    fn fill(&self, text: &str, sandbox: bool) -> String {
        if !text.contains('{') {
            return text.to_owned();
        }
        let own = if sandbox { "null" } else { self.at(To::Own) };
        let words = [
            ("{origin}", own),
            ("{page}", self.at(To::Own)),
            ("{port}", self.at(To::Port)),
            ("{third}", self.at(To::Third)),
            ("{foreign}", self.at(To::Foreign)),
        ];
        words.iter().fold(text.to_owned(), |text, (word, origin)| text.replace(word, origin))
    }
}

/// A redirect before the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// Where it leads.
    pub to: To,
    /// What is said to a preflight there; none: as to everything else.
    pub preflight: Option<Answer>,
    /// Status and headers of the redirect, without `Location`.
    pub answer: Answer,
}

/// A situation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Whether a frame with `sandbox="allow-scripts"` asks: its origin is `null`.
    pub sandbox: bool,
    /// Where the request goes.
    pub to: To,
    /// What stands behind the path: a query, a fragment.
    pub behind: String,
    /// The method.
    pub method: String,
    /// The headers that script sets.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Option<String>,
    /// The mode.
    pub mode: Mode,
    /// To whom cookies go.
    pub credentials: Credentials,
    /// What becomes of redirects.
    pub redirect: RedirectMode,
    /// A cookie (the line `Set-Cookie`) that the server of the answer sets beforehand.
    pub cookie: Option<String>,
    /// How often it is asked, one after the other: once or twice.
    pub times: usize,
    /// What the first server says to a preflight; none: as to everything else.
    pub preflight: Option<Answer>,
    /// A redirect before the answer.
    pub hop: Option<Hop>,
    /// The answer.
    pub answer: Answer,
}

impl Default for Setting {
    /// A plain `fetch(url)`, answered with 200 and nothing else.
    fn default() -> Self {
        Self {
            sandbox: false,
            to: To::Port,
            behind: String::new(),
            method: "GET".to_owned(),
            headers: Vec::new(),
            body: None,
            mode: Mode::Cors,
            credentials: Credentials::SameOrigin,
            redirect: RedirectMode::Follow,
            cookie: None,
            times: 1,
            preflight: None,
            hop: None,
            answer: Answer { status: 200, headers: Vec::new(), body: "hello".to_owned() },
        }
    }
}

impl Setting {
    /// The same, with the words for origins put in.
    pub fn fill(&self, origins: &Origins) -> Self {
        let text = |text: &str| origins.fill(text, self.sandbox);
        let answer = |answer: &Answer| {
            let line = |(name, value): &Header| (name.clone(), text(value).into());
            Answer { headers: answer.headers.iter().map(line).collect(), ..answer.clone() }
        };
        Self {
            headers: self.headers.iter().map(|(name, value)| (name.clone(), text(value))).collect(),
            preflight: self.preflight.as_ref().map(answer),
            answer: answer(&self.answer),
            hop: self.hop.as_ref().map(|hop| Hop {
                to: hop.to,
                preflight: hop.preflight.as_ref().map(answer),
                answer: answer(&hop.answer),
            }),
            ..self.clone()
        }
    }

    /// How the server answers that is asked last.
    pub fn policy(&self) -> Policy {
        let preflight = self.hop.as_ref().map_or(&self.preflight, |hop| &hop.preflight);
        Policy { preflight: preflight.clone(), actual: self.answer.clone() }
    }
}
