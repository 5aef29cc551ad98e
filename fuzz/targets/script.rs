//! A script that node runs, PM2's file, data beside it: parts are separated by a line of three dashes.
#![no_main]

use fuzz::{Scene, URL};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let mut scene = Scene::course();
    for (name, part) in ["backend.js", "ecosystem.config.js", "users.json"].into_iter().zip(text.split("\n---\n")) {
        scene.world = scene.world.with_text(name, part);
    }
    scene.state.start_processes(&scene.world);
    scene.open(URL);
    scene.command("pm2 restart backend");
    scene.open(URL);
});
