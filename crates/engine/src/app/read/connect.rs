//! The forms of Connect (`@connectrpc/connect-node` 2): a service whose handlers return their answer, behind one adapter that
//! speaks gRPC and gRPC-Web. `gen/users_pb.js` is what `buf generate` makes of `users.proto`; here that is read itself.

use super::super::grpc::{Callback, Grpc, Method};
use super::super::{Act, Expression, Listen};
use super::{Files, Read, Reader, Strange};
use crate::problem::{Problem, Source};
use crate::protobuf;

impl Reader<'_> {
    /// `const { a, b } = require("module");`, after `const`: whether it is one of the modules that are known in this form.
    pub(super) fn takes_names(&mut self, file: Files<'_, '_>, source: &Source, column: u32) -> bool {
        let start = self.at;
        let found = self.names_of_module();
        let Ok((names, module)) = found else {
            self.at = start;
            return false;
        };
        let known: &[&str] = match module.as_str() {
            "ws" => &["WebSocketServer"],
            "@connectrpc/connect" => &["Code", "ConnectError"],
            "@connectrpc/connect-node" => &["connectNodeAdapter"],
            _ => &[],
        };
        let generated = module.strip_suffix("_pb.js").and_then(|path| path.strip_prefix("./gen/"));
        if generated.is_none() && !names.iter().all(|name| known.contains(&name.as_str())) {
            self.at = start;
            return false;
        }
        if module == "@connectrpc/connect" {
            self.app.data.push(("Code".to_owned(), super::super::grpc::codes()));
        }
        if let Some(name) = generated {
            self.generated(name, &module, &names, file, source, column);
        }
        self.names.extend(names);
        true
    }

    /// `{ a, b } = require("module")`, and the end of the statement.
    fn names_of_module(&mut self) -> Read<(Vec<String>, String)> {
        self.want("{")?;
        let mut names = Vec::new();
        while !self.take("}") {
            names.push(self.word()?);
            if !self.take(",") && !self.is("}") {
                return Err(Strange);
            }
        }
        if !self.all(&["=", "require", "("]) {
            return Err(Strange);
        }
        let module = self.text()?;
        self.want(")")?;
        self.end()?;
        Ok((names, module))
    }

    /// What is generated from a description: the services by their names.
    fn generated(
        &mut self,
        name: &str,
        module: &str,
        names: &[String],
        file: Files<'_, '_>,
        source: &Source,
        column: u32,
    ) {
        let folder = self.document.rfind('/').map_or("", |at| &self.document[..=at]);
        let document = [folder, name, ".proto"].concat();
        let Some(text) = file(&document) else {
            let words = ["Error: Cannot find module '", module, "'"].concat();
            return self.app.problems.push(Problem::error(self.document, source.line, column, words));
        };
        let mut proto = protobuf::parse(&document, text);
        self.app.problems.append(&mut proto.problems);
        for name in names {
            // What is not generated is undefined, and the adapter finds no service in it.
            if !proto.services.iter().any(|service| service.name == *name) {
                let words = "TypeError: Cannot read properties of undefined (reading 'methods')".to_owned();
                self.app.problems.push(Problem::error(self.document, source.line, column, words));
            }
        }
        self.app.grpc = Some(Grpc { proto, connect: true, ..Grpc::default() });
    }

    /// `(router) => router.service(Users, { get(request) { … } });`, after the name of the constant: whether it is that.
    pub(super) fn routes(&mut self, name: &str, source: &Source) -> Read<bool> {
        let start = self.at;
        if !self.app.grpc.as_ref().is_some_and(|grpc| grpc.connect) || !self.take("(") {
            return Ok(false);
        }
        let router = self.word()?;
        if !self.all(&[")", "=>", &router, ".", "service", "("]) {
            self.at = start;
            return Ok(false);
        }
        let service = self.word()?;
        self.want(",")?;
        self.want("{")?;
        let mut methods = Vec::new();
        while !self.take("}") {
            let source = self.source();
            self.take("async");
            let key = self.word()?;
            let call = self.tokens.get(self.at + 1).map_or_else(String::new, |token| token.text.clone());
            let before = core::mem::replace(&mut self.returns, true);
            let body = self.method_body();
            self.returns = before;
            methods.push(Method { key, call, body: body?, source });
            if !self.take(",") && !self.is("}") {
                return Err(Strange);
            }
        }
        self.want(")")?;
        self.end()?;
        if let Some(grpc) = &mut self.app.grpc {
            let package =
                if grpc.proto.package.is_empty() { String::new() } else { [&grpc.proto.package, "."].concat() };
            grpc.service = Some(([package, service].concat(), source.clone()));
            grpc.methods = methods;
        }
        self.modules.push((name.to_owned(), ROUTES.to_owned()));
        Ok(true)
    }

    /// `http2.createServer(connectNodeAdapter({ routes })).listen(50051, "127.0.0.1");`: none where it is another statement.
    pub(super) fn serves_routes(&mut self, source: &Source) -> Option<Read<()>> {
        let (http2, _) = self.modules.iter().find(|(_, module)| module == "http2")?.clone();
        if !self.all(&[&http2, ".", "createServer", "(", "connectNodeAdapter", "(", "{"]) {
            return None;
        }
        Some(self.listens_with_routes(source))
    }

    fn listens_with_routes(&mut self, source: &Source) -> Read<()> {
        self.want("routes")?;
        if self.take(":") {
            self.word()?;
        }
        if !self.all(&["}", ")", ")", ".", "listen", "("]) {
            return Err(Strange);
        }
        let port = self.expression()?;
        let host = if self.take(",") && !self.is("(") { Some(self.expression()?) } else { None };
        self.app.listen = Some(Listen { port, host, source: source.clone() });
        self.skip_to_close();
        self.end()
    }

    /// `throw new ConnectError(words, code)`: none where it is another statement.
    pub(super) fn refusal_act(&mut self) -> Read<Option<Act>> {
        if !self.returns || !self.all(&["throw", "new", "ConnectError", "("]) {
            return Ok(None);
        }
        let words = self.expression()?;
        let code = if self.take(",") { self.expression()? } else { Expression::Literal(super::expressions::bare("2")) };
        self.want(")")?;
        let error = Some(Expression::Object(vec![("code".to_owned(), code), ("details".to_owned(), words)]));
        Ok(Some(Act::Callback(Callback { error, value: None, throws: true })))
    }
}

/// How the reader keeps in mind which name holds the routes.
const ROUTES: &str = "routes of Connect";
