//! Whose turn it is in a group of servers (`ngx_http_upstream_round_robin.c`, and its relatives for `least_conn`,
//! `ip_hash` and `hash`), and what nginx remembers from one request to the next.

use super::{Config, Group, Method};
use crate::time::Micros;
use core::net::IpAddr;

/// What nginx remembers while it runs with one configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Runtime {
    /// For each group, how its servers stand.
    groups: Vec<Vec<Standing>>,
    /// For each zone and key: how far above its rate, in thousandths of a request, and when.
    buckets: Vec<Bucket>,
}

/// How a server of a group stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Standing {
    current: i64,
    /// How much less than its weight it counts at the moment.
    lost: i64,
    fails: u32,
    accessed: u64,
    checked: u64,
}

/// The leaky bucket of one key.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Bucket {
    zone: usize,
    key: String,
    excess: u64,
    last: Micros,
}

/// What one request remembers of the group it is passed to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// The group's index; a server given by its address alone has no group.
    pub group: Option<usize>,
    tried: Vec<usize>,
    /// Whether the `backup` servers are asked now.
    backup: bool,
    /// How many tries are left.
    pub tries: u64,
    /// For `ip_hash` and `hash`.
    hash: u32,
    rehash: u32,
    key: String,
    /// Neither fits any more: in turn.
    fallback: bool,
}

/// The most buckets that are remembered.
const MOST_BUCKETS: usize = 10_000;

impl Turn {
    /// A request is about to be passed to a group. `key` is that of `hash`.
    pub fn new(config: &Config, group: usize, client: IpAddr, key: String) -> Self {
        let of = &config.groups[group];
        let tries = of.peers.iter().filter(|peer| !peer.down).count() as u64;
        let hash = if of.method == Method::ClientAddress { address_bytes(client).1 } else { 0 };
        let fallback = matches!(of.method, Method::Hash(_)) && key.is_empty();
        Self { group: Some(group), tries, hash, key, fallback, ..Self::default() }
    }

    /// The next server to ask; `None` where none is left.
    pub fn next(&mut self, config: &Config, runtime: &mut Runtime, now: Micros, client: IpAddr) -> Option<usize> {
        let group = self.group?;
        let of = &config.groups[group];
        if of.peers.len() == 1 {
            return (!of.peers[0].down).then_some(0);
        }
        let standing = runtime.standing(config, group);
        let seconds = now.0 / 1_000_000;
        let by_hash = match of.method {
            Method::ClientAddress if !self.fallback => self.by_address(of, standing, seconds, client),
            Method::Hash(_) if !self.fallback => self.by_key(of, standing, seconds),
            _ => None,
        };
        if by_hash.is_some() {
            return by_hash;
        }
        self.in_turn(of, standing, seconds).or_else(|| {
            let has_backup = !self.backup && of.peers.iter().any(|peer| peer.backup);
            if !has_backup {
                return None;
            }
            self.backup = true;
            self.in_turn(of, standing, seconds)
        })
    }

    fn usable(&self, of: &Group, standing: &[Standing], i: usize, seconds: u64) -> bool {
        let (peer, state) = (&of.peers[i], &standing[i]);
        let failed = peer.max_fails > 0
            && state.fails >= peer.max_fails
            && seconds.saturating_sub(state.checked) <= peer.fail_timeout;
        !self.tried.contains(&i) && !peer.down && !failed
    }

    /// Smooth weighted round robin. Requests here come one after the other, so `least_conn` finds no differences in
    /// connections and decides by turns as well.
    fn in_turn(&mut self, of: &Group, standing: &mut [Standing], seconds: u64) -> Option<usize> {
        let (mut best, mut total) = (None, 0);
        for i in 0..of.peers.len() {
            if of.peers[i].backup != self.backup || !self.usable(of, standing, i, seconds) {
                continue;
            }
            let weight = i64::from(of.peers[i].weight);
            let effective = weight - standing[i].lost;
            standing[i].current += effective;
            total += effective;
            standing[i].lost = (standing[i].lost - 1).max(0);
            if best.is_none_or(|b: usize| standing[i].current > standing[b].current) {
                best = Some(i);
            }
        }
        let best = best?;
        standing[best].current -= total;
        self.take(best, of, standing, seconds);
        Some(best)
    }

    fn take(&mut self, i: usize, of: &Group, standing: &mut [Standing], seconds: u64) {
        self.tried.push(i);
        if seconds.saturating_sub(standing[i].checked) > of.peers[i].fail_timeout {
            standing[i].checked = seconds;
        }
    }

    /// The server that a number below the sum of all weights falls on.
    fn weighted(of: &Group, mut number: i64) -> usize {
        for (i, peer) in of.peers.iter().enumerate().filter(|(_, peer)| !peer.backup) {
            number -= i64::from(peer.weight);
            if number < 0 {
                return i;
            }
        }
        0
    }

    fn total(of: &Group) -> i64 {
        of.peers.iter().filter(|peer| !peer.backup).map(|peer| i64::from(peer.weight)).sum::<i64>().max(1)
    }

    /// `ip_hash`: the first three bytes of an IPv4 address, all of an IPv6 address.
    fn by_address(&mut self, of: &Group, standing: &mut [Standing], seconds: u64, client: IpAddr) -> Option<usize> {
        let (bytes, _) = address_bytes(client);
        for _ in 0..=20 {
            for byte in &bytes {
                self.hash = (self.hash * 113 + u32::from(*byte)) % 6271;
            }
            let i = Self::weighted(of, i64::from(self.hash) % Self::total(of));
            if self.usable(of, standing, i, seconds) {
                self.take(i, of, standing, seconds);
                return Some(i);
            }
        }
        self.fallback = true;
        None
    }

    /// `hash key` without `consistent`: CRC-32 of the key, and at each further try of its number before the key.
    fn by_key(&mut self, of: &Group, standing: &mut [Standing], seconds: u64) -> Option<usize> {
        for _ in 0..=20 {
            let number = if self.rehash > 0 { self.rehash.to_string() } else { String::new() };
            let crc = crc32([number.as_bytes(), self.key.as_bytes()].concat().as_slice());
            self.hash = self.hash.wrapping_add((crc >> 16) & 0x7fff);
            self.rehash += 1;
            let i = Self::weighted(of, i64::from(self.hash) % Self::total(of));
            if self.usable(of, standing, i, seconds) {
                self.take(i, of, standing, seconds);
                return Some(i);
            }
        }
        self.fallback = true;
        None
    }

    /// The server has answered, or failed.
    pub fn done(&mut self, config: &Config, runtime: &mut Runtime, peer: usize, failed: bool, now: Micros) {
        let Some(group) = self.group else {
            self.tries = 0;
            return;
        };
        let of = &config.groups[group];
        if of.peers.len() == 1 {
            self.tries = 0;
            return;
        }
        let seconds = now.0 / 1_000_000;
        let state = &mut runtime.standing(config, group)[peer];
        if failed {
            state.fails += 1;
            (state.accessed, state.checked) = (seconds, seconds);
            let weight = i64::from(of.peers[peer].weight);
            if of.peers[peer].max_fails > 0 {
                state.lost = (state.lost + weight / i64::from(of.peers[peer].max_fails)).min(weight);
            }
        } else if state.accessed < state.checked {
            state.fails = 0;
        }
        self.tries = self.tries.saturating_sub(1);
    }
}

/// The bytes that `ip_hash` takes, and where it begins.
fn address_bytes(client: IpAddr) -> (Vec<u8>, u32) {
    match client {
        IpAddr::V4(address) => (address.octets()[..3].to_vec(), 89),
        IpAddr::V6(address) => (address.octets().to_vec(), 89),
    }
}

/// CRC-32 as in Ethernet (`ngx_crc32_long`).
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 & (0u32.wrapping_sub(crc & 1)));
        }
    }
    !crc
}

impl Runtime {
    fn standing(&mut self, config: &Config, group: usize) -> &mut [Standing] {
        self.groups.resize(config.groups.len(), Vec::new());
        let standing = &mut self.groups[group];
        standing.resize(config.groups[group].peers.len(), Standing::default());
        standing
    }

    /// Pours one request into a bucket that empties at the zone's rate: how far it stands above, in thousandths of a
    /// request; `None` where that is more than `burst` (`ngx_http_limit_req_lookup`). Nothing is kept yet.
    pub fn pour(&self, config: &Config, zone: usize, key: &str, now: Micros, burst: u64) -> Option<u64> {
        let Some(bucket) = self.buckets.iter().find(|bucket| bucket.zone == zone && bucket.key == key) else {
            return Some(0);
        };
        let elapsed = now.0.saturating_sub(bucket.last.0) / 1000;
        let leaked = config.zones[zone].rate.saturating_mul(elapsed) / 1000;
        let excess = (bucket.excess + 1000).saturating_sub(leaked);
        (excess <= burst.saturating_mul(1000)).then_some(excess)
    }

    /// Keeps what was poured.
    pub fn keep(&mut self, zone: usize, key: &str, now: Micros, excess: u64) {
        if let Some(bucket) = self.buckets.iter_mut().find(|bucket| bucket.zone == zone && bucket.key == key) {
            bucket.excess = excess;
            // nginx counts in milliseconds: less than one does not move the clock on.
            if now.0 / 1000 > bucket.last.0 / 1000 {
                bucket.last = now;
            }
            return;
        }
        if self.buckets.len() >= MOST_BUCKETS {
            self.buckets.remove(0);
        }
        self.buckets.push(Bucket { zone, key: key.to_owned(), excess, last: now });
    }
}
