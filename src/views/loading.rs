//! What counts only when it is read anew: nginx's files after a reload, the processes' files after a restart.

use super::{flag, press, text};
use crate::desk::Desk;
use course::Program;
use course::html::escape;
use leptos::prelude::*;

/// For each program a bar that shows while its files are not as it has read them; and what the instance printed.
pub fn loading(desk: Desk) -> impl IntoView {
    let bar = |program: Program| {
        let behind = move || desk.world.with(|world| desk.loaded.with(|loaded| program.is_behind(world, loaded)));
        let (words, button) = match program {
            Program::Nginx => {
                ("Saved, not loaded: nginx still runs with the files as they were before.", "Reload nginx")
            }
            Program::Processes => {
                ("Saved, not started: the processes still run with the files as they were before.", "Restart with PM2")
            }
            Program::Database => {
                ("Saved, not read: PostgreSQL still runs with the settings that it started with.", "Restart PostgreSQL")
            }
            Program::Tables => (
                "Saved, not run: the tables are as they were made. Running it anew loses what was added.",
                "Run schema.sql",
            ),
        };
        view! {
            <div class="behind" hidden=flag(move || !behind())>
                <span>{words}</span>
                <button type="button" on:click=press(move || desk.load(program))>{button}</button>
            </div>
        }
    };
    let bars: Vec<_> = Program::ALL.into_iter().map(bar).collect();
    let printed = text(move || match desk.printed.get() {
        printed if printed.is_empty() => printed,
        printed => format!("<pre tabindex=\"0\" aria-label=\"The instance’s terminal\">{}</pre>", escape(&printed)),
    });
    view! { <div class="loading" role="status">{bars}<div inner_html=printed></div></div> }
}
