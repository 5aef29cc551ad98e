//! Which profile of the engine stands for the browser at hand, by what it says of itself.
//!
//! What becomes of cookies of other sites is a setting of each browser, so it is found out beforehand, by a trial of its own
//! ([`cookie_probe`]); what that saw is an argument of the prediction, as the browser's name is.

use crate::setting::{Setting, To};
use crate::situations::answer;
use crate::told::Told;
use engine::browser::profile::{Profile, ThirdParty};
use engine::browser::request::Credentials;

/// The browser's name and version, in words, and its profile. None where it is no browser that we know; then the standard is
/// what is predicted.
pub fn named(user_agent: &str) -> (String, Profile) {
    let version = |word: &str| {
        let rest = user_agent.split_once(word)?.1;
        Some(rest.split(|c: char| !c.is_ascii_digit() && c != '.').next()?.to_owned())
    };
    let known = [("Firefox/", "Firefox", Profile::FIREFOX), ("Chrome/", "Chromium", Profile::CHROMIUM)];
    for (word, name, profile) in known {
        if let Some(version) = version(word) {
            return ([name, " ", &version].concat(), profile);
        }
    }
    match version("Version/").filter(|_| user_agent.contains("AppleWebKit/")) {
        Some(version) => (["WebKit ", &version].concat(), Profile::WEBKIT),
        None => ("a browser that we do not know".to_owned(), Profile::STANDARD),
    }
}

/// A situation that shows whether cookies of other sites are sent.
pub fn cookie_probe() -> Setting {
    Setting {
        to: To::Foreign,
        credentials: Credentials::Include,
        cookie: Some("probe=1; SameSite=None; Secure".to_owned()),
        answer: answer(
            200,
            &[("Access-Control-Allow-Origin", "{origin}"), ("Access-Control-Allow-Credentials", "true")],
        ),
        ..Setting::default()
    }
}

/// The profile, with what the probe has seen of cookies of other sites.
pub fn probed(profile: Profile, seen: &Told) -> Profile {
    let sent = seen.arrived.iter().any(|request| request.headers.iter().any(|(name, _)| name == "Cookie"));
    let third_party = match (sent, profile.third_party) {
        (true, ThirdParty::Blocked) => ThirdParty::Allowed,
        (true, kept) => kept,
        (false, _) => ThirdParty::Blocked,
    };
    Profile { third_party, ..profile }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_say_who_they_are() {
        for (agent, name, profile) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
                "Chromium 156.0.0.0",
                "Chromium",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.8078.79 Safari/537.36",
                "Chromium 156.0.8078.79",
                "Chromium",
            ),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0", "Firefox 153.0", "Firefox"),
            (
                "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15",
                "WebKit 26.0",
                "WebKit",
            ),
            ("curl/8", "a browser that we do not know", "standard"),
        ] {
            let (said, found) = named(agent);
            assert_eq!((said.as_str(), found.name), (name, profile));
        }
    }
}
