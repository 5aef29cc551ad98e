//! Browsers beside Chromium, and what drives them: for the laboratory alone, so nothing is installed unasked.

use super::lookup;
use anyhow::{Context as _, Result};
use std::path::PathBuf;

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Other {
    /// Firefox, with geckodriver.
    Firefox,
    /// WebKitGTK’s MiniBrowser, with WebKitWebDriver.
    WebKit,
}

impl Other {
    /// The one that an argument asks for.
    pub fn named(argument: &str) -> Option<Self> {
        match argument {
            "--firefox" => Some(Self::Firefox),
            "--webkit" => Some(Self::WebKit),
            _ => None,
        }
    }

    /// Its name in the table of stages.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Firefox => "Firefox",
            Self::WebKit => "WebKit",
        }
    }

    /// The test that runs in it.
    pub const fn test(self) -> &'static str {
        match self {
            Self::Firefox => "other::firefox",
            Self::WebKit => "other::webkit",
        }
    }

    /// What the test is told: a variable and a program each, or what is missing and how to get it.
    pub fn programs(self) -> Result<Vec<(&'static str, PathBuf)>> {
        let wanted: &[(&str, &[&str], &str)] = match self {
            Self::Firefox => &[
                ("FIREFOX", &["firefox-esr", "firefox"], "apt-get install firefox-esr (as root)"),
                ("GECKODRIVER", &["geckodriver"], "cargo install geckodriver"),
            ],
            Self::WebKit => &[
                ("WEBKITDRIVER", &["WebKitWebDriver"], "apt-get install webkit2gtk-driver xvfb (as root)"),
                ("MINIBROWSER", &["MiniBrowser"], "apt-get install webkit2gtk-driver xvfb (as root)"),
            ],
        };
        wanted.iter().map(|(variable, names, get)| Ok((*variable, find(variable, names, get)?))).collect()
    }
}

/// The program that the variable names, or the first of these names where programs lie.
fn find(variable: &str, names: &[&str], get: &str) -> Result<PathBuf> {
    // Debian keeps WebKit’s browser out of PATH.
    let also = ["/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1", "/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1"];
    let places = || lookup::path().into_iter().chain(also.map(PathBuf::from));
    let named = std::env::var_os(variable).map(PathBuf::from);
    let found = names.iter().flat_map(|name| places().map(move |place| place.join(name)));
    named
        .into_iter()
        .chain(found)
        .find(|path| path.is_file())
        .with_context(|| format!("missing: {}. Get it with: {get}, or name it in {variable}=…", names[0]))
}
