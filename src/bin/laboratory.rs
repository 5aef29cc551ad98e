//! The laboratory: the CORS bench. Fetched by the laboratory's page alone.

fn main() {
    browser::alarm::install();
    roundtrip_web::laboratory::start();
}
