//! One request as each person sees it. It shows and decides nothing: whatever it says was decided by the engine, and the
//! words are those of the real programs, as recorded.
//!
//! Reading order: [`row`] (a trace cut into requests), [`waterfall`] (where the time went), [`case`](mod@case)
//! (one outcome from every side), and its views: [`page`], [`script`], [`node`], [`curl`], [`logs`]; [`asked`] where a script
//! asks and nobody opens anything. [`compare`](mod@compare) lays two runs side
//! by side; [`truths`] says of a like what each phone shows, what the database holds, and who was told.

pub mod asked;
pub mod case;
pub mod compare;
pub mod curl;
mod dates;
pub mod inspect;
pub mod logs;
pub mod node;
pub mod page;
pub mod row;
pub mod script;
pub mod sides;
pub mod truths;
pub mod waterfall;

pub use case::{Case, Seen, View, Who};
