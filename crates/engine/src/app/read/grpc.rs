//! The forms of `@grpc/grpc-js`: the description, the server, its handlers, and where it listens.

use super::super::grpc::{Callback, Grpc, Method};
use super::super::{Act, Expression, Listen};
use super::expressions::bare;
use super::{Files, Read, Reader, Strange};
use crate::literal::{Data, Value};
use crate::problem::{Problem, Source};
use crate::protobuf;

impl Reader<'_> {
    /// What a `require` of one of gRPC's modules means; whether it is one.
    pub(super) fn grpc_module(&mut self, name: &str, module: &str) -> bool {
        match module {
            "@grpc/grpc-js" => self.app.data.push((name.to_owned(), super::super::grpc::library())),
            "@grpc/proto-loader" | "http2" => {}
            _ => return false,
        }
        self.modules.push((name.to_owned(), module.to_owned()));
        true
    }

    /// The name of what a module was required as.
    fn module(&self, module: &str) -> Option<String> {
        self.modules.iter().find(|(_, known)| known == module).map(|(name, _)| name.clone())
    }

    /// `const { demo } = grpc.loadPackageDefinition(loader.loadSync("users.proto"));`, after `const`: whether it is that.
    pub(super) fn takes_package(&mut self, file: Files<'_, '_>, source: &Source, column: u32) -> Read<bool> {
        let Some((grpc, loader)) = self.module("@grpc/grpc-js").zip(self.module("@grpc/proto-loader")) else {
            return Ok(false);
        };
        let start = self.at;
        if !self.take("{") {
            return Ok(false);
        }
        let name = self.word()?;
        if !self.all(&["}", "=", &grpc, ".", "loadPackageDefinition", "(", &loader, ".", "loadSync", "("]) {
            self.at = start;
            return Ok(false);
        }
        let path = self.text()?;
        self.want(")")?;
        self.want(")")?;
        self.end()?;
        let folder = self.document.rfind('/').map_or("", |at| &self.document[..=at]);
        let document = [folder, path.trim_start_matches("./")].concat();
        let Some(text) = file(&document) else {
            let words = ["Error: ENOENT: no such file or directory, open '", &path, "'"].concat();
            self.app.problems.push(Problem::error(self.document, source.line, column, words));
            return Ok(true);
        };
        let mut proto = protobuf::parse(&document, text);
        self.app.problems.append(&mut proto.problems);
        self.names.push(name);
        self.app.grpc = Some(Grpc { proto, ..Grpc::default() });
        Ok(true)
    }

    /// `const server = new grpc.Server();`, from `new`: whether it is that.
    pub(super) fn grpc_server(&mut self, name: &str) -> bool {
        let Some(grpc) = self.module("@grpc/grpc-js") else { return false };
        let fits = self.all(&["new", &grpc, ".", "Server", "(", ")"]);
        if fits {
            self.modules.push((name.to_owned(), SERVER.to_owned()));
        }
        fits
    }

    /// A statement about the server: `server.addService(…)`, `server.bindAsync(…)`. None where it is another one.
    pub(super) fn on_grpc_server(&mut self, source: &Source) -> Option<Read<()>> {
        let server = self.module(SERVER)?;
        let grpc = self.module("@grpc/grpc-js")?;
        if self.all(&[&server, ".", "addService", "("]) {
            return Some(self.add_service(source));
        }
        if self.all(&[&server, ".", "bindAsync", "("]) {
            return Some(self.bind_async(&grpc, source));
        }
        None
    }

    /// `demo.Users.service, { get: (call, callback) => { … } });`
    fn add_service(&mut self, source: &Source) -> Read<()> {
        let (line, column) = (self.now().line, self.now().column);
        let mut path = vec![self.word()?];
        while self.take(".") {
            path.push(self.word()?);
        }
        if path.pop().as_deref() != Some("service") {
            return Err(Strange);
        }
        self.want(",")?;
        self.want("{")?;
        let mut methods = Vec::new();
        while !self.take("}") {
            let source = self.source();
            let key = self.word()?;
            self.want(":")?;
            methods.push(self.method(key, source)?);
            if !self.take(",") && !self.is("}") {
                return Err(Strange);
            }
        }
        self.want(")")?;
        self.end()?;
        let Some(grpc) = &mut self.app.grpc else { return Err(Strange) };
        let name = path.last().map_or("", String::as_str);
        if path.first() != grpc.proto.package.split('.').next().map(str::to_owned).as_ref() {
            let words = ["TypeError: Cannot read properties of undefined (reading '", name, "')"].concat();
            self.app.problems.push(Problem::error(self.document, line, column, words));
            return Ok(());
        }
        if !grpc.proto.services.iter().any(|service| service.name == name) {
            let words = "TypeError: Cannot read properties of undefined (reading 'service')".to_owned();
            self.app.problems.push(Problem::error(self.document, line, column, words));
            return Ok(());
        }
        grpc.service = Some((path.join("."), source.clone()));
        grpc.methods = methods;
        Ok(())
    }

    /// `(call, callback) => { … }`.
    fn method(&mut self, key: String, source: Source) -> Read<Method> {
        let start = self.at;
        let fits = self.take("(");
        let call = self.word()?;
        let comma = self.take(",");
        let callback = if comma { self.word()? } else { String::new() };
        if !fits {
            return Err(Strange);
        }
        self.at = start;
        let before = self.callback.replace(callback);
        let body = self.function();
        self.callback = before;
        Ok(Method { key, call, body: body?, source })
    }

    /// `callback(error, value)`, in the handler of a call; none where it is another statement.
    pub(super) fn callback_act(&mut self) -> Read<Option<Act>> {
        let Some(callback) = self.callback.clone().filter(|name| !name.is_empty()) else { return Ok(None) };
        if !self.all(&[&callback, "("]) {
            return Ok(None);
        }
        let error = match () {
            () if self.is(")") => None,
            // `new Error("…")` is an object with a message.
            () if self.all(&["new", "Error", "("]) => {
                let words = self.expression()?;
                self.want(")")?;
                Some(Expression::Object(vec![("message".to_owned(), words)]))
            }
            () => Some(self.expression()?),
        };
        let value = if self.take(",") { Some(self.expression()?) } else { None };
        self.want(")")?;
        Ok(Some(Act::Callback(Callback { error, value, throws: false })))
    }

    /// `"127.0.0.1:50051", grpc.ServerCredentials.createInsecure(), …);`
    fn bind_async(&mut self, grpc: &str, source: &Source) -> Read<()> {
        let address = self.text()?;
        self.want(",")?;
        if !self.all(&[grpc, ".", "ServerCredentials", ".", "createInsecure", "(", ")"]) {
            return Err(Strange);
        }
        self.skip_to_close();
        self.end()?;
        let (host, port) = address.rsplit_once(':').ok_or(Strange)?;
        let text = |text: &str| Expression::Literal(Value { line: source.line, data: Data::Text(text.to_owned()) });
        let host = Some(text(host));
        self.app.listen = Some(Listen { port: Expression::Literal(bare(port)), host, source: source.clone() });
        Ok(())
    }
}

/// How the reader keeps in mind which name is the server.
const SERVER: &str = "new grpc.Server()";
