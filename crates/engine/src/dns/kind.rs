//! The types of records, and how the data of each is written.

use core::fmt;

/// A type of record, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kind(pub u16);

/// Number, name, and the form of the data: `n` a name, `1`, `2`, `4` a number of so many bytes, `t` a time, `w` a word,
/// `s` a text, `S` texts, `x` hexadecimal digits to the end, `b` base 64 to the end, `?` not modelled. A type without a
/// form has no place in a zone file.
const TYPES: [(u16, &str, &str); 61] = [
    (1, "A", "a"),
    (2, "NS", "n"),
    (3, "MD", "n"),
    (4, "MF", "n"),
    (5, "CNAME", "n"),
    (6, "SOA", "nn4tttt"),
    (7, "MB", "n"),
    (8, "MG", "n"),
    (9, "MR", "n"),
    (11, "WKS", "?"),
    (12, "PTR", "n"),
    (13, "HINFO", "ss"),
    (14, "MINFO", "nn"),
    (15, "MX", "2n"),
    (16, "TXT", "S"),
    (17, "RP", "nn"),
    (18, "AFSDB", "2n"),
    (19, "X25", "?"),
    (20, "ISDN", "?"),
    (21, "RT", "2n"),
    (22, "NSAP", "?"),
    (26, "PX", "?"),
    (28, "AAAA", "6"),
    (29, "LOC", "?"),
    (33, "SRV", "222n"),
    (35, "NAPTR", "22sssn"),
    (36, "KX", "2n"),
    (37, "CERT", "?"),
    (39, "DNAME", "n"),
    (42, "APL", "?"),
    (43, "DS", "211x"),
    (44, "SSHFP", "11x"),
    (45, "IPSECKEY", "?"),
    (46, "RRSIG", "?"),
    (47, "NSEC", "?"),
    (48, "DNSKEY", "211b"),
    (49, "DHCID", "b"),
    (50, "NSEC3", "?"),
    (51, "NSEC3PARAM", "?"),
    (52, "TLSA", "111x"),
    (53, "SMIMEA", "111x"),
    (55, "HIP", "?"),
    (59, "CDS", "211x"),
    (60, "CDNSKEY", "211b"),
    (61, "OPENPGPKEY", "b"),
    (62, "CSYNC", "?"),
    (63, "ZONEMD", "411x"),
    (64, "SVCB", "?"),
    (65, "HTTPS", "?"),
    (99, "SPF", "S"),
    (104, "NID", "?"),
    (105, "L32", "?"),
    (106, "L64", "?"),
    (107, "LP", "2n"),
    (108, "EUI48", "w"),
    (109, "EUI64", "w"),
    (251, "IXFR", ""),
    (252, "AXFR", ""),
    (255, "ANY", ""),
    (256, "URI", "22s"),
    (257, "CAA", "1ws"),
];

impl Kind {
    /// IPv4 addresses: what the browser asks for.
    pub const A: Self = Self(1);
    /// Name servers.
    pub const NS: Self = Self(2);
    /// Aliases.
    pub const CNAME: Self = Self(5);
    /// The start of authority.
    pub const SOA: Self = Self(6);
    /// IPv6 addresses.
    pub const AAAA: Self = Self(28);
    /// An alias for everything below.
    pub const DNAME: Self = Self(39);
    /// Keys of a zone cut off below; it lies on the upper side of the cut.
    pub const DS: Self = Self(43);
    /// Whatever there is.
    pub const ANY: Self = Self(255);

    /// The type of that name, without regard to case; also `TYPE123` (RFC 3597 section 5).
    pub fn named(name: &str) -> Option<Self> {
        let known = TYPES.iter().find(|(_, known, _)| known.eq_ignore_ascii_case(name));
        let number = || {
            let (word, digits) = name.split_at_checked(4)?;
            let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
            if plain && word.eq_ignore_ascii_case("TYPE") { digits.parse().ok() } else { None }
        };
        known.map(|(number, ..)| *number).or_else(number).map(Self)
    }

    /// The form of the data; `None` where the type has no name, and its data no form of its own.
    pub fn form(self) -> Option<&'static str> {
        TYPES.iter().find(|(number, ..)| *number == self.0).map(|(.., form)| *form)
    }

    /// The type's name.
    pub fn word(self) -> String {
        match TYPES.iter().find(|(number, ..)| *number == self.0) {
            Some((_, name, _)) => (*name).to_owned(),
            None => ["TYPE", &self.0.to_string()].concat(),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.word())
    }
}
