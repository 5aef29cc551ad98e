//! A configuration of nginx and a visit: the first line is the path asked for.
#![no_main]

use fuzz::{Scene, first_line};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let (path, conf) = first_line(text);
    let mut scene = Scene::course();
    scene.world = scene.world.with_text("/etc/nginx/conf.d/backend.conf", conf);
    let _ = scene.state.reload_nginx(&scene.world);
    for url in ["http://backend-demo.senus.doxyz/", "https://backend-demo.senus.doxyz/"] {
        scene.open(&[url, path.trim_start_matches('/')].concat());
    }
});
