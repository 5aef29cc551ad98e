//! The security group as the console's table: the same text as in the editor, seen in columns.

use super::documents::Open;
use super::{change, flag, press, text};
use crate::desk::Desk;
use crate::rules::{self, Row, TYPES};
use browser::dom;
use course::html::escape;
use leptos::prelude::*;

/// The names of the columns, for those who see the table and for those who do not.
const COLUMNS: [&str; 5] = ["Type", "Protocol", "Port range", "Source", "Description"];

/// Both halves of the table. It is written into the open document, line by line.
pub fn rules(desk: Desk, open: Open) -> impl IntoView {
    let name = open.name.get_untracked();
    let rows = Memo::new(move |_| desk.world.with(|world| rules::rows(world.text(name).unwrap_or_default())));
    let half = |outbound: bool| {
        let (title, other) = if outbound { ("Outbound rules", "Destination") } else { ("Inbound rules", "Source") };
        let head: String = COLUMNS
            .iter()
            .map(|c| format!("<th scope=\"col\">{}</th>", if *c == "Source" { other } else { c }))
            .collect();
        let body = move || {
            rows.get()
                .into_iter()
                .filter(|row| row.outbound == outbound)
                .map(|r| row(desk, name, r))
                .collect::<Vec<_>>()
        };
        let add = press(move || {
            let (text, line) =
                desk.world.with_untracked(|world| rules::with_row(world.text(name).unwrap_or_default(), outbound));
            desk.write(name, &text);
            open.pick(desk, name);
            dom::focus_soon(&format!(".rules [data-line='{line}'] select"));
        });
        view! {
            <table>
                <caption>{title}</caption>
                <thead><tr inner_html=format!("{head}<th scope=\"col\"><span class=\"unseen\">Delete</span></th>")></tr></thead>
                <tbody>{body}</tbody>
            </table>
            <button type="button" class="add" on:click=add>"Add rule"</button>
        }
    };
    view! { <div class="rules">{half(false)}{half(true)}</div> }
}

fn row(desk: Desk, name: &'static str, row: Row) -> impl IntoView {
    let line = row.line;
    let cell = move |column: usize| {
        desk.world.with(|world| {
            let old = world.text(name).unwrap_or_default().lines().nth(line as usize - 1).unwrap_or_default();
            rules::cells(old).into_iter().nth(column).unwrap_or_default()
        })
    };
    let write = move |column: usize| {
        change(move |event| {
            let text = desk.world.with_untracked(|world| {
                rules::with_cell(world.text(name).unwrap_or_default(), line, column, &event_target_value(&event))
            });
            desk.write(name, &text);
        })
    };
    let problem = move || {
        let here = |p: &&engine::problem::Problem| *p.source.document == *name && p.source.line == line;
        desk.problems(|all| all.iter().find(here).map(|p| p.words.clone())).unwrap_or_default()
    };
    let input = |column: usize| {
        let label = format!("{}, line {line}", COLUMNS[column]);
        view! {
            <td data-column=COLUMNS[column]>
                <input type="text" aria-label=label spellcheck="false" autocomplete="off"
                    prop:value=text(move || cell(column)) on:change=write(column) />
            </td>
        }
    };
    let options = text(move || {
        let kind = cell(0);
        let known = TYPES.iter().map(|(name, ..)| *name);
        let other = (!known.clone().any(|name| name == kind)).then_some(kind.as_str());
        let option = |name: &str| {
            let chosen = if name == kind { " selected" } else { "" };
            format!("<option{chosen}>{}</option>", escape(name))
        };
        other.into_iter().chain(known).map(option).collect()
    });
    let lit = flag(move || desk.lit() == Some((name.to_owned(), Some(line))));
    let delete = press(move || {
        let text = desk.world.with_untracked(|world| rules::without(world.text(name).unwrap_or_default(), line));
        desk.write(name, &text);
        dom::focus_soon(".rules .add");
    });
    view! {
        <tr class:lit=lit class:bad=flag(move || !problem().is_empty()) data-line=line.to_string()>
            <td data-column="Type"><select aria-label=format!("Type, line {line}") on:change=write(0) inner_html=options></select></td>
            <td data-column="Protocol">{text(move || cell(1))}</td>
            {input(2)}
            {input(3)}
            {input(4)}
            <td><button type="button" class="quiet" aria-label=format!("Delete the rule of line {line}") on:click=delete>"✕"</button></td>
        </tr>
        <tr class="words" hidden=flag(move || problem().is_empty())><td colspan="6">{text(problem)}</td></tr>
    }
}
