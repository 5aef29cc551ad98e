//! The work: what figures 14 and 15 compute. A worker runs it beside the page; where a browser allows none, the page itself.

fn main() {
    let mut worker = numbers::worker::Worker::default();
    browser::work::serve(move |question| {
        let answer = worker.answer(question);
        (answer.write(), answer.tokens)
    });
}
