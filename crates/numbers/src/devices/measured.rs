//! The work done for real: on the reader's own device, and by the bundled server beside it.

use crate::say::{bytes, count, thousands, time};
use engine::time::Micros;

/// What a piece of work came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// How many orders.
    pub orders: u64,
    /// Operations.
    pub operations: u64,
    /// The time in which it computed; pauses between its steps do not count.
    pub took: Micros,
    /// The most bytes that it held.
    pub held: u64,
    /// One number for all that came out.
    pub digest: u64,
}

impl Done {
    /// Reads what the server says: `orders`, `operations`, `micros`, `held` and, as text, `digest` in hexadecimal.
    pub fn read(json: &str) -> Option<Self> {
        let number = |name: &str| -> Option<u64> {
            let (_, rest) = json.split_once(&["\"", name, "\":"].concat())?;
            let digits = rest.trim_start().trim_start_matches('"');
            let end = digits.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(digits.len());
            let radix = if name == "digest" { 16 } else { 10 };
            u64::from_str_radix(&digits[..end], radix).ok()
        };
        Some(Self {
            orders: number("orders")?,
            operations: number("operations")?,
            took: Micros(number("micros")?),
            held: number("held")?,
            digest: number("digest")?,
        })
    }

    /// Operations a second.
    pub fn speed(&self) -> u64 {
        (u128::from(self.operations) * 1_000_000).checked_div(u128::from(self.took.0)).unwrap_or(0) as u64
    }
}

/// What became of the server's work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Server {
    /// It was not asked yet, or has not answered.
    Asked,
    /// It is not there.
    Absent,
    /// It did not want to, in its words.
    Refused(String),
    /// It is done.
    Done(Done),
}

/// Both, as a table and a sentence.
pub fn html(own: Option<Done>, server: &Server) -> String {
    let row = |name: &str, done: &Done| {
        format!(
            "<tr><th scope=\"row\">{name}</th><td>{}</td><td>{} million/s</td><td>{}</td></tr>",
            time(done.took),
            thousands(done.speed() / 1_000_000),
            bytes(done.held)
        )
    };
    let mut rows = own.as_ref().map_or(String::new(), |done| row("this device, as Wasm in a worker", done));
    if let Server::Done(done) = server {
        rows += &row("the bundled server, natively", done);
    }
    let mut out = String::new();
    if !rows.is_empty() {
        let orders = own.map_or(0, |done| done.orders);
        out += &format!(
            "<table class=\"figures\"><caption>Measured: {}, one core</caption><thead><tr><td></td><th scope=\"col\">took</th>\
             <th scope=\"col\">operations</th><th scope=\"col\">held</th></tr></thead><tbody>{rows}</tbody></table>",
            count(orders, "order", "orders")
        );
    }
    let words = match (own, server) {
        (_, Server::Absent) => "The bundled server is not here, so only this device was measured: <code>cargo xtask serve</code> starts it.".to_owned(),
        (_, Server::Refused(words)) => format!("The bundled server said no: {}", course::html::escape(words)),
        (Some(own), Server::Done(there)) if own.digest == there.digest => "Both came to the same result, to the cent.".to_owned(),
        (Some(_), Server::Done(_)) => "The results differ: that must not be.".to_owned(),
        _ => String::new(),
    };
    if !words.is_empty() {
        out += &format!("<p>{words}</p>");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &str = r#"{"orders":1000,"operations":13100,"micros":65,"held":32000,"digest":"00ff10"}"#;

    #[test]
    fn what_the_server_says_is_read() {
        let done = Done::read(SAID).expect("an answer");
        assert_eq!((done.took, done.digest, done.speed()), (Micros(65), 0xff10, 201_538_461));
        for end in 0..SAID.len() - 1 {
            let _ = Done::read(&SAID[..end]);
        }
        assert_eq!(Done::read("{}"), None);
    }

    #[test]
    fn it_is_said_what_was_measured_and_what_was_not() {
        let own = Done::read(SAID);
        let there = |digest| Server::Done(Done { digest, ..own.expect("an answer") });
        assert!(html(own, &Server::Absent).contains("cargo xtask serve"));
        assert!(html(own, &there(0xff10)).contains("the same result"));
        assert!(html(own, &there(1)).contains("must not be"));
        assert!(html(own, &Server::Refused("<b>".into())).contains("&lt;b&gt;"));
        assert_eq!(html(None, &Server::Asked), "");
    }
}
