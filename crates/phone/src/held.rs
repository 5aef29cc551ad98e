//! What the server says that it holds: read before each request, so that the engine can say what will be answered.
//!
//! Only what a phone may read is here. Whose the likes of a post are, the server tells nobody but those who gave them;
//! how many they are it tells everybody.

use crate::json;
use engine::literal::Value;

/// What was read, one moment after the other: if somebody changes something in between, [`Held::changes`] is another
/// number afterwards.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Which store: the ids of notifications begin with it.
    pub store: String,
    /// How many changes the server has carried out since it began.
    pub changes: i64,
    /// Everybody who can sign in.
    pub users: Vec<User>,
    /// The feed.
    pub posts: Vec<Post>,
    /// Who is signed in at this phone.
    pub me: Option<User>,
    /// The posts that they like.
    pub liked: Vec<i64>,
}

/// A row of `users`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct User {
    /// Its number.
    pub id: i64,
    /// The name.
    pub name: String,
}

/// An element of what `GET /posts` answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Post {
    /// Its number.
    pub id: i64,
    /// The name of whoever wrote it.
    pub author: String,
    /// What it says.
    pub body: String,
    /// How many like it.
    pub likes: i64,
}

/// What is asked, in this order, below the phone's own path; `state` is the server's.
pub const READS: [&str; 4] = ["state", "session", "users", "posts"];

impl Held {
    /// From the four answers, one a line, in the order of [`READS`]: JSON as the server writes it has no line ends.
    pub fn read(text: &str) -> Option<Self> {
        let mut lines = text.split('\n');
        let mut next = || json::read(lines.next()?);
        let (state, session, users, posts) = (next()?, next()?, next()?, next()?);
        let me = session.get("user").and_then(user);
        let liked = session.get("liked").map_or(&[][..], Value::items);
        Some(Self {
            store: json::text(state.get("store")?, "id")?,
            changes: json::number(state.get("since_start")?, "changes")?,
            users: users.items().iter().map(user).collect::<Option<_>>()?,
            posts: posts.items().iter().map(post).collect::<Option<_>>()?,
            me,
            liked: liked.iter().filter_map(json::whole).collect(),
        })
    }

    /// A post of the feed.
    pub fn post(&self, id: i64) -> Option<&Post> {
        self.posts.iter().find(|post| post.id == id)
    }

    /// The name of a user.
    pub fn name(&self, id: i64) -> &str {
        self.users.iter().find(|user| user.id == id).map_or("Somebody", |user| &user.name)
    }

    /// Whoever wrote a post, as a user.
    pub fn owner(&self, post: &Post) -> Option<&User> {
        self.users.iter().find(|user| user.name == post.author)
    }
}

fn user(value: &Value) -> Option<User> {
    Some(User { id: json::number(value, "id")?, name: json::text(value, "name")? })
}

fn post(value: &Value) -> Option<Post> {
    let text = |name| json::text(value, name);
    Some(Post {
        id: json::number(value, "id")?,
        author: text("author")?,
        body: text("body")?,
        likes: json::number(value, "likes")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_answers_are_what_the_server_holds() {
        let text = "{\"store\":{\"id\":\"0a1b\"},\"since_start\":{\"changes\":7}}\n\
                    {\"user\":{\"id\":1,\"name\":\"Ada\"},\"liked\":[2]}\n\
                    [{\"id\":1,\"name\":\"Ada\"}]\n\
                    [{\"id\":2,\"author\":\"Ada\",\"body\":\"a \\\"b\\\"\\n\",\"likes\":3}]";
        let held = Held::read(text).expect("it reads");
        assert_eq!((held.store.as_str(), held.changes, held.liked.as_slice()), ("0a1b", 7, &[2][..]));
        assert_eq!(held.post(2).map(|post| (post.body.as_str(), post.likes)), Some(("a \"b\"\n", 3)));
        assert_eq!(held.owner(&held.posts[0]).map(|user| user.id), Some(1));
        for end in 0..text.len() - 1 {
            assert_eq!(Held::read(&text[..end]), None, "{}", &text[..end]);
        }
    }
}
