//! The application tells somebody's phone something, through the push service that the phone is connected to (RFC 8030). The
//! application waits for the service only: it says that it has taken the message, not that the phone has it.
//!
//! Not modelled: how the application looks the service's name up, and connections to it that are used again.

use super::Journey;
use crate::app::pool::{Got, own, system};
use crate::app::push::{Push, headers, refused, taken};
use crate::literal::{self, Dialect, Value};
use crate::message::{Message, Notice, Request, Response};
use crate::phones::places;
use crate::place::Place;
use crate::problem::Source;
use crate::sockets::Owner;
use crate::text::short;
use crate::time::Micros;
use crate::trace::{Basis, Ruling};
use crate::url::Url;

/// How long Linux tries to connect (see `give_up` in `connect`).
const SYNS: Micros = Micros::seconds(131);

impl Journey<'_> {
    /// Hands a message to the push service, and delivers it where the service takes it. What the promise gives.
    pub(super) fn push(&mut self, process: usize, push: &Push, source: &Source) -> Got {
        let place = self.program(Owner::Process(process));
        let basis = self.state.process_basis(self.world, process, source);
        let words = ["hands a message for a phone to its push service: ", &push.payload].concat();
        self.record.decide("app-notifies", place, Ruling::Choose, words, basis);
        let phones = self.phones;
        let endpoint = |phone: &crate::phones::Phone| phone.push.as_ref().map(|(endpoint, _)| endpoint.clone());
        let url = Url::parse(&push.endpoint);
        let known = |host: &str| {
            phones.phones.iter().filter_map(endpoint).any(|own| Url::parse(&own).is_some_and(|own| own.host == host))
        };
        let Some((url, address)) = url.filter(|url| known(&url.host)).zip(phones.service.clone()) else {
            let host = Url::parse(&push.endpoint).map_or_else(|| push.endpoint.clone(), |url| url.host);
            let words = ["getaddrinfo ENOTFOUND ", &host].concat();
            let basis = Basis::Absent { document: "phones".into(), sought: ["push service at ", &host].concat() };
            self.record.decide("push-unknown", place, Ruling::Fail, words, basis);
            return Got::Error(system("ENOTFOUND", "getaddrinfo", &host));
        };
        let (address, _) = address;
        let at = [&short(address) as &str, ":", &short(url.port)].concat();
        match self.group.lets_out(address, url.port).map(|rule| rule.source.clone()) {
            Some(source) => {
                let words = ["lets out tcp port ", &short(url.port), " to ", &short(address)].concat();
                self.record.decide("push-let-out", Place::Firewall, Ruling::Allow, words, source.into());
            }
            None => {
                let sought = ["outbound rule for tcp port ", &short(url.port), " to ", &short(address)].concat();
                let words = ["no rule lets out tcp port ", &short(url.port), ": dropped, and nobody is told"].concat();
                let basis = Basis::Absent { document: self.group.document.clone(), sought };
                self.record.decide("push-let-out", Place::Firewall, Ruling::Drop, words, basis);
                return self.push_silent(place, push, &at);
            }
        }
        let Some((status, line)) = self.service() else { return self.push_silent(place, push, &at) };
        let span = phones.from_app;
        let basis = Basis::Standard {
            source: "RFC 8446 section 2",
            says: "a connection with TLS 1.3 costs two round trips before the request: one for TCP, one for TLS",
        };
        let words = ["connects to the push service at ", &at, ", with TLS"].concat();
        self.record.decide_after(span + span + span + span, "push-connects", place, Ruling::Choose, words, basis);
        let request = Request {
            method: "POST".into(),
            target: url.target.clone(),
            version: "HTTP/1.1",
            headers: headers(push, &url.authority()),
            secure: true,
            body: if push.payload.is_empty() {
                String::new()
            } else {
                ["(only the phone can read this) ", &push.payload].concat()
            },
            ..Request::default()
        };
        self.record.hop("push-request", (place, Place::Push, span), Message::Request(request.into()));
        let phone = phones.phones.iter().position(|phone| endpoint(phone).as_ref() == Some(&push.endpoint));
        let (status, basis) = match phone {
            None => {
                let sought = ["phone at ", &push.endpoint].concat();
                (404, Basis::Absent { document: "phones".into(), sought })
            }
            Some(_) => (status, line.into()),
        };
        let took = (200..300).contains(&status);
        let reason = crate::app::reason(status);
        let (ruling, end) = match took {
            true => (Ruling::Answer, ": will deliver it"),
            false => (Ruling::Refuse, ": has not taken it"),
        };
        self.record.decide("push-accepts", Place::Push, ruling, [&short(status), " ", reason, end].concat(), basis);
        let accepted = self.record.now;
        let headers = vec![("Content-Length".into(), "0".into())];
        let response = Response {
            status,
            reason: reason.into(),
            version: "HTTP/1.1",
            headers,
            secure: true,
            ..Response::default()
        };
        self.record.hop("push-answer", (Place::Push, place, span), Message::Response(response.into()));
        if !took {
            return Got::Error(refused(status, &push.endpoint));
        }
        let back = core::mem::replace(&mut self.record.now, accepted);
        if let Some(number) = phone {
            self.deliver(number, push);
        }
        self.record.now = back;
        Got::Value(taken(status))
    }

    /// What the push service answers now, and by which line; none where nobody answers.
    fn service(&self) -> Option<(u16, Source)> {
        match (&self.phones.busy, &self.phones.answers) {
            (Some((until, source)), _) if self.record.now < *until => Some((503, source.clone())),
            (_, Some((status, source))) if *status > 0 => Some((*status, source.clone())),
            _ => None,
        }
    }

    /// Nobody answers: the library gives up when its socket has been silent for so long, Linux after eleven SYNs.
    fn push_silent(&mut self, place: Place, push: &Push, at: &str) -> Got {
        let (span, words, error) = match push.timeout.filter(|timeout| *timeout < SYNS) {
            Some(timeout) => (timeout, "Socket timeout".to_owned(), own("Socket timeout")),
            None => (SYNS, ["connect ETIMEDOUT ", at].concat(), system("ETIMEDOUT", "connect", at)),
        };
        let basis = Basis::Standard {
            source: "web-push 3.6, sendNotification, timeout",
            says: "a request whose socket is silent for so long is given up; without the option the system decides",
        };
        self.record.decide_after(span, "push-gives-up", place, Ruling::GiveUp, words, basis);
        Got::Error(error)
    }

    /// The push service has a connection to every phone, and hands the message on.
    fn deliver(&mut self, number: usize, push: &Push) {
        let (place, _) = places(number);
        let name = self.phones.phones[number].name.clone();
        let value = literal::parse(&push.payload, Dialect::Json).ok();
        let field = |name: &str| value.as_ref().and_then(|value| value.get(name)).and_then(Value::text);
        let notice = Notice {
            id: field("id").map(str::to_owned),
            text: field("text").unwrap_or(&push.payload).to_owned(),
            payload: push.payload.clone(),
        };
        let hop = (Place::Push, place, self.phones.to_phone);
        self.record.hop("push-message", hop, Message::Notice(notice.clone().into()));
        let number = notice.id.as_deref().unwrap_or("without a number");
        if self.state.handset_mut(&name).notified(&notice) {
            let what = ["the app has not shown number ", number, " yet"].concat();
            let words = ["shows: ", &notice.text].concat();
            self.record.decide("notification-shown", place, Ruling::Answer, words, Basis::State { what });
        } else {
            let what = ["the app has shown number ", number, " already"].concat();
            self.record.decide("notification-known", place, Ruling::Drop, "shows nothing twice", Basis::State { what });
        }
    }
}
