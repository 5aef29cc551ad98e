//! The page: what every page of the site runs.

fn main() {
    roundtrip_web::browser::panic::install();
    roundtrip_web::page::start();
}
