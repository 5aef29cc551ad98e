//! How far a page has come: what stands on screen after some steps of a trace.

use super::html::{self, What};
use crate::message::Message;
use crate::place::Place;
use crate::trace::{Act, Step};

/// A page as a person sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// Its title; empty until the HTML is there.
    pub title: String,
    /// What stands in it, in order: nothing before the first paint.
    pub parts: Vec<What>,
    /// Whether its style is there.
    pub styled: bool,
    /// Its pictures, in order.
    pub pictures: Vec<Picture>,
    /// Its buttons.
    pub buttons: Buttons,
    /// What a script wrote into it.
    pub written: Option<String>,
    /// What the button says since it was clicked, where that is something else.
    pub says: Option<String>,
}

/// A place for a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picture {
    /// Kept free.
    Slot,
    /// The picture is there.
    There,
    /// It did not come: its words stand there.
    Missing,
}

/// What a click on a button does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Buttons {
    /// There is none to be seen.
    #[default]
    None,
    /// Nothing: no listener is attached.
    Dead,
    /// Something.
    Alive,
    /// It was clicked, and something happened.
    Used,
}

/// What stands on screen after these steps.
pub fn shown(steps: &[Step]) -> Shown {
    let (mut shown, mut page, mut alive) = (Shown::default(), html::Page::default(), false);
    for step in steps {
        match &step.act {
            Act::Travel { to: Place::Browser, message: Message::Response(response), .. } if step.name == "html" => {
                (shown, alive) = (Shown::default(), false);
                page = html::parse(&response.body);
                shown.title.clone_from(&page.title);
            }
            Act::Travel { .. } => {}
            Act::Decide { verdict, .. } => match step.name {
                "first-paint" | "plain-paint" => {
                    let visible = |what: &What| {
                        !matches!(what, What::Style(_) | What::OwnStyle | What::Script(..) | What::OwnScript(..))
                    };
                    shown.parts = page.parts.iter().map(|part| part.what.clone()).filter(visible).collect();
                    shown.styled = step.name == "first-paint";
                    let picture = |what: &&What| matches!(what, What::Image(..));
                    shown.pictures = vec![Picture::Slot; shown.parts.iter().filter(picture).count()];
                    let button = shown.parts.iter().any(|what| matches!(what, What::Button(_)));
                    shown.buttons = match (button, alive) {
                        (false, _) => Buttons::None,
                        (true, false) => Buttons::Dead,
                        (true, true) => Buttons::Alive,
                    };
                }
                "image-shown" | "image-missing" => {
                    let images = shown.parts.iter().filter_map(|what| match what {
                        What::Image(address, _) => Some(address),
                        _ => None,
                    });
                    // The verdict names the image; two with the same address come together.
                    let named = |address: &str| crate::text::contains(&verdict.words, address);
                    let state = if step.name == "image-shown" { Picture::There } else { Picture::Missing };
                    for (picture, _) in shown.pictures.iter_mut().zip(images).filter(|(_, address)| named(address)) {
                        *picture = state;
                    }
                }
                "hydrated" => {
                    alive = true;
                    if shown.buttons == Buttons::Dead {
                        shown.buttons = Buttons::Alive;
                    }
                }
                "click-works" => {
                    shown.buttons = Buttons::Used;
                    shown.says = verdict.words.split_once(": ").map(|(_, says)| says.to_owned());
                }
                "browser-computes" => {
                    shown.written = verdict.words.rsplit_once(": ").map(|(_, written)| written.to_owned());
                }
                _ => {}
            },
        }
    }
    shown
}
