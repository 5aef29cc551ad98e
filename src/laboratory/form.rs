//! The situation as fields, and back.

use super::run::Done;
use browser::place::{ticked, value};
use course::html::escape;
use engine::browser::exchange::Answer;
use engine::browser::request::{Credentials, Mode, RedirectMode};
use std::fmt::Write as _;
use trial::plan::{credentials, mode, redirect};
use trial::setting::{Hop, Origins, Setting, To};

const MODES: [Mode; 4] = [Mode::Cors, Mode::NoCors, Mode::SameOrigin, Mode::Navigate];
const CREDENTIALS: [Credentials; 3] = [Credentials::SameOrigin, Credentials::Include, Credentials::Omit];
const REDIRECTS: [RedirectMode; 3] = [RedirectMode::Follow, RedirectMode::Error, RedirectMode::Manual];
const TO: [(To, &str, &str); 5] = [
    (To::Own, "own", "the page’s own origin"),
    (To::Port, "port", "another port: another origin, same site"),
    (To::Third, "third", "a third port"),
    (To::Foreign, "foreign", "another name: another site"),
    (To::ForeignThird, "foreign-third", "that name, third port"),
];

/// The fields of a situation whose words are filled in.
pub fn fields(setting: &Setting, origins: &Origins) -> String {
    let tos = |chosen: To| -> Vec<(String, String, bool)> {
        let option = |(to, name, words): (To, &str, &str)| {
            (name.to_owned(), format!("{} ({words})", origins.at(to)), to == chosen)
        };
        TO.map(option).to_vec()
    };
    let mut script = String::new();
    let who = [
        ("page", format!("this page: {}", origins.at(To::Own)), false),
        ("sandbox", "a frame with sandbox: null".to_owned(), true),
    ];
    let who = who.map(|(name, words, sandbox)| (name.to_owned(), words, sandbox == setting.sandbox));
    script += &select("Who asks", "from", &who);
    script += &select("Whom", "to", &tos(setting.to));
    script += &line("Behind the path", "behind", &setting.behind, "?query #fragment");
    script += &line("Method", "method", &setting.method, "GET");
    script += &area("Headers that script sets", "headers", &setting.headers, 3);
    script += &line("Body", "body", setting.body.as_deref().unwrap_or_default(), "none");
    script += &select("mode", "mode", &MODES.map(|is| (mode(is).to_owned(), mode(is).to_owned(), is == setting.mode)));
    let choices =
        CREDENTIALS.map(|is| (credentials(is).to_owned(), credentials(is).to_owned(), is == setting.credentials));
    script += &select("credentials", "credentials", &choices);
    let choices = REDIRECTS.map(|is| (redirect(is).to_owned(), redirect(is).to_owned(), is == setting.redirect));
    script += &select("redirect", "redirect", &choices);
    script += &line("Set-Cookie beforehand", "cookie", setting.cookie.as_deref().unwrap_or_default(), "none");
    let times = ["1", "2"].map(|times| (times.to_owned(), times.to_owned(), times == setting.times.to_string()));
    script += &select("How often", "times", &times);
    let mut server = preflight("preflight", &setting.preflight);
    let mut hops = vec![("none".to_owned(), "none".to_owned(), setting.hop.is_none())];
    hops.extend(
        tos(setting.hop.as_ref().map_or(To::Port, |hop| hop.to))
            .into_iter()
            .map(|(name, words, chosen)| (name, format!("to {words}"), chosen && setting.hop.is_some())),
    );
    server += &select("Redirect first", "hop", &hops);
    let plain = Answer { status: 302, ..Answer::default() };
    let (moved, then) = setting.hop.as_ref().map_or((&plain, &None), |hop| (&hop.answer, &hop.preflight));
    let open = if setting.hop.is_some() { " open" } else { "" };
    let _ = write!(
        server,
        "<details{open}><summary>The redirect</summary>{}{}</details>",
        answer("hop-answer", "The redirect", moved),
        preflight("hop-preflight", then)
    );
    server += &answer("answer", "The answer", &setting.answer);
    server += &line("Its body", "answer-body", &setting.answer.body, "empty");
    format!(
        "<fieldset><legend>The script: <code>fetch()</code></legend>{script}</fieldset>\
         <fieldset><legend>The servers</legend>{server}</fieldset>"
    )
}

/// What the reader may guess beforehand.
pub fn guess() -> String {
    let radio = |name: &str, choices: &[(&str, &str)]| -> String {
        let one = |(value, words): &(&str, &str)| {
            format!("<label><input type=\"radio\" name=\"{name}\" value=\"{value}\"> {words}</label>")
        };
        choices.iter().map(one).collect()
    };
    format!(
        "<fieldset class=\"guess\"><legend>Your guess, if you like</legend><div role=\"group\" aria-label=\"Script\">{}</div>\
         <div role=\"group\" aria-label=\"Server\">{}</div></fieldset>",
        radio(
            "guess-script",
            &[
                ("reads", "script reads the answer"),
                ("error", "script gets an error"),
                ("opaque", "no error, nothing to read")
            ]
        ),
        radio("guess-server", &[("yes", "the request reaches the server"), ("no", "it does not")])
    )
}

/// Whether the guess was right, in a sentence; empty where there was none.
pub fn guessed(done: &Done) -> String {
    let Some(got) = done.seen.got.last() else { return String::new() };
    let script = match got.kind.as_str() {
        "network-error" => "error",
        "opaque" | "opaqueredirect" => "opaque",
        _ => "reads",
    };
    let reached = done.seen.arrived.iter().any(|request| {
        request.url.contains("/main")
            && !request.headers.iter().any(|(name, _)| name == "Access-Control-Request-Method")
    });
    let server = if reached { "yes" } else { "no" };
    let one = |name: &str, due: &str, words: &str| match value(name) {
        guess if guess.is_empty() || !ticked(name) => String::new(),
        guess if guess == due => format!("<li class=\"agrees\">About {words} you were right.</li>"),
        _ => format!("<li class=\"differs\">About {words} you were wrong, and in good company.</li>"),
    };
    let lines = [one("guess-script", script, "the script"), one("guess-server", server, "the server")].concat();
    if lines.is_empty() { lines } else { format!("<ul class=\"guessed\">{lines}</ul>") }
}

/// What stands in the fields, or what is wrong with it.
pub fn read() -> Result<Setting, String> {
    let none = |text: String| if text.is_empty() { None } else { Some(text) };
    let to = |name: &str| TO.iter().find(|(_, known, _)| value(name) == *known).map(|(to, ..)| *to);
    let hop = match to("hop") {
        Some(to) => {
            let answer = read_answer("hop-answer", "the redirect")?;
            Some(Hop { to, preflight: read_preflight("hop-preflight")?, answer })
        }
        None => None,
    };
    let answer = Answer { body: value("answer-body"), ..read_answer("answer", "the answer")? };
    Ok(Setting {
        sandbox: value("from") == "sandbox",
        to: to("to").unwrap_or_default(),
        behind: value("behind"),
        method: value("method"),
        headers: read_lines("headers", "the headers of the script")?,
        body: none(value("body")),
        mode: MODES.into_iter().find(|is| mode(*is) == value("mode")).unwrap_or_default(),
        credentials: CREDENTIALS.into_iter().find(|is| credentials(*is) == value("credentials")).unwrap_or_default(),
        redirect: REDIRECTS.into_iter().find(|is| redirect(*is) == value("redirect")).unwrap_or_default(),
        cookie: none(value("cookie")),
        times: value("times").parse().unwrap_or(1),
        preflight: read_preflight("preflight")?,
        hop,
        answer,
    })
}

fn read_preflight(name: &str) -> Result<Option<Answer>, String> {
    if ticked(&[name, "-own"].concat()) { read_answer(name, "the preflight").map(Some) } else { Ok(None) }
}

fn read_answer(name: &str, words: &str) -> Result<Answer, String> {
    let status = value(&[name, "-status"].concat());
    let status = status.trim().parse().map_err(|_| format!("{status:?} is no status of {words}"))?;
    let headers = read_lines(&[name, "-headers"].concat(), words)?;
    let headers = headers.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
    Ok(Answer { status, headers, body: String::new() })
}

/// Header lines: a name, a colon, a value. One blank after the colon belongs to neither.
fn read_lines(name: &str, words: &str) -> Result<Vec<(String, String)>, String> {
    let text = value(name);
    let lines = text.lines().filter(|line| !line.is_empty());
    lines
        .map(|line| match line.split_once(':') {
            Some((name, value)) => Ok((name.to_owned(), value.strip_prefix(' ').unwrap_or(value).to_owned())),
            None => Err(format!("{line:?} among {words} has no colon")),
        })
        .collect()
}

fn preflight(name: &str, preflight: &Option<Answer>) -> String {
    let plain = Answer { status: 204, ..Answer::default() };
    let ticked = if preflight.is_some() { " checked" } else { "" };
    format!(
        "<div class=\"ahead\"><label class=\"tick\"><input type=\"checkbox\" name=\"{name}-own\"{ticked}> It answers preflights in their own way</label>{}</div>",
        answer(name, "The preflight’s answer", preflight.as_ref().unwrap_or(&plain))
    )
}

fn answer(name: &str, words: &str, answer: &Answer) -> String {
    let lines: Vec<(String, String)> =
        answer.headers.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    [
        line(&[words, ": status"].concat(), &[name, "-status"].concat(), &answer.status.to_string(), "200"),
        area(&[words, ": headers"].concat(), &[name, "-headers"].concat(), &lines, 4),
    ]
    .concat()
}

fn line(words: &str, name: &str, value: &str, hint: &str) -> String {
    format!(
        "<label>{} <input name=\"{name}\" value=\"{}\" placeholder=\"{hint}\" spellcheck=\"false\" autocomplete=\"off\"></label>",
        escape(words),
        escape(value)
    )
}

fn area(words: &str, name: &str, lines: &[(String, String)], rows: usize) -> String {
    let text: Vec<String> = lines.iter().map(|(name, value)| [name, ": ", value].concat()).collect();
    // A newline at the very beginning of a text area is not part of it.
    format!(
        "<label class=\"wide\">{} <textarea name=\"{name}\" rows=\"{rows}\" spellcheck=\"false\">\n{}</textarea></label>",
        escape(words),
        escape(&text.join("\n"))
    )
}

fn select(words: &str, name: &str, options: &[(String, String, bool)]) -> String {
    let option = |(value, words, chosen): &(String, String, bool)| {
        format!("<option value=\"{value}\"{}>{}</option>", if *chosen { " selected" } else { "" }, escape(words))
    };
    let options: String = options.iter().map(option).collect();
    format!("<label>{words} <select name=\"{name}\">{options}</select></label>")
}
