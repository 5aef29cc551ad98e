//! Whose phone it is: who may choose when, what the next one finds there, and what becomes of a session that ends.

use phone::exchange::{Asked, What};
use phone::memory::Memory;
use phone::step::{Event, Phone, Stream, Task};

/// What the server holds while this user is signed in.
fn held(user: Option<i64>) -> Event {
    let session = match user {
        Some(id) => format!("{{\"user\":{{\"id\":{id},\"name\":\"Ada\"}},\"liked\":[]}}"),
        None => "{\"user\":null}".to_owned(),
    };
    Event::Looked(Some(format!("{{\"store\":{{\"id\":\"s\"}},\"since_start\":{{\"changes\":1}}}}\n{session}\n[]\n[]")))
}

fn note(number: i64) -> Event {
    let data = format!("{{\"id\":{number},\"user_id\":1,\"liked_by\":2,\"post_id\":1}}");
    Event::Notified(format!("s-{number}"), data)
}

/// A phone of user 1, connected, that has shown one notification.
fn connected() -> Phone {
    let mut phone = Phone::default();
    for event in [Event::Hurry, held(Some(1)), Event::Opened, note(7), held(Some(1))] {
        phone.step(event, 0);
    }
    assert_eq!((phone.stream, phone.memory.notes.len(), phone.may_choose()), (Stream::Open, 1, true));
    phone
}

#[test]
fn the_next_one_finds_nothing_of_the_one_before() {
    let mut phone = connected();
    assert_eq!(phone.step(Event::Choose(Some(2)), 0), [Task::Hush, Task::Choose(Some(2))]);
    assert_eq!(phone.step(note(8), 0), [], "the old stream is heard no more");
    assert_eq!(phone.step(Event::Chosen(true), 0), [Task::Look]);
    assert_eq!(phone.step(held(Some(2)), 0), [Task::Keep, Task::Listen(None)], "and all of theirs comes");
    assert_eq!((phone.memory.user, phone.memory.notes.len(), phone.trial), (Some(2), 0, None));
}

#[test]
fn a_choice_that_fails_changes_nobody() {
    let mut phone = connected();
    phone.step(Event::Choose(Some(2)), 0);
    assert_eq!(phone.step(Event::Chosen(false), 0), [Task::Look]);
    assert_eq!(phone.step(held(Some(1)), 0), [Task::Listen(Some("s-7".to_owned()))], "from where it was");
    assert_eq!(phone.memory.notes.len(), 1);
}

#[test]
fn nobody_may_choose_while_something_is_not_sent() {
    let mut phone = connected();
    let asked = Asked { what: What::Like, post: 1, key: "k".into() };
    phone.step(Event::Press(asked), 0);
    phone.step(Event::Looked(None), 0);
    assert!(!phone.may_choose() && phone.pause.is_some_and(|pause| pause.away));
    assert_eq!(phone.step(Event::Choose(Some(2)), 0), [], "a like is never sent as somebody else");
}

#[test]
fn a_session_that_ends_is_not_connected_for_ever() {
    let mut phone = connected();
    assert_eq!(phone.step(Event::Broken, 0), [Task::Hush]);
    assert_eq!(phone.step(Event::Woke, 999), [], "not before its time");
    assert_eq!(phone.step(Event::Woke, 1_000), [Task::Look]);
    assert_eq!(phone.step(held(None), 1_000), [Task::Keep], "nobody is signed in, so there is nothing to hear");
    assert_eq!((phone.stream, phone.wakes(), phone.me()), (Stream::Closed, None, None));
}

#[test]
fn a_reload_goes_on_where_it_was() {
    let phone = connected();
    let mut again = Phone::new(Memory::read(&phone.memory.write()));
    again.step(Event::Hurry, 0);
    assert_eq!(again.step(held(Some(1)), 0), [Task::Listen(Some("s-7".to_owned()))]);
    again.step(Event::Opened, 0);
    assert_eq!((again.step(note(7), 0), again.came), (Vec::new(), 0), "shown once, over the reload, too");
}
