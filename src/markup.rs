//! Pieces of HTML and SVG as text, put together from plain values. Pure; the only escaping of the app.
//!
//! What only shows goes through here and into one `inner_html`; what is pressed or typed into is a view of its own. That
//! keeps the Wasm small, since every closure in a view is compiled anew.

use course::html::{escape, ruling};
use diagram::figure::Figure;
use diagram::metrics::{Weight, width};
use diagram::path::Tenth;
use engine::text::split_once;
use engine::trace::Outcome;
use engine::world::World;
use stage::plot::{Act, Step};
use stage::{Mood, Scene};

use crate::desk::line_of;

/// The size of the words on a token, in pixels.
const TOKEN_SIZE: f32 = 13.0;

/// What is lit: arrows, and nodes where something is decided.
pub fn lit(scene: &Scene, figure: &Figure) -> String {
    let mut out = String::new();
    for (index, mood, now) in &scene.arrows {
        let (now, edge) = (if *now { " now" } else { "" }, &figure.edges[*index]);
        out += &figure.light(edge, "", &["class=\"lit ", mood.word(), now, "\""].concat());
    }
    for (index, mood) in &scene.nodes {
        let f = figure.nodes[*index].frame;
        out += &format!(
            "<rect class=\"held {}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"9\"/>",
            mood.word(),
            Tenth(f.x - 4.0),
            Tenth(f.y - 4.0),
            Tenth(f.w + 8.0),
            Tenth(f.h + 8.0)
        );
    }
    out
}

/// The messages on their way: a shape by its mood, and a few words. The shape says what the hue says: a request points
/// on, an answer is round, a refusal has cut corners.
pub fn tokens(scene: &Scene) -> String {
    let mut out = String::new();
    for token in &scene.tokens {
        let half = width(&token.short, TOKEN_SIZE, Weight::Regular) / 2.0 + 9.0;
        let (left, wide) = (Tenth(-half), Tenth(half));
        let shape = match token.mood {
            Mood::Request => format!("M{left} -12H{wide}l9 12-9 12H{left}Z"),
            Mood::Answer | Mood::Waiting => format!("M{left} -12H{wide}a12 12 0 0 1 0 24H{left}a12 12 0 0 1 0-24z"),
            Mood::Refused => format!("M{left} -12H{wide}l6 6v12l-6 6H{left}l-6-6v-12z"),
        };
        out += &format!(
            "<g class=\"token {}\" transform=\"translate({} {})\"><path d=\"{shape}\"/>\
             <text text-anchor=\"middle\" y=\"4.5\">{}</text></g>",
            token.mood.word(),
            Tenth(token.at.x),
            Tenth(token.at.y),
            escape(&token.short)
        );
    }
    out
}

/// A decision: its word, what was said, and the line that decided. `None` for a message.
pub fn because(step: &Step, world: &World) -> Option<String> {
    let Act::Decide { verdict, basis, .. } = &step.act else { return None };
    let quote = line_of(basis)
        .and_then(|(document, line)| world.text(document)?.lines().nth(line? as usize - 1))
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .map_or(String::new(), |line| format!("<code>{}</code> ", escape(&line)));
    Some(format!(
        "{}<span>{}</span><span class=\"basis\">{quote}<small>{}</small></span>",
        ruling(verdict.ruling),
        escape(&verdict.words),
        escape(&basis.to_string())
    ))
}

/// What the browser's window shows in the end.
pub fn page(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Response { status, reason, content_type, body, cut } => {
            let text = if content_type.starts_with("text/html") { words(body) } else { body.clone() };
            let cut = cut.map_or(String::new(), |code| format!(" · {code}"));
            let head = escape(&format!("HTTP {status} {reason} · {content_type}{cut}"));
            format!("<p class=\"status\">{head}</p><pre tabindex=\"0\">{}</pre>", escape(&text))
        }
        Outcome::BrowserError { code, title, text } => format!(
            "<div class=\"error\"><p class=\"title\">{}</p><p>{}</p><p><code>{code}</code></p></div>",
            escape(title),
            escape(text)
        ),
        Outcome::Printed(text) => format!("<pre tabindex=\"0\">{}</pre>", escape(text)),
    }
}

/// The words of a small HTML page, without tags and comments: nginx's own pages are a title and a line.
fn words(html: &str) -> String {
    let mut out = String::new();
    let body = split_once(html, "<body>").map_or(html, |(_, body)| body);
    for part in body.split('<') {
        let text = part.split_once('>').map_or(part, |(_, text)| text).trim();
        if !text.is_empty() {
            out.push_str(text);
            out.push('\n');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_an_error_page() {
        let page = "<html>\n<head><title>502 Bad Gateway</title></head>\n<body>\n<center><h1>502 Bad Gateway</h1></center>\n\
                    <hr><center>nginx/1.22.1</center>\n</body>\n</html>\n<!-- a padding -->";
        assert_eq!(words(page), "502 Bad Gateway\nnginx/1.22.1\n");
    }
}
