//! `dns.jsonl`.
