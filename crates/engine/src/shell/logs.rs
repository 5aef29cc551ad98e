//! The logs on the instance: nginx's two files, PostgreSQL's, and those that PM2 keeps for its processes.

use super::files::Held;
use crate::state::State;
use crate::world::World;

/// The log files and what they hold.
pub fn files(world: &World, state: &State) -> Vec<(String, Held)> {
    let nginx = |path: &str| {
        let given = state.terminal.logs.iter().find(|(name, _)| name == path);
        let held = given.map_or(Held::Unknown("the lines of this log"), |(_, text)| Held::Text(text.clone()));
        (path.to_owned(), held)
    };
    let mut found = vec![nginx("/var/log/nginx/access.log"), nginx("/var/log/nginx/error.log")];
    let lines = state.database.log.lines.iter().flat_map(|line| [line, "\n"]).collect();
    found.push((super::postgres::LOG.to_owned(), Held::Text(lines)));
    let own = super::pm2::own(world, state).iter().flat_map(|line| [line, "\n"]).collect();
    found.push(("/home/ubuntu/.pm2/pm2.log".to_owned(), Held::Text(own)));
    for process in &state.processes {
        let lines = process.log.iter().flat_map(|line| [line, "\n"]).collect();
        found.push((error(&process.declared.name), Held::Text(lines)));
        found.push((out(&process.declared.name), Held::Text(String::new())));
    }
    found
}

/// Where PM2 writes what a process says on its stream of errors.
pub fn error(name: &str) -> String {
    ["/home/ubuntu/.pm2/logs/", name, "-error.log"].concat()
}

/// Where PM2 writes what a process says.
pub fn out(name: &str) -> String {
    ["/home/ubuntu/.pm2/logs/", name, "-out.log"].concat()
}
