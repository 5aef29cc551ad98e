//! `map`, `geo` and `limit_req_zone`.

use super::Builder;
use crate::proxy::parse::Directive;
use crate::proxy::{Map, Zone};

impl Builder<'_> {
    /// `map $x $y { … }` and `geo [$x] $y { … }`.
    pub(super) fn map(&mut self, block: &Directive) {
        let geo = block.name == "geo";
        let name = block.args.last().map_or("", String::as_str).trim_start_matches('$').to_owned();
        let from = match block.args.as_slice() {
            [from, _] => from.clone(),
            _ => "$remote_addr".to_owned(),
        };
        let mut map =
            Map { from, name, hostnames: false, exact: vec![], patterns: vec![], default: String::new(), geo };
        if !geo {
            self.mention_variables(block, &map.from.clone());
        }
        for entry in &block.block {
            let value = entry.args.first().cloned().unwrap_or_default();
            self.mention_variables(entry, &value);
            match entry.name.as_str() {
                "default" => map.default = value,
                "hostnames" if entry.args.is_empty() => map.hostnames = true,
                "volatile" if entry.args.is_empty() => {}
                "include" | "ranges" | "proxy" | "proxy_recursive" | "delete" if geo => {
                    self.leave_out(entry, "this line of `geo`");
                }
                "include" => self.leave_out(entry, "`include`"),
                key if key.starts_with('~') && !geo => {
                    let (expression, caseless) = match key.strip_prefix("~*") {
                        Some(expression) => (expression, true),
                        None => (&key[1..], false),
                    };
                    let pattern = self.pattern(entry, expression, caseless);
                    map.patterns.extend(pattern.map(|pattern| (pattern, value)));
                }
                key => {
                    let key = key.strip_prefix('\\').unwrap_or(key).to_ascii_lowercase();
                    map.exact.push((key, value));
                }
            }
        }
        // What it leaves out counts where the variable is used.
        if let Some((what, source)) = self.left_out.take() {
            self.config.problems.push(crate::problem::Problem::not_modelled(&source.document, source.line, what));
            self.made.retain(|made| *made != map.name);
            self.unknown.push(map.name.clone());
        }
        self.config.maps.push(map);
    }

    /// `limit_req_zone key zone=name:size rate=10r/s`.
    pub(super) fn zone(&mut self, directive: &Directive) {
        let value = |name: &str| directive.args.iter().find_map(|arg| arg.strip_prefix(name));
        let name = value("zone=").and_then(|zone| zone.split(':').next()).unwrap_or("").to_owned();
        let rate = value("rate=").unwrap_or("1r/s");
        let (number, scale) = match rate.strip_suffix("r/m") {
            Some(number) => (number, 60),
            None => (rate.trim_end_matches("r/s"), 1),
        };
        let rate = number.parse::<u64>().unwrap_or(1).saturating_mul(1000) / scale;
        let key = directive.args.first().cloned().unwrap_or_default();
        self.config.zones.push(Zone { name, key, rate });
    }
}
