//! The switches beside the figure: each breaks one thing, and mends it again.

use crate::desk::Desk;
use leptos::prelude::*;

/// One switch for each thing the piece lets the reader break. Whether it is on is read off the world itself.
pub fn switches(desk: Desk) -> impl IntoView {
    let switches: Vec<_> = desk
        .piece
        .switches
        .iter()
        .map(|switch| {
            let on = Memo::new(move |_| {
                desk.world.with(|world| desk.actions.with(|actions| switch.change.is_on(world, actions)))
            });
            view! {
                <label class="switch">
                    <input type="checkbox" role="switch" name=switch.name prop:checked=on
                        on:change=move |event| desk.change(switch, event_target_checked(&event)) />
                    <span>{switch.label}</span>
                </label>
            }
        })
        .collect();
    view! {
        <fieldset class="switches">
            <legend>"Break something"</legend>
            {switches}
        </fieldset>
    }
}
