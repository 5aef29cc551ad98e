//! A script that node runs, PM2's file, data beside it: parts are separated by a line of three dashes.
#![no_main]

use engine::journey::Action;
use engine::time::Micros;
use fuzz::{Scene, URL};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let mut scene = Scene::course();
    for (name, part) in ["backend.js", "ecosystem.config.js", "users.json"].into_iter().zip(text.split("\n---\n")) {
        scene.world = scene.world.with_text(name, part);
    }
    // nginx passes on what a WebSocket begins with.
    let (from, to) = ("proxy_set_header Host", "proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade; proxy_set_header Host");
    scene.world = scene.world.with_edit("/etc/nginx/conf.d/backend.conf", from, to);
    let _ = scene.state.reload_nginx(&scene.world);
    scene.state.start_processes(&scene.world);
    scene.open(URL);
    let (url, say) = ("wss://backend-demo.senus.doxyz/live".to_owned(), vec!["like".to_owned(), "x".to_owned()]);
    scene.act(Action::Socket { url, say, hold: Micros::seconds(600) });
    scene.command("pm2 restart backend");
    scene.open(URL);
});
