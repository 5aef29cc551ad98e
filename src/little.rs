//! A page that is being loaded, as small as it fits beside the figure: what stands on screen at one moment. Pure; what
//! shows when is the engine's affair ([`engine::page::shown`]).

use course::html::escape;
use engine::page::html::What;
use engine::page::{Buttons, Picture, Shown};
use engine::world::World;

/// The page as HTML. Its button can be pressed; what a press does is asked of the engine. `last` is the name of the last
/// thing that happened to it.
pub fn page(shown: &Shown, last: &str, world: &World) -> String {
    if shown.title.is_empty() && shown.parts.is_empty() {
        return "<p class=\"empty\">Nothing has come yet.</p>".to_owned();
    }
    let styled = if shown.styled { " styled" } else { "" };
    let mut out =
        format!("<div class=\"little{styled}\"><p class=\"tab\">{}</p><div class=\"paper\">", escape(&shown.title));
    if shown.parts.is_empty() {
        out += "<p class=\"blank\">White: the HTML is there, and nothing is painted yet.</p>";
    }
    let mut pictures = shown.pictures.iter();
    for part in &shown.parts {
        out += &match part {
            What::Heading(words) => format!("<p class=\"heading\">{}</p>", escape(words)),
            What::Text(words) => format!("<p>{}</p>", escape(shown.written.as_deref().unwrap_or(words))),
            What::Button(words) => button(shown.says.as_deref().unwrap_or(words), shown.buttons),
            What::Image(address, words) => match pictures.next() {
                Some(Picture::There) => picture(world, address, words),
                Some(Picture::Missing) => format!("<p class=\"missing\">{}</p>", escape(words)),
                _ => "<p class=\"slot\"></p>".to_owned(),
            },
            What::Style(_) | What::OwnStyle | What::Script(..) | What::OwnScript(..) => String::new(),
        };
    }
    let state = match shown.buttons {
        _ if last == "click-does-nothing" => "Pressed, and nothing happens. Nobody listens, and the press is not kept.",
        Buttons::None => "",
        Buttons::Dead => "The button is painted, and no script listens to it yet. Press it and see.",
        Buttons::Alive => "The button has its listener now.",
        Buttons::Used => "The button was pressed, and its listener did something.",
    };
    out + "</div><p class=\"state\">" + state + "</p></div>"
}

fn button(words: &str, state: Buttons) -> String {
    let class = match state {
        Buttons::Used => " used",
        Buttons::Alive => " alive",
        Buttons::Dead | Buttons::None => "",
    };
    format!("<button type=\"button\" class=\"press{class}\" data-press=\"\">{}</button>", escape(words))
}

/// A picture as it was sent. As the source of an image it can run nothing.
fn picture(world: &World, address: &str, words: &str) -> String {
    let text = world.text(&["public", address].concat()).unwrap_or("");
    let mut data = String::from("data:image/svg+xml,");
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b' ' | b'=' | b'/' | b':' | b'.' | b'-' => {
                data.push(char::from(byte));
            }
            _ => data += &format!("%{byte:02X}"),
        }
    }
    format!("<img src=\"{data}\" alt=\"{}\">", escape(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_comes_to_life() {
        let world = World::course();
        let mut now = Shown { title: "T".into(), ..Shown::default() };
        assert!(page(&Shown::default(), "", &world).contains("Nothing has come yet"));
        assert!(page(&now, "", &world).contains("nothing is painted yet"));
        now.parts = vec![
            What::Heading("<h>".into()),
            What::Image("/people.svg".into(), "Three".into()),
            What::Button("Like".into()),
        ];
        (now.pictures, now.buttons) = (vec![Picture::Slot], Buttons::Dead);
        let dead = page(&now, "", &world);
        assert!(
            dead.contains("&lt;h&gt;") && dead.contains("class=\"slot\"") && dead.contains("no script listens"),
            "{dead}"
        );
        (now.pictures, now.buttons, now.says) = (vec![Picture::There], Buttons::Used, Some("Liked".into()));
        let used = page(&now, "", &world);
        assert!(used.contains("data:image/svg+xml,%3Csvg") && used.contains(">Liked<"), "{used}");
    }
}
