//! The numbers: what a page runs whose figure is played by thousands of clients (14) or by the same work on other machines
//! (15). It does what the page does, too, where it comes first. It computes nothing: [`open`] hands what is pressed and slid
//! to a worker, and puts what that answers into its places.

mod ask;
mod measure;
mod open;
mod show;
mod state;
mod touch;

fn main() {
    browser::alarm::install();
    browser::page::start();
    open::open();
    browser::turn::on_opened(open::open);
    browser::turn::on_closing(open::close);
}
