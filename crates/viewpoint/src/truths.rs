//! What was true for whom: what each phone has shown and shows now, and what the database held before and holds now. Three
//! truths about one press, which need not agree.

use engine::database::server::{ROLE, Row};
use engine::phones::places;
use engine::state::State;
use engine::state::handset::Handset;
use engine::trace::{Act, Trace};
use engine::world::World;

/// All of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Truths {
    /// The phones, in the order of their document.
    pub screens: Vec<Screen>,
    /// The tables that may have changed, each where it is there.
    pub tables: Vec<Rows>,
    /// What the backend keeps in memory: names and values, as far as they have changed since it was started.
    pub memory: Vec<(String, String)>,
}

/// What a phone has shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Screen {
    /// Its user.
    pub name: String,
    /// What was pressed and what the app then showed, one after the other.
    pub shown: Vec<String>,
    /// What its app holds now.
    pub holds: Handset,
}

/// A table, before and afterwards.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    /// Its name.
    pub table: &'static str,
    /// Its columns.
    pub columns: Vec<String>,
    /// Its committed rows before.
    pub before: Vec<Row>,
    /// Its committed rows afterwards.
    pub after: Vec<Row>,
}

/// The tables of which something is told, each where it is there.
const TABLES: [&str; 7] = ["users", "sessions", "posts", "likes", "notifications", "messages", "keys"];

/// What was true for whom: `before` and `after` are how things stood before the trace and after it.
pub fn truths(world: &World, before: &State, after: &State, trace: &Trace) -> Truths {
    let mut truths = Truths::default();
    for (number, phone) in world.phones().phones.iter().enumerate() {
        let (place, user) = places(number);
        let said = |step: &engine::trace::Step| match &step.act {
            Act::Decide { at, verdict, .. } if *at == user && step.name == "presses" => Some(verdict.words.to_string()),
            Act::Decide { at, verdict, .. } if *at == place && step.name == "app-repaints" => {
                Some(verdict.words.to_string())
            }
            _ => None,
        };
        let shown = trace.steps.iter().filter_map(said).collect();
        let fresh = || Handset { name: phone.name.clone(), ..Handset::default() };
        let holds = after.handset(&phone.name).cloned().unwrap_or_else(fresh);
        truths.screens.push(Screen { name: phone.name.clone(), shown, holds });
    }
    let (mut old, mut new) = (before.database.clone(), after.database.clone());
    for table in TABLES {
        let found = old.rows(ROLE.2, table).zip(new.rows(ROLE.2, table));
        if let Some(((_, before), (columns, after))) = found {
            truths.tables.push(Rows { table, columns, before, after });
        }
    }
    for process in &after.processes {
        let value = |(name, value): &(String, engine::literal::Value)| {
            let mut json = String::new();
            value.json(&mut json);
            (name.clone(), json)
        };
        truths.memory.extend(process.memory.iter().map(value));
    }
    truths
}

impl Rows {
    /// The rows that are new, and those that are gone.
    pub fn changes(&self) -> (Vec<&Row>, Vec<&Row>) {
        let without = |these: &'_ [Row], those: &'_ [Row]| -> Vec<usize> {
            let mut left: Vec<&Row> = those.iter().collect();
            let mut found = Vec::new();
            for (at, row) in these.iter().enumerate() {
                match left.iter().position(|other| *other == row) {
                    Some(same) => _ = left.remove(same),
                    None => found.push(at),
                }
            }
            found
        };
        let new = without(&self.after, &self.before).into_iter().map(|at| &self.after[at]).collect();
        (new, without(&self.before, &self.after).into_iter().map(|at| &self.before[at]).collect())
    }
}

/// As text, for those who read: a line a fact.
impl core::fmt::Display for Truths {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        for Screen { name, shown, holds } in &self.screens {
            let quiet = shown.is_empty() && holds.notices.is_empty();
            if quiet {
                continue;
            }
            writeln!(f, "{name}’s phone")?;
            shown.iter().try_for_each(|words| writeln!(f, "  {words}"))?;
            let posts: Vec<String> = holds.feed.iter().map(|post| format!("{}: {}", post.id, post.likes)).collect();
            if !posts.is_empty() {
                writeln!(f, "  holds posts and their likes: {}", posts.join(", "))?;
            }
            for notice in &holds.notices {
                writeln!(f, "  notification {}: {}", notice.id.as_deref().unwrap_or("-"), notice.text)?;
            }
            if holds.again > 0 {
                writeln!(f, "  came again, and was not shown again: {}", holds.again)?;
            }
        }
        for rows in &self.tables {
            let (new, gone) = rows.changes();
            let line = |row: &Row| {
                let values: Vec<&str> = row.iter().map(|value| value.as_deref().unwrap_or("NULL")).collect();
                values.join(" | ")
            };
            let count = [rows.before.len(), rows.after.len()];
            if !new.is_empty() || !gone.is_empty() {
                writeln!(
                    f,
                    "{} ({}): {} rows before, {} now",
                    rows.table,
                    rows.columns.join(" | "),
                    count[0],
                    count[1]
                )?;
                gone.iter().try_for_each(|row| writeln!(f, "  - {}", line(row)))?;
                new.iter().try_for_each(|row| writeln!(f, "  + {}", line(row)))?;
            }
        }
        self.memory.iter().try_for_each(|(name, value)| writeln!(f, "in memory: {name} = {value}"))
    }
}
