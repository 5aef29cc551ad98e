//! Tables as psql prints them (psql 15, `fe_utils/print.c`): aligned, or with `-A` unaligned.

/// Columns, whether each is of numbers, and rows.
pub(super) struct Table {
    pub title: Option<String>,
    pub heads: Vec<(String, bool)>,
    pub rows: Vec<Vec<Option<String>>>,
    /// What stands below in place of the number of rows.
    pub foot: Option<String>,
}

/// How it is printed.
#[derive(Clone, Copy, Default)]
pub(super) struct Form {
    /// `-A`.
    pub unaligned: bool,
    /// `-t`: rows and nothing else.
    pub bare: bool,
    /// `-q`.
    pub quiet: bool,
}

fn width(text: &str) -> usize {
    text.chars().count()
}

impl Table {
    pub fn print(&self, form: Form) -> String {
        let count = match self.rows.len() {
            1 => "(1 row)\n".to_owned(),
            count => ["(", &count.to_string(), " rows)\n"].concat(),
        };
        let foot = self.foot.clone().unwrap_or(count);
        let cell = |cell: &Option<String>| cell.clone().unwrap_or_default();
        let rows: Vec<Vec<String>> = self.rows.iter().map(|row| row.iter().map(cell).collect()).collect();
        let mut out = String::new();
        if form.unaligned {
            let heads: Vec<&str> = self.heads.iter().map(|(name, _)| name.as_str()).collect();
            if !form.bare {
                out += &self.title.as_ref().map_or_else(String::new, |title| [title, "\n"].concat());
                out += &[&heads.join("|"), "\n"].concat();
            }
            rows.iter().for_each(|row| out += &[&row.join("|"), "\n"].concat());
            return if form.bare { out } else { out + &foot };
        }
        let wide =
            |at: usize| rows.iter().map(|row| width(&row[at])).chain([width(&self.heads[at].0)]).max().unwrap_or(0);
        let bare = |at: usize| rows.iter().map(|row| width(&row[at])).max().unwrap_or(0);
        // Without heads they need no room.
        let widths: Vec<usize> = (0..self.heads.len()).map(|at| if form.bare { bare(at) } else { wide(at) }).collect();
        if !form.bare {
            if let Some(title) = &self.title {
                let total = widths.iter().map(|wide| wide + 3).sum::<usize>().saturating_sub(1);
                out += &[&" ".repeat(total.saturating_sub(width(title)) / 2), title, "\n"].concat();
            }
            let head = |(at, (name, _)): (usize, &(String, bool))| {
                let gap = widths[at] - width(name);
                [" ", &" ".repeat(gap / 2), name, &" ".repeat(gap - gap / 2), " "].concat()
            };
            out += &self.heads.iter().enumerate().map(head).collect::<Vec<_>>().join("|");
            out += "\n";
            out += &widths.iter().map(|wide| "-".repeat(wide + 2)).collect::<Vec<_>>().join("+");
            out += "\n";
        }
        for row in &rows {
            for (at, cell) in row.iter().enumerate() {
                let gap = " ".repeat(widths[at] - width(cell));
                let last = at + 1 == row.len();
                let bar = if at > 0 { "|" } else { "" };
                out += &match (self.heads[at].1, last) {
                    (true, false) => [bar, " ", &gap, cell, " "].concat(),
                    (true, true) => [bar, " ", &gap, cell].concat(),
                    (false, false) => [bar, " ", cell, &gap, " "].concat(),
                    (false, true) => [bar, " ", cell].concat(),
                };
            }
            out += "\n";
        }
        if !form.bare {
            out += &foot;
        }
        out + "\n"
    }
}
