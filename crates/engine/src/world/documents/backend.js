const express = require("express");
const cookieParser = require("cookie-parser");
const webpush = require("web-push");
const { Pool } = require("pg");
const users = require("./users.json");

const app = express();
app.use(cookieParser());
app.use(express.json());

const pool = new Pool({ host: "localhost", port: 5432, database: "demo", user: "backend" });
// The server may close a connection that nobody uses: the pool opens another when it needs one.
pool.on("error", (error) => console.error(error.message));

app.get("/", (req, res) => res.send("Hello from the backend"));
app.get("/users", (req, res) => res.json(users));
app.get("/users/:id", (req, res) => {
  const user = users.find((user) => user.id === Number(req.params.id));
  if (!user) return res.status(404).json({ error: "no such user" });
  res.json(user);
});

// Kept in memory only: gone when the process ends.
let likes = 0;
app.get("/like", (req, res) => res.json({ likes }));
app.post("/like", (req, res) => res.json({ likes: ++likes }));

// Counts here, on the server: only the number leaves.
app.get("/count", (req, res) => res.json({ count: users.filter((user) => user.name.length > 3).length }));

app.get("/posts", async (req, res, next) => {
  try {
    const { rows } = await pool.query(
      "SELECT posts.id, users.name AS author, body, (SELECT count(*)::int FROM likes WHERE post_id = posts.id) AS likes FROM posts JOIN users ON users.id = posts.user_id ORDER BY posts.id",
    );
    res.json(rows);
  } catch (error) {
    next(error);
  }
});

// Who asks: the session in the cookie leads to the user.
async function signedIn(req) {
  const { rows } = await pool.query(
    "SELECT user_id FROM sessions WHERE token = $1 AND expires_at > now()",
    [req.cookies.session],
  );
  return rows[0]?.user_id;
}

async function count(post) {
  const { rows } = await pool.query("SELECT count(*)::int AS likes FROM likes WHERE post_id = $1", [post]);
  return rows[0].likes;
}

app.post("/posts/:id/like", async (req, res, next) => {
  try {
    const user = await signedIn(req);
    if (!user) return res.status(401).json({ error: "not signed in" });
    const post = Number(req.params.id);
    await like(user, post);
    // The owner is told before the answer, as the figure has it. Whoever is in a hurry leaves the await out.
    await deliver();
    res.json({ likes: await count(post) });
  } catch (error) {
    if (error.code === "23503") return res.status(404).json({ error: "no such post" });
    next(error);
  }
});

// The like and what its post's owner is to be told: both, or neither.
async function like(user, post) {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    const liked = await client.query(
      "INSERT INTO likes (user_id, post_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
      [user, post],
    );
    const { rows } = await client.query("SELECT user_id FROM posts WHERE id = $1", [post]);
    if (liked.rowCount === 1 && rows[0].user_id !== user) {
      await client.query(
        "INSERT INTO notifications (user_id, liked_by, post_id) VALUES ($1, $2, $3)",
        [rows[0].user_id, user, post],
      );
    }
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
}

// Sends what is in the outbox. What the push service does not take stays there, and is tried again: so something may be sent
// twice, and a phone knows by its number what it has shown.
async function deliver() {
  try {
    const { rows } = await pool.query(
      "SELECT notifications.id, name, post_id, endpoint, p256dh, auth FROM notifications JOIN users ON users.id = liked_by JOIN subscriptions ON subscriptions.user_id = notifications.user_id WHERE sent_at IS NULL ORDER BY notifications.id",
    );
    for (const row of rows) {
      const message = { id: row.id, text: row.name + " likes your post " + row.post_id };
      await send(row, message, "UPDATE notifications SET sent_at = now() WHERE id = $1");
    }
  } catch (error) {
    console.error(error.message);
  }
}

// One message for one phone. Its row is marked when the push service has taken it.
async function send(row, message, mark) {
  const phone = { endpoint: row.endpoint, keys: { p256dh: row.p256dh, auth: row.auth } };
  try {
    await webpush.sendNotification(phone, JSON.stringify(message), { timeout: 2000 });
    await pool.query(mark, [row.id]);
  } catch (error) {
    console.error(error.message);
  }
}

setInterval(deliver, 20000);

app.delete("/posts/:id/like", async (req, res, next) => {
  try {
    const user = await signedIn(req);
    if (!user) return res.status(401).json({ error: "not signed in" });
    const post = Number(req.params.id);
    await pool.query("DELETE FROM likes WHERE user_id = $1 AND post_id = $2", [user, post]);
    res.json({ likes: await count(post) });
  } catch (error) {
    next(error);
  }
});

// The own profile.
app.get("/me", async (req, res, next) => {
  try {
    const user = await signedIn(req);
    if (!user) return res.status(401).json({ error: "not signed in" });
    const { rows } = await pool.query("SELECT id, name FROM users WHERE id = $1", [user]);
    res.json(rows[0]);
  } catch (error) {
    next(error);
  }
});

// A user's messages are for this user alone.
app.get("/users/:id/messages", async (req, res, next) => {
  try {
    const user = await signedIn(req);
    if (!user) return res.status(401).json({ error: "not signed in" });
    if (user !== Number(req.params.id)) return res.status(403).json({ error: "not yours" });
    const { rows } = await pool.query(
      "SELECT messages.id, name AS author, body FROM messages JOIN users ON users.id = sent_by WHERE user_id = $1 ORDER BY messages.id",
      [Number(req.params.id)],
    );
    res.json(rows);
  } catch (error) {
    next(error);
  }
});

// From one user to another: kept here, and handed on to the other one's phone.
app.post("/users/:id/messages", async (req, res, next) => {
  try {
    const user = await signedIn(req);
    if (!user) return res.status(401).json({ error: "not signed in" });
    const { rows } = await pool.query(
      "INSERT INTO messages (user_id, sent_by, body) VALUES ($1, $2, $3) RETURNING id",
      [Number(req.params.id), user, req.body.text],
    );
    await forward();
    res.status(201).json(rows[0]);
  } catch (error) {
    if (error.code === "23503") return res.status(404).json({ error: "no such user" });
    next(error);
  }
});

async function forward() {
  try {
    const { rows } = await pool.query(
      "SELECT messages.id, name, body, endpoint, p256dh, auth FROM messages JOIN users ON users.id = sent_by JOIN subscriptions ON subscriptions.user_id = messages.user_id WHERE sent_at IS NULL ORDER BY messages.id",
    );
    for (const row of rows) {
      const message = { id: "message-" + row.id, text: row.name + ": " + row.body };
      await send(row, message, "UPDATE messages SET sent_at = now() WHERE id = $1");
    }
  } catch (error) {
    console.error(error.message);
  }
}

setInterval(forward, 20000);

app.listen(process.env.PORT);
