//! `grpc_pass`: a request of HTTP/2 to a server behind, whatever the client speaks (`ngx_http_grpc_module.c`, 1.22.1).

use super::Machine;
use crate::message::{Header, Request};
use crate::proxy::Pass;
use crate::proxy::settings::Key;

/// Headers of the client's own connection, and those that nginx writes itself.
const OWN: [&str; 9] = [
    "Host",
    "Connection",
    "Content-Length",
    "TE",
    "Transfer-Encoding",
    "Keep-Alive",
    "Expect",
    "Upgrade",
    "Proxy-Connection",
];

impl Machine<'_> {
    /// The request that the server behind receives. It waits for trailers if the client does.
    pub(super) fn grpc_behind(&mut self, pass: &Pass) -> Request {
        let client = self.request;
        let set = self.block().settings.all(Key::GrpcSetHeader);
        let is_set = |name: &str| set.iter().any(|setting| setting.arg(0).eq_ignore_ascii_case(name));
        let host = set.iter().find(|setting| setting.arg(0).eq_ignore_ascii_case("Host"));
        let authority = host.map_or_else(|| pass.host.clone(), |setting| self.fill(setting.arg(1)));
        let mut headers: Vec<Header> = vec![("host".into(), authority.into())];
        if let Some(length) = client.header("Content-Length").filter(|_| !is_set("Content-Length")) {
            headers.push(("content-length".into(), length.to_owned().into()));
        }
        let waits = client.header("TE").is_some_and(|value| value.split(',').any(|word| word.trim() == "trailers"));
        if waits && !is_set("TE") {
            headers.push(("te".into(), "trailers".into()));
        }
        for setting in set.iter().filter(|setting| !setting.arg(0).eq_ignore_ascii_case("Host")) {
            let value = self.fill(setting.arg(1));
            if !value.is_empty() {
                headers.push((setting.arg(0).to_ascii_lowercase().into(), value.into()));
            }
        }
        for (name, value) in &client.headers {
            let own = OWN.iter().any(|own| own.eq_ignore_ascii_case(name));
            if !own && !is_set(name) {
                headers.push((name.to_ascii_lowercase().into(), value.clone()));
            }
        }
        let (method, target) = (self.method.clone(), self.target_behind(pass));
        let (body, data) = (client.body.clone(), client.data.clone());
        Request { method, target, version: "HTTP/2.0", headers, body, data, ..Request::default() }
    }
}
