//! The player: what a page runs that has a figure to play. It does what the page does, too, where it comes first.

fn main() {
    browser::alarm::install();
    browser::page::start();
    roundtrip_web::player::start();
}
