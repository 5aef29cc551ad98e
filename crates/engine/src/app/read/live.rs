//! The forms of `ws`: a server on the application's own, its handlers, and what they do with a socket.

use super::super::Act;
use super::super::live::{Handler, Live, Socket};
use super::{Read, Reader, Strange};
use crate::problem::Source;

impl Reader<'_> {
    /// `new WebSocketServer({ server, path: "/live" })`, where a value is expected.
    pub(super) fn live(&mut self, name: &str, source: &Source) -> Read<()> {
        let (mut path, mut server) = (None, false);
        while !self.take("}") {
            if self.all(&["path", ":"]) {
                path = Some(self.text()?);
            } else {
                self.want("server")?;
                if self.take(":") {
                    self.word()?;
                }
                server = true;
            }
            if !self.take(",") && !self.is("}") {
                return Err(Strange);
            }
        }
        self.want(")")?;
        if !server || self.app.live.is_some() {
            return Err(Strange);
        }
        let (name, source) = (name.to_owned(), source.clone());
        self.app.live = Some(Live { name, path, source, connection: None });
        Ok(())
    }

    /// `live.on("connection", (socket) => …);` at the top of the script.
    pub(super) fn on_connection(&mut self, source: &Source) -> Read<()> {
        self.at += 1;
        if !self.all(&[".", "on", "("]) || self.text()? != "connection" {
            return Err(Strange);
        }
        self.want(",")?;
        let before = self.socket.take();
        self.socket = Some(String::new());
        let handler = self.handler(source);
        self.socket = before;
        let handler = handler?;
        self.want(")")?;
        self.end()?;
        if let Some(live) = &mut self.app.live {
            live.connection = Some(handler);
        }
        Ok(())
    }

    /// A function with a name for its first parameter. While `socket` is empty, that parameter is the socket.
    fn handler(&mut self, source: &Source) -> Read<Handler> {
        let first =
            self.tokens[self.at..].iter().find(|token| !matches!(token.text.as_str(), "async" | "function" | "("));
        let takes = first.filter(|token| token.text != ")").map_or_else(String::new, |token| token.text.clone());
        if self.socket.as_ref().is_some_and(String::is_empty) {
            self.socket = Some(takes.clone());
        }
        Ok(Handler { takes, body: self.function()?, source: source.clone() })
    }

    /// A statement about the socket of the handler, or one that pings it again and again; none where it is another one.
    pub(super) fn socket_act(&mut self) -> Read<Option<Act>> {
        let Some(socket) = self.socket.clone() else { return Ok(None) };
        if self.all(&["setInterval", "(", "(", ")", "=>", &socket, ".", "ping", "(", ")", ","]) {
            let span = self.expression()?;
            self.want(")")?;
            return Ok(Some(Act::Socket(Socket::Beat(span))));
        }
        if !self.all(&[&socket, "."]) {
            return Ok(None);
        }
        let source = self.source();
        let method = self.word()?;
        self.want("(")?;
        let act = match method.as_str() {
            "send" => Socket::Send(self.expression()?),
            "ping" => Socket::Ping,
            "close" => {
                let code = if self.is(")") { None } else { Some(self.expression()?) };
                let reason = if self.take(",") { Some(self.expression()?) } else { None };
                Socket::Close(code, reason)
            }
            "on" => {
                let event = match self.text()?.as_str() {
                    "message" => "message",
                    "close" => "close",
                    _ => return Err(Strange),
                };
                self.want(",")?;
                self.deeper()?;
                let handler = self.handler(&source)?;
                self.depth -= 1;
                Socket::On(event, handler)
            }
            _ => return Err(Strange),
        };
        self.want(")")?;
        Ok(Some(Act::Socket(act)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_of_sockets_is_read() {
        let text = "const express = require(\"express\");\nconst { WebSocketServer } = require(\"ws\");\nconst app = express();\nlet likes = 0;\nconst server = app.listen(3001);\nconst live = new WebSocketServer({ server, path: \"/live\" });\nlive.on(\"connection\", (socket) => {\n  socket.on(\"message\", (data) => {\n    if (String(data) === \"like\") likes += 1;\n    socket.send(JSON.stringify({ likes }));\n  });\n  setInterval(() => socket.ping(), 30000);\n});\n";
        let app = super::super::parse("x.js", text, &|_| None);
        assert_eq!(app.problems, Vec::new());
        let live = app.live.expect("a server of sockets");
        assert_eq!((live.path.as_deref(), live.source.line), (Some("/live"), 6));
        let body = live.connection.expect("a handler").body;
        assert!(body.iter().all(|statement| matches!(statement.act, Act::Socket(_))), "{body:?}");
        assert_eq!(app.listen.expect("a port").source.line, 5);
    }
}
