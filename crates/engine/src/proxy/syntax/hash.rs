//! nginx's hash tables: names that do not fit into them are refused, or warned of (`ngx_hash_init`).

use super::Check;
use crate::problem::{Problem, Severity};

/// What is built, and the two directives that size it.
pub(super) struct Table {
    pub name: &'static str,
    pub most: u64,
    pub bucket: u64,
}

/// The bytes that a name takes in a bucket: a pointer, its length, and itself.
fn weight(name: &str) -> u64 {
    8 + (name.len() as u64 + 2).next_multiple_of(8)
}

impl Check<'_> {
    /// The sizes of a table, as the two directives of that name say.
    pub(super) fn table(&self, name: &'static str, most: u64) -> Table {
        let said = |what: &str| {
            let directive = [name, "_", what].concat();
            self.sizes.iter().find(|(known, _)| *known == directive).map(|(_, value)| *value)
        };
        // Buckets fill whole lines of the processor's cache.
        let bucket = said("bucket_size").unwrap_or(64).clamp(1, 1 << 20).next_multiple_of(64);
        Table { name, most: said("max_size").unwrap_or(most), bucket }
    }

    /// Whether names fit into a table: an error, a warning, or nothing.
    pub(super) fn fits(&self, table: &Table, names: &[&str]) -> Option<Problem> {
        let Table { name, most, bucket } = table;
        let (size, fill) = (most.to_string(), bucket.to_string());
        let at = (self.at.0, self.at.1);
        if names.iter().any(|name| weight(name) + 8 > *bucket) {
            let words = ["could not build ", name, ", you should increase ", name, "_bucket_size: ", &fill].concat();
            return Some(Problem::error(&self.document, at.0, at.1, words));
        }
        let room = bucket - 8;
        let keys: Vec<(u64, u64)> = names.iter().map(|name| (key(name), weight(name))).collect();
        let least = (keys.len() as u64 / (room / 16)).max(1);
        let built = (least..=*most).any(|size| {
            let mut filled = vec![0u64; size as usize];
            keys.iter().all(|(key, weight)| {
                let bucket = &mut filled[(key % size) as usize];
                *bucket += weight;
                *bucket <= room
            })
        });
        let words = [
            "could not build optimal ",
            name,
            ", you should increase either ",
            name,
            "_max_size: ",
            &size,
            " or ",
            name,
            "_bucket_size: ",
            &fill,
            "; ignoring ",
            name,
            "_bucket_size",
        ];
        let problem = Problem::error(&self.document, at.0, at.1, words.concat());
        (!built).then_some(Problem { severity: Severity::Warning, ..problem })
    }
}

/// The number that decides about a name's bucket (`ngx_hash_key_lc`).
fn key(name: &str) -> u64 {
    name.bytes().fold(0, |key, c| key.wrapping_mul(31).wrapping_add(u64::from(c.to_ascii_lowercase())))
}
