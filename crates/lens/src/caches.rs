//! What each cache holds at a moment of the run, as a table.

use course::html::escape;
use course::load;
use engine::dns::cache;
use engine::place::Place::Browser;
use engine::time::Micros;
use link::Bench;

/// The caches when so many of the actions that are seen are over, at this moment.
pub fn caches(bench: &Bench, over: usize, now: Micros) -> String {
    let state = load::after(&bench.world, &bench.loaded, &bench.actions, over);
    let rows = cache::table(&state, now);
    if rows.is_empty() {
        return "<p class=\"empty\">Neither the browser nor the resolver remembers a name.</p>".to_owned();
    }
    let mut out =
        "<table><tr><th>Cache</th><th>Name</th><th>Type</th><th>Data</th><th>Seconds left</th></tr>".to_owned();
    for row in rows {
        let cache = if row.cache == Browser { "browser" } else { "resolver" };
        let class = if row.positive { "" } else { " class=\"none\"" };
        out += &format!(
            "<tr{class}><td>{cache}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            escape(&row.name),
            escape(&row.kind),
            escape(&row.data),
            row.left
        );
    }
    out + "</table>"
}
