const express = require("express");
const users = require("./users.json");

const app = express();

app.get("/", (req, res) => res.send("Hello from the backend"));
app.get("/users", (req, res) => res.json(users));

app.listen(process.env.PORT);
