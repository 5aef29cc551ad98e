//! What leaves the test server for an answer: the lines asked for, in their order, and after them its own.
//!
//! HTTP wants to know how long a body is, and when it was sent (RFC 9110 sections 8.6 and 6.6.1), so the server writes
//! `Content-Length` and `Date`. Script may see the first, and on its own origin both, so the prediction has to know them.
//! That the server does just this is tested there.

use engine::browser::exchange::{Answer, Policy};

/// The server's own line that says when; what it says is nobody's concern here.
const DATE: &str = "Fri, 27 Nov 2026 12:00:00 GMT";

/// The answer as it arrives.
pub fn served(answer: &Answer) -> Answer {
    let bodiless = bodiless(answer.status);
    let body = if bodiless { String::new() } else { answer.body.clone() };
    let mut headers = answer.headers.clone();
    if !bodiless || answer.status == 205 {
        headers.push(("content-length".into(), body.len().to_string().into()));
    }
    headers.push(("date".into(), DATE.into()));
    Answer { status: answer.status, headers, body }
}

/// Both answers of a policy as they arrive.
pub fn served_policy(policy: &Policy) -> Policy {
    Policy { preflight: policy.preflight.as_ref().map(served), actual: served(&policy.actual) }
}

/// Statuses whose answer has no body, whatever was asked for (RFC 9110 sections 15.3.5, 15.3.6 and 15.4.5).
pub const fn bodiless(status: u16) -> bool {
    matches!(status, 204 | 205 | 304)
}

/// What the server says at an address of a trial of which it was told nothing: no CORS header, and no more than that.
pub fn unknown() -> Answer {
    Answer { status: 404, ..Answer::default() }
}
