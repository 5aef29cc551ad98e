-- The tables of the course's backend (schema.sql of its PostgreSQL), as SQLite takes them, and their first rows.
-- Moments are whole seconds since 1970 (unixepoch()).

CREATE TABLE users (
  id   INTEGER PRIMARY KEY,
  name TEXT NOT NULL
) STRICT;

-- Who is signed in: the cookie of a browser holds the token.
CREATE TABLE sessions (
  token      TEXT PRIMARY KEY,
  user_id    INTEGER NOT NULL REFERENCES users,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE posts (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id INTEGER NOT NULL REFERENCES users,
  body    TEXT NOT NULL
) STRICT;

-- One like by one user for one post: the key takes no second one.
CREATE TABLE likes (
  user_id INTEGER NOT NULL REFERENCES users,
  post_id INTEGER NOT NULL REFERENCES posts,
  PRIMARY KEY (user_id, post_id)
) STRICT, WITHOUT ROWID;

-- Counting a post's likes must not read those of all others.
CREATE INDEX likes_of_a_post ON likes (post_id);

-- The outbox: what somebody is to be told. Written together with the like, sent afterwards. A number is never given
-- twice, since a phone remembers the last one that it has shown.
CREATE TABLE notifications (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id  INTEGER NOT NULL REFERENCES users,
  liked_by INTEGER NOT NULL REFERENCES users,
  post_id  INTEGER NOT NULL REFERENCES posts,
  sent_at  INTEGER
) STRICT;

CREATE INDEX notifications_of_a_user ON notifications (user_id, id);

-- What was answered to a request that named a key, for whoever asks the same again.
CREATE TABLE idempotency_keys (
  user_id  INTEGER NOT NULL REFERENCES users,
  key      TEXT NOT NULL,
  request  TEXT NOT NULL,
  answer   TEXT NOT NULL,
  kept_at  INTEGER NOT NULL,
  PRIMARY KEY (user_id, key)
) STRICT, WITHOUT ROWID;

-- Which store this is: the numbers of another one mean nothing here.
CREATE TABLE store (
  id TEXT NOT NULL
) STRICT;

INSERT INTO users (id, name) VALUES
  (1, 'Ada'),
  (2, 'Grace'),
  (3, 'Linus');

INSERT INTO posts (user_id, body) VALUES
  (1, 'Notes on the analytical engine'),
  (2, 'A nanosecond is 30 cm of wire'),
  (2, 'Found a moth in relay 70');

INSERT INTO likes (user_id, post_id) VALUES
  (2, 1),
  (3, 2);

INSERT INTO store (id) VALUES (lower(hex(randomblob(4))));
