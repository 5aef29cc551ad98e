//! The sandbox: attempts of figure 12. Fetched by its page alone.

fn main() {
    browser::alarm::install();
    roundtrip_web::sandbox::start();
}
