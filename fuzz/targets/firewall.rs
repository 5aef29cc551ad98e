//! A table of rules, and visits through it.
#![no_main]

use engine::firewall::table;
use fuzz::{Scene, URL};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let mut scene = Scene::course();
    scene.readings.group = table::parse("security-group", text);
    scene.open(URL);
    scene.open("http://52.23.45.67:3001/users");
});
