//! What stands on the phone's screen, as text. Pure: everything is read off the phone.

use super::whose;
use course::html::escape;
use phone::exchange::What;
use phone::held::{Held, Post};
use phone::note::Note;
use phone::step::{Doing, Phone, Stream};

/// How things stand with the server, for somebody who looks; the seconds count down.
pub fn state(phone: &Phone, now: u64) -> String {
    let left = |until: u64| until.saturating_sub(now).div_ceil(1000).max(1).to_string();
    let (class, words) = match (phone.pause, phone.stream) {
        (Some(pause), _) if pause.away => {
            let words = ["The server does not answer. Reconnecting in ", &left(pause.until), " s."].concat();
            ("away", words)
        }
        _ if phone.held.is_none() => ("opening", "Looking for the server …".to_owned()),
        _ if phone.me().is_none() => ("none", "Nobody is signed in at this phone.".to_owned()),
        (_, Stream::Open) => ("open", "Connected: what is liked comes here at once.".to_owned()),
        (Some(pause), _) => {
            let words = ["The stream of notifications is closed. Reconnecting in ", &left(pause.until), " s."].concat();
            ("away", words)
        }
        _ => ("opening", "Connecting …".to_owned()),
    };
    let hurry =
        if class == "away" { "<button type=\"button\" id=\"live-hurry\" data-do=\"hurry\">Now</button>" } else { "" };
    ["<p class=\"", class, "\"><i aria-hidden=\"true\"></i><span>", &words, "</span>", hurry, "</p>"].concat()
}

/// The same for somebody who listens, without seconds, and what has come last.
pub fn said(phone: &Phone) -> String {
    let last = phone.memory.notes.last().filter(|_| phone.came > 0);
    let unsent = match phone.memory.unsent.len() {
        0 => String::new(),
        count => [" Not sent yet: ", &count.to_string(), "."].concat(),
    };
    match (phone.pause.is_some_and(|pause| pause.away), &phone.held, last) {
        (true, ..) => ["The server does not answer.", &unsent].concat(),
        (false, Some(held), Some(note)) => {
            let number = note.id.rsplit('-').next().unwrap_or_default();
            ["Notification ", number, ": ", &sentence(held, note)].concat()
        }
        _ => String::new(),
    }
}

/// Who holds this phone, and who else could.
pub fn who(phone: &Phone) -> String {
    let Some(held) = &phone.held else { return String::new() };
    let me = phone.me();
    let off = if phone.may_choose() { "" } else { " aria-disabled=\"true\"" };
    let mut out = String::from("<div role=\"group\" aria-label=\"Who you are\"><span>You are</span>");
    for user in &held.users {
        let (id, pressed) = (user.id.to_string(), if me == Some(user.id) { "true" } else { "false" });
        let name = escape(&user.name);
        out += &format!(
            "<button type=\"button\" id=\"live-user-{id}\" aria-pressed=\"{pressed}\" data-do=\"be {id}\"{off}>{name}</button>"
        );
    }
    let nobody = if me.is_none() { "true" } else { "false" };
    out += &format!(
        "<button type=\"button\" id=\"live-nobody\" aria-pressed=\"{nobody}\" data-do=\"leave\"{off}>Nobody</button></div>"
    );
    out
}

/// The posts, each with its count and its button; and one that is not there.
pub fn feed(phone: &Phone) -> String {
    let Some(held) = &phone.held else { return String::new() };
    let posts: String = held.posts.iter().map(|post| one(phone, held, post)).collect();
    let press = button("live-99", What::Like, NOT_THERE, "Like", " post 99");
    let waits = waits(phone, NOT_THERE);
    let missing = ["<p class=\"below\"><span>Post 99, which is not there</span>", &press, &waits, "</p>"].concat();
    ["<h3>Feed</h3><ul>", &posts, "<li>", &missing, "</li></ul>"].concat()
}

/// No post has this number.
const NOT_THERE: i64 = 99;

fn one(phone: &Phone, held: &Held, post: &Post) -> String {
    let likes = held.liked.contains(&post.id);
    let (id, count, body) = (post.id.to_string(), post.likes.to_string(), escape(&post.body));
    let about = [" “", &body, "”"].concat();
    let (other, word) = if likes { (What::Unlike, "Unlike") } else { (What::Like, "Like") };
    // The button that likes and the one that unlikes are one, so that the focus stays.
    let mut press = button(&["live-", &id].concat(), other, post.id, word, &about);
    if likes {
        press += &button(&["live-again-", &id].concat(), What::Like, post.id, "Like again", &about);
    }
    let words = if post.likes == 1 { " like" } else { " likes" };
    format!(
        "<li><p class=\"author\">{}</p><p>{body}</p><p class=\"below\"><span class=\"count\"><b>{count}</b>{words}</span>{press}{}</p></li>",
        escape(&post.author),
        waits(phone, post.id)
    )
}

fn button(id: &str, what: What, post: i64, word: &str, about: &str) -> String {
    let (word_of, class) = match what {
        What::Like => ("like", ""),
        What::Unlike => ("unlike", " class=\"liked\""),
    };
    format!(
        "<button type=\"button\" id=\"{id}\" data-do=\"{word_of} {post}\"{class}>{word}<span class=\"unseen\">{about}</span></button>"
    )
}

/// What was pressed below this post and is not answered yet.
fn waits(phone: &Phone, post: i64) -> String {
    let mine = phone.memory.unsent.iter().filter(|asked| asked.post == post);
    let word = |what: What| if what == What::Like { "Like" } else { "Unlike" };
    let count = mine.clone().count();
    let Some(first) = mine.clone().next() else { return String::new() };
    let under_way = phone.doing == Doing::Sending && phone.memory.unsent.first() == Some(first);
    let words = match (count, under_way) {
        (1, true) => [word(first.what), " is under way"].concat(),
        (1, false) => [word(first.what), ": not sent yet"].concat(),
        (more, _) => [&more.to_string(), " presses not answered yet"].concat(),
    };
    ["<em class=\"unsent\">", &words, "</em>"].concat()
}

/// What this phone was told, the newest first.
pub fn notes(phone: &Phone) -> String {
    let Some(held) = &phone.held else { return String::new() };
    let notes = phone.memory.notes.iter().rev();
    let one = |note: &Note| {
        let number = note.id.rsplit('-').next().unwrap_or_default();
        ["<li><span>", &escape(&sentence(held, note)), "</span> <small>", number, "</small></li>"].concat()
    };
    let items: String = notes.map(one).collect();
    let list = match (items.is_empty(), phone.me()) {
        (true, None) => "<p class=\"empty\">Sign in to be told.</p>".to_owned(),
        (true, _) => "<p class=\"empty\">Nobody has liked a post of yours yet.</p>".to_owned(),
        (false, _) => ["<ol>", &items, "</ol>"].concat(),
    };
    ["<h3>Notifications</h3>", &list].concat()
}

/// “Ada liked ‘A nanosecond …’”.
fn sentence(held: &Held, note: &Note) -> String {
    let body = held.post(note.post).map_or("a post", |post| &post.body);
    [held.name(note.liked_by), " liked “", body, "”"].concat()
}

/// The way to the phones of the others, each in a window of its own.
pub fn doors(phone: &Phone) -> String {
    let Some(held) = &phone.held else { return String::new() };
    let others = held.users.iter().filter(|user| Some(user.id) != phone.me());
    let link = |user: &phone::held::User| {
        format!(
            "<li><a id=\"live-door-{}\" href=\"{}\" target=\"_blank\" rel=\"noopener\">Open {}’s phone in another window</a></li>",
            user.id,
            escape(&whose::query(user)),
            escape(&user.name)
        )
    };
    ["<ul>", &others.map(link).collect::<String>(), "</ul>"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use phone::exchange::Asked;
    use phone::held::User;
    use phone::step::Pause;

    fn phone() -> Phone {
        let user = |id: i64, name: &str| User { id, name: name.to_owned() };
        let post = |id, likes| Post { id, author: "Grace".into(), body: "a <b>".into(), likes };
        let held = Held {
            users: vec![user(1, "Ada"), user(2, "Grace")],
            posts: vec![post(2, 1), post(3, 0)],
            me: Some(user(1, "Ada")),
            liked: vec![2],
            ..Held::default()
        };
        Phone { held: Some(held), ..Phone::default() }
    }

    #[test]
    fn a_post_says_what_holds() {
        let mut phone = phone();
        let html = feed(&phone);
        assert!(html.contains("<b>1</b> like<") && html.contains("<b>0</b> likes<"), "{html}");
        assert!(html.contains("data-do=\"unlike 2\"") && html.contains("data-do=\"like 2\""), "twice, too: {html}");
        assert!(html.contains("data-do=\"like 3\"") && !html.contains("unlike 3"), "{html}");
        assert!(html.contains("a &lt;b&gt;") && !html.contains("a <b>") && !html.contains("unsent"), "{html}");
        phone.memory.unsent.push(Asked { what: What::Like, post: 3, key: "k".into() });
        assert!(feed(&phone).contains("Like: not sent yet"));
        // The count is the server's, and no guess.
        assert!(feed(&phone).contains("<b>0</b> likes<"));
    }

    #[test]
    fn a_notification_is_a_sentence_and_is_escaped() {
        let mut phone = phone();
        phone.memory.show(Note { id: "s-17".into(), liked_by: 2, post: 3 });
        assert!(notes(&phone).contains("Grace liked “a &lt;b&gt;”"));
        assert_eq!(said(&phone), "", "what was there before is not read aloud");
        phone.came = 1;
        assert_eq!(said(&phone), "Notification 17: Grace liked “a <b>”");
    }

    #[test]
    fn the_state_counts_down_and_the_voice_does_not() {
        let mut phone = phone();
        phone.pause = Some(Pause { until: 4_001, away: true });
        assert!(state(&phone, 1).contains("Reconnecting in 4 s.") && state(&phone, 4_000).contains("in 1 s."));
        assert_eq!(said(&phone), "The server does not answer.");
        (phone.pause, phone.stream) = (None, Stream::Open);
        assert!(state(&phone, 1).contains("Connected"));
    }

    #[test]
    fn every_other_has_a_door() {
        let html = doors(&phone());
        assert!(html.contains("?phone=grace&amp;as=2") && html.contains("noopener") && !html.contains("ada"), "{html}");
    }
}
