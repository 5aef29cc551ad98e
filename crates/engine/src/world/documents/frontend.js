const express = require("express");

const app = express();
const users = require("./users.json");

// Whatever lies in the folder is sent as it is: the page, its style, its scripts, its picture.
app.use(express.static("public"));

// The users themselves, for the page that counts them.
app.get("/users", (req, res) => res.json(users));

app.listen(process.env.PORT);
