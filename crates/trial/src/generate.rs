//! Hundreds of situations from a seed: the same seed gives the same ones, in every browser.
//!
//! Chance falls on what decides: most are nearly right, so that a prediction has something to be wrong about.

use crate::setting::{Hop, Setting, To};
use engine::browser::exchange::Answer;
use engine::browser::request::{Credentials, Mode, RedirectMode};

/// A source of chance: the seed decides (SplitMix64).
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// A source with this seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// One of these.
    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let at = self.next() % from.len() as u64;
        &from[usize::try_from(at).unwrap_or(0)]
    }

    /// Whether it happens, so many times of a hundred.
    fn happens(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }
}

/// So many situations.
pub fn generate(seed: u64, count: usize) -> Vec<Setting> {
    let mut dice = Dice::new(seed);
    (0..count).map(|_| setting(&mut dice)).collect()
}

fn setting(dice: &mut Dice) -> Setting {
    let tos = [To::Own, To::Port, To::Port, To::Port, To::Third, To::Foreign, To::Foreign];
    let methods = [
        "GET", "GET", "GET", "HEAD", "POST", "POST", "PUT", "DELETE", "PATCH", "patch", "put", "get", "OPTIONS",
        "QUERY", "TRACE", "G T", "x-y",
    ];
    let modes = [Mode::Cors, Mode::Cors, Mode::Cors, Mode::Cors, Mode::Cors, Mode::NoCors, Mode::SameOrigin];
    let credentials = [
        Credentials::SameOrigin,
        Credentials::SameOrigin,
        Credentials::Include,
        Credentials::Include,
        Credentials::Omit,
    ];
    let redirects =
        [RedirectMode::Follow, RedirectMode::Follow, RedirectMode::Follow, RedirectMode::Error, RedirectMode::Manual];
    let cookies = [
        "a=1",
        "a=1; SameSite=Lax",
        "a=1; SameSite=Strict",
        "a=1; SameSite=None",
        "a=1; SameSite=None; Secure",
        "a=1; Max-Age=0",
        "a=1; HttpOnly; Max-Age=60",
    ];
    let method = (*dice.pick(&methods)).to_owned();
    let body = dice.happens(if matches!(method.as_str(), "GET" | "HEAD" | "get") { 4 } else { 60 });
    let hop = dice.happens(22);
    // Many are right but for one thing, or for nothing.
    let generous = dice.happens(60);
    let preflight = |dice: &mut Dice| dice.happens(75).then(|| permission(dice, true, generous));
    Setting {
        sandbox: dice.happens(20),
        to: *dice.pick(&tos),
        behind: (*dice.pick(&["", "", "", "?x=1", "?q=a b&r=%20", "#part", "/deeper?x#y"])).to_owned(),
        headers: headers(dice),
        body: body.then(|| "like=2".to_owned()),
        mode: *dice.pick(&modes),
        credentials: *dice.pick(&credentials),
        redirect: *dice.pick(&redirects),
        cookie: dice.happens(35).then(|| (*dice.pick(&cookies)).to_owned()),
        times: if dice.happens(20) { 2 } else { 1 },
        preflight: preflight(dice),
        hop: hop.then(|| Hop {
            to: *dice.pick(&tos),
            preflight: preflight(dice),
            answer: Answer {
                status: *dice.pick(&[301, 302, 302, 303, 307, 308]),
                body: String::new(),
                ..permission(dice, false, generous)
            },
        }),
        answer: permission(dice, false, generous),
        method,
    }
}

/// The headers that script sets.
fn headers(dice: &mut Dice) -> Vec<(String, String)> {
    let lines = [
        ("Content-Type", "application/json"),
        ("Content-Type", "application/json"),
        ("Content-Type", "text/plain"),
        ("content-type", "application/x-www-form-urlencoded;charset=utf-8"),
        ("Content-Type", "nonsense"),
        ("Authorization", "Bearer abc"),
        ("X-Requested-With", "XMLHttpRequest"),
        ("X-Api-Key", "k"),
        ("X-Api-Key", "l"),
        ("Accept", "application/json"),
        ("Accept", "a\"b"),
        ("Accept-Language", "de, en;q=0.5"),
        ("Accept-Language", "en_US"),
        ("Content-Language", "de"),
        ("Range", "bytes=0-99"),
        ("Range", "bytes=-5"),
        ("If-None-Match", "\"x\""),
        ("Cache-Control", "no-cache"),
        ("Cookie", "b=2"),
        ("Origin", "http://elsewhere.example"),
        ("X-\u{e9}", "1"),
        ("X-Odd", "\u{e9}\u{ff}"),
        ("X-Wide", "\u{2665}"),
        ("DNT", "1"),
        ("Sec-Mine", "1"),
        ("X-HTTP-Method-Override", "TRACE"),
        ("X-HTTP-Method-Override", "PUT"),
        ("Save-Data", "on"),
    ];
    let mut headers = Vec::new();
    while dice.happens(40) && headers.len() < 4 {
        let (name, value) = *dice.pick(&lines);
        headers.push((name.to_owned(), value.to_owned()));
    }
    if dice.happens(3) {
        headers.push(("Accept".to_owned(), "a".repeat(129)));
    }
    headers
}

/// An answer that allows much, or nearly does.
fn permission(dice: &mut Dice, preflight: bool, generous: bool) -> Answer {
    if generous && dice.happens(85) {
        return generous_answer(dice, preflight);
    }
    let origins = [
        "*",
        "*",
        "{origin}",
        "{origin}",
        "{origin}",
        "{origin}",
        "{page}",
        "null",
        "{origin}/",
        "{foreign}",
        "",
        "{page}, *",
        "* ",
        "{origin} {port}",
        "http://LOCALHOST:8080",
        "localhost",
        "{third}",
    ];
    let mut headers: Vec<(&str, &str)> = Vec::new();
    let mut line = |dice: &mut Dice, percent: u64, name: &'static str, values: &[&'static str]| {
        if dice.happens(percent) {
            headers.push((name, *dice.pick(values)));
        }
    };
    line(dice, 85, "Access-Control-Allow-Origin", &origins);
    line(dice, 3, "Access-Control-Allow-Origin", &origins);
    line(dice, 4, "Access-Control-Allow-Orgin", &["*"]);
    line(dice, 55, "Access-Control-Allow-Credentials", &["true", "true", "true", "true", "True", "false", "", "true "]);
    let (often, seldom) = if preflight { (70, 25) } else { (25, 5) };
    let methods = [
        "*",
        "PUT, DELETE, PATCH",
        "PUT,DELETE,PATCH,OPTIONS,QUERY",
        "put",
        "PATCH",
        "GET, PUT",
        "GET PUT",
        "",
        "x-y, QUERY",
        "patch",
    ];
    line(dice, often, "Access-Control-Allow-Methods", &methods);
    let names = [
        "*",
        "content-type",
        "Content-Type, Authorization, X-Requested-With, X-Api-Key",
        "authorization",
        "x-api-key,range,x-odd",
        "content-type, x-api-key, authorization, x-requested-with, range, accept, accept-language, if-none-match, cache-control, x-odd, x-http-method-override, content-language",
        "Content-Type X-Api-Key",
        "*, authorization",
        "",
    ];
    line(dice, often, "Access-Control-Allow-Headers", &names);
    line(dice, seldom, "Access-Control-Max-Age", &["600", "0", "-1", "5", "x", "99999999999999999999"]);
    if !preflight {
        line(
            dice,
            30,
            "Access-Control-Expose-Headers",
            &["*", "X-Total, ETag", "x-total", "Set-Cookie, x-total", "x total"],
        );
        line(dice, 30, "X-Total", &["42"]);
        line(dice, 15, "ETag", &["\"v1\""]);
        line(dice, 20, "Content-Type", &["application/json", "text/html"]);
        line(dice, 10, "Cache-Control", &["no-store", "max-age=60", "private"]);
        line(dice, 10, "Vary", &["Origin", "*"]);
        line(dice, 8, "Set-Cookie", &["b=2; SameSite=None", "b=2"]);
        line(dice, 6, "Cross-Origin-Resource-Policy", &["same-origin", "same-site", "cross-origin", "SAME-ORIGIN"]);
        line(dice, 3, "Location", &["nowhere"]);
    }
    let status = if preflight {
        *dice.pick(&[200, 204, 204, 204, 204, 204, 206, 299, 301, 302, 304, 403, 404, 405, 500])
    } else {
        *dice.pick(&[200, 200, 200, 200, 200, 201, 204, 304, 400, 404, 500, 502, 302])
    };
    let headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    Answer { status, headers, body: if preflight { String::new() } else { "hello".to_owned() } }
}

/// An answer that allows nearly everything.
fn generous_answer(dice: &mut Dice, preflight: bool) -> Answer {
    const NAMES: &str = "content-type, x-api-key, authorization, x-requested-with, range, accept, accept-language, \
                         if-none-match, cache-control, x-odd, x-http-method-override, content-language, save-data";
    let mut headers: Vec<(&str, &str)> = vec![("Access-Control-Allow-Origin", "{origin}")];
    if dice.happens(20) {
        headers[0].1 = "*";
    }
    if dice.happens(80) {
        headers.push(("Access-Control-Allow-Credentials", "true"));
    }
    if preflight {
        headers.push(("Access-Control-Allow-Methods", "PUT, DELETE, PATCH, OPTIONS, QUERY, patch, x-y"));
        headers.push(("Access-Control-Allow-Headers", NAMES));
        headers.extend(dice.happens(30).then_some(("Access-Control-Max-Age", "600")));
    } else {
        headers.extend(dice.happens(30).then_some(("Access-Control-Expose-Headers", "X-Total, ETag")));
        headers.extend([("X-Total", "42"), ("ETag", "\"v1\""), ("Content-Type", "application/json")]);
        headers.extend(dice.happens(20).then_some(("Cache-Control", "max-age=60")));
        headers.extend(dice.happens(30).then_some(("Vary", "Origin")));
    }
    let status =
        if preflight { *dice.pick(&[200, 204, 204, 204]) } else { *dice.pick(&[200, 200, 200, 201, 404, 502]) };
    let headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    Answer { status, headers, body: if preflight { String::new() } else { "hello".to_owned() } }
}
