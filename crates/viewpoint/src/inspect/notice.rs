//! A push message as it reaches a phone (RFC 8030 section 6). How a service speaks to its phones is its own affair, so there
//! is no layout of a tool: what the app reads is shown.

use super::{Field, Wire, sealed};
use engine::message::Notice;

/// Tool, text and fields.
pub(super) fn opened(notice: &Notice) -> (&'static str, String, Vec<Field>) {
    let id = notice.id.as_deref().unwrap_or("none");
    let fields = vec![
        sealed(
            "id",
            id,
            "By this the app knows whether it has shown it: what comes twice is shown once.",
            Wire::Sealed,
        ),
        sealed("text", &notice.text, "What is shown to the phone’s user.", Wire::Sealed),
        sealed(
            "payload",
            &[&notice.payload.len().to_string(), " bytes"].concat(),
            "Encrypted by the application for this phone alone (RFC 8291): the push service hands on what it cannot read.",
            Wire::Sealed,
        ),
    ];
    ("the app", [&notice.payload, "\n"].concat(), fields)
}
