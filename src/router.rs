//! What the address says: which section, which step, and how the page shall look. Pure.

/// What a link may ask for, in its query. Unknown keys are passed over; a bad value is named and the default used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Params {
    /// `embed=1`: one figure with its player, and nothing else.
    pub embed: bool,
    /// `step=firewall-decides` or `step=4`: where the player stands.
    pub step: Option<String>,
    /// `autoplay=1`: starts by itself, unless the reader wants no motion.
    pub autoplay: bool,
    /// `speed=50`: the pace in percent.
    pub speed: u32,
    /// `motion=0`: states change without travel.
    pub motion: bool,
    /// `keys=0`: the player takes no keys.
    pub keys: bool,
    /// `fault=panic`: the player's next step fails on purpose, so that the way out of a failure can be tried.
    pub fault: bool,
    /// What was wrong, one sentence each.
    pub problems: Vec<String>,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            embed: false,
            step: None,
            autoplay: false,
            speed: 100,
            motion: true,
            keys: true,
            fault: false,
            problems: Vec::new(),
        }
    }
}

impl Params {
    /// Reads a query, with or without its question mark. Never fails.
    pub fn parse(query: &str) -> Self {
        let mut params = Self::default();
        for pair in query.trim_start_matches('?').split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = decode(value);
            match key {
                "embed" => params.flag(key, &value, |p, on| p.embed = on),
                "autoplay" => params.flag(key, &value, |p, on| p.autoplay = on),
                "motion" => params.flag(key, &value, |p, on| p.motion = on),
                "keys" => params.flag(key, &value, |p, on| p.keys = on),
                "fault" if value == "panic" => params.fault = true,
                "step" if !value.is_empty() => params.step = Some(value),
                "speed" => match value.parse() {
                    Ok(speed @ 10..=1_000) => params.speed = speed,
                    _ => params.problem(key, &value, "a number from 10 to 1000, in percent"),
                },
                _ => {}
            }
        }
        params
    }

    fn flag(&mut self, key: &str, value: &str, set: impl Fn(&mut Self, bool)) {
        match value {
            "1" => set(self, true),
            "0" => set(self, false),
            _ => self.problem(key, value, "0 or 1"),
        }
    }

    fn problem(&mut self, key: &str, value: &str, wants: &str) {
        self.problems.push(format!("This link says {key}={value}; {key} takes {wants}."));
    }
}

/// Undoes percent-encoding. What is not well-formed stays as it is; what is not UTF-8 becomes the replacement character.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|two| core::str::from_utf8(two).ok());
        match (byte, hex.and_then(|two| u8::from_str_radix(two, 16).ok())) {
            (b'%', Some(value)) => {
                bytes.push(value);
                rest = &after[2..];
            }
            (b'+', _) => {
                bytes.push(b' ');
                rest = after;
            }
            _ => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_to_a_step() {
        let params = Params::parse("?step=firewall-decides&speed=50");
        assert_eq!((params.step.as_deref(), params.speed), (Some("firewall-decides"), 50));
        assert!(params.problems.is_empty());
    }

    #[test]
    fn a_bad_value_is_named_and_the_default_used() {
        let params = Params::parse("speed=fast&embed=yes&colour=red");
        assert_eq!((params.speed, params.embed), (100, false));
        assert_eq!(params.problems[0], "This link says speed=fast; speed takes a number from 10 to 1000, in percent.");
        assert_eq!(params.problems.len(), 2);
    }

    #[test]
    fn percent_encoding_never_panics() {
        assert_eq!(decode("a%2Fb+c%"), "a/b c%");
        assert_eq!(decode("%e4%zz%"), "\u{fffd}%zz%");
    }
}
