//! What a browser allows a page's script to ask, and to read: the Fetch standard, one function for each of its algorithms.
//!
//! Read: the review draft of 2026-06-21 (`fetch.bs`). Facts are the standard's, sentences are ours; each function links to
//! its algorithm, and each step that decides is a [`rule::Rule`]. Where a browser departs from the standard, [`profile`]
//! says so, with its source; the engine follows the standard unless it is told to be that browser.
//!
//! Reading order: [`rule`] (how a decision is written down), [`origin`] and [`url`] (who is whom), [`headers`],
//! [`methods`] and [`safelist`] (what may be sent unasked), [`request`] (what `fetch()` makes of its arguments), [`check`],
//! [`preflight`] and [`cache`] (the CORS protocol), [`redirect`], [`policy`] (what is blocked for other reasons),
//! [`cookies`], [`http_cache`], [`filtered`] (what script sees), [`fetch`], where they are put in order, and [`part`],
//! which tells the decisions apart. [`chromium`] has Chromium's own
//! names and sentences.
//!
//! It sends nothing: [`fetch::fetch`] is given what answers. It knows no time but the moment it is told. Left out: service
//! workers, Content Security Policy, referrer policies other than the default, streams as bodies, authentication dialogs,
//! Local Network Access, frames of other sites.

pub mod cache;
pub mod check;
pub mod chromium;
pub mod cookies;
pub mod exchange;
pub mod fetch;
pub mod filtered;
pub mod headers;
mod host;
pub mod http_cache;
mod main_fetch;
pub mod methods;
pub mod mime;
mod network;
pub mod origin;
pub mod part;
pub mod policy;
pub mod preflight;
pub mod profile;
pub mod redirect;
pub mod request;
pub mod rule;
pub mod safelist;
pub mod url;
