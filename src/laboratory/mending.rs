//! What would make it work: the fewest header lines, and how programs are told to send them.

use super::show::marked;
use super::state::Lab;
use course::html::escape;
use trial::mend::{Mended, Need, What, Where, mend};
use trial::setting::Setting;
use trial::snippets::snippets;

/// What would help in this situation.
pub fn mending(setting: &Setting, lab: &Lab) -> String {
    match mend(setting, &lab.origins, &lab.profile) {
        Mended::Reads => String::new(),
        Mended::Never(words) => format!("<h3>What would help</h3><p>{}</p>", marked(&words)),
        Mended::Changes(changes, needs) => {
            let two = setting.hop.is_some();
            let change = |change: &(Where, What)| format!("<li>{}</li>", said(change, two));
            let changes: String = changes.iter().map(change).collect();
            let needs: String = needs.iter().map(|need| written(need, two)).collect();
            format!(
                "<h3>What would help</h3><p>The fewest changes with which the engine lets script read the answer:</p>\
                 <ul class=\"changes\">{changes}</ul>{needs}"
            )
        }
    }
}

fn said((place, what): &(Where, What), two: bool) -> String {
    let whose = match (place.preflight, two, place.next) {
        (true, false, _) => "To the preflight",
        (false, false, _) => "To the request",
        (true, true, false) => "To the preflight, first server",
        (false, true, false) => "In the redirect",
        (true, true, true) => "To the preflight, second server",
        (false, true, true) => "To the request, second server",
    };
    match what {
        What::Status(status) => format!("{whose}: the status <code>{status}</code>"),
        What::Line(name, value) => format!("{whose}: <code>{name}: {}</code>", escape(value)),
    }
}

fn written(need: &Need, two: bool) -> String {
    let whose = if two {
        format!("<h4>The server {}</h4>", escape(need.url.split("/trial").next().unwrap_or_default()))
    } else {
        String::new()
    };
    let caution = if need.origin == "null" {
        "<p>The origin is <code>null</code> here: that of every sandboxed frame of any page, and of every request that a \
         foreign server has sent on. Better ask the last address directly, from a page that has an origin.</p>"
    } else {
        ""
    };
    let one = |snippet: &trial::snippets::Snippet| {
        format!(
            "<details><summary>{}</summary><pre tabindex=\"0\">{}</pre></details>",
            snippet.program,
            escape(&snippet.text)
        )
    };
    let all: String = snippets(need).iter().map(one).collect();
    format!("{whose}{caution}<div class=\"snippets\">{all}</div>")
}
