//! What arrived, as a witness tells it: no more than what came over the wire, and when.

use axum::http::HeaderMap;
use serde_json::{Value, json};

/// A request that arrived at a trial.
#[derive(Clone, Debug)]
pub struct Arrived {
    /// When, in microseconds since the trial was opened.
    pub after: u64,
    /// The origin at which it arrived: the name in `Host`, and our port.
    pub at: String,
    /// The method.
    pub method: String,
    /// Path and query, as sent.
    pub target: String,
    /// Its headers in their order; names in lower case, bytes beyond ASCII as the letters of those numbers.
    pub headers: Vec<(String, String)>,
    /// How long its body was; what is beyond the bound of a body is not counted.
    pub body_bytes: usize,
}

impl Arrived {
    /// The headers as they came.
    pub fn lines(headers: &HeaderMap) -> Vec<(String, String)> {
        let text = |bytes: &[u8]| bytes.iter().map(|byte| char::from(*byte)).collect();
        headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value.as_bytes()))).collect()
    }

    /// A header of it.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether a browser asks by itself whether script may ask. No script can send the header (Fetch standard, forbidden
    /// request-header).
    pub fn is_preflight(&self) -> bool {
        self.method == "OPTIONS" && self.header("access-control-request-method").is_some()
    }

    /// Bytes that it takes, roughly.
    pub fn size(&self) -> usize {
        let lines = self.headers.iter().map(|(name, value)| name.len() + value.len() + 64);
        self.at.len() + self.method.len() + self.target.len() + 128 + lines.sum::<usize>()
    }

    /// The request as JSON.
    pub fn json(&self) -> Value {
        json!({
            "after_us": self.after,
            "at": self.at,
            "method": self.method,
            "target": self.target,
            "headers": self.headers,
            "body_bytes": self.body_bytes,
        })
    }
}
