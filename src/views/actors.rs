//! The actors: what moves and what is lit, over the engraved figure. Decides nothing; draws the scene.

use crate::browser::dom;
use crate::desk::Desk;
use diagram::figure::Figure;
use diagram::path::Tenth;
use leptos::prelude::*;
use stage::{Cue, Mood, Scene, scene};
use std::sync::Arc;

/// One drawing layer over one board. The board's own geometry says where things stand.
pub fn actors(desk: Desk, figure: Figure) -> impl IntoView {
    let (w, h) = (figure.width, figure.height);
    let figure = Arc::new(figure);
    let drawn = figure.clone();
    let scene = Memo::new(move |_| {
        let (run, head) = (desk.run.get(), desk.head.get());
        scene(&run.trace, &drawn, &desk.piece.cast, &run.score, head.at, desk.motion.get())
    });
    let boxes = figure.clone();
    let lit = Memo::new(move |_| scene.with(|scene| scene.arrows.clone()));
    let held = Memo::new(move |_| scene.with(|scene| (scene.nodes.clone(), scene.ruling)));
    view! {
        <svg class="actors" viewBox=format!("0 0 {w} {h}") aria-hidden="true" on:pointerup=touch(desk)>
            {move || lit.with(|arrows| arrows.iter().map(|a| arrow(&figure, *a)).collect::<Vec<_>>())}
            {move || held.with(|(nodes, _)| nodes.iter().map(|n| node(&boxes, *n)).collect::<Vec<_>>())}
            <For each=move || scene.with(|s| s.tokens.iter().map(|t| t.step).collect::<Vec<_>>()) key=|step| *step let:step>
                {token(scene, step)}
            </For>
        </svg>
    }
}

/// On a touch screen, a tap on the right half steps, on the left half steps back. Scrolling stays the browser's.
fn touch(desk: Desk) -> impl Fn(leptos::ev::PointerEvent) {
    move |event| {
        if let Some(right) = dom::tapped_right_half(&event) {
            desk.cue(if right { Cue::Step } else { Cue::StepBack });
        }
    }
}

/// An arrow in the light.
fn arrow(figure: &Figure, (index, mood, now): (usize, Mood, bool)) -> impl IntoView + use<> {
    let edge = &figure.edges[index];
    let class = format!("lit {}{}", mood.word(), if now { " now" } else { "" });
    view! { <path class=class d=edge.d() /> }
}

/// A node in the light.
fn node(figure: &Figure, (index, mood): (usize, Mood)) -> impl IntoView + use<> {
    let f = figure.nodes[index].frame;
    let class = format!("held {}", mood.word());
    view! { <rect class=class x=f.x - 4.0 y=f.y - 4.0 width=f.w + 8.0 height=f.h + 8.0 rx="9" /> }
}

/// A message on its way: a shape by its mood and a few words.
fn token(scene: Memo<Scene>, step: usize) -> impl IntoView {
    let find = move |scene: &Scene| scene.tokens.iter().find(|token| token.step == step).cloned();
    let first = scene.with_untracked(find);
    let (mood, short) = first.map_or((Mood::Request, String::new()), |token| (token.mood, token.short));
    let place = move || {
        let at = scene.with(find).map(|token| token.at).unwrap_or_default();
        format!("translate({} {})", Tenth(at.x), Tenth(at.y))
    };
    let width = words_width(&short) + 18.0;
    // The shape says what the hue says: a request points on, an answer is round, a refusal has cut corners.
    let half = width / 2.0;
    let shape = match mood {
        Mood::Request => format!("M{0} -12H{half}l9 12-9 12H{0}z", -half),
        Mood::Answer | Mood::Waiting => format!("M{0} -12H{half}a12 12 0 0 1 0 24H{0}a12 12 0 0 1 0-24z", -half),
        Mood::Refused => format!("M{0} -12H{half}l6 6v12l-6 6H{0}l-6-6v-12z", -half),
    };
    view! {
        <g class=format!("token {}", mood.word()) transform=place>
            <path d=shape />
            <text text-anchor="middle" y="4.5">{short}</text>
        </g>
    }
}

/// How wide the words on a token are, in the figure's own face at 13 px.
fn words_width(text: &str) -> f32 {
    diagram::metrics::width(text, 13.0, diagram::metrics::Weight::Regular)
}
