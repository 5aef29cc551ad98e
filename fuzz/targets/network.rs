//! The certificate files, the network and `/etc/hosts`: parts are separated by a line of three dashes.
#![no_main]

use engine::state::State;
use engine::world::Readings;
use fuzz::{Scene, URL};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let mut scene = Scene::course();
    for (name, part) in ["certificates", "network", "/etc/hosts"].into_iter().zip(text.split("\n---\n")) {
        if !part.is_empty() {
            scene.world = scene.world.with_text(name, part);
        }
    }
    scene.readings = Readings::of(&scene.world);
    scene.state = State::booted(&scene.world);
    scene.open(URL);
});
