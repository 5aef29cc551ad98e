//! The sizes of buffers of what is passed on, which must agree in every block (`ngx_http_proxy_merge_loc_conf` and its
//! kin).

use super::numbers::{number, size};
use super::{Check, Done, Words};

/// The modules with such buffers, in the order in which settings are merged.
pub(super) const FAMILIES: [&str; 4] = ["proxy", "fastcgi", "uwsgi", "scgi"];

const FIELDS: [&str; 5] = ["buffers", "buffer_size", "busy_buffers_size", "temp_file_write_size", "max_temp_file_size"];

/// A setting: in which block, of which module, which one, and its numbers.
type Setting = ((u32, usize, usize), (u64, u64));

/// What every block says of buffers.
#[derive(Clone, Debug, Default)]
pub(super) struct Buffers {
    /// For every block the one around it; blocks are numbered as they begin.
    around: Vec<u32>,
    /// The blocks that are servers.
    servers: Vec<u32>,
    /// Sorted.
    settings: Vec<Setting>,
}

impl Check<'_> {
    /// A block begins; its number.
    pub(super) fn numbered(&mut self, server: bool) -> u32 {
        let around = self.scopes.last().map_or(0, |scope| scope.number);
        let buffers = &mut self.buffers;
        let number = buffers.around.len() as u32;
        buffers.around.push(around);
        if server {
            buffers.servers.push(number);
        }
        number
    }

    pub(super) fn buffer_setting(&mut self, words: Words<'_>) {
        let Some((family, rest)) = words.name.split_once('_') else { return };
        let (Some(family), Some(field)) =
            (FAMILIES.iter().position(|f| *f == family), FIELDS.iter().position(|f| *f == rest))
        else {
            return;
        };
        let values = match field {
            0 => (number(words.arg(0)).unwrap_or(0), size(words.arg(1)).unwrap_or(0)),
            _ => (size(words.arg(0)).unwrap_or(0), 0),
        };
        let key = (self.scope().number, family, field);
        if let Err(at) = self.buffers.settings.binary_search_by(|(other, _)| other.cmp(&key)) {
            self.buffers.settings.insert(at, (key, values));
        }
    }

    /// The blocks that are merged for a module, in order: every server, and those in one that say something of buffers,
    /// or have something in `others`, which goes by the number of the block. The block around all servers is merged into
    /// each of them, and into nothing else.
    pub(super) fn merged<T>(&self, family: usize, others: &[Vec<T>]) -> Vec<u32> {
        let mut merged = vec![false; self.buffers.around.len()];
        for ((block, of, _), _) in &self.buffers.settings {
            merged[*block as usize] |= *of == family;
        }
        for (block, other) in others.iter().enumerate() {
            merged[block] |= !other.is_empty();
        }
        if !merged.contains(&true) {
            return Vec::new();
        }
        for server in &self.buffers.servers {
            merged[*server as usize] = true;
        }
        let numbers = 0..merged.len() as u32;
        numbers.filter(|block| merged[*block as usize] && self.within_server(*block)).collect()
    }

    /// How many blocks there are.
    pub(super) fn blocks(&self) -> usize {
        self.buffers.around.len()
    }

    /// The first server.
    pub(super) fn first_server(&self) -> Option<u32> {
        self.buffers.servers.first().copied()
    }

    pub(super) fn within_server(&self, mut block: u32) -> bool {
        loop {
            if self.buffers.servers.binary_search(&block).is_ok() {
                return true;
            }
            let around = self.buffers.around[block as usize];
            if around == block {
                return false;
            }
            block = around;
        }
    }

    /// What holds in a block: its own, or that of the nearest block around it.
    fn holds(&self, mut block: u32, family: usize, field: usize) -> Option<(u64, u64)> {
        loop {
            let key = (block, family, field);
            if let Ok(at) = self.buffers.settings.binary_search_by(|(other, _)| other.cmp(&key)) {
                return Some(self.buffers.settings[at].1);
            }
            let around = self.buffers.around[block as usize];
            if around == block {
                return None;
            }
            block = around;
        }
    }

    pub(super) fn block_agrees(&self, block: u32, family: usize) -> Done {
        let one = |field: usize| self.holds(block, family, field).map(|(value, _)| value);
        let (count, each) = self.holds(block, family, 0).unwrap_or((8, 4096));
        let most = one(1).unwrap_or(4096).max(each);
        let name = FAMILIES[family];
        let maximum = [
            "equal to or greater than the maximum of the value of \"",
            name,
            "_buffer_size\" and one of the \"",
            name,
            "_buffers\"",
        ]
        .concat();
        if count < 2 {
            return self.stop(&["there must be at least 2 \"", name, "_buffers\""]);
        }
        let busy = one(2).unwrap_or(2 * most);
        if busy < most {
            return self.stop(&["\"", name, "_busy_buffers_size\" must be ", &maximum]);
        }
        if busy > (count - 1).saturating_mul(each) {
            return self.stop(&[
                "\"",
                name,
                "_busy_buffers_size\" must be less than the size of all \"",
                name,
                "_buffers\" minus one buffer",
            ]);
        }
        if one(3).is_some_and(|written| written < most) {
            return self.stop(&["\"", name, "_temp_file_write_size\" must be ", &maximum]);
        }
        if one(4).is_some_and(|file| file != 0 && file < most) {
            return self.stop(&[
                "\"",
                name,
                "_max_temp_file_size\" must be equal to zero to disable temporary files usage or must be ",
                &maximum,
            ]);
        }
        Ok(())
    }
}
