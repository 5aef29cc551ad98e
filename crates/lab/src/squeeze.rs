//! Brotli and gzip, each content once.
//!
//! A static host compresses when a site is put there; this server does it when a file is first asked for, and remembers.

use axum::body::Bytes;
use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::sync::Mutex;

/// How a body travels. In order of preference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Coding {
    /// Smallest.
    Brotli,
    /// For the few that know no brotli.
    Gzip,
}

impl Coding {
    /// The name in `Accept-Encoding` and `Content-Encoding`.
    pub fn name(self) -> &'static str {
        match self {
            Coding::Brotli => "br",
            Coding::Gzip => "gzip",
        }
    }

    /// The best one that this `Accept-Encoding` takes, if any.
    pub fn accepted(header: &str) -> Option<Coding> {
        [Coding::Brotli, Coding::Gzip].into_iter().find(|coding| header.split(',').any(|part| takes(part, *coding)))
    }

    /// The smallest bytes of `raw`, however long it takes: what a site's host would store.
    pub fn best(self, raw: &[u8]) -> Vec<u8> {
        match self {
            Coding::Brotli => brotli(raw, 11),
            Coding::Gzip => gzip(raw, 9),
        }
    }

    /// Small bytes of `raw`, soon.
    fn quick(self, raw: &[u8]) -> Vec<u8> {
        match self {
            Coding::Brotli => brotli(raw, 6),
            Coding::Gzip => gzip(raw, 6),
        }
    }
}

/// One entry of the header: `br`, `br;q=0.5`; with `q=0` it is a refusal.
fn takes(part: &str, coding: Coding) -> bool {
    let (name, weight) = part.split_once(';').unwrap_or((part, ""));
    let refused = weight.trim().strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0));
    name.trim().eq_ignore_ascii_case(coding.name()) && !refused
}

fn brotli(raw: &[u8], quality: u32) -> Vec<u8> {
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 1 << 16, quality, 22);
    writer.write_all(raw).expect("a vector takes every byte");
    writer.into_inner()
}

/// Brotli's bytes as they were, of which there must be so many.
pub fn open(small: &[u8], long: usize) -> Option<Vec<u8>> {
    let mut raw = Vec::with_capacity(long);
    brotli::Decompressor::new(small, 1 << 16).take(long as u64 + 1).read_to_end(&mut raw).ok()?;
    (raw.len() == long).then_some(raw)
}

fn gzip(raw: &[u8], level: u32) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(level));
    writer.write_all(raw).expect("a vector takes every byte");
    writer.finish().expect("a vector takes every byte")
}

/// Compressed contents, by the hash of what was compressed.
#[derive(Debug, Default)]
pub struct Shelf(Mutex<BTreeMap<(u64, Coding), Bytes>>);

/// Above this many entries the shelf is emptied: a site has fewer, so the rest is of builds gone by.
const ENTRIES: usize = 1000;

impl Shelf {
    /// The content with this hash, compressed.
    pub fn fetch(&self, hash: u64, coding: Coding, raw: &[u8]) -> Bytes {
        if let Some(found) = self.lock().get(&(hash, coding)) {
            return found.clone();
        }
        let made = Bytes::from(coding.quick(raw));
        let mut shelf = self.lock();
        if shelf.len() >= ENTRIES {
            shelf.clear();
        }
        shelf.insert((hash, coding), made.clone());
        made
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<(u64, Coding), Bytes>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_coding_that_is_accepted() {
        let cases = [
            ("gzip, deflate, br, zstd", Some(Coding::Brotli)),
            ("gzip, br;q=0", Some(Coding::Gzip)),
            ("GZIP;q=0.5", Some(Coding::Gzip)),
            ("identity", None),
            ("brotli", None),
            ("", None),
        ];
        for (header, coding) in cases {
            assert_eq!(Coding::accepted(header), coding, "{header:?}");
        }
    }

    #[test]
    fn what_was_squeezed_comes_out_again() {
        let raw = b"the words of a page, the words of a page, the words of a page".repeat(20);
        let shelf = Shelf::default();
        for coding in [Coding::Brotli, Coding::Gzip] {
            for small in
                [coding.best(&raw), shelf.fetch(7, coding, &raw).to_vec(), shelf.fetch(7, coding, b"").to_vec()]
            {
                assert!(small.len() < raw.len() / 4, "{coding:?}: {}", small.len());
                let mut out = Vec::new();
                match coding {
                    Coding::Brotli => brotli::Decompressor::new(&small[..], 4096).read_to_end(&mut out),
                    Coding::Gzip => flate2::read::GzDecoder::new(&small[..]).read_to_end(&mut out),
                }
                .unwrap();
                assert_eq!(out, raw);
            }
        }
    }
}
