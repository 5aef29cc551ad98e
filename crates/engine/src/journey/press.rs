//! Somebody presses something in the app on a phone. The app is an HTTP client of its own: it looks the server's name up,
//! connects, sends what its user wants together with the session that it holds, waits as long as it may, and repaints when
//! the answer has come.
//!
//! It follows no redirect, speaks HTTP/1.1 inside TLS and shows nothing before it knows: no heart is filled in advance.

use super::load::Purpose;
use super::together::Meeting;
use super::{Journey, Press, SOCKETS};
use crate::message::{Header, Request, Response};
use crate::pages;
use crate::phones::{Phone, places};
use crate::place::Place;
use crate::problem::Source;
use crate::text::short;
use crate::time::Micros;
use crate::trace::{Basis, Outcome, Ruling};
use crate::url::Url;
use core::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

/// What an app asks for.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    request: Request,
    /// The phone leaves its network so long after the request has left it.
    leaves: Option<(Micros, Source)>,
    /// Whether it has, and the answer with it.
    lost: bool,
}

impl Asked {
    /// The request as it is sent to this server.
    pub(super) fn request(&self, url: &Url) -> Request {
        Request { target: url.target.clone(), secure: url.secure, ..self.request.clone() }
    }
}

/// How the app waits when its document does not say.
const PATIENCE: Micros = Micros::seconds(60);

impl Journey<'_> {
    /// A press, up to what the app then shows.
    pub(super) fn press(&mut self, name: &str, what: &Press) -> Outcome {
        let Some((number, phone)) = self.phones.find(name).filter(|(_, phone)| phone.address.is_some()) else {
            return Outcome::Printed(["there is no phone of ", name, " that has an address\n"].concat());
        };
        let (place, user) = places(number);
        let words = [name, " ", &meant(what)].concat();
        self.record.decide("presses", user, Ruling::Choose, words, phone.source.clone().into());
        let Some((server, _)) = &self.phones.server else {
            let basis = Basis::Absent { document: "phones".into(), sought: "server that the app asks".to_owned() };
            self.record.decide("app-sends", place, Ruling::Fail, "knows no server to ask", basis);
            return self.repaint(name, place, "There is nothing to ask.");
        };
        let (method, path, body) = asked(what);
        let target = if path.starts_with('/') { path } else { ["/", &path].concat() };
        let url = Url { target, ..server.clone() };
        let handset = self.state.handset_mut(name);
        handset.asked += u64::from(method != "GET");
        let key = ["\"", &name.to_lowercase(), "-", &handset.asked.to_string(), "\""].concat();
        let key = self.phones.keyed.is_some().then_some(key).filter(|_| method != "GET");
        let request = request(phone, &url, method, body, key);
        let most = self.phones.tries.as_ref().map_or(1, |(tries, _)| *tries);
        for tries in 1..=most {
            match self.try_once(name, phone, place, &url, &request) {
                Tried::Answer(response) => return self.shows(name, place, what, &response),
                Tried::Met => return Outcome::Printed(String::new()),
                Tried::NotModelled(words) => return Outcome::Printed(words),
                Tried::Nothing(words) if tries == most => return self.repaint(name, place, &words),
                Tried::Nothing(_) => {
                    let words = ["sends it again: ", &short(tries + 1), " of at most ", &short(most)].concat();
                    let source = self.phones.tries.as_ref().map(|(_, source)| source.clone()).unwrap_or_default();
                    self.record.decide("app-tries-again", place, Ruling::Choose, words, source.into());
                }
            }
        }
        Outcome::Printed(String::new())
    }

    /// Sends the request, and waits.
    fn try_once(&mut self, name: &str, phone: &Phone, place: Place, url: &Url, request: &Request) -> Tried {
        let begun = self.record.now;
        let (waits, source) = match &self.phones.waits {
            Some((waits, source)) => (*waits, Some(source.clone())),
            None => (PATIENCE, None),
        };
        let patience = || match &source {
            Some(source) => source.clone().into(),
            None => Basis::State { what: "the app waits a minute where nothing else is said".to_owned() },
        };
        let asks = [&*request.method, " ", &url.target].concat();
        let words = ["sends ", &asks, ", and waits at most ", &waits.to_string()].concat();
        self.record.decide("app-sends", place, Ruling::Choose, words, patience());
        let moved = self.state.handset(name).and_then(|handset| handset.moved);
        let leaves = phone.moves.as_ref().filter(|_| moved.is_none());
        let own = phone.address.as_ref().map_or(self.visitor, |(address, _)| *address);
        self.app = Some(Asked {
            request: request.clone(),
            leaves: leaves.map(|(after, _, source)| (*after, source.clone())),
            lost: false,
        });
        let (client, offers) = (self.client, self.offers);
        (self.client, self.offers, self.purpose) = (place, SOCKETS, Purpose::App);
        let limit = begun + waits;
        let exchanged = self.visit(moved.unwrap_or(own), |journey| {
            let exchanged = journey.exchange(url);
            if journey.record.now > limit {
                journey.state.connections.retain(|connection| connection.host != url.host);
            }
            exchanged
        });
        (self.client, self.offers, self.purpose) = (client, offers, Purpose::Open);
        let lost = self.app.take().is_some_and(|asked| asked.lost);
        if matches!(self.meeting, Meeting::Met(..)) {
            return Tried::Met;
        }
        if let (Break(Outcome::Printed(words)), false) = (&exchanged, lost) {
            return Tried::NotModelled(words.clone());
        }
        if lost || self.record.now > limit {
            if exchanged.is_continue() {
                let basis = Basis::Standard {
                    source: "RFC 9293 section 3.10.7.1",
                    says: "what arrives for a connection that is closed is answered with a reset, and nobody reads it",
                };
                let words = "the connection is closed: nobody reads this answer";
                self.record.decide("answer-late", place, Ruling::Drop, words, basis);
            }
            self.record.now = limit;
            let words = ["no answer for ", &waits.to_string(), ": closes the connection"].concat();
            self.record.decide("app-gives-up", place, Ruling::GiveUp, words, patience());
            return Tried::Nothing(["No answer for ", &waits.to_string(), ". It may have happened, or not."].concat());
        }
        match exchanged {
            Continue(response) => Tried::Answer(response),
            Break(_) => Tried::Nothing("No connection. Try again.".to_owned()),
        }
    }

    /// The answer that has just travelled to the phone: it is lost where the phone has left its network meanwhile. TCP sends
    /// it again to an address at which nobody is.
    pub(super) fn loses_answer(&mut self, url: &Url, sent: Micros) -> super::Flow<()> {
        let Some((after, source)) = self.app.as_ref().and_then(|asked| asked.leaves.clone()) else {
            return Continue(());
        };
        let (place, arrives, left) = (self.client, self.record.now, sent + after);
        let found = self.phones.phones.iter().enumerate().find(|(number, _)| places(*number).0 == place);
        let Some((name, (_, to, _))) = found.and_then(|(_, phone)| Some((phone.name.clone(), phone.moves.clone()?)))
        else {
            return Continue(());
        };
        self.record.now = left;
        let words =
            ["leaves its network: from now on it is at ", &short(to), ", and its connections are dead"].concat();
        self.record.decide("phone-moves", place, Ruling::Choose, words, source.clone().into());
        self.state.handset_mut(&name).moved = Some(to);
        self.record.now = arrives;
        if arrives < left {
            return Continue(());
        }
        if let Some(asked) = &mut self.app {
            asked.lost = true;
        }
        let words = "the answer comes to an address at which the phone is no longer: it is lost";
        self.record.decide("answer-lost", place, Ruling::Drop, words, source.into());
        Break(pages::error("ERR_TIMED_OUT", &url.host, &url.text()))
    }

    fn shows(&mut self, name: &str, place: Place, what: &Press, response: &Response) -> Outcome {
        if response.status == 403 {
            let basis = Basis::Standard {
                source: "RFC 9110 section 15.5.4",
                says: "the server has understood who asks for what, and refuses it",
            };
            self.record.decide("access-refused", place, Ruling::Refuse, "gets nothing of it: 403 Forbidden", basis);
        }
        let now = self.record.now;
        let handset = self.state.handset_mut(name);
        handset.repaint(what, response, now);
        let ruling = if handset.failed { Ruling::Refuse } else { Ruling::Answer };
        let says = handset.says.clone();
        let was = ["the answer was ", &short(response.status), " ", &response.reason].concat();
        self.record.decide("app-repaints", place, ruling, ["shows: ", &says].concat(), Basis::State { what: was });
        Outcome::Printed(says + "\n")
    }

    /// The app says that nobody answered.
    fn repaint(&mut self, name: &str, place: Place, says: &str) -> Outcome {
        let now = self.record.now;
        self.state.handset_mut(name).give_up(says, now);
        let basis = Basis::State { what: "nobody has answered".to_owned() };
        self.record.decide("app-repaints", place, Ruling::Refuse, ["shows: ", says].concat(), basis);
        Outcome::Printed([says, "\n"].concat())
    }
}

/// What came of one try.
enum Tried {
    Answer(Arc<Response>),
    /// No answer: what the app says of it.
    Nothing(String),
    /// It has stopped at the application, where others come, too.
    Met,
    NotModelled(String),
}

/// What somebody does, in words.
fn meant(what: &Press) -> String {
    match what {
        Press::Like(post) => ["presses Like on post ", &short(post)].concat(),
        Press::Unlike(post) => ["takes the like of post ", &short(post), " back"].concat(),
        Press::Feed => "opens the feed".to_owned(),
        Press::Profile => "opens the own profile".to_owned(),
        Press::Write { to, text } => ["writes to user ", &short(to), ": ", text].concat(),
        Press::Look(path) => ["lets the app ask for ", path].concat(),
        Press::Send(path) => ["lets the app send something to ", path].concat(),
    }
}

/// Method, path and body.
fn asked(what: &Press) -> (&'static str, String, String) {
    let like = |post: &u32| ["/posts/", &short(post), "/like"].concat();
    match what {
        Press::Like(post) => ("POST", like(post), String::new()),
        Press::Unlike(post) => ("DELETE", like(post), String::new()),
        Press::Feed => ("GET", "/posts".to_owned(), String::new()),
        Press::Profile => ("GET", "/me".to_owned(), String::new()),
        Press::Write { to, text } => {
            let mut json = String::new();
            crate::literal::Value { line: 0, data: crate::literal::Data::Text(text.clone()) }.json(&mut json);
            ("POST", ["/users/", &short(to), "/messages"].concat(), ["{\"text\":", &json, "}"].concat())
        }
        Press::Look(path) => ("GET", path.clone(), String::new()),
        Press::Send(path) => ("POST", path.clone(), String::new()),
    }
}

/// The request as the app writes it.
fn request(phone: &Phone, url: &Url, method: &'static str, body: String, key: Option<String>) -> Request {
    let pair = |name: &'static str, value: &'static str| (name.into(), value.into());
    let mut headers: Vec<Header> = vec![
        ("Host".into(), url.authority().into()),
        pair("Connection", "keep-alive"),
        pair("User-Agent", "Posts/1.0"),
        pair("Accept", "application/json"),
    ];
    if let Some((token, _)) = &phone.session {
        headers.push(("Cookie".into(), ["session=", token].concat().into()));
    }
    headers.extend(key.map(|key| ("Idempotency-Key".into(), key.into())));
    if !body.is_empty() {
        headers.push(pair("Content-Type", "application/json"));
    }
    if !body.is_empty() || method == "POST" {
        headers.push(("Content-Length".into(), body.len().to_string().into()));
    }
    let target = url.target.clone();
    Request { method: method.into(), target, version: "HTTP/1.1", headers, body, ..Request::default() }
}
