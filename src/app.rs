//! Mounts the app into the places that the static page leaves for it, and turns pages.

use crate::browser::{dom, page};
use crate::desk::Desk;
use crate::router::Params;
use crate::views;
use course::maps;
use leptos::mount::{UnmountHandle, mount_to};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::any::Any;
use std::cell::{Cell, RefCell};

thread_local! {
    /// What is mounted on the open page; dropped when the page is turned.
    static MOUNTED: RefCell<Vec<Box<dyn Any>>> = const { RefCell::new(Vec::new()) };
    /// Which turn of the page is the latest: an answer that comes late is not for it.
    static TURN: Cell<u32> = const { Cell::new(0) };
}

/// Starts the app on the page that is open.
pub fn start() {
    if let Some(tools) = dom::find("#tools") {
        mount_to(tools, views::theme::theme_switch).forget();
    }
    open();
    page::on_turn(turn);
}

/// Goes to another page of the site: fetches it and takes its words; where that fails, the browser goes by itself.
fn turn(address: String, by_link: bool) {
    let this = TURN.get() + 1;
    TURN.set(this);
    spawn_local(async move {
        let text = page::fetch(&address).await;
        if TURN.get() != this {
            return;
        }
        let Some(text) = text else { return page::leave(&address) };
        close();
        if by_link {
            page::push(&address);
        }
        if !page::take(&text) {
            return page::leave(&address);
        }
        open();
        if by_link { page::begin() } else { page::back() }
    });
}

/// Takes everything mounted off the page.
fn close() {
    MOUNTED.with_borrow_mut(Vec::clear);
}

/// Mounts what the open page has places for.
fn open() {
    let Some(main) = dom::find("#page") else { return };
    let section = main.dataset().get("section").unwrap_or_default();
    views::map::remember(&section);
    let piece = main.dataset().get("piece").and_then(|name| course::pieces::find(&name));
    let params = Params::parse(&page::query());
    // The desk belongs to the page, not to one of the places on it.
    let owner = Owner::new();
    let mut mounted: Vec<Box<dyn Any>> = Vec::new();
    owner.with(|| {
        let Some(piece) = piece else { return };
        let desk = Desk::new(piece, params);
        for board in dom::find_all("[data-geometry]") {
            let Some(figure) = dom::geometry(&board) else { continue };
            keep(&mut mounted, mount_to(board, move || views::actors::actors(desk, figure)));
        }
        if let Some(place) = dom::find("[data-place=player]") {
            dom::clear(&place);
            keep(&mut mounted, mount_to(place, move || views::player::player(desk)));
        }
        desk.begin();
    });
    for number in maps::MAPS {
        for board in dom::find_all(&format!("[data-figure='{number}'] [data-geometry]")) {
            let Some(figure) = dom::geometry(&board) else { continue };
            keep(&mut mounted, mount_to(board, move || views::map::way(number, &figure)));
        }
    }
    mounted.push(Box::new(owner));
    MOUNTED.set(mounted);
}

fn keep<M: Mountable + 'static>(mounted: &mut Vec<Box<dyn Any>>, handle: UnmountHandle<M>) {
    mounted.push(Box::new(handle));
}
