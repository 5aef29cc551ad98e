//! `sendNotification` of the module `web-push` 3.6: a message for a phone, handed to the push service that the phone has
//! chosen (RFC 8030). Its words and headers are those that were observed with `web-push` 3.6.7 and Node.js 20.
//!
//! It reads the subscription, the payload and the option `timeout`. It does not know VAPID (RFC 8292), by which a server says
//! who it is, and encrypts nothing: how many bytes it would be is known (RFC 8188: 86 bytes of head, 17 more for a record).

use super::eval::{Fault, throws};
use super::values::{bare, error, text};
use crate::literal::{Data, Value};
use crate::message::Header;
use crate::time::Micros;

/// A push message on its way to the push service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Push {
    /// The address by which the push service knows the phone.
    pub endpoint: String,
    /// What the phone gets.
    pub payload: String,
    /// How long the socket may be silent.
    pub timeout: Option<Micros>,
}

/// What is sent, from the arguments.
pub fn message(values: &[Value]) -> Result<Push, Fault> {
    let not_modelled = |what: &str| Err(Fault::NotModelled(what.to_owned()));
    let subscription = values.first();
    let field =
        |of: &Value, name: &str| of.get(name).and_then(Value::text).filter(|text| !nothing(text)).map(str::to_owned);
    let Some(endpoint) = subscription.and_then(|of| field(of, "endpoint")) else {
        return Err(throws("Error", "You must pass in a subscription with at least an endpoint."));
    };
    let payload = match values.get(1).map(|value| &value.data) {
        Some(Data::Text(text)) => text.clone(),
        Some(Data::Bare(word)) if nothing(word) => String::new(),
        None => String::new(),
        Some(_) => return not_modelled("a payload that is no text"),
    };
    let keys = subscription.and_then(|of| of.get("keys"));
    if !payload.is_empty() && !keys.is_some_and(|keys| field(keys, "p256dh").is_some() && field(keys, "auth").is_some())
    {
        let words = "To send a message with a payload, the subscription must have 'auth' and 'p256dh' keys.";
        return Err(throws("Error", words));
    }
    let mut timeout = None;
    match values.get(2).map(|value| &value.data) {
        None => {}
        Some(Data::Object(options)) => {
            for (name, value) in options {
                let millis = value.text().and_then(|text| text.parse().ok());
                match (name.as_str(), millis) {
                    ("timeout", Some(millis)) => timeout = Some(millis).filter(|ms| *ms > 0).map(Micros::millis),
                    _ => return not_modelled(&["the option ", name, " of sendNotification"].concat()),
                }
            }
        }
        Some(_) => return not_modelled("options of sendNotification that are no object"),
    }
    if values.len() > 3 {
        return not_modelled("sendNotification with so many arguments");
    }
    Ok(Push { endpoint, payload, timeout })
}

fn nothing(word: &str) -> bool {
    matches!(word, "" | "undefined" | "null")
}

/// The head of the request, as it was observed.
pub fn headers(push: &Push, host: &str) -> Vec<Header> {
    let pair = |name: &'static str, value: &'static str| (name.into(), value.into());
    let mut headers: Vec<Header> = vec![pair("TTL", "2419200")];
    if push.payload.is_empty() {
        headers.push(pair("Content-Length", "0"));
    } else {
        let size = push.payload.len() + 86 + 17;
        headers.push(("Content-Length".into(), size.to_string().into()));
        headers.push(pair("Content-Type", "application/octet-stream"));
        headers.push(pair("Content-Encoding", "aes128gcm"));
    }
    headers.push(pair("Urgency", "normal"));
    headers.push(("Host".into(), host.to_owned().into()));
    headers.push(pair("Connection", "keep-alive"));
    headers
}

/// What the promise gives: of the answer the status alone is modelled.
pub fn taken(status: u16) -> Value {
    Value { line: 0, data: Data::Object(vec![("statusCode".to_owned(), bare(&status.to_string()))]) }
}

/// What it is rejected with where the push service answers with another status than one of the two hundreds.
pub fn refused(status: u16, endpoint: &str) -> Value {
    let more =
        vec![("statusCode".to_owned(), bare(&status.to_string())), ("endpoint".to_owned(), text(endpoint.to_owned()))];
    error("WebPushError", "Received unexpected response code", more)
}
