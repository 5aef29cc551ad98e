//! What the app on a phone holds: what it was sent, and nothing else. It is gone when the app is installed anew, and no
//! other phone has it.

use crate::journey::Press;
use crate::literal::{self, Data, Dialect, Value};
use crate::message::{Notice, Response};
use crate::time::Micros;
use core::net::Ipv4Addr;

/// One phone's app.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Handset {
    /// Its user's name.
    pub name: String,
    /// Where the phone is now, if it has left the network that its document says.
    pub moved: Option<Ipv4Addr>,
    /// What the app tells its user, and whether it is that something failed.
    pub says: String,
    /// See [`Handset::says`].
    pub failed: bool,
    /// The feed, as it was sent last; of a post that was liked and is not in it, its number and its likes.
    pub feed: Vec<Post>,
    /// The posts that its user likes, as far as the app knows: what it was told that it may fill the heart.
    pub liked: Vec<u32>,
    /// The own profile, as it was sent last: names and values.
    pub profile: Vec<(String, String)>,
    /// What a look at something else brought.
    pub looked: String,
    /// The notifications that were shown, the oldest first.
    pub notices: Vec<Notice>,
    /// How many came that had been shown already.
    pub again: u32,
    /// How many requests it has sent that change something: it makes keys of that.
    pub asked: u64,
    /// When the answer came that it shows.
    pub since: Micros,
}

/// A post in the feed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Post {
    /// Its number.
    pub id: u32,
    /// Who wrote it.
    pub author: String,
    /// What.
    pub body: String,
    /// How many like it.
    pub likes: String,
}

impl Handset {
    /// The app repaints: what the answer to a press means. An answer that comes later than one that was sent after it does
    /// not count.
    pub fn repaint(&mut self, press: &Press, response: &Response, at: Micros) {
        (self.says, self.failed) = said(press, response);
        let value = literal::parse(&response.body, Dialect::Json).ok().filter(|_| !self.failed);
        let late = at < self.since;
        self.since = self.since.max(at);
        let Some(value) = value.filter(|_| !late) else { return };
        let field = |of: &Value, name: &str| of.get(name).and_then(Value::text).unwrap_or("").to_owned();
        match press {
            Press::Like(post) | Press::Unlike(post) => {
                self.liked.retain(|other| other != post);
                if matches!(press, Press::Like(_)) {
                    self.liked.push(*post);
                }
                let likes = field(&value, "likes");
                match self.feed.iter_mut().find(|known| known.id == *post) {
                    Some(known) => known.likes = likes,
                    None => self.feed.push(Post { id: *post, likes, ..Post::default() }),
                }
            }
            Press::Feed => {
                let post = |value: &Value| Post {
                    id: field(value, "id").parse().unwrap_or(0),
                    author: field(value, "author"),
                    body: field(value, "body"),
                    likes: field(value, "likes"),
                };
                self.feed = value.items().iter().map(post).collect();
            }
            Press::Profile => {
                if let Data::Object(items) = &value.data {
                    let pair = |(name, value): &(String, Value)| (name.clone(), value.text().unwrap_or("").to_owned());
                    self.profile = items.iter().map(pair).collect();
                }
            }
            Press::Look(_) | Press::Send(_) => self.looked.clone_from(&response.body),
            Press::Write { .. } => {}
        }
    }

    /// Nobody answered.
    pub fn give_up(&mut self, words: &str, at: Micros) {
        (self.says, self.failed) = (words.to_owned(), true);
        self.since = self.since.max(at);
    }

    /// A push message has come. Whether it is shown: one whose number the app knows is not shown again.
    pub fn notified(&mut self, notice: &Notice) -> bool {
        let known = notice.id.is_some() && self.notices.iter().any(|other| other.id == notice.id);
        if known {
            self.again += 1;
        } else {
            self.notices.push(notice.clone());
        }
        !known
    }
}

/// The app's words for an answer, and whether they are that something failed.
fn said(press: &Press, response: &Response) -> (String, bool) {
    let value = literal::parse(&response.body, Dialect::Json).ok();
    let field = |name: &str| value.as_ref().and_then(|value| value.get(name)).and_then(Value::text).unwrap_or("?");
    let words = match (response.status, press) {
        (200..=299, Press::Like(_)) => ["Liked: ", &counted(field("likes"))].concat(),
        (200..=299, Press::Unlike(_)) => ["Not liked any more: ", &counted(field("likes"))].concat(),
        (200..=299, Press::Feed) => {
            [&value.as_ref().map_or(0, |value| value.items().len()).to_string(), " posts"].concat()
        }
        (200..=299, Press::Profile) => ["You are ", field("name")].concat(),
        (200..=299, Press::Write { .. }) => "Sent".to_owned(),
        (200..=299, Press::Look(_) | Press::Send(_)) => response.body.clone(),
        (401, _) => "Your session is over. Sign in again.".to_owned(),
        (403, _) => "You may not see this.".to_owned(),
        (404, Press::Like(_) | Press::Unlike(_)) => "This post is gone.".to_owned(),
        (404, _) => "There is no such thing.".to_owned(),
        (status, _) => ["Something went wrong (", &status.to_string(), ")."].concat(),
    };
    (words, !(200..=299).contains(&response.status))
}

fn counted(likes: &str) -> String {
    [likes, if likes == "1" { " like" } else { " likes" }].concat()
}
