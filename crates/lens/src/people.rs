//! One outcome as each person sees it, side by side.

use course::html::escape;
use viewpoint::{Seen, View};

/// A card for everybody who looks.
pub fn people(views: &[View]) -> String {
    let card = |view: &View| {
        let seen = match &view.seen {
            Seen::Text(text) => format!("<pre tabindex=\"0\">{}</pre>", escape(text)),
            Seen::Nothing(why) => format!("<p class=\"empty\">{}</p>", escape(why)),
        };
        let word = view.who.word();
        let at = if view.at == word { String::new() } else { format!(" <code>{}</code>", escape(&view.at)) };
        format!("<li><h3>{}{at}</h3>{seen}</li>", capital(word))
    };
    format!("<ul class=\"people\">{}</ul>", views.iter().map(card).collect::<String>())
}

/// The words with a capital at their beginning, unless they are a program's name.
fn capital(words: &str) -> String {
    if ["pm2", "nginx", "curl"].iter().any(|name| words.starts_with(name)) {
        return words.to_owned();
    }
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + letters.as_str())
}
