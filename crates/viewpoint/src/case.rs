//! One outcome from every side: who looks, at what, and what they see. A view that cannot exist says so in a sentence.

use crate::row::{Row, rows};
use crate::{asked, curl, logs, node, page, script};
use engine::journey::{Action, Fetch, Timed, run};
use engine::shell;
use engine::state::State;
use engine::trace::{Outcome, Trace};
use engine::url::Url;
use engine::world::World;

/// A request, and what came of it.
#[derive(Clone, Debug)]
pub struct Case<'w> {
    /// What is written down.
    pub world: &'w World,
    /// How things stood before it.
    pub before: &'w State,
    /// How things stood after it.
    pub after: State,
    /// What was opened.
    pub url: String,
    /// What was done.
    pub action: Action,
    /// What happened: one action.
    pub trace: Trace,
    /// The origin of the page whose script asks for the same URL: `https://backend-demo.senus.doxyz`.
    pub origin: String,
    seed: u64,
}

/// Who looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// The person who opened the page.
    Page,
    /// The console of that page.
    Console,
    /// A script on a page that asks for the URL with `fetch`.
    Script,
    /// The console of the script's page.
    ScriptConsole,
    /// `fetch` in Node.js on the laptop.
    Node,
    /// `curl -v` on the laptop.
    Laptop,
    /// `curl` on the instance, at the application itself.
    Instance,
    /// nginx's access log.
    AccessLog,
    /// nginx's error log.
    ErrorLog,
    /// `pm2 list`.
    Processes,
    /// `pm2 logs`.
    ProcessLog,
    /// The database's log.
    DatabaseLog,
}

impl Who {
    /// Everybody, from the outside in.
    pub const ALL: [Self; 12] = [
        Self::Page,
        Self::Console,
        Self::Script,
        Self::ScriptConsole,
        Self::Node,
        Self::Laptop,
        Self::Instance,
        Self::AccessLog,
        Self::ErrorLog,
        Self::Processes,
        Self::ProcessLog,
        Self::DatabaseLog,
    ];

    /// The heading.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Page => "the page",
            Self::Console => "the page's console",
            Self::Script => "a script",
            Self::ScriptConsole => "the script's console",
            Self::Node => "Node.js on the laptop",
            Self::Laptop => "curl on the laptop",
            Self::Instance => "curl on the instance",
            Self::AccessLog => "nginx's access log",
            Self::ErrorLog => "nginx's error log",
            Self::Processes => "pm2 list",
            Self::ProcessLog => "pm2's log",
            Self::DatabaseLog => "the database's log",
        }
    }
}

/// What somebody sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Who.
    pub who: Who,
    /// What they typed, opened, or look into: a URL, a command, a file.
    pub at: String,
    /// What is there.
    pub seen: Seen,
}

/// What is there to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Text, as the program shows it, line by line; without carriage returns.
    Text(String),
    /// Nothing, and why, in one sentence.
    Nothing(String),
}

impl Seen {
    /// The text, or `otherwise` where there is none.
    pub(crate) fn text_or(text: String, otherwise: &str) -> Self {
        if text.is_empty() { Self::Nothing(otherwise.to_owned()) } else { Self::Text(text) }
    }
}

impl<'w> Case<'w> {
    /// The browser opens `url`, as things stand `before`.
    pub fn play(world: &'w World, before: &'w State, url: &str, seed: u64) -> Self {
        Self::act(world, before, &Action::Open(url.to_owned()), seed)
    }

    /// Somebody does this, as things stand `before`.
    pub fn act(world: &'w World, before: &'w State, action: &Action, seed: u64) -> Self {
        let (trace, after) = run(world, before, &[timed(action.clone())], seed);
        let url = action.url().unwrap_or_default().to_owned();
        let page = match action.apart().0 {
            Action::Fetch(Fetch { from: Some(script), .. }) => &script.page,
            _ => &url,
        };
        let origin = Url::of_any(page).map_or_else(String::new, |url| script::origin(&url));
        // Whoever it was has done this.
        let action = action.apart().0.clone();
        Self { world, before, after, url, action, trace, origin, seed }
    }

    /// What was done, as everybody sees it. A page that is loaded, and a host that is only reached, are looked at as if they
    /// had been opened.
    pub fn of(world: &'w World, before: &'w State, action: &Action, seed: u64) -> Self {
        match action {
            Action::Load { url, .. } | Action::Reach(url) => Self::play(world, before, url, seed),
            Action::From(address, what) if matches!(**what, Action::Load { .. } | Action::Reach(_)) => {
                let open = Action::Open(what.url().unwrap_or_default().to_owned());
                Self::act(world, before, &Action::From(*address, open.into()), seed)
            }
            other => Self::act(world, before, other, seed),
        }
    }

    /// The same, asked for by a script on a page of another origin.
    #[must_use]
    pub fn from_page(self, origin: &str) -> Self {
        Self { origin: origin.to_owned(), ..self }
    }

    /// The requests of the browser.
    pub fn rows(&self) -> Vec<Row<'_>> {
        rows(&self.trace, 0, &self.url)
    }

    /// What everybody sees.
    pub fn views(&self) -> Vec<View> {
        Who::ALL.into_iter().map(|who| self.view(who)).collect()
    }

    /// What one of them sees.
    pub fn view(&self, who: Who) -> View {
        let (at, seen) = match asked::view(self, who).unwrap_or_else(|| self.opened(who)) {
            (at, Seen::Text(text)) => (at, Seen::Text(text.chars().filter(|c| *c != '\r').collect())),
            nothing => nothing,
        };
        View { who, at, seen }
    }

    /// What one of them sees when a person has opened an address.
    fn opened(&self, who: Who) -> (String, Seen) {
        match who {
            Who::Page => (self.url.clone(), page::page(self)),
            Who::Console => ("Console".to_owned(), page::console(self)),
            Who::Script => script::answer(self),
            Who::ScriptConsole => ("Console".to_owned(), script::console(self)),
            Who::Node => node::fetch(self),
            Who::Laptop => curl::laptop(self),
            Who::Instance => curl::instance(self),
            Who::AccessLog => ("/var/log/nginx/access.log".to_owned(), logs::access(self)),
            Who::ErrorLog => ("/var/log/nginx/error.log".to_owned(), logs::error(self)),
            Who::Processes => ("pm2 list".to_owned(), Seen::Text(self.command("pm2 list"))),
            Who::ProcessLog => {
                ("pm2 logs".to_owned(), Seen::text_or(self.command("pm2 logs"), "The processes have written nothing."))
            }
            Who::DatabaseLog => ("/var/log/postgresql/postgresql-15-main.log".to_owned(), logs::database(self)),
        }
    }

    /// What a command on the instance prints now, in a wide window, whatever it would change.
    fn command(&self, line: &str) -> String {
        let mut state = self.after.clone();
        state.terminal.wide = WIDE;
        shell::run(self.world, &mut state, line)
    }

    /// Somebody else does something, as things stood before.
    pub(crate) fn instead(&self, before: &State, action: Action) -> Trace {
        run(self.world, before, &[timed(action)], self.seed).0
    }

    /// What a command would have printed in place of the request.
    pub(crate) fn printed_instead(&self, line: &str) -> String {
        match self.instead(self.before, Action::Command(line.to_owned())).outcomes.pop() {
            Some(Outcome::Printed(text)) => text,
            _ => String::new(),
        }
    }
}

/// A window in which PM2 prints all its columns.
const WIDE: u16 = 160;

fn timed(what: Action) -> Timed {
    Timed { at: engine::time::Micros::ZERO, what }
}
