//! The player: what a page runs that has a figure to play.

fn main() {
    roundtrip_web::browser::panic::install();
    roundtrip_web::player::start();
}
