//! For figure 1: a WebSocket as far as a script sees it, and the bytes around each message.
//!
//! A script gives and gets messages. What the browser makes of them on the line it does not see, so the head of a frame is
//! worked out (RFC 6455 section 5.2), for one frame a message: nothing hinders a browser from sending several, and none
//! was seen to do so with messages of this size. It holds where no extension was agreed on, which a script is told. The mask is the browser's secret; only that it is there is known.

/// What happened on the socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// It is to be opened.
    Asked(String),
    /// The handshake is done: 101, with these extensions.
    Opened(String),
    /// A text was sent.
    Sent(String),
    /// A text came, so many milliseconds after the last one was sent.
    Came(String, u64),
    /// It is closed: the code, the reason, and whether both sides said so.
    Closed(u16, String, bool),
}

/// The first bytes of the one frame that carries this text, and what they say. Client to server frames are masked, the
/// others are not.
pub fn head(text: &str, from_client: bool) -> (Vec<u8>, String) {
    let (length, mask) = (text.len(), u8::from(from_client) << 7);
    let mut bytes = vec![0x81];
    match length {
        0..=125 => bytes.push(mask | length as u8),
        126..=0xffff => {
            bytes.push(mask | 126);
            bytes.extend((length as u16).to_be_bytes());
        }
        _ => {
            bytes.push(mask | 127);
            bytes.extend((length as u64).to_be_bytes());
        }
    }
    let masked = if from_client { "masked by 4 bytes that the browser draws by lot" } else { "not masked" };
    let count = length.to_string();
    let all = (bytes.len() + if from_client { 4 } else { 0 } + length).to_string();
    (bytes, ["final, text, ", &count, " bytes of UTF-8, ", masked, "; ", &all, " bytes in all"].concat())
}

/// Bytes in hexadecimal, with spaces between.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or('?');
    let pair = |byte: &u8| [digit(byte >> 4), digit(byte & 15)].iter().collect::<String>();
    bytes.iter().map(pair).collect::<Vec<_>>().join(" ")
}

/// What a code says (RFC 6455 section 7.4.1).
pub const fn code(code: u16) -> &'static str {
    match code {
        1000 => "a normal end",
        1001 => "one side goes away",
        1002 => "a mistake of the protocol",
        1005 => "closed without a code",
        1006 => "no closing frame came: the connection broke, or was refused",
        1007 => "a text that is no UTF-8",
        1009 => "a message that is too long",
        _ => "another code",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_those_of_the_standard() {
        // The examples of RFC 6455 section 5.7, and the places where the length takes more room.
        assert_eq!(hex(&head("Hello", false).0), "81 05");
        assert_eq!(hex(&head("Hello", true).0), "81 85");
        assert_eq!(
            head("♥", true).1,
            "final, text, 3 bytes of UTF-8, masked by 4 bytes that the browser draws by lot; 9 bytes in all"
        );
        for (length, bytes) in [
            (0, "81 00"),
            (125, "81 7d"),
            (126, "81 7e 00 7e"),
            (256, "81 7e 01 00"),
            (65_535, "81 7e ff ff"),
            (65_536, "81 7f 00 00 00 00 00 01 00 00"),
        ] {
            assert_eq!(hex(&head(&"x".repeat(length), false).0), bytes);
        }
    }
}
