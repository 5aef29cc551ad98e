const express = require("express");

const app = express();

app.get("/", (req, res) => res.send("<!DOCTYPE html><title>Frontend demo</title><h1>Hello from the frontend</h1>"));

app.listen(process.env.PORT);
