//! A zone file and a question: the first line that has no blank in it is the name asked for.
#![no_main]

use engine::dns::{Kind, server, zone};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let (first, rest) = fuzz::first_line(text);
    let zone = zone::parse("a.zone", if first.contains(' ') { text } else { rest });
    for problem in &zone.problems {
        let _ = problem.to_string();
    }
    for name in [first, "api.senus.doxyz.", "a.b.senus.doxyz.", "."] {
        let answer = server::answer(&[&zone], name, Kind::A);
        for record in &answer.records {
            let _ = record.to_string();
        }
    }
});
