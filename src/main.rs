//! The page: what every page of the site runs.

fn main() {
    browser::alarm::install();
    browser::page::start();
}
