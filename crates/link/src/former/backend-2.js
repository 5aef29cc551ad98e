const express = require("express");
const cookieParser = require("cookie-parser");
const { Pool } = require("pg");
const users = require("./users.json");

const app = express();
app.use(cookieParser());

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

app.listen(process.env.PORT);
