//! The logs on the instance: nginx's two files, and those that PM2 keeps for its processes.

use super::files::Held;
use crate::state::State;

/// The log files and what they hold.
pub fn files(state: &State) -> Vec<(String, Held)> {
    let unknown = || Held::Unknown("the lines of this log");
    let mut found =
        vec![("/var/log/nginx/access.log".to_owned(), unknown()), ("/var/log/nginx/error.log".to_owned(), unknown())];
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
