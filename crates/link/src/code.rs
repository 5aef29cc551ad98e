//! Numbers and texts as bytes, and bytes as letters. A text is written as what is new in it, and copies of what stood
//! before: of the course's own text, and of everything written so far. A change of one word is a dozen bytes, without a
//! compression library, which would weigh more than all that it could save.

use crate::{LINK, TEXTS, TooLarge};

/// Words that links are likely to hold. Belongs to version 1: a change makes every old link another.
const WORDS: &str = "https://backend-demo.senus.doxyz/users http://frontend-demo.senus.doxyz/ curl http://localhost:3001/users sudo systemctl reload nginx pm2 restart backend ";

/// A copy that is shorter than this costs more than it saves.
const SHORTEST: usize = 5;

/// So much is compared in search of copies. What needs more does not fit into a link.
const WORK: usize = 20_000_000;

/// Writes.
pub struct Writer {
    /// What was written.
    pub out: Vec<u8>,
    window: Vec<u8>,
    work: usize,
}

impl Writer {
    /// Nothing is written yet.
    pub fn new() -> Self {
        Self { out: Vec::new(), window: WORDS.into(), work: WORK }
    }

    /// Lets what follows be copied from this.
    pub fn know(&mut self, text: &str) {
        self.window.extend_from_slice(text.as_bytes());
    }

    /// A number: seven bits a byte, the low ones first; the eighth says that more follow.
    pub fn number(&mut self, mut number: u64) {
        while number > 0x7f {
            self.out.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.out.push(number as u8);
    }

    /// A text: its length, then new bytes and a copy in turn, each new stretch and each copy with its length.
    pub fn text(&mut self, text: &str) -> Result<(), TooLarge> {
        let (mut at, mut new) = (self.window.len(), self.window.len());
        let end = at + text.len();
        if end > TEXTS {
            return Err(TooLarge::Link);
        }
        self.number(text.len() as u64);
        self.know(text);
        while at < end {
            let (from, length) = self.longest(at)?;
            if length < SHORTEST {
                at += 1;
            } else {
                self.stretch(new, at);
                self.number(length as u64);
                self.number(from as u64);
                at += length;
                new = at;
            }
            if self.out.len() + at - new > LINK {
                return Err(TooLarge::Link);
            }
        }
        if new < end {
            self.stretch(new, end);
        }
        Ok(())
    }

    fn stretch(&mut self, from: usize, to: usize) {
        self.number((to - from) as u64);
        self.out.extend_from_slice(&self.window[from..to]);
    }

    /// The longest stretch that begins before `at` and says what stands there.
    fn longest(&mut self, at: usize) -> Result<(usize, usize), TooLarge> {
        let (mut best, mut length) = (0, 0);
        let wanted = &self.window[at..];
        for from in 0..at {
            let there = &self.window[from..];
            // Only one that is longer counts.
            let same = match wanted.get(length) {
                Some(next) if there[length] == *next => there.iter().zip(wanted).take_while(|(a, b)| a == b).count(),
                _ => 0,
            };
            self.work = self.work.checked_sub(1 + same).ok_or(TooLarge::Link)?;
            if same > length {
                (best, length) = (from, same);
            }
        }
        Ok((best, length))
    }
}

/// Reads what a [`Writer`] wrote. `None` where it did not.
pub struct Reader<'a> {
    rest: &'a [u8],
    window: Vec<u8>,
}

impl<'a> Reader<'a> {
    /// Nothing is read yet.
    pub fn new(rest: &'a [u8]) -> Self {
        Self { rest, window: WORDS.into() }
    }

    /// Lets what follows be copied from this.
    pub fn know(&mut self, text: &str) {
        self.window.extend_from_slice(text.as_bytes());
    }

    /// Whether all is read.
    pub fn is_over(&self) -> bool {
        self.rest.is_empty()
    }

    /// So many bytes.
    pub fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(bytes)
    }

    /// A number.
    pub fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = u64::from(self.take(1)?[0]);
            let bits = byte & 0x7f;
            if bits << shift >> shift != bits {
                return None;
            }
            number |= bits << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn length(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok()
    }

    /// A text.
    pub fn text(&mut self) -> Option<String> {
        let (start, length) = (self.window.len(), self.length()?);
        let end = start.checked_add(length).filter(|end| *end <= TEXTS)?;
        while self.window.len() < end {
            let new = self.length()?;
            let new = self.take(new)?;
            self.window.extend_from_slice(new);
            if self.window.len() >= end {
                break;
            }
            let (copied, from) = (self.length()?, self.length()?);
            if from >= self.window.len() || copied > end - self.window.len() {
                return None;
            }
            // Byte by byte: a copy may go on into itself.
            for at in from..from + copied {
                self.window.push(self.window[at]);
            }
        }
        let text = self.window.get(start..end)?;
        if self.window.len() > end {
            return None;
        }
        String::from_utf8(text.to_vec()).ok()
    }
}

/// CRC-32, reflected, with the polynomial 0x04C11DB7 (ISO/IEC/IEEE 8802-3 section 3.2.9), bit by bit: a table weighs more.
pub fn checksum(bytes: &[u8]) -> u32 {
    let step = |sum: u32, _| (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg());
    !bytes.iter().fold(!0, |sum, byte| (0..8).fold(sum ^ u32::from(*byte), step))
}

/// The letters of base64url (RFC 4648 section 5).
const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Bytes as letters, six bits each (RFC 4648 section 5), without padding.
pub fn letters(bytes: &[u8]) -> String {
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let bits = (0..3).fold(0, |bits, i| bits << 8 | u32::from(*three.get(i).unwrap_or(&0)));
        for i in 0..=three.len() {
            out.push(char::from(LETTERS[(bits >> (18 - 6 * i) & 63) as usize]));
        }
    }
    out
}

/// The bytes of these letters.
pub fn bytes(letters: &str) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    for four in letters.as_bytes().chunks(4) {
        let mut bits = 0;
        for letter in four {
            bits = bits << 6 | LETTERS.iter().position(|known| known == letter)? as u32;
        }
        bits <<= 6 * (4 - four.len());
        out.extend_from_slice(&bits.to_be_bytes()[1..four.len()]);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_checksum_are_those_of_their_standards() {
        assert_eq!(letters(b"\xff\xfe\xfd"), "__79");
        assert_eq!(letters(b"foob"), "Zm9vYg");
        for end in 0..20u8 {
            let own: Vec<u8> = (0..end).map(|byte| byte.wrapping_mul(91)).collect();
            assert_eq!(bytes(&letters(&own)), Some(own));
        }
        assert_eq!(bytes("a+b"), None);
        assert_eq!(checksum(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn a_long_text_of_few_words_is_short_and_a_longer_one_refused() {
        let mut writer = Writer::new();
        let text = "many ".repeat(20_000);
        writer.text(&text).expect("short enough");
        writer.number(u64::MAX);
        assert!(writer.out.len() < 40);
        let mut reader = Reader::new(&writer.out);
        assert_eq!((reader.text(), reader.number(), reader.is_over()), (Some(text), Some(u64::MAX), true));
        assert!(writer.text(&"x".repeat(TEXTS)).is_err());
        // Different everywhere, so that nothing can be copied.
        let noise: String = (0..9_000u64).map(|n| char::from(b' ' + (n * n * 7919 / 64 % 90) as u8)).collect();
        assert!(Writer::new().text(&noise).is_err());
    }

    #[test]
    fn what_names_too_much_is_not_read() {
        for wrong in [&[0xff; 12][..], &[0xff, 0xff, 0xff, 0x7f], &[9, 0, 9, 0xff, 0x7f], &[2, 3, 65, 65, 65], &[5]] {
            assert_eq!(Reader::new(wrong).text(), None, "{wrong:?}");
        }
    }
}
