//! What was made here, to be taken along: as a link, as a file; and a file opened again.

use super::{change, press, text};
use crate::desk::Desk;
use browser::{share, turn};
use leptos::prelude::*;

/// The buttons, and what came of the last one.
pub fn share(desk: Desk) -> impl IntoView {
    let said = RwSignal::new(String::new());
    let say = move |words: &str| {
        let _ = said.try_set(words.to_owned());
    };
    let copy = press(move || {
        desk.settled(move |desk| match desk.link() {
            Ok(address) => {
                turn::replace(&address);
                share::copy(address, move |copied| {
                    say(if copied {
                        "The link is in your clipboard, and in the address bar."
                    } else {
                        "The link is in the address bar."
                    });
                });
            }
            Err(why) => say(&why.to_string()),
        });
    });
    let save = press(move || {
        desk.settled(move |desk| match link::write_file(&untrack(|| desk.bench())) {
            Ok(file) => share::save("roundtrip-workbench.txt", &file),
            Err(why) => say(&why.to_string()),
        });
    });
    let open = change(move |event| {
        share::picked(&event, move |file| match link::read_file(&file) {
            Ok(bench) => {
                desk.replace(bench);
                say("The file is open. Undo takes that back.");
            }
            Err(why) => say(&why.to_string()),
        });
    });
    view! {
        <div class="back share">
            <button type="button" on:click=copy>"Copy a link to this"</button>
            <button type="button" on:click=save>"Save as a file"</button>
            <label class="file">"Open a file"<input type="file" accept=".txt,text/plain" on:change=open /></label>
            <span role="status">{text(move || said.get())}</span>
        </div>
    }
}
