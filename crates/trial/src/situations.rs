//! Situations with a name: what people search for when a page may not read an answer.

use crate::setting::{Hop, Setting, To};
use engine::browser::exchange::Answer;
use engine::browser::request::{Credentials, Mode};

/// A situation with a name, and what to look at.
#[derive(Clone, Debug)]
pub struct Situation {
    /// Its name in links.
    pub name: &'static str,
    /// What people say.
    pub title: &'static str,
    /// What to look at, in a sentence or two.
    pub words: &'static str,
    /// The situation.
    pub setting: Setting,
}

const ALLOW: &str = "Access-Control-Allow-Origin";
const CREDENTIALS: &str = "Access-Control-Allow-Credentials";
const METHODS: &str = "Access-Control-Allow-Methods";
const HEADERS: &str = "Access-Control-Allow-Headers";

/// An answer with these lines.
pub fn answer(status: u16, headers: &[(&'static str, &'static str)]) -> Answer {
    let headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    Answer { status, headers, body: if status == 204 { String::new() } else { "hello".to_owned() } }
}

fn header(name: &str, value: &str) -> Vec<(String, String)> {
    vec![(name.to_owned(), value.to_owned())]
}

/// All of them.
pub fn situations() -> Vec<Situation> {
    let plain = Setting::default;
    let with_cookies = || Setting {
        credentials: Credentials::Include,
        cookie: Some("session=7f; SameSite=Lax; HttpOnly".to_owned()),
        ..plain()
    };
    let json = || Setting {
        method: "POST".to_owned(),
        headers: header("Content-Type", "application/json"),
        body: Some("{\"like\": 2}".to_owned()),
        ..plain()
    };
    let all = [
        (
            "no-header",
            "No Access-Control-Allow-Origin",
            "The request arrives and is answered. What the browser keeps back is the answer.",
            plain(),
        ),
        (
            "form-post",
            "A refused POST that was carried out",
            "A POST that a form could have sent needs no permission to be sent. Whatever it does on the server is done.",
            Setting { method: "POST".to_owned(), body: Some("post=2".to_owned()), ..plain() },
        ),
        (
            "star",
            "A star for everybody",
            "Without cookies, `*` lets every page read the answer.",
            Setting { answer: answer(200, &[(ALLOW, "*")]), ..plain() },
        ),
        (
            "star-with-cookies",
            "A star, and cookies",
            "With credentials, `*` counts as no permission: the origin must be named.",
            Setting { answer: answer(200, &[(ALLOW, "*"), (CREDENTIALS, "true")]), ..with_cookies() },
        ),
        (
            "cookies",
            "Cookies, with the origin named",
            "The origin by name, and beside it `Access-Control-Allow-Credentials: true`. Another port is the same site, so \
             the cookie goes along.",
            Setting {
                answer: answer(200, &[(ALLOW, "{origin}"), (CREDENTIALS, "true"), ("Vary", "Origin")]),
                ..with_cookies()
            },
        ),
        (
            "cookies-of-another-site",
            "Cookies of another site",
            "127.0.0.1 and localhost are two sites. A cookie with `SameSite=Lax` stays at home, though the answer may be \
             read.",
            Setting {
                to: To::Foreign,
                answer: answer(200, &[(ALLOW, "{origin}"), (CREDENTIALS, "true"), ("Vary", "Origin")]),
                ..with_cookies()
            },
        ),
        (
            "json",
            "A JSON body",
            "`Content-Type: application/json` is more than a form could send: the browser asks first. Here nobody has \
             allowed the header.",
            Setting {
                preflight: Some(answer(204, &[(ALLOW, "{origin}")])),
                answer: answer(200, &[(ALLOW, "{origin}")]),
                ..json()
            },
        ),
        (
            "authorization-star",
            "Authorization, and a star",
            "By the standard `*` never stands for `Authorization`; the browsers of today let it. The prediction is for the \
             browser you are reading this in.",
            Setting {
                headers: header("Authorization", "Bearer abc"),
                preflight: Some(answer(204, &[(ALLOW, "*"), (HEADERS, "*")])),
                answer: answer(200, &[(ALLOW, "*")]),
                ..plain()
            },
        ),
        (
            "delete",
            "DELETE is not allowed",
            "A method beyond GET, HEAD and POST must be listed. The DELETE itself is never sent.",
            Setting {
                method: "DELETE".to_owned(),
                preflight: Some(answer(204, &[(ALLOW, "{origin}"), (METHODS, "GET, POST")])),
                answer: answer(200, &[(ALLOW, "{origin}")]),
                ..plain()
            },
        ),
        (
            "patch-lower-case",
            "patch, in lower case",
            "`put` is made `PUT` on the way, `patch` is not made `PATCH`: methods are compared to the letter.",
            Setting {
                method: "patch".to_owned(),
                preflight: Some(answer(204, &[(ALLOW, "{origin}"), (METHODS, "PATCH")])),
                answer: answer(200, &[(ALLOW, "{origin}")]),
                ..plain()
            },
        ),
        (
            "preflight-404",
            "OPTIONS is answered with 404",
            "The route is there for POST and not for OPTIONS. The headers are right, the status is not.",
            Setting {
                preflight: Some(answer(404, &[(ALLOW, "{origin}"), (HEADERS, "content-type")])),
                answer: answer(200, &[(ALLOW, "{origin}")]),
                ..json()
            },
        ),
        (
            "preflight-redirect",
            "301 before the preflight",
            "A redirect to the right address (to https, or with a slash at the end) is followed by everything but a \
             preflight.",
            Setting {
                preflight: Some(answer(301, &[(ALLOW, "{origin}"), ("Location", "/elsewhere")])),
                answer: answer(200, &[(ALLOW, "{origin}")]),
                ..json()
            },
        ),
        (
            "redirect-without-header",
            "301 without the header",
            "nginx sends you on from port 80, and only the application behind it sends the header. Each answer on the way \
             needs it.",
            Setting {
                hop: Some(Hop { to: To::Port, preflight: None, answer: answer(301, &[]) }),
                answer: answer(200, &[(ALLOW, "{origin}")]),
                ..plain()
            },
        ),
        (
            "redirect-to-null",
            "A redirect to a third origin",
            "After a foreign redirect the browser says `Origin: null`, and the page’s own origin is no permission any \
             more.",
            Setting {
                hop: Some(Hop { to: To::Foreign, preflight: None, answer: answer(302, &[(ALLOW, "*")]) }),
                answer: answer(200, &[(ALLOW, "{origin}")]),
                ..plain()
            },
        ),
        (
            "nginx-502",
            "A 502 by nginx",
            "`add_header` without `always` is left off error pages. Script cannot even see that it was a 502.",
            Setting { answer: Answer { body: "<h1>502 Bad Gateway</h1>".to_owned(), ..answer(502, &[]) }, ..plain() },
        ),
        (
            "nginx-502-always",
            "A 502 by nginx, with always",
            "The same with the header: script reads the status, and can say what is wrong.",
            Setting { answer: answer(502, &[(ALLOW, "{origin}"), ("Vary", "Origin")]), ..plain() },
        ),
        (
            "doubled",
            "The header twice",
            "The application sends it and nginx adds it. Two values are none.",
            Setting { answer: answer(200, &[(ALLOW, "{origin}"), (ALLOW, "*")]), ..plain() },
        ),
        (
            "slash",
            "A slash at the end",
            "An origin has no path, not even `/`.",
            Setting { answer: answer(200, &[(ALLOW, "{origin}/")]), ..plain() },
        ),
        (
            "misspelt",
            "A header with a typing error",
            "`Access-Control-Allow-Orgin` is a header like any other, and allows nothing.",
            Setting { answer: answer(200, &[("Access-Control-Allow-Orgin", "*")]), ..plain() },
        ),
        (
            "null-origin",
            "The origin null",
            "A frame with `sandbox` has an origin that nobody shares. `null` can be allowed by name, and then every \
             sandboxed frame of any page is.",
            Setting { sandbox: true, answer: answer(200, &[(ALLOW, "{page}")]), ..plain() },
        ),
        (
            "cached-preflight",
            "The preflight that comes once",
            "Asked twice within `Access-Control-Max-Age`: the second time the browser remembers.",
            Setting {
                times: 2,
                preflight: Some(answer(
                    204,
                    &[(ALLOW, "{origin}"), (HEADERS, "content-type"), ("Access-Control-Max-Age", "600")],
                )),
                answer: answer(200, &[(ALLOW, "{origin}")]),
                ..json()
            },
        ),
        (
            "preflight-each-time",
            "The preflight that comes each time",
            "The cache is for one address; and `Access-Control-Max-Age: 0` is none.",
            Setting {
                times: 2,
                preflight: Some(answer(
                    204,
                    &[(ALLOW, "{origin}"), (HEADERS, "content-type"), ("Access-Control-Max-Age", "0")],
                )),
                answer: answer(200, &[(ALLOW, "{origin}")]),
                ..json()
            },
        ),
        (
            "missing-vary",
            "Without Vary: Origin",
            "The answer may be kept for an hour. The browser’s own cache keeps pages of one site apart from the next, so \
             here it works; a cache in between, asked by a page of another origin, would hand out this page’s header.",
            Setting {
                times: 2,
                answer: answer(200, &[(ALLOW, "{origin}"), ("Cache-Control", "max-age=3600")]),
                ..plain()
            },
        ),
        (
            "no-cors",
            "mode: no-cors",
            "No error, and nothing to read: type opaque, status 0.",
            Setting { mode: Mode::NoCors, answer: answer(200, &[(ALLOW, "*")]), ..plain() },
        ),
        (
            "hidden-header",
            "A header that script does not see",
            "The answer is read, but of its headers only seven names, and what `Access-Control-Expose-Headers` lists.",
            Setting { answer: answer(200, &[(ALLOW, "*"), ("X-Total-Count", "42")]), ..plain() },
        ),
    ];
    all.into_iter().map(|(name, title, words, setting)| Situation { name, title, words, setting }).collect()
}
