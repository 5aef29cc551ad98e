//! Who may speak to us.
//!
//! A page on the open web can let its own name point at 127.0.0.1 and then read what a local server says (DNS
//! rebinding). The `Host` header gives such a visitor away: it names the page's host, not ours. So an answer goes only to
//! `localhost`, `127.0.0.1` and `[::1]`, each with our own port.

use axum::http::header::HOST;
use axum::http::{HeaderMap, StatusCode, Uri};

/// The names of this machine that a browser may use for us.
const OURS: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Why a request gets no answer.
pub type Refusal = (StatusCode, &'static str);

const MALFORMED: Refusal = (StatusCode::BAD_REQUEST, "The Host header is missing, doubled or malformed.\n");
const NOT_OURS: Refusal = (
    StatusCode::MISDIRECTED_REQUEST,
    "This server answers to localhost, 127.0.0.1 and [::1] with its own port, and to no other name.\n",
);

/// Checks the `Host` header and, where the request names its host in the target as well, that one too.
pub fn check(headers: &HeaderMap, target: &Uri, port: u16) -> Result<(), Refusal> {
    let mut hosts = headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return Err(MALFORMED);
    };
    ours(host.as_bytes(), port)?;
    target.authority().map_or(Ok(()), |named| ours(named.as_str().as_bytes(), port))
}

fn ours(host: &[u8], port: u16) -> Result<(), Refusal> {
    let (name, named_port) = split(host).ok_or(MALFORMED)?;
    let same_name = OURS.iter().any(|our| name.eq_ignore_ascii_case(our));
    if same_name && named_port == port { Ok(()) } else { Err(NOT_OURS) }
}

/// Name and port of `name`, `name:port`, `[v6]` or `[v6]:port`; nothing where it is none of them.
pub fn split(host: &[u8]) -> Option<(&str, u16)> {
    let host = std::str::from_utf8(host).ok()?;
    let name_ends = match host.strip_prefix('[') {
        Some(inner) => inner.find(']')? + 2,
        None => host.find(':').unwrap_or(host.len()),
    };
    let (name, rest) = host.split_at(name_ends);
    let v6 = name.starts_with('[');
    let fits = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c) || (v6 && "[]:".contains(c));
    if name.is_empty() || !name.chars().all(fits) {
        return None;
    }
    match rest.strip_prefix(':') {
        None if rest.is_empty() => Some((name, 80)),
        Some(digits) if digits.chars().all(|c| c.is_ascii_digit()) => Some((name, digits.parse().ok()?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_by_its_own_names() {
        for host in ["localhost:8080", "LOCALHOST:8080", "127.0.0.1:8080", "[::1]:8080"] {
            assert_eq!(ours(host.as_bytes(), 8080), Ok(()), "{host}");
        }
        assert_eq!(ours(b"localhost", 80), Ok(()), "port 80 needs no saying");
        for host in [
            "evil.example:8080",
            "localhost",
            "localhost:8081",
            "localhost.evil.example:8080",
            "127.0.0.1.evil.example:8080",
            "localhost.:8080",
            "127.0.0.2:8080",
            "[::2]:8080",
        ] {
            assert_eq!(ours(host.as_bytes(), 8080), Err(NOT_OURS), "{host}");
        }
    }

    #[test]
    fn what_is_no_host_is_a_bad_request() {
        let malformed: [&[u8]; 12] = [
            b"",
            b":8080",
            b"localhost:",
            b"localhost:80x",
            b"localhost:+8080",
            b"localhost:99999",
            b"local host:8080",
            b"localhost:8080:8080",
            b"[::1:8080",
            b"[::1]8080",
            b"user@localhost:8080",
            b"\xff\xfe:8080",
        ];
        for host in malformed {
            assert_eq!(ours(host, 8080), Err(MALFORMED), "{:?}", String::from_utf8_lossy(host));
        }
    }

    #[test]
    fn every_byte_string_gets_an_answer() {
        let seed = b"[::1]:8080@localhost";
        for cut in 0..seed.len() {
            for byte in 0..=255 {
                let mut host = seed.to_vec();
                host[cut] = byte;
                host.truncate(cut + 3);
                let _ = ours(&host, 8080);
            }
        }
    }

    #[test]
    fn the_target_may_not_name_another_host() {
        let headers = HeaderMap::from_iter([(HOST, "localhost:8080".parse().unwrap())]);
        assert_eq!(check(&headers, &"/".parse().unwrap(), 8080), Ok(()));
        assert_eq!(check(&headers, &"http://localhost:8080/".parse().unwrap(), 8080), Ok(()));
        assert_eq!(check(&headers, &"http://evil.example/".parse().unwrap(), 8080), Err(NOT_OURS));
        assert_eq!(check(&HeaderMap::new(), &"/".parse().unwrap(), 8080), Err(MALFORMED));
    }
}
