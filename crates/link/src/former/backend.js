const express = require("express");
const users = require("./users.json");

const app = express();

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

app.listen(process.env.PORT);
