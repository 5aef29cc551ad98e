//! What the Wasm modules of this site import, as the browser itself lists it.

use super::state;
use browser::{dom, jail, place, server};
use course::html::escape;
use probe::imports::{grouped, names};

/// Reads every module of the site, and lists what each imports.
pub async fn read() {
    place::fill(".imported", "<p>Reading…</p>");
    let root = dom::page_says("programs").unwrap_or_default();
    let table = server::ask("GET", "imports.txt", None).await.filter(|(status, _)| *status == 200);
    let table = table.map(|(_, text)| text).unwrap_or_default();
    let loaded = jail::fetched();
    let mut html = String::new();
    let mut total = 0;
    for file in root.split(' ').filter(|file| !file.is_empty()) {
        let Some(imports) = jail::imports(&["../", file].concat()).await else {
            html += &format!("<p class=\"notice\">{} cannot be read.</p>", escape(file));
            continue;
        };
        if state::with(|_| ()).is_none() {
            return;
        }
        total += imports.len();
        let here = loaded.iter().any(|address| address.ends_with(file));
        html += &module(file, &imports, &table, here);
    }
    place::fill(
        ".imported",
        &format!(
            "<p><b data-imports=\"{total}\">{total} imports in all, and every one of them is a function of JavaScript that this page gives to \
             the module.</b> Whatever a module wants done outside its memory, it asks one of these to do; and they are \
             bound by everything that the table above shows. It can do nothing else.</p>{html}"
        ),
    );
}

fn module(file: &str, imports: &[[String; 3]], table: &str, here: bool) -> String {
    let all = names(file, imports.iter().map(|[_, name, _]| name.as_str()), table);
    let other: Vec<&str> =
        imports.iter().filter(|[.., kind]| kind != "function").map(|[.., kind]| kind.as_str()).collect();
    let other = if other.is_empty() {
        String::new()
    } else {
        format!(", {} of another kind: {}", other.len(), other.join(", "))
    };
    let group = |(title, names): (&str, Vec<String>)| {
        format!("<li>{title} ({}): <code>{}</code></li>", names.len(), escape(&names.join(", ")))
    };
    let groups: String = grouped(&all).into_iter().map(group).collect();
    let name = file.split("_bg").next().unwrap_or(file);
    format!(
        "<details><summary>{}: {} imports{}{}</summary><ul>{groups}</ul></details>",
        escape(name),
        imports.len(),
        escape(&other),
        if here { ", loaded in this page" } else { "" }
    )
}
