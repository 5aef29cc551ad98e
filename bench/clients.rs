//! Thousands of clients, as Wasm: the same runs that criterion measures natively. The page around it takes the time.

use load::bench;

fn main() {}

/// Runs one of them with so many clients, and returns its digest. For the last two, the number is one of
/// seeds and of orders.
#[unsafe(no_mangle)]
extern "C" fn clients(which: u32, clients: u64) -> u64 {
    match which {
        0 => bench::bare(clients, 1),
        1 => bench::queue(clients, 1),
        2 => bench::pool(clients, 1),
        3 => bench::flood(clients, 1),
        4 => bench::at_once(clients, 1),
        5 => bench::seeds(0, clients),
        _ => bench::job(clients as u32, 1),
    }
}
