//! Dates in the forms of logs.

use engine::tls::Date;

/// Year, month, day and clock.
pub(crate) fn parts(date: Date) -> [String; 4] {
    let text = date.iso_text();
    let (day, clock) = text.split_once(' ').unwrap_or((&text, ""));
    let mut parts = day.split('-').map(str::to_owned);
    let mut part = || parts.next().unwrap_or_default();
    [part(), part(), part(), clock.to_owned()]
}

/// `Feb` for `02`.
pub(crate) fn month_name(month: &str) -> &'static str {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    month.parse().ok().and_then(|month: usize| MONTHS.get(month.wrapping_sub(1))).unwrap_or(&"***")
}
