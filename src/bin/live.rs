//! Live: likes for real, where the bundled server is there. Fetched when it was found.

fn main() {
    browser::alarm::install();
    roundtrip_web::live::start();
}
