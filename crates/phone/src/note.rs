//! A notification, and which were shown.
//!
//! A stream gives each notification at least once: after a broken connection it may give some again. Its ids are
//! `STORE-NUMBER`, and within a store the numbers only grow (docs/live.md). So the greatest number shown of each store is
//! all that must be kept to show each once.

use crate::json;

/// What the owner of a post is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The event's id, `STORE-NUMBER`.
    pub id: String,
    /// Who liked it.
    pub liked_by: i64,
    /// Which post.
    pub post: i64,
}

/// The greatest number shown of each store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen(pub Vec<(String, i64)>);

impl Note {
    /// An event of the stream: its id and its data. None where it is no such event.
    pub fn read(id: &str, data: &str) -> Option<Self> {
        let data = json::read(data)?;
        let number = |name| json::number(&data, name);
        split(id)?;
        Some(Self { id: id.to_owned(), liked_by: number("liked_by")?, post: number("post_id")? })
    }
}

impl Seen {
    /// Marks an id as shown. Says whether it is new.
    pub fn mark(&mut self, id: &str) -> bool {
        let Some((store, number)) = split(id) else { return false };
        match self.0.iter_mut().find(|(known, _)| known == store) {
            Some((_, last)) if *last >= number => false,
            Some((_, last)) => {
                *last = number;
                true
            }
            None => {
                self.0.push((store.to_owned(), number));
                true
            }
        }
    }

    /// The id to go on from at this store: `?after=` of a stream. None where all is new.
    pub fn after(&self, store: &str) -> Option<String> {
        let (store, number) = self.0.iter().find(|(known, _)| known == store)?;
        Some([store, "-", &number.to_string()].concat())
    }
}

/// The store and the number in an id.
pub fn split(id: &str) -> Option<(&str, i64)> {
    let (store, number) = id.split_once('-')?;
    Some((store, number.parse().ok().filter(|number| *number >= 0)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_new_once_in_its_store() {
        let mut seen = Seen::default();
        let ids = ["a-1", "a-1", "b-1", "a-3", "a-2", "b-2", "a-3", "a-", "4", "a--5"];
        let new: Vec<&str> = ids.into_iter().filter(|id| seen.mark(id)).collect();
        assert_eq!(new, ["a-1", "b-1", "a-3", "b-2"]);
        assert_eq!((seen.after("a").as_deref(), seen.after("c")), (Some("a-3"), None));
    }

    #[test]
    fn an_event_is_read() {
        let data = "{\"id\": 17, \"user_id\": 2, \"liked_by\": 1, \"post_id\": 3}";
        assert_eq!(Note::read("0a1b-17", data), Some(Note { id: "0a1b-17".into(), liked_by: 1, post: 3 }));
        for (id, data) in [("17", data), ("0a1b-17", "{}"), ("0a1b-17", "")] {
            assert_eq!(Note::read(id, data), None);
        }
    }
}
