//! The lens: what is shown of a run beyond its figure. Fetched when somebody first asks to see it.

fn main() {
    browser::alarm::install();
    browser::lens::serve(lens::answer);
}
