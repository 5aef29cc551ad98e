//! Directives whose value is of a common kind: the third or fourth word of a row in the tables.
//!
//! `flag` on or off, `num` a number, possibly between two bounds, `size` and `off` sizes, `msec` and `sec` times, `str` a
//! text, `enum` one of several words, `bits` any of several words, `bufs` a number and a size, `kv` and `array` anything,
//! repeatedly; the others are `own`, and have a function each.

use super::numbers::{number, offset, size, time};
use super::{Check, Done, Words};

impl Check<'_> {
    /// A directive without a block was read.
    pub(super) fn value(&mut self, words: Words<'_>) -> Done {
        let first = words.arg(0);
        let (kind, values) = words.row.kind;
        match kind {
            "flag" => {
                self.once(words)?;
                if words.name.ends_with("_ssl_verify") && first.eq_ignore_ascii_case("on") {
                    self.unsure("what `…_ssl_verify` leads to");
                }
                self.flag(words)
            }
            "num" => {
                self.once(words)?;
                match number(first) {
                    Some(value) if words.name == "http2_streams_index_size" && !value.is_power_of_two() => {
                        self.wrong(words, "must be a power of two")
                    }
                    Some(value) => self.within(value, values),
                    None => self.wrong(words, "invalid number"),
                }
            }
            "size" => {
                self.once(words)?;
                match size(first) {
                    Some(value) => self.checked_size(words, value),
                    None => self.wrong(words, "invalid value"),
                }
            }
            "off" => self.once_valid(words, offset(first).is_some()),
            "msec" => self.once_valid(words, time(first, false).is_some()),
            "sec" => self.once_valid(words, time(first, true).is_some()),
            "bufs" => {
                let both = number(first).is_some_and(|n| n > 0) && size(words.arg(1)).is_some_and(|n| n > 0);
                self.once_valid(words, both)
            }
            "str" => {
                let tls = words.name.split_once("_ssl_").is_some_and(|(family, _)| family.len() < 6);
                if (words.name == "secure_link_secret" || tls) && !first.is_empty() {
                    self.unsure(&["what `", words.name, "` leads to"].concat());
                }
                self.once(words)
            }
            "enum" => {
                self.once(words)?;
                match values.split('|').any(|value| value.eq_ignore_ascii_case(first)) {
                    true => Ok(()),
                    false => self.stop(&["invalid value \"", first, "\""]),
                }
            }
            "bits" => self.bits(words, values),
            "kv" | "array" | "" => {
                if words.name.ends_with("ssl_conf_command") {
                    self.unsure("what OpenSSL says of a command");
                }
                Ok(())
            }
            "include" => {
                self.unsure("`include`: other files are not read");
                Ok(())
            }
            _ => self.own(words, kind),
        }
    }

    pub(super) fn flag(&mut self, words: Words<'_>) -> Done {
        let value = words.arg(0);
        if value.eq_ignore_ascii_case("on") || value.eq_ignore_ascii_case("off") {
            return Ok(());
        }
        self.stop(&["invalid value \"", value, "\" in \"", words.name, "\" directive, it must be \"on\" or \"off\""])
    }

    /// What single directives ask of a size.
    fn checked_size(&mut self, words: Words<'_>, value: u64) -> Done {
        match words.name {
            "connection_pool_size" | "request_pool_size" | "http2_pool_size" => {
                if value < 112 {
                    return self.stop(&["the pool size must be no less than 112"]);
                }
                if !value.is_multiple_of(16) {
                    return self.stop(&["the pool size must be a multiple of 16"]);
                }
            }
            "gzip_window" | "gzip_hash" => {
                let most = if words.name == "gzip_window" { 32 << 10 } else { 128 << 10 };
                if !value.is_power_of_two() || !(512..=most).contains(&value) {
                    let sizes = if words.name == "gzip_window" { "16k, or 32k" } else { "16k, 32k, 64k, or 128k" };
                    return self.wrong(words, &["must be 512, 1k, 2k, 4k, 8k, ", sizes].concat());
                }
            }
            "http2_chunk_size" if value == 0 => return self.stop(&["the http2 chunk size cannot be zero"]),
            "http2_recv_buffer_size" if value <= 32 => return self.wrong(words, "value is too small"),
            "send_lowat" | "proxy_send_lowat" | "fastcgi_send_lowat" => {
                self.warn(&["\"", words.name, "\" is not supported, ignored"]);
            }
            _ => {}
        }
        Ok(())
    }

    fn once_valid(&mut self, words: Words<'_>, valid: bool) -> Done {
        self.once(words)?;
        if valid { Ok(()) } else { self.wrong(words, "invalid value") }
    }

    /// `least-most` (`ngx_conf_check_num_bounds`).
    fn within(&mut self, value: u64, bounds: &str) -> Done {
        let Some((least, most)) = bounds.split_once('-') else { return Ok(()) };
        let fits = |bound: &str, over: bool| {
            number(bound).is_none_or(|bound| if over { value >= bound } else { value <= bound })
        };
        match fits(least, true) && fits(most, false) {
            true => Ok(()),
            false => self.stop(&["value must be between ", least, " and ", most]),
        }
    }

    /// Words that are set one by one; a second time is only warned of (`ngx_conf_set_bitmask_slot`).
    fn bits(&mut self, words: Words<'_>, values: &str) -> Done {
        for arg in words.args {
            let Some(place) = values.split('|').position(|value| value.eq_ignore_ascii_case(arg)) else {
                return self.stop(&["invalid value \"", arg, "\""]);
            };
            // Rows are told apart by multiples of eight times their length, which leaves room for the words.
            if !self.first_time(words.row.id * 64 + 0x1000_0000 + place as u32) {
                self.warn(&["duplicate value \"", arg, "\""]);
            }
        }
        Ok(())
    }
}
