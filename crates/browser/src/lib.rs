//! The page: the only code, with the player's clock, that touches the browser. It knows neither Leptos nor the course.
//!
//! [`page`] is what every page does. One file a device: [`dom`] (places in the page), [`turn`] (other pages), [`media`] (what the reader's system asks for),
//! [`field`] (where text is typed), [`prompt`] (the terminal), [`lens`] (the program that shows more), [`work`] (the program that computes beside the page), [`canvas`] (what moves in thousands), [`sight`] (what is seen of it), [`frames`] (time), [`form`] (what is pressed and slid), [`ask`] (a request), [`stream`] (server-sent events), [`socket`] (a WebSocket), [`timer`], [`slot`] (places that are written anew), [`theme`], [`storage`], [`share`] (clipboard and files), [`alarm`] (a panic); for the laboratory [`server`] (the page's own server), [`frame`] (who fetches for it), [`place`] (what is pressed and chosen); for the sandbox [`jail`] (a frame in which something is tried).

pub mod alarm;
pub mod ask;
pub mod canvas;
pub mod dom;
pub mod field;
pub mod form;
pub mod frame;
pub mod frames;
pub mod jail;
pub mod lens;
pub mod media;
pub mod page;
pub mod place;
pub mod prompt;
pub mod server;
pub mod share;
pub mod sight;
pub mod slot;
pub mod socket;
pub mod storage;
pub mod stream;
pub mod theme;
pub mod timer;
pub mod turn;
pub mod work;
