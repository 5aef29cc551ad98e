//! The actors: what moves and what is lit, over the engraved figure. Decides nothing; draws the scene.

use super::{click, text};
use crate::desk::Desk;
use crate::markup;
use browser::dom;
use diagram::figure::{Figure, Point};
use diagram::path::Tenth;
use leptos::prelude::*;
use stage::touch::Touched;
use stage::{Cue, scene};
use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

/// One drawing layer over one board. The board's own geometry says where things stand.
pub fn actors(desk: Desk, figure: Figure) -> impl IntoView {
    let frame = format!("0 0 {} {}", Tenth(figure.width), Tenth(figure.height));
    let figure = Arc::new(figure);
    let (stage, map, hovered) = (figure.clone(), figure.clone(), figure.clone());
    let drawn = figure.width;
    let scene = move |figure: &Figure| {
        let (run, head) = (desk.run.get(), desk.head.get());
        scene(&run.plot, figure, &desk.piece.cast, &run.score, head.at, desk.motion())
    };
    // Two layers: what is lit changes a few times a second, what moves with every frame.
    let lit = text(move || markup::lit(&scene(&figure), &figure));
    let tokens = text(move || markup::tokens(&scene(&stage)));
    // What happens comes into sight where the figure is taller than the window. This writes no signal.
    Effect::new(move |before: Option<Option<usize>>| {
        let beat = desk.beat();
        if beat.is_some() && before != Some(beat) {
            dom::follow();
        }
        beat
    });
    // On a touch screen, a tap on the right half steps, on the left half steps back, and a swipe turns the steps as pages.
    // Scrolling stays the browser's.
    let began = Rc::new(Cell::new(0));
    let put = {
        let began = began.clone();
        move |event: leptos::ev::PointerEvent| began.set(event.client_x())
    };
    let lift = move |event: leptos::ev::PointerEvent| {
        if let Some(forward) = dom::finger_asks_forward(&event, began.get()) {
            desk.cue(if forward { Cue::Step } else { Cue::StepBack });
        }
    };
    // With a mouse, what is pointed at opens.
    let touched = move |event: &leptos::ev::MouseEvent, figure: &Figure| {
        let (x, y) = dom::point_in(event, drawn)?;
        stage::touch::at(figure, Point { x, y })
    };
    let open = click(move |event| {
        if dom::is_finger(&event) {
            return;
        }
        let Some(touched) = touched(&event, &map) else { return };
        if desk.open(touched, &map) {
            dom::bring(match touched {
                Touched::Arrow(_) => ".look",
                Touched::Node(_) => ".documents",
            });
        }
    });
    let hover = click(move |event| dom::offers_press(&event, touched(&event, &hovered).is_some()));
    view! {
        <svg class="actors" viewBox=frame aria-hidden="true" on:pointerdown=put on:pointerup=lift
            on:click=open on:mousemove=hover>
            <g inner_html=lit></g>
            <g inner_html=tokens></g>
        </svg>
    }
}
