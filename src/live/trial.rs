//! A request beside what was foretold of it: before it is sent, and when it is answered. Pure text.

use super::took;
use course::html::escape;
use phone::compare::{Line, Mark, Others, differs};
use phone::exchange::{Asked, Reply};
use phone::step::{Phone, Trial};

/// What shows of an answer before it is compared.
const FIRST: [&str; 4] = ["Status", "Content-Type", "Content-Length", "Body"];

/// The last request of this phone.
pub fn trial(phone: &Phone, path: &str) -> String {
    let Some(trial) = &phone.trial else {
        return "<h3>Foretold, and real</h3><p class=\"empty\">Press Like: before the request is sent, the engine says what will \
                be answered, from the rows that the server says it holds. Then both stand here, side by side.</p>"
            .to_owned();
    };
    let lines = trial.compared();
    let verdict = verdict(trial, lines.as_deref(), phone.pause.is_some_and(|pause| pause.away));
    let body = match lines {
        Some(lines) => compared(&lines),
        None => alone(trial),
    };
    ["<h3>Foretold, and real</h3>", &request(&trial.asked, path, trial.tries), &verdict, &body].concat()
}

/// The request as the page sends it.
fn request(asked: &Asked, path: &str, tries: u32) -> String {
    let mut out =
        ["<pre tabindex=\"0\" aria-label=\"The request\">", asked.what.method(), " ", path, &asked.path()].concat();
    out += " HTTP/1.1\n";
    for (name, value) in asked.headers() {
        out += &[name, ": ", &escape(&value), "\n"].concat();
    }
    out += "</pre><p class=\"aside\">The browser adds what no script sees or sets: <code>Host</code>, <code>Cookie</code> with the \
            session, <code>Origin</code>, <code>Sec-Fetch-Site</code>. ";
    out += &["The engine is asked for <code>", &asked.path(), "</code>, the same without the phone’s path."].concat();
    if tries > 1 {
        out += &[" Try ", &tries.to_string(), ", with the same key."].concat();
    }
    out + "</p>"
}

/// What is to be said of it now.
fn verdict(trial: &Trial, lines: Option<&[Line]>, away: bool) -> String {
    let (class, words) = match (lines, &trial.foretold, &trial.came) {
        (Some(lines), ..) if differs(lines) => {
            let names: Vec<&str> = lines.iter().filter(|l| l.mark == Mark::Differs).map(|l| l.name.as_str()).collect();
            let unknown = match trial.others {
                Some(Others::Unknown) => " Whether somebody else has changed something meanwhile could not be asked.",
                _ => {
                    " Nobody else has changed anything meanwhile, so this is a mistake of ours, in the engine or in the server."
                }
            };
            ("differs", ["Not as foretold: ", &names.join(", "), ".", unknown].concat())
        }
        (Some(lines), ..) => {
            let excused = lines.iter().find_map(|line| match line.mark {
                Mark::May(why) if FIRST.contains(&line.name.as_str()) => Some(why),
                _ => None,
            });
            match excused {
                Some(why) => ("may", ["Another answer than foretold, for ", why, "."].concat()),
                None => ("same", "As foretold.".to_owned()),
            }
        }
        (None, None, _) => ("", "The engine is at work …".to_owned()),
        (None, Some(Err(why)), Some(_)) => ("may", ["Nothing was foretold. ", why].concat()),
        (None, Some(_), None) if away => {
            ("may", "Foretold. No answer came: it is sent again, with the same key.".to_owned())
        }
        (None, Some(_), None) => ("", "Foretold. Now it is sent …".to_owned()),
        (None, Some(_), Some(_)) => ("", "Answered. Now it is compared …".to_owned()),
    };
    ["<p class=\"verdict ", class, "\">", &escape(&words), "</p>"].concat()
}

/// One answer without the other.
fn alone(trial: &Trial) -> String {
    let foretold = trial.foretold.as_ref().and_then(|foretold| foretold.as_ref().ok());
    let came = trial.came.as_ref().map(|(reply, _)| reply);
    let cell = |reply: Option<&Reply>, name: &str| match (reply, name) {
        (None, _) => String::new(),
        (Some(reply), "Status") => reply.status.to_string(),
        (Some(reply), "Body") => reply.body.clone(),
        (Some(reply), name) => reply.header(name).unwrap_or_default().to_owned(),
    };
    let rows = FIRST.map(|name| row(name, &cell(foretold, name), &cell(came, name), "", ""));
    table(&rows.concat(), "")
}

/// Both: what must be equal, and below it what may differ, each with its reason.
fn compared(lines: &[Line]) -> String {
    let shown = |line: &Line| {
        let (class, why) = match line.mark {
            Mark::Same => ("same", "equal"),
            Mark::May(why) => ("may", why),
            Mark::Differs => ("differs", "differs"),
        };
        let text = |side: &Option<String>| side.clone().unwrap_or_default();
        row(&line.name, &text(&line.foretold), &text(&line.came), class, why)
    };
    let (first, rest): (Vec<&Line>, Vec<&Line>) =
        lines.iter().partition(|line| FIRST.contains(&line.name.as_str()) || line.mark == Mark::Differs);
    let rows = |lines: Vec<&Line>| lines.into_iter().map(shown).collect::<String>();
    let count = rest.len().to_string();
    let more = match rest.is_empty() {
        true => String::new(),
        false => {
            let inner = table(&rows(rest), "");
            ["<details><summary>", &count, " headers that may differ, and why</summary>", &inner, "</details>"].concat()
        }
    };
    table(&rows(first), &more)
}

fn table(rows: &str, more: &str) -> String {
    let head = "<tr><th scope=\"col\">Line</th><th scope=\"col\">Foretold</th><th scope=\"col\">Came</th></tr>";
    ["<table>", head, rows, "</table>", more].concat()
}

fn row(name: &str, foretold: &str, came: &str, class: &str, why: &str) -> String {
    let side = |text: &str| {
        if text.is_empty() { "<td>–</td>".to_owned() } else { ["<td><code>", &escape(text), "</code></td>"].concat() }
    };
    let why = match class {
        "" => String::new(),
        "same" => " <small class=\"unseen\">equal</small>".to_owned(),
        _ => ["<small>", &escape(why), "</small>"].concat(),
    };
    [
        "<tr class=\"",
        class,
        "\"><th scope=\"row\">",
        &escape(name),
        &why,
        "</th>",
        &side(foretold),
        &side(came),
        "</tr>",
    ]
    .concat()
}

/// How long the last answer took.
pub fn time(phone: &Phone) -> String {
    match phone.trial.as_ref().and_then(|trial| trial.came.as_ref()) {
        Some((_, milliseconds)) => {
            ["<p class=\"aside\">The answer was there after ", &took(*milliseconds), ".</p>"].concat()
        }
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use phone::exchange::What;
    use phone::held::Held;
    use phone::step::{Event, Phone};

    const HELD: &str = "{\"store\":{\"id\":\"s\"},\"since_start\":{\"changes\":CHANGES}}\n{\"user\":{\"id\":1,\"name\":\"Ada\"},\"liked\":[]}\n\
        [{\"id\":1,\"name\":\"Ada\"}]\n[{\"id\":2,\"author\":\"Ada\",\"body\":\"b\",\"likes\":0}]";

    fn held(changes: i64) -> Event {
        let text = HELD.replace("CHANGES", &changes.to_string());
        assert!(Held::read(&text).is_some());
        Event::Looked(Some(text))
    }

    fn reply(body: &str) -> Reply {
        Reply { status: 200, headers: vec![("Server".into(), "<nginx>".into())], body: body.into() }
    }

    /// A like, answered with this, when so many changes had been made.
    fn after(foretold: &str, came: &str, changes: i64) -> Phone {
        let mut phone = Phone::default();
        let asked = Asked { what: What::Like, post: 2, key: "k".into() };
        let foretold = Event::Foretold(reply(foretold).write());
        let answered = Event::Answered(Some((reply(came), 3)));
        for event in [Event::Hurry, held(1), Event::Press(asked), held(1), foretold, answered, held(changes)] {
            phone.step(event, 0);
        }
        phone
    }

    #[test]
    fn it_says_what_holds() {
        let one = "{\"likes\":1}";
        let as_foretold = trial(&after(one, one, 2), "/live/phones/ada");
        assert!(
            as_foretold.contains("As foretold.") && as_foretold.contains("POST /live/phones/ada/posts/2/like HTTP/1.1")
        );
        assert!(!as_foretold.contains("<nginx>"), "{as_foretold}");
        let ours = trial(&after("{\"likes\":5}", one, 2), "");
        assert!(ours.contains("Not as foretold: Body. Nobody else has changed anything"), "{ours}");
        let theirs = trial(&after("{\"likes\":5}", one, 3), "");
        assert!(theirs.contains("for somebody else changed something"), "{theirs}");
    }

    #[test]
    fn it_is_foretold_before_it_is_sent() {
        let mut phone = Phone::default();
        let asked = Asked { what: What::Like, post: 2, key: "k".into() };
        for event in [Event::Hurry, held(1), Event::Press(asked), held(1)] {
            phone.step(event, 0);
        }
        assert!(trial(&phone, "").contains("The engine is at work"));
        phone.step(Event::Foretold(reply("{\"likes\":1}").write()), 0);
        let html = trial(&phone, "");
        assert!(html.contains("Now it is sent") && html.contains("{&quot;likes&quot;:1}"), "{html}");
        phone.step(Event::Answered(None), 0);
        assert!(trial(&phone, "").contains("No answer came"));
    }
}
