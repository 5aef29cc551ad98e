//! A text put to PostgreSQL, by two sessions in turn, one statement a line, and PostgreSQL's settings: below a line of three
//! dashes.
#![no_main]

use engine::database::conf;
use engine::database::server::{Client, Server, problems};
use engine::world::{Kind, World};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let (text, settings) = text.split_once("\n---\n").unwrap_or((text, ""));
    let world = World::course();
    let mut server = Server::default();
    server.remake(world.of(Kind::Schema).cloned().collect(), 0);
    if !server.start(conf::parse("postgresql.conf", settings), Vec::new(), 0) {
        return;
    }
    let postgres =
        Client { user: "postgres", base: "demo", password: None, system: Some("postgres"), port: None };
    let pids: Vec<u32> = (0..2).filter_map(|_| server.connect(postgres, 0).ok()).collect();
    let one = [Some("1".to_owned()), None];
    for (i, line) in text.lines().enumerate() {
        for pid in &pids {
            let _ = server.execute(*pid, line, (i % 2 == 0).then_some(one.as_slice()), None, i as i64);
        }
    }
    server.stop(0);
    let schema = world.with_text("schema.sql", text);
    for document in schema.of(Kind::Schema) {
        let _ = problems(document);
    }
});
