//! The way to the laboratory: a real browser does what the run shows. Stands where a script of any page asks.

use super::text;
use crate::asked;
use crate::desk::Desk;
use course::piece::Start;
use leptos::prelude::*;

/// A link to the bench, set up as the run is at this moment.
pub fn trying(desk: Desk) -> Option<impl IntoView> {
    let Start::Ask(..) = desk.piece.start else { return None };
    let words = text(move || {
        let told = if desk.ready.get() { asked::trying(&desk.bench()) } else { None };
        told.unwrap_or_else(|| {
            "<p class=\"try\"><a href=\"../laboratory/\">Try it for real in the laboratory</a></p>".to_owned()
        })
    });
    Some(view! { <div class="trying" inner_html=words></div> })
}
