//! Certificates: which names they are for, from when to when, and who vouches for them.
//!
//! No cryptography: a signature is what the document says it is.

use crate::problem::{Problem, Source};
use crate::text;
use crate::trace::Basis;

/// A moment in the calendar, in seconds since the first of March of the year 0 (days count from March so that leap
/// days come last), Gregorian, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date(pub i64);

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

impl Date {
    /// From year, month 1 to 12, day, and `hh:mm:ss`.
    fn new(year: i64, month: i64, day: i64, clock: &str) -> Option<Self> {
        let mut parts = clock.split(':').map(|part| part.parse::<i64>().ok());
        let (hours, minutes, seconds) = (parts.next()??, parts.next()??, parts.next()??);
        let sane = (0..=9_999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
        if !sane || !(0..24).contains(&hours) || !(0..60).contains(&minutes) || !(0..61).contains(&seconds) {
            return None;
        }
        // March is month 0 of a year that ends in February.
        let (y, m) = if month < 3 { (year - 1, month + 9) } else { (year, month - 3) };
        let days = 365 * y + y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400) + (153 * m + 2) / 5 + day - 1;
        Some(Self(((days * 24 + hours) * 60 + minutes) * 60 + seconds))
    }

    /// Reads `2026-02-14 09:00:00`.
    pub fn iso(text: &str) -> Option<Self> {
        let (date, clock) = text.split_once(' ')?;
        let mut parts = date.splitn(3, '-').map(|part| part.parse::<i64>().ok());
        Self::new(parts.next()??, parts.next()??, parts.next()??, clock.trim())
    }

    /// `2026-02-14 09:00:00`.
    pub fn iso_text(self) -> String {
        let (days, seconds) = (self.0.div_euclid(86_400), self.0.rem_euclid(86_400));
        // The inverse of `new`: years of 400, 100, 4 and 1, then the months from March.
        let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
        let day = day - (365 * year + year / 4 - year / 100);
        let month = (5 * day + 2) / 153;
        let day = day - (153 * month + 2) / 5 + 1;
        let (month, later) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
        let two = |number: i64| [if number < 10 { "0" } else { "" }, &number.to_string()].concat();
        let date = [(era * 400 + year + later).to_string(), two(month), two(day)].join("-");
        let clock = [two(seconds / 3600), two(seconds / 60 % 60), two(seconds % 60)].join(":");
        [date, clock].join(" ")
    }

    /// `Sat, 14 Feb 2026 09:00:00 GMT` (RFC 9110 section 5.6.7).
    pub fn http_text(self) -> String {
        const DAYS: [&str; 7] = ["Wed", "Thu", "Fri", "Sat", "Sun", "Mon", "Tue"];
        // The first of March of the year 0 was a Wednesday.
        let day = usize::try_from(self.0.div_euclid(86_400).rem_euclid(7)).map_or("", |day| DAYS[day]);
        let text = self.iso_text();
        let mut parts = text.split(['-', ' ']);
        let mut part = || parts.next().unwrap_or("");
        let (year, month, number, clock) = (part(), part(), part(), part());
        let month = month.parse().ok().and_then(|month: usize| MONTHS.get(month.wrapping_sub(1)));
        [day, ", ", number, " ", month.unwrap_or(&"***"), " ", year, " ", clock, " GMT"].concat()
    }

    /// Reads `Apr 20 06:12:39 2026 GMT`, as OpenSSL prints it.
    pub fn openssl(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let [month, day, clock, year, "GMT"] = words[..] else {
            return None;
        };
        let month = MONTHS.iter().position(|m| *m == month)? as i64 + 1;
        Self::new(year.parse().ok()?, month, day.parse().ok()?, clock)
    }
}

/// One certificate file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Certificate {
    /// Its path on the instance.
    pub path: String,
    /// The line with the path.
    pub source: Source,
    /// Who signed it, as written.
    pub issuer: String,
    /// Whom it is for, as written. Browsers look at the alternative names only.
    pub subject: String,
    /// The line of the issuer.
    pub issuer_source: Source,
    /// Valid from.
    pub not_before: Option<(Date, String, Source)>,
    /// Valid until.
    pub not_after: Option<(Date, String, Source)>,
    /// The DNS names of the Subject Alternative Name extension.
    pub names: Vec<(String, Source)>,
    /// Whether certbot has renewed it: issuer and dates are no longer those of the document.
    pub renewed: bool,
}

/// Reads the list of certificates: a line that begins with `/` begins one.
pub fn parse(document: &str, text: &str) -> (Vec<Certificate>, Vec<Problem>) {
    let (mut found, mut problems) = (Vec::<Certificate>::new(), Vec::new());
    for (number, line) in text::lines(text) {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        let source = Source::new(document, number);
        let column = text::column(line, line.len() - line.trim_start().len());
        if trimmed.starts_with('/') {
            found.push(Certificate { path: trimmed.to_owned(), source, ..Certificate::default() });
            continue;
        }
        let Some(certificate) = found.last_mut() else {
            problems.push(Problem::error(document, number, column, "before it, the path of a file is missing".into()));
            continue;
        };
        if !field(certificate, trimmed, source) {
            problems.push(Problem::error(document, number, column, ["not understood: ", trimmed].concat()));
        }
    }
    (found, problems)
}

/// One line of a certificate. False where it says nothing known.
fn field(certificate: &mut Certificate, line: &str, source: Source) -> bool {
    if line.starts_with("DNS:") {
        for name in line.split(',') {
            let Some(name) = name.trim().strip_prefix("DNS:") else {
                return false;
            };
            certificate.names.push((name.to_ascii_lowercase(), source.clone()));
        }
        return true;
    }
    let (key, value) = line.split_once(':').unwrap_or((line, ""));
    let value = value.trim();
    let date = || Date::openssl(value).map(|date| (date, value.to_owned(), source.clone()));
    match key.trim() {
        "Issuer" => {
            value.clone_into(&mut certificate.issuer);
            certificate.issuer_source = source;
        }
        "Subject" => value.clone_into(&mut certificate.subject),
        "Validity" | "X509v3 Subject Alternative Name" => {}
        "Not Before" => {
            certificate.not_before = date();
            return certificate.not_before.is_some();
        }
        "Not After" => {
            certificate.not_after = date();
            return certificate.not_after.is_some();
        }
        _ => return false,
    }
    true
}

/// What the browser thinks of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opinion {
    /// Chromium's error; none where the certificate is accepted.
    pub error: Option<&'static str>,
    /// The decision in words.
    pub words: String,
    /// What decided it.
    pub basis: Basis,
}

/// One thing to check of a certificate.
pub type Check = fn(&Asked<'_>) -> Result<Basis, Opinion>;

/// The order of Chromium: the authority is named before the name and the name before the date (`net/cert/
/// cert_status_flags.cc`, `MapCertStatusToNetError`).
pub const CHROMIUM: [Check; 3] = [authority, name, dates];

/// The order of curl with OpenSSL: the chain and its dates, then the name.
pub const OPENSSL: [Check; 3] = [authority, dates, name];

/// A certificate, and what is asked of it.
pub struct Asked<'a> {
    certificate: &'a Certificate,
    host: &'a str,
    now: Option<Date>,
    trusted: &'a [(String, Source)],
}

/// Checks a certificate as Chromium does.
pub fn check(certificate: &Certificate, host: &str, now: Option<Date>, trusted: &[(String, Source)]) -> Opinion {
    check_as(certificate, host, now, trusted, CHROMIUM)
}

/// Checks a certificate: of several faults the first is named.
pub fn check_as(
    certificate: &Certificate,
    host: &str,
    now: Option<Date>,
    trusted: &[(String, Source)],
    order: [Check; 3],
) -> Opinion {
    let asked = Asked { certificate, host, now, trusted };
    if let Some(fault) = order.iter().find_map(|check| check(&asked).err()) {
        return fault;
    }
    let fits = certificate.names.iter().find(|(name, _)| name_fits(name, host)).map_or("", |(name, _)| name);
    let issuer = attribute(&certificate.issuer, "O").unwrap_or("");
    let words = ["valid for ", fits, ", in date, issued by ", issuer].concat();
    let basis = name(&asked).unwrap_or_else(|opinion| opinion.basis);
    Opinion { error: None, words, basis }
}

fn bad(error: &'static str, words: String, basis: Basis) -> Result<Basis, Opinion> {
    Err(Opinion { error: Some(error), words, basis })
}

/// Whether somebody who is trusted has signed it.
fn authority(asked: &Asked<'_>) -> Result<Basis, Opinion> {
    let certificate = asked.certificate;
    let organisation = attribute(&certificate.issuer, "O");
    let trusted = asked.trusted.iter().find(|(name, _)| Some(name.as_str()) == organisation);
    let words = match trusted {
        _ if certificate.issuer == certificate.subject => "signed by itself: no authority vouches for it".to_owned(),
        Some((_, source)) => return Ok(source.clone().into()),
        None if certificate.issuer.is_empty() => "no trusted authority: the issuer is missing".to_owned(),
        None => ["no trusted authority: issued by ", &certificate.issuer].concat(),
    };
    bad("ERR_CERT_AUTHORITY_INVALID", words, basis_of(&certificate.issuer_source, certificate, "issuer"))
}

/// Whether it is for this host.
fn name(asked: &Asked<'_>) -> Result<Basis, Opinion> {
    let Asked { certificate, host, .. } = asked;
    if let Some((_, source)) = certificate.names.iter().find(|(name, _)| name_fits(name, host)) {
        return Ok(source.clone().into());
    }
    let names: Vec<&str> = certificate.names.iter().map(|(name, _)| name.as_str()).collect();
    let words = match names.is_empty() {
        true => ["the certificate has no alternative name; it is not for ", host].concat(),
        false => ["the certificate is for ", &names.join(", "), ", not for ", host].concat(),
    };
    let nothing = Source::default();
    let source = certificate.names.first().map_or(&nothing, |(_, source)| source);
    bad("ERR_CERT_COMMON_NAME_INVALID", words, basis_of(source, certificate, "alternative name"))
}

/// Whether today lies between its days.
fn dates(asked: &Asked<'_>) -> Result<Basis, Opinion> {
    let Asked { certificate, now, .. } = asked;
    let nothing = Source::default();
    let (start, end) = (certificate.not_before.as_ref(), certificate.not_after.as_ref());
    let (words, day, what) = if start.is_none() || now.zip(start).is_some_and(|(now, (start, ..))| now < *start) {
        ("not valid before ", start, "first day")
    } else if end.is_none() || now.zip(end).is_some_and(|(now, (end, ..))| now > *end) {
        ("expired: not valid after ", end, "last day")
    } else {
        return Ok(end.map_or(&nothing, |(_, _, source)| source).clone().into());
    };
    let words = [words, day.map_or("a day that is missing", |(_, text, _)| text)].concat();
    let source = day.map_or(&nothing, |(_, _, source)| source);
    bad("ERR_CERT_DATE_INVALID", words, basis_of(source, certificate, what))
}

/// The line where there is one, else its absence; a date that certbot wrote stands in no document.
fn basis_of(source: &Source, certificate: &Certificate, what: &str) -> Basis {
    if source.line > 0 {
        return source.clone().into();
    }
    if certificate.renewed {
        return Basis::State { what: ["certbot has renewed ", &certificate.path].concat() };
    }
    let sought = [what, " in ", &certificate.path].concat();
    Basis::Absent { document: certificate.source.document.clone(), sought }
}

/// Whether a name of a certificate is for `host`: a star stands for exactly one whole first label
/// (RFC 9525 section 6.3).
pub fn name_fits(name: &str, host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    match name.strip_prefix("*.") {
        Some(rest) => {
            host.split_once('.').is_some_and(|(label, tail)| !label.is_empty() && tail.eq_ignore_ascii_case(rest))
        }
        None => name.eq_ignore_ascii_case(host),
    }
}

/// The value of `O` in `C = US, O = Let's Encrypt, CN = R11`.
fn attribute<'a>(name: &'a str, key: &str) -> Option<&'a str> {
    let (part, rest) = text::split_once(name, ", ").unwrap_or((name, ""));
    match part.split_once('=') {
        Some((name, value)) if name.trim() == key => Some(value.trim()),
        _ if rest.is_empty() => None,
        _ => attribute(rest, key),
    }
}
