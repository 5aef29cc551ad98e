//! The switches beside the figure: each breaks one thing, and mends it again.

use super::{change, flag};
use crate::desk::Desk;
use course::Switch;
use leptos::prelude::*;

/// One switch for each thing the piece lets the reader break. Whether it is on is read off the world itself.
pub fn switches(desk: Desk) -> impl IntoView {
    let one = |switch: &'static Switch| {
        let on = move || desk.world.with(|world| desk.actions.with(|actions| switch.change.is_on(world, actions)));
        let turn = change(move |event| desk.turn(switch, event_target_checked(&event)));
        // A switch that edits a text that stands there no more can do nothing.
        let stuck = move || !desk.world.with(|world| switch.change.fits(world));
        view! {
            <label class="switch">
                <input type="checkbox" role="switch" name=switch.name prop:checked=flag(on) disabled=flag(stuck) on:change=turn />
                <span>{switch.label}</span>
            </label>
        }
    };
    let switches: Vec<_> = desk.piece.switches.iter().map(one).collect();
    view! { <fieldset class="switches"><legend>{if desk.piece.bench { "Begin with something " } else { "Break something " }}<small>"a switch that edits a file also reloads nginx or restarts the process"</small></legend>{switches}</fieldset> }
}
