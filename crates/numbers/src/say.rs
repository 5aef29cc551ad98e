//! Numbers as people read them.

use engine::time::Micros;

/// `1,234,567`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 client`, `2 clients`.
pub fn count(number: u64, one: &str, many: &str) -> String {
    [&*thousands(number), " ", if number == 1 { one } else { many }].concat()
}

/// A length of time without a digit that says nothing: `5 ms`, `1.5 s`, `2 min 5 s`.
pub fn time(time: Micros) -> String {
    if time.0 >= 100_000_000 {
        let seconds = (time.0 + 500_000) / 1_000_000;
        return format!("{} min {} s", thousands(seconds / 60), seconds % 60);
    }
    let text = time.to_string();
    text.replace(".0 ", " ")
}

/// Bytes as people say them, rounded: `128 MB`, `4 GB`.
pub fn bytes(bytes: u64) -> String {
    const MB: u64 = 1 << 20;
    match bytes {
        few if few < 10 << 10 => count(few, "byte", "bytes"),
        few if few < 10 * MB => [&thousands(few >> 10), " kB"].concat(),
        some if some < 10 << 30 && some % (1 << 30) != 0 => [&thousands(some / MB), " MB"].concat(),
        many => [&thousands(many >> 30), " GB"].concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_easy_to_read() {
        let numbers = [0, 7, 999, 1_000, 12_345, 999_999_999_999];
        assert_eq!(numbers.map(thousands), ["0", "7", "999", "1,000", "12,345", "999,999,999,999"]);
        assert_eq!(count(1, "client", "clients"), "1 client");
        let times = [0, 850, 5_000, 5_040, 1_500_000, 99_900_000, 100_000_000, 7_325_000_000];
        let words = ["0 µs", "850 µs", "5 ms", "5 ms", "1.5 s", "99.9 s", "1 min 40 s", "122 min 5 s"];
        assert_eq!(times.map(|it| time(Micros(it))), words);
        assert_eq!(
            [1, 20 << 10, 128 << 20, 2 << 30, 32 << 30].map(bytes),
            ["1 byte", "20 kB", "128 MB", "2 GB", "32 GB"]
        );
    }
}
