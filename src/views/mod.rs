//! What is drawn. One component a file; every one only reads the desk and hands it cues.

pub mod actors;
pub mod caption;
pub mod documents;
pub mod keys;
pub mod map;
pub mod outcome;
pub mod player;
pub mod run;
pub mod switches;
pub mod theme;
