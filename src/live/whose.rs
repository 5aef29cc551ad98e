//! Whose phone a window is: `?phone=ada&as=1`. The windows of a browser share their cookies, and a phone has a path of its
//! own (docs/live.md), so the name decides which session a window has. Pure.

use phone::held::User;

/// What the address says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// `phone=`: the phone's name.
    pub phone: Option<String>,
    /// `as=`: who signs in at it, where nobody is signed in.
    pub user: Option<i64>,
}

/// Reads a query. What is no name of a phone is passed over.
pub fn read(query: &str) -> Asked {
    let mut asked = Asked::default();
    for pair in query.trim_start_matches('?').split('&') {
        match pair.split_once('=') {
            Some(("phone", name)) if fits(name) => asked.phone = Some(name.to_owned()),
            Some(("as", user)) => asked.user = user.parse().ok(),
            _ => {}
        }
    }
    asked
}

/// Whether the server takes it as a phone's name.
pub fn fits(name: &str) -> bool {
    (1..=16).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// The query with which another window is this user's phone.
pub fn query(user: &User) -> String {
    let mut name = user.name.to_ascii_lowercase();
    name.retain(|c| c.is_ascii_alphanumeric());
    name.truncate(16);
    let id = user.id.to_string();
    if !fits(&name) {
        name = ["user-", &id].concat();
    }
    ["?phone=", &name, "&as=", &id].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_a_phone() {
        let user = |name: &str| User { id: 2, name: name.to_owned() };
        assert_eq!(read(&query(&user("Grace"))), Asked { phone: Some("grace".into()), user: Some(2) });
        assert_eq!(query(&user("Zoë O’Neill")), "?phone=zooneill&as=2");
        assert_eq!(query(&user("李")), "?phone=user-2&as=2");
        for wrong in ["?phone=", "?phone=A", "?phone=a%20b", "?phone=12345678901234567", "", "?as=x"] {
            assert_eq!(read(wrong), Asked::default(), "{wrong}");
        }
    }
}
