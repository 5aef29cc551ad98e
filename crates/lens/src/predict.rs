//! What the bundled server will answer to a like, worked out before it is asked: the course's own backend.js and
//! PostgreSQL, with the rows that the server says it holds.
//!
//! The request goes to the application the way it does in the course, through nginx. What differs from what the bundled
//! server then says is listed, with the reasons, in [`phone::compare`].
//!
//! Two things cannot be read by a script, and something stands in for each. The session's token is in a cookie that no
//! script sees: another token stands for it. Whose a post's likes are is told to nobody: as many others as it takes. No
//! answer holds either. All other rows of the course are left out, among them the phones that the push service knows: the
//! bundled server tells the owner by its own stream, after the answer.

use engine::journey::{Action, Timed, run};
use engine::message::{Header, Message, Response};
use engine::place::Place;
use engine::state::State;
use engine::time::Micros;
use engine::trace::{Act, Trace};
use engine::world::{SCHEMA, World};
use phone::exchange::{Asked, Reply};
use phone::held::{Held, Post};

/// Stands for the token that the cookie holds.
const TOKEN: &str = "this-phone";

/// The answer to this request, as [`Reply::write`] has it; or why there is none, in words. `about` is the request on its
/// first line ([`Asked::write`]) and below it what the server holds.
pub fn predict(about: &str) -> String {
    let (first, rest) = about.split_once('\n').unwrap_or((about, ""));
    let (Some(asked), Some(held)) = (Asked::read(first), Held::read(rest)) else {
        return "What the server holds cannot be read.".to_owned();
    };
    let Some(world) = world(&held) else {
        return "not modelled: a post with more likes than there are users".to_owned();
    };
    let action = Timed { at: Micros::ZERO, what: Action::Command(command(&asked, &held)) };
    let (trace, _) = run(&world, &State::booted(&world), &[action], 0);
    answered(&trace).map_or_else(|| "The engine got no answer.".to_owned(), |response| reply(response).write())
}

/// The request as it is sent on the instance: what the page sets, and the cookie that the browser adds.
fn command(asked: &Asked, held: &Held) -> String {
    let mut words = ["curl -s -X ", asked.what.method()].concat();
    for (name, value) in asked.headers() {
        words += &[" -H '", name, ": ", &value, "'"].concat();
    }
    if held.me.is_some() {
        words += &[" -H 'Cookie: session=", TOKEN, "'"].concat();
    }
    [&words, " https://backend-demo.senus.doxyz", &asked.path()].concat()
}

/// The last answer that came back from nginx.
fn answered(trace: &Trace) -> Option<&Response> {
    trace.steps.iter().rev().find_map(|step| match &step.act {
        Act::Travel { from: Place::Proxy, message: Message::Response(response), .. } => Some(&**response),
        _ => None,
    })
}

fn reply(response: &Response) -> Reply {
    let pair = |(name, value): &Header| (name.to_string(), value.to_string());
    Reply { status: response.status, headers: response.headers.iter().map(pair).collect(), body: response.body.clone() }
}

/// The course's world, with these rows in place of its own.
fn world(held: &Held) -> Option<World> {
    let course = World::course();
    let mut tables = String::new();
    let mut rest = course.text(SCHEMA)?;
    while let Some((before, insert)) = rest.split_once("INSERT INTO ") {
        tables += before;
        rest = insert.split_once(";\n")?.1;
    }
    let users = held.users.iter().map(|user| row(&[user.id.to_string(), quoted(&user.name)]));
    let sessions = held.me.iter().map(|me| row(&[quoted(TOKEN), me.id.to_string(), quoted("2100-01-01 00:00:00+00")]));
    let owner = |post: &Post| held.owner(post).map_or(0, |owner| owner.id).to_string();
    let posts = held.posts.iter().map(|post| row(&[post.id.to_string(), owner(post), quoted(&post.body)]));
    let likes = held.posts.iter().map(|post| likes(held, post)).collect::<Option<Vec<_>>>()?;
    tables += &insert("users (id, name)", "", &users.collect::<Vec<_>>());
    tables += &insert("sessions (token, user_id, expires_at)", "", &sessions.collect::<Vec<_>>());
    tables += &insert("posts (id, user_id, body)", " OVERRIDING SYSTEM VALUE", &posts.collect::<Vec<_>>());
    tables += &insert("likes (user_id, post_id)", "", &likes.concat());
    Some(course.with_text(SCHEMA, &(tables + rest)))
}

/// The likes of a post: one's own, and as many others as it takes.
fn likes(held: &Held, post: &Post) -> Option<Vec<String>> {
    let me = held.me.as_ref().map(|me| me.id);
    let mine = me.filter(|_| held.liked.contains(&post.id));
    let others = held.users.iter().map(|user| user.id).filter(|id| Some(*id) != me);
    let count = usize::try_from(post.likes).ok()?;
    let who: Vec<i64> = mine.into_iter().chain(others).take(count).collect();
    let rows = who.iter().map(|id| row(&[id.to_string(), post.id.to_string()])).collect();
    (who.len() == count).then_some(rows)
}

fn insert(table: &str, how: &str, rows: &[String]) -> String {
    match rows.is_empty() {
        true => String::new(),
        false => ["INSERT INTO ", table, how, " VALUES\n  ", &rows.join(",\n  "), ";\n\n"].concat(),
    }
}

fn row(values: &[String]) -> String {
    ["(", &values.join(", "), ")"].concat()
}

/// A constant of SQL: an apostrophe in it is written twice (PostgreSQL, "String Constants").
fn quoted(text: &str) -> String {
    ["'", &text.replace('\'', "''"), "'"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HELD: &str = "{\"store\":{\"id\":\"0a1b\"},\"since_start\":{\"changes\":7}}\n\
        {\"user\":{\"id\":1,\"name\":\"Ada\"},\"liked\":[1]}\n\
        [{\"id\":1,\"name\":\"Ada\"},{\"id\":2,\"name\":\"Grace O'Hopper\"},{\"id\":5,\"name\":\"Linus\"}]\n\
        [{\"id\":1,\"author\":\"Ada\",\"body\":\"a\",\"likes\":3},{\"id\":4,\"author\":\"Grace O'Hopper\",\"body\":\"it's; --\",\"likes\":1}]";

    fn said(line: &str, held: &str) -> (u16, String) {
        let said = predict(&[line, "\n", held].concat());
        let reply = Reply::read(&said).unwrap_or_else(|| panic!("{line}: {said}"));
        assert_eq!(reply.header("content-length"), Some(reply.body.len().to_string().as_str()));
        assert_eq!(reply.header("content-type"), Some("application/json; charset=utf-8"));
        (reply.status, reply.body)
    }

    #[test]
    fn rows_of_a_server_are_the_rows_of_the_engine() {
        for (line, status, body) in [
            ("POST 4 k", 200, "{\"likes\":2}"),
            ("POST 1 k", 200, "{\"likes\":3}"),
            ("POST 99 k", 404, "{\"error\":\"no such post\"}"),
            ("DELETE 1 k", 200, "{\"likes\":2}"),
            ("DELETE 4 k", 200, "{\"likes\":1}"),
            ("DELETE 99 k", 200, "{\"likes\":0}"),
        ] {
            assert_eq!(said(line, HELD), (status, body.to_owned()), "{line}");
        }
        let nobody = HELD.replace("{\"user\":{\"id\":1,\"name\":\"Ada\"},\"liked\":[1]}", "{\"user\":null}");
        assert_eq!(said("POST 1 k", &nobody), (401, "{\"error\":\"not signed in\"}".to_owned()));
    }

    #[test]
    fn what_cannot_be_is_said() {
        assert!(predict("").contains("cannot be read") && predict("GET 1 k\n").contains("cannot be read"));
        let many = HELD.replace("\"likes\":1", "\"likes\":4");
        assert!(predict(&["POST 1 k\n", &many].concat()).starts_with("not modelled"));
    }
}
