//! Links and files of the workbench. The text as it is, and as a link and a file that begin as they should; and a bench whose
//! step and first document it is.
#![no_main]

use engine::world::World;
use link::{Bench, read, read_file, write, write_file};

libfuzzer_sys::fuzz_target!(|text: &str| {
    for link in [text.to_owned(), ["bench1.", text].concat()] {
        match read(&link) {
            Ok(bench) => held(&bench),
            Err(damage) => drop(damage.to_string()),
        }
    }
    for file in [text.to_owned(), ["Roundtrip workbench, version 1\n", text].concat()] {
        match read_file(&file) {
            Ok(bench) => held(&bench),
            Err(damage) => drop(damage.to_string()),
        }
    }
    held(&Bench {
        world: World::course().with_text("root.zone", text),
        step: Some(text.to_owned()),
        ..Bench::default()
    });
});

/// What was read or made is written, and read as it was.
fn held(bench: &Bench) {
    if let Ok(link) = write(bench) {
        assert_eq!(read(&link).as_ref(), Ok(bench));
    }
    if let Ok(file) = write_file(bench) {
        assert_eq!(read_file(&file).as_ref(), Ok(bench));
    }
}
