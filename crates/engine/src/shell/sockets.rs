//! `ss`: who listens where, in the columns of iproute2 6.1. On a terminal it spreads its columns over the whole width, and
//! what does not fit goes on in the next line.
//!
//! The numbers of processes are ours: sshd is 702; those of node are given by PM2's daemon, those of nginx by systemd.

use super::run::{Call, Said};
use crate::database::server::PID;
use crate::sockets::{self, Owner};
use core::net::IpAddr;

pub(super) fn ss(call: Call<'_>) -> Said {
    let (mut processes, mut listening, mut tcp) = (false, false, false);
    for word in call.words {
        let Some(options) = word.strip_prefix('-').filter(|options| !options.starts_with('-')) else {
            return Said::err(1, &["not modelled: ss ", word, "\n"]);
        };
        for option in options.chars() {
            match option {
                'p' => processes = true,
                'l' => listening = true,
                't' => tcp = true,
                'n' | '4' => {}
                _ => return Said::err(1, &["not modelled: ss ", word, "\n"]),
            }
        }
    }
    if !(listening && tcp) {
        return Said::err(1, &["not modelled: ss without -tl, for anything but listening TCP sockets\n"]);
    }
    if !call.words.iter().any(|word| word.contains('n')) {
        return Said::err(1, &["not modelled: ss without -n, which prints the names of ports\n"]);
    }
    let only4 = call.words.iter().any(|word| word.contains('4'));
    let state = &*call.state;
    let nginx = state.nginx.running.then_some(&*state.nginx.config);
    let mut rows = Vec::new();
    for (i, listener) in sockets::listeners(nginx, &state.processes, state.running_database()).into_iter().enumerate() {
        // Node binds both kinds of address with one socket, sshd with two.
        let address = match listener.address {
            IpAddr::V6(address) if address.is_unspecified() => match listener.owner {
                Owner::Process(_) => "*".to_owned(),
                Owner::Nginx | Owner::Sshd | Owner::Database => "[::]".to_owned(),
            },
            IpAddr::V6(address) => ["[", &address.to_string(), "]"].concat(),
            IpAddr::V4(address) => address.to_string(),
        };
        let fd = |number: usize| [",fd=", &number.to_string(), ")"].concat();
        // An ordinary user sees the programs of his own processes only.
        let users = match listener.owner {
            _ if !processes => String::new(),
            Owner::Process(index) => ["(\"node\",pid=", &state.processes[index].pid.to_string(), &fd(19)].concat(),
            _ if !call.root => String::new(),
            Owner::Database => ["(\"postgres\",pid=", &PID.to_string(), &fd(5)].concat(),
            Owner::Nginx => {
                let (first, worker) = state.unit.processes;
                let one = |pid: u32| ["(\"nginx\",pid=", &pid.to_string(), &fd(5 + i)].concat();
                [one(worker), one(first)].join(",")
            }
            Owner::Sshd => ["(\"sshd\",pid=702", &fd(if address == "[::]" { 4 } else { 3 })].concat(),
        };
        let users = if users.is_empty() { users } else { [" users:(", &users, ")"].concat() };
        // PostgreSQL asks for twice as many as it may have processes, 22 of them its own (`StreamServerPort`, `MaxBackends`).
        let backlog = (state.database.conf.most.0 + 22).saturating_mul(2).min(4_096).to_string();
        let queue = match listener.owner {
            Owner::Sshd => "128",
            Owner::Database => &backlog,
            _ => "511",
        };
        let any = match listener.address {
            IpAddr::V4(_) => "0.0.0.0",
            IpAddr::V6(_) if address == "*" => "*",
            IpAddr::V6(_) => "[::]",
        };
        let port = listener.port.to_string();
        if listener.owner == Owner::Sshd {
            let users = users.replace("fd=4", "fd=3");
            rows.push(row(queue, "0.0.0.0", &port, "0.0.0.0", &users));
        }
        if !only4 || listener.address.is_ipv4() {
            rows.push(row(queue, &address, &port, any, &users));
        }
    }
    // Sockets of IPv4 come first.
    crate::text::sort(&mut rows, |row| (row[3].starts_with(['[', '*']), row[4].parse::<u16>().unwrap_or(0)));
    Said::out(table(&rows, call.screen.then(|| call.state.terminal.columns())))
}

fn row(queue: &str, address: &str, port: &str, any: &str, users: &str) -> [String; 8] {
    ["LISTEN", "0", queue, &[address, ":"].concat(), port, &[any, ":"].concat(), "*", users].map(str::to_owned)
}

const HEADS: [&str; 8] = ["State", "Recv-Q", "Send-Q", "Local Address:", "Port", "Peer Address:", "Port", "Process"];
/// The blank that stands before a column.
const BEFORE: [usize; 8] = [0, 1, 1, 1, 0, 1, 0, 0];

/// The columns as wide as what stands in them; on a terminal, what is left of each of its lines is spread evenly over the
/// columns, the last ones first.
fn table(rows: &[[String; 8]], screen: Option<usize>) -> String {
    let mut widths: [usize; 8] = core::array::from_fn(|at| {
        let cells = rows.iter().map(|row| row[at].len());
        cells.chain([HEADS[at].len()]).max().unwrap_or(0) + BEFORE[at]
    });
    if let Some(screen) = screen {
        let (mut first, mut used) = (0, 0);
        for at in 0..=8 {
            let wide = widths.get(at).map(|wide| (*wide).min(screen));
            if wide.is_none_or(|wide| used + wide > screen) && at > first {
                let (each, rest) = ((screen - used) / (at - first), (screen - used) % (at - first));
                for (i, width) in widths[first..at].iter_mut().enumerate() {
                    *width += each + usize::from(i >= at - first - rest);
                }
                (first, used) = (at, 0);
            }
            used += wide.unwrap_or(0);
        }
    }
    let mut text = String::new();
    let heads = HEADS.map(str::to_owned);
    for row in core::iter::once(&heads).chain(rows) {
        let mut line = String::new();
        for (at, cell) in row.iter().enumerate() {
            let gap = " ".repeat(widths[at].saturating_sub(cell.len() + BEFORE[at]));
            let right = matches!(at, 3 | 5);
            let before = &"  "[..BEFORE[at]];
            line += &if right { [before, &gap, cell].concat() } else { [before, cell, &gap].concat() };
        }
        text += line.trim_end();
        text += "\n";
    }
    text
}
