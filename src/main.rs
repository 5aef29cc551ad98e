//! The page: what every page of the site runs.

mod page;

fn main() {
    browser::alarm::install();
    page::start();
}
