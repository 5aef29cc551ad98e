//! The player: what a page runs that has a figure to play.

fn main() {
    browser::alarm::install();
    roundtrip_web::player::start();
}
