-- The tables of the backend and their first rows. To make them anew, and lose what was added since:
--   sudo -u postgres psql -d demo -f schema.sql
DROP TABLE IF EXISTS messages, notifications, subscriptions, likes, posts, sessions, users;

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

-- What one user writes to another; also an outbox.
CREATE TABLE messages (
  id      integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id integer NOT NULL REFERENCES users,
  sent_by integer NOT NULL REFERENCES users,
  body    text NOT NULL,
  sent_at timestamptz
);

-- Where a user's phone can be reached: its push service, and the keys for what only the phone may read.
CREATE TABLE subscriptions (
  user_id  integer PRIMARY KEY REFERENCES users,
  endpoint text NOT NULL,
  p256dh   text NOT NULL,
  auth     text NOT NULL
);

INSERT INTO users (id, name) VALUES
  (1, 'Ada'),
  (2, 'Grace'),
  (3, 'Linus'),
  (4, 'Barbara');

INSERT INTO sessions (token, user_id, expires_at) VALUES
  ('ada-7f3c', 1, '2026-03-14 09:00:00+00'),
  ('grace-91be', 2, '2026-03-14 09:00:00+00'),
  ('linus-d205', 3, '2026-02-01 09:00:00+00'),
  ('barbara-e417', 4, '2026-03-14 09:00:00+00');

INSERT INTO posts (user_id, body) VALUES
  (1, 'Notes on the analytical engine'),
  (2, 'A nanosecond is 30 cm of wire'),
  (2, 'Found a moth in relay 70');

INSERT INTO likes (user_id, post_id) VALUES
  (2, 1),
  (3, 2);

INSERT INTO subscriptions (user_id, endpoint, p256dh, auth) VALUES
  (1, 'https://push.example.net/send/a81c', 'BHCfwTtdFNzjURTsOBPY9CAU9dp_VbQumetZvwO4eieGg-UIaQJ4qnBop8Hsl19BtGmyMVMJPM33uJMRPReWYzU', 'EUDZO9M_ee2cktcFoGNJew'),
  (2, 'https://push.example.net/send/9f02', 'BInAknPQ4HAQTmJi27Syu4JE5eo1mCHTPVVzuanQYK9G549TxHQRSBfjEmgUhVy_DFHfrYbuLJhzAdefChEKCmM', 'rjR2d0BmdXsqe8FDcr8TfQ'),
  (3, 'https://push.example.net/send/5d7e', 'BPeOMUUVWnPavYaKf_cHWZKEoFUEiK6f-6XbnmLT3b-Szr7zs-hJQMAORT3XSt6TKhH6IXmTagsEFFsk887DBr8', 'Y8E8vaGxblC1c7ZpcUM5XQ'),
  (4, 'https://push.example.net/send/c340', 'BImdGF_Cvx4ZvPlTb_1bQVQMyJmkL7LFUY0-PQcmhUrv6C4v4D7WWlQTev945iAAuAbRSzpp4WDAQc6tIoiGqKA', 'NVqhMuZMsi1EfQGVqvfW5w');

-- What the backend may do.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO backend;
