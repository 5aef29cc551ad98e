//! The same job in two places, as a table: a column each.

use course::html::escape;
use viewpoint::sides::Side;

/// The table.
pub fn beside(sides: &[Side]) -> String {
    let row = |heading: &str, cell: &dyn Fn(&Side) -> String| {
        let cells: String = sides.iter().map(|side| format!("<td>{}</td>", cell(side))).collect();
        format!("<tr><th scope=\"row\">{heading}</th>{cells}</tr>")
    };
    let list = |items: &[String]| {
        let items: String = items.iter().map(|item| format!("<li>{}</li>", escape(item))).collect();
        format!("<ul>{items}</ul>")
    };
    let computed = |side: &Side| match &side.computed {
        Some((place, line, span)) => {
            format!("{}, in {span} <small>{}</small>", escape(&place.to_string()), escape(line))
        }
        None => "nobody".to_owned(),
    };
    let travelled = |side: &Side| {
        let items: Vec<String> = side.travelled.iter().map(|(what, bytes)| format!("{what}: {bytes} bytes")).collect();
        let sum: usize = side.travelled.iter().map(|(_, bytes)| bytes).sum();
        format!("{}<b>{sum} bytes together</b>", list(&items))
    };
    let saw = |side: &Side| if side.computed.is_some() { list(&side.saw) } else { String::new() };
    format!(
        "<table class=\"compared beside-each\">{}{}{}</table>",
        row("Who computed", &computed),
        row("What travelled to the browser", &travelled),
        row("What that code could see", &saw)
    )
}
