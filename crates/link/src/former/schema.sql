-- The tables of the backend and their first rows. To make them anew, and lose what was added since:
--   sudo -u postgres psql -d demo -f schema.sql
DROP TABLE IF EXISTS notifications, likes, posts, sessions, users;

CREATE TABLE users (
  id   integer PRIMARY KEY,
  name text NOT NULL
);

-- Who is signed in: the cookie of a browser holds the token.
CREATE TABLE sessions (
  token      text PRIMARY KEY,
  user_id    integer NOT NULL REFERENCES users,
  expires_at timestamptz NOT NULL
);

CREATE TABLE posts (
  id      integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id integer NOT NULL REFERENCES users,
  body    text NOT NULL
);

-- One like by one user for one post: the key takes no second one.
CREATE TABLE likes (
  user_id integer NOT NULL REFERENCES users,
  post_id integer NOT NULL REFERENCES posts,
  PRIMARY KEY (user_id, post_id)
);

-- The outbox: what somebody is to be told. Written together with the like, sent afterwards.
CREATE TABLE notifications (
  id       integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id  integer NOT NULL REFERENCES users,
  liked_by integer NOT NULL REFERENCES users,
  post_id  integer NOT NULL REFERENCES posts,
  sent_at  timestamptz
);

INSERT INTO users (id, name) VALUES
  (1, 'Ada'),
  (2, 'Grace'),
  (3, 'Linus');

INSERT INTO sessions (token, user_id, expires_at) VALUES
  ('ada-7f3c', 1, '2026-03-14 09:00:00+00'),
  ('grace-91be', 2, '2026-03-14 09:00:00+00'),
  ('linus-d205', 3, '2026-02-01 09:00:00+00');

INSERT INTO posts (user_id, body) VALUES
  (1, 'Notes on the analytical engine'),
  (2, 'A nanosecond is 30 cm of wire'),
  (2, 'Found a moth in relay 70');

INSERT INTO likes (user_id, post_id) VALUES
  (2, 1),
  (3, 2);

-- What the backend may do.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO backend;
