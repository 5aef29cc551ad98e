//! Mounts the player into the places that a page which plays leaves for it, and takes it off when the page is turned.

use crate::desk::Desk;
use crate::router::Params;
use crate::views;
use browser::{dom, turn};
use diagram::geometry;
use leptos::mount::{UnmountHandle, mount_to};
use leptos::prelude::*;
use std::any::Any;
use std::cell::{Cell, RefCell};

thread_local! {
    /// What is mounted on the open page; dropped when the page is turned.
    static MOUNTED: RefCell<Vec<Box<dyn Any>>> = const { RefCell::new(Vec::new()) };
    /// The desk that stands there now.
    static DESK: Cell<Option<Desk>> = const { Cell::new(None) };
}

/// Starts on the page that is open, and follows the reader to others.
pub fn start() {
    open();
    turn::on_opened(open);
    turn::on_closing(close);
    browser::lens::on_ready(|| {
        if let Some(desk) = DESK.get() {
            desk.arrive();
        }
    });
}

fn close() {
    MOUNTED.with_borrow_mut(Vec::clear);
}

/// Mounts what the open page has places for.
fn open() {
    let Some(piece) = dom::page_says("piece").and_then(|name| course::pieces::find(&name)) else { return };
    let Some(place) = dom::find("[data-place=player]") else { return };
    // The desk belongs to the page, not to one of the places on it.
    let owner = Owner::new();
    let mut mounted: Vec<Box<dyn Any>> = Vec::new();
    owner.with(|| {
        let desk = Desk::new(piece, Params::parse(&turn::query()), &turn::fragment(), &dom::text_of(".plot"));
        desk.begin();
        DESK.set(Some(desk));
        for (board, geometry) in dom::boards() {
            let Some(figure) = geometry::read(&geometry) else { continue };
            keep(&mut mounted, mount_to(board, move || views::actors::actors(desk, figure)));
        }
        dom::clear(&place);
        keep(&mut mounted, mount_to(place, move || views::player::player(desk)));
        // Space shall work at once, unless the reader is already somewhere else.
        if let Some(player) = dom::find(".player").filter(|_| dom::focus_is_free()) {
            dom::focus(&player);
        }
    });
    mounted.push(Box::new(owner));
    MOUNTED.set(mounted);
}

fn keep<M: Mountable + 'static>(mounted: &mut Vec<Box<dyn Any>>, handle: UnmountHandle<M>) {
    mounted.push(Box::new(handle));
}
