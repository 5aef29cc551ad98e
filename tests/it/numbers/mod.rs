//! Figures 14 and 15 as the page shows them: what is said of chosen runs, which arrows are lit, and that nothing that can be
//! set leaves the page without words.

mod lit;
mod said;
mod steps;

use numbers::talk::Answer;
use numbers::worker::Worker;

/// HTML as its words, a line for each row or paragraph.
fn words(html: &str) -> String {
    let html = html.replace("</tr>", "\n").replace("</p>", "\n").replace("</li>", "\n").replace("</caption>", "\n");
    let (mut out, mut tag) = (String::new(), false);
    for c in html.chars() {
        match c {
            '<' => (tag, out) = (true, out + "\u{1}"),
            '>' => tag = false,
            _ if !tag => out.push(c),
            _ => {}
        }
    }
    let lines =
        out.lines().map(|line| line.split('\u{1}').filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join(" | "));
    lines.filter(|line| !line.is_empty()).map(|line| line + "\n").collect::<String>().replace("&quot;", "\"")
}

/// The run with these settings at its end, as the page asks for it.
fn at_the_end(worker: &mut Worker, figure: &str, settings: &str) -> Answer {
    worker.answer(&format!("{figure}set\n{settings}"));
    let mut answer = Answer::default();
    for _ in 0..100_000 {
        answer = worker.answer(&format!("{figure}go\nuntil={}&events=60000&still=1&say=0", u64::MAX));
        if answer.get_number("over") == Some(1) {
            break;
        }
    }
    assert_eq!(answer.get_number("over"), Some(1), "{settings}");
    worker.answer(&format!("{figure}go\nuntil={}&events=1&still=1&say=1&at=3", u64::MAX))
}
