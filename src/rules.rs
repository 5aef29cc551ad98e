//! The security group's text as rows of a table, and a row as a line of the text again: two views of one text. Pure.
//!
//! It says what stands in which column and judges nothing: what is wrong with a rule, the engine's own reader says.

/// The columns of a row: type, protocol, port range, source or destination, description.
pub type Cells = [String; 5];

/// A row: its line, counted from 1, and whether it stands in the outbound half.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The line.
    pub line: u32,
    /// Whether it is about connections that the instance itself begins.
    pub outbound: bool,
}

/// A type of the console, with the protocol and the port range that it stands for. Empty: the reader says which.
pub const TYPES: [(&str, &str, &str); 14] = [
    ("Custom TCP", "TCP", ""),
    ("Custom UDP", "UDP", ""),
    ("All TCP", "TCP", "0-65535"),
    ("All UDP", "UDP", "0-65535"),
    ("All ICMP - IPv4", "ICMP", "All"),
    ("All traffic", "All", "All"),
    ("SSH", "TCP", "22"),
    ("DNS (UDP)", "UDP", "53"),
    ("DNS (TCP)", "TCP", "53"),
    ("HTTP", "TCP", "80"),
    ("HTTPS", "TCP", "443"),
    ("MYSQL/Aurora", "TCP", "3306"),
    ("PostgreSQL", "TCP", "5432"),
    ("RDP", "TCP", "3389"),
];

/// A cell that holds nothing yet.
const NOTHING: &str = "-";

/// Every row of the text.
pub fn rows(text: &str) -> Vec<Row> {
    let mut out = Vec::new();
    let mut half = Some(false);
    for (line, words) in (1..).zip(text.lines()) {
        let rule = words.split('#').next().unwrap_or("").trim();
        match (heading(words), half) {
            (Some(next), _) => half = next,
            (None, Some(outbound)) if !rule.is_empty() && !names(words) => out.push(Row { line, outbound }),
            _ => {}
        }
    }
    out
}

/// The part that a heading begins: a half of the rules, or (`None`) the addresses of a group or a list.
fn heading(line: &str) -> Option<Option<bool>> {
    let line = line.trim_start_matches(['#', ' ', '\t']).to_ascii_lowercase();
    let words: Vec<&str> = line.split_whitespace().take(3).collect();
    match words[..] {
        ["inbound"] | ["inbound", "rules", ..] => Some(Some(false)),
        ["outbound"] | ["outbound", "rules", ..] => Some(Some(true)),
        ["members", "of", name] if name.starts_with("sg-") => Some(None),
        ["prefix", "list", name] if name.starts_with("pl-") => Some(None),
        _ => None,
    }
}

/// Whether a line names the columns.
fn names(line: &str) -> bool {
    line.trim_start_matches(['#', ' ']).to_ascii_lowercase().starts_with("type ")
}

/// The cells of a line. Columns are at least two blanks apart; where they are not, the source is looked for.
pub fn cells(line: &str) -> Cells {
    let rule = line.split('#').next().unwrap_or("").trim();
    let mut columns: Vec<String> = Vec::new();
    for part in rule.split("  ").map(str::trim).filter(|part| !part.is_empty()) {
        columns.push(part.to_owned());
    }
    if columns.len() < 4 {
        let words: Vec<&str> = rule.split_whitespace().collect();
        let source =
            words.iter().position(|word| word.contains('/') || word.starts_with("sg-") || word.starts_with("pl-"));
        let at = source.filter(|at| *at >= 3).unwrap_or(words.len().clamp(3, 4) - 1);
        let get = |from: usize, to: usize| words.get(from..to.min(words.len())).unwrap_or_default().join(" ");
        columns = vec![get(0, at - 2), get(at - 2, at - 1), get(at - 1, at), get(at, at + 1), get(at + 1, words.len())];
    }
    let rest = columns.split_off(columns.len().min(4)).join(" ");
    columns.resize(4, String::new());
    let [kind, protocol, ports, source] = <[String; 4]>::try_from(columns).unwrap_or_default();
    [kind, protocol, ports, source, rest].map(|cell| if cell == NOTHING { String::new() } else { cell })
}

/// The line that says what these cells say.
fn line(cells: &Cells) -> String {
    let mut out = " ".to_owned();
    for (cell, width) in cells.iter().zip([12, 9, 11, 11, 0]) {
        // What is typed must not begin a comment, and blanks separate columns.
        let clean: Vec<&str> = cell.split(|c: char| c.is_whitespace() || c == '#').filter(|w| !w.is_empty()).collect();
        let mut clean = clean.join(" ");
        if clean.is_empty() && width > 0 {
            NOTHING.clone_into(&mut clean);
        }
        let blanks = " ".repeat((width + 1_usize).saturating_sub(clean.chars().count()).max(2));
        out += &[" ", clean.as_str(), &blanks[1..]].concat();
    }
    out.trim_end().to_owned()
}

/// The text with another cell in one row. A type brings its protocol and its ports.
pub fn with_cell(text: &str, row: u32, column: usize, value: &str) -> String {
    let edited = |old: &str| {
        let mut cells = cells(old);
        value.clone_into(&mut cells[column]);
        let known = TYPES.iter().find(|(name, ..)| *name == value);
        if let (0, Some((_, protocol, ports))) = (column, known) {
            (*protocol).clone_into(&mut cells[1]);
            (*ports).clone_into(&mut cells[2]);
        }
        Some(line(&cells))
    };
    each(text, row, edited)
}

/// The text without a row.
pub fn without(text: &str, row: u32) -> String {
    each(text, row, |_| None)
}

/// The text with one more row at the end of a half, and the line of that row.
pub fn with_row(text: &str, outbound: bool) -> (String, u32) {
    let last = rows(text).iter().filter(|row| row.outbound == outbound).map(|row| row.line).max();
    // Below a heading stands the line with the names of the columns.
    let below = |line: u32| if text.lines().nth(line as usize).is_some_and(names) { line + 1 } else { line };
    let begins = |line: &str| heading(line) == Some(Some(outbound));
    let heading = (1..).zip(text.lines()).find(|(_, line)| begins(line)).map(|(line, _)| below(line));
    let new = line(&["Custom TCP", "TCP", "", "", ""].map(str::to_owned));
    match last.or(heading) {
        Some(after) => (each(text, after, |old| Some([old, "\n", &new].concat())), after + 1),
        None => {
            let name = if outbound { "# Outbound rules\n" } else { "# Inbound rules\n" };
            let gap = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
            let text = [text, gap, name, &new, "\n"].concat();
            let line = text.lines().count() as u32;
            (text, line)
        }
    }
}

/// The text with one line made anew, or left out.
fn each(text: &str, number: u32, edit: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::new();
    for (n, whole) in (1..).zip(text.split_inclusive('\n')) {
        if n != number {
            out += whole;
            continue;
        }
        let old = whole.strip_suffix('\n').unwrap_or(whole);
        if let Some(new) = edit(old) {
            out += &[new.as_str(), &whole[old.len()..]].concat();
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::world::World;

    fn text() -> String {
        World::course().text("security-group").expect("a document").to_owned()
    }

    #[test]
    fn each_row_is_read_and_written_as_it_was() {
        let text = text();
        let rows = rows(&text);
        assert_eq!(rows.iter().filter(|row| !row.outbound).count(), 3);
        assert_eq!(rows.iter().filter(|row| row.outbound).count(), 1);
        for row in rows {
            let old = text.lines().nth(row.line as usize - 1).expect("a line");
            assert_eq!(line(&cells(old)), old);
        }
        assert_eq!(cells("All traffic All All 0.0.0.0/0 to all # x")[..4], ["All traffic", "All", "All", "0.0.0.0/0"]);
    }

    #[test]
    fn a_cell_is_written_into_its_line() {
        let text = with_cell(&text(), 7, 3, "203.0.113.0/24");
        assert_eq!(text.lines().nth(6), Some("  HTTPS        TCP       443         203.0.113.0/24  the sites"));
        let text = with_cell(&text, 7, 0, "SSH");
        assert_eq!(cells(text.lines().nth(6).expect("a line"))[..3], ["SSH", "TCP", "22"]);
        let text = with_cell(&text, 7, 2, "# a\n  b");
        assert_eq!(cells(text.lines().nth(6).expect("a line"))[2], "a b", "nothing typed begins a comment");
        let text = with_cell(&text, 7, 3, "");
        let cells = cells(text.lines().nth(6).expect("a line"));
        assert_eq!((cells[3].as_str(), cells[4].as_str()), ("", "the sites"), "an empty cell keeps its place");
    }

    #[test]
    fn rows_come_and_go() {
        let (more, line) = with_row(&text(), false);
        assert_eq!((line, rows(&more).len()), (8, 5));
        assert_eq!(without(&more, line), text());
        let (more, line) = with_row("", true);
        assert_eq!((line, rows(&more)), (2, vec![Row { line: 2, outbound: true }]));
    }

    #[test]
    fn no_text_is_too_odd() {
        for odd in ["", "#", "a", "a b", "a  b  c", "é  é  é  é  é  é", "- - - - -", "0.0.0.0/0", "\n\n", "a b sg-1"]
        {
            let _ = (cells(odd), rows(odd), with_row(odd, false), with_cell(odd, 1, 4, "é"), without(odd, 1));
        }
    }
}
