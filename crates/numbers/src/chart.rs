//! A chart as SVG text: axes with units, lines or steps, marks, and a cursor at which values are read.
//!
//! Values are whole numbers, as the run counts them. On an axis of magnitudes, tens are equally far apart. What a chart
//! shows can also be read from its cursor in words, so that nobody has to see it.

use course::html::escape;
use diagram::path::Tenth;
use engine::time::Micros;
use std::fmt::Write as _;

/// One line of a chart.
#[derive(Clone, Debug)]
pub struct Line {
    /// What it is, in the legend and in words.
    pub name: &'static str,
    /// Its class in the style sheet: hue and dashes.
    pub class: &'static str,
    /// The value of each stretch; nothing where there is none.
    pub values: Vec<Option<u64>>,
}

/// How values are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// How many.
    Count,
    /// Microseconds.
    Time,
}

impl Unit {
    /// A value as it is read.
    pub fn say(self, value: u64) -> String {
        match self {
            Self::Count => crate::say::thousands(value),
            Self::Time => crate::say::time(Micros(value)),
        }
    }
}

/// A chart: what lies between its edges.
#[derive(Clone, Debug)]
pub struct Chart {
    /// Its name, for the page: `latency`.
    pub name: &'static str,
    /// Its title, with what is counted.
    pub title: &'static str,
    /// The values of its lines.
    pub unit: Unit,
    /// Whether tens are equally far apart, upwards.
    pub magnitudes: bool,
    /// The bounds of the stretches, one more than there are; equally far apart on the drawing or by magnitude.
    pub bounds: Vec<u64>,
    /// What the bounds are.
    pub across: Unit,
    /// Whether the stretches are drawn by their magnitude.
    pub across_magnitudes: bool,
    /// The lines.
    pub lines: Vec<Line>,
    /// A level that matters, and its words.
    pub level: Option<(u64, String)>,
    /// A place across that matters, and its words.
    pub mark: Option<(u64, String)>,
    /// The stretch that is read.
    pub cursor: Option<usize>,
}

const WIDTH: f32 = 560.0;
const HEIGHT: f32 = 190.0;
const LEFT: f32 = 58.0;
const RIGHT: f32 = 10.0;
const TOP: f32 = 12.0;
const BOTTOM: f32 = 24.0;

/// A whole number as a place is computed from it.
#[expect(clippy::cast_precision_loss, reason = "a place on a drawing has a few thousand pixels")]
fn real(value: u64) -> f32 {
    value as f32
}

/// An axis: which value stands where, as a share of its length.
#[derive(Clone, Copy, Debug)]
struct Axis {
    least: u64,
    most: u64,
    magnitudes: bool,
}

impl Axis {
    fn share(self, value: u64) -> f32 {
        let value = value.clamp(self.least, self.most);
        if self.magnitudes {
            let log = |value: u64| libm::log10f(real(value.max(1)));
            let (low, high) = (log(self.least), log(self.most));
            if high > low { (log(value) - low) / (high - low) } else { 0.0 }
        } else {
            real(value - self.least) / real((self.most - self.least).max(1))
        }
    }

    /// Values to write beside the axis: round ones, not many.
    fn ticks(self, many: u64) -> Vec<u64> {
        let mut ticks = Vec::new();
        if self.magnitudes {
            let mut power = Some(1_u64);
            while let Some(tick) = power.filter(|power| *power <= self.most) {
                if tick >= self.least {
                    ticks.push(tick);
                }
                power = tick.checked_mul(10);
            }
            let thin = ticks.len().div_ceil(many as usize).max(1);
            return ticks.into_iter().step_by(thin).collect();
        }
        let step = round_step((self.most - self.least) / many.max(1));
        let mut next = self.least.checked_next_multiple_of(step);
        while let Some(at) = next.filter(|at| *at <= self.most && ticks.len() < 16) {
            ticks.push(at);
            next = at.checked_add(step);
        }
        ticks
    }
}

/// The round number that is at least this: 1, 2, 5, 10 …
fn round_step(least: u64) -> u64 {
    let mut power = 1_u64;
    loop {
        for step in [1, 2, 5] {
            if power.saturating_mul(step) >= least {
                return power.saturating_mul(step);
            }
        }
        match power.checked_mul(10) {
            Some(next) if next < u64::MAX / 10 => power = next,
            _ => return power,
        }
    }
}

impl Chart {
    fn across_axis(&self) -> Axis {
        let (least, most) = (self.bounds.first().copied().unwrap_or(0), self.bounds.last().copied().unwrap_or(1));
        Axis { least, most: most.max(least + 1), magnitudes: self.across_magnitudes }
    }

    fn upward_axis(&self) -> Axis {
        let values = || self.lines.iter().flat_map(|line| line.values.iter().flatten().copied());
        let most = values().max().unwrap_or(0).max(self.level.as_ref().map_or(0, |(level, _)| *level));
        if !self.magnitudes {
            return Axis { least: 0, most: most.max(4).saturating_add(most / 20), magnitudes: false };
        }
        // Whole tens below and above.
        let least = values().min().unwrap_or(1).max(1);
        let mut low = 1;
        while low <= least / 10 {
            low *= 10;
        }
        let mut high = low.saturating_mul(10);
        while high < most {
            high = high.saturating_mul(10);
        }
        Axis { least: low, most: high, magnitudes: true }
    }

    /// How many stretches there are.
    pub fn count(&self) -> usize {
        self.bounds.len().saturating_sub(1)
    }

    /// What is read at a stretch, in words.
    pub fn read(&self, stretch: usize) -> String {
        let (Some(from), Some(to)) = (self.bounds.get(stretch), self.bounds.get(stretch + 1)) else {
            return String::new();
        };
        let mut words = format!("{} to {}: ", self.across.say(*from), self.across.say(*to));
        let said: Vec<String> = self
            .lines
            .iter()
            .filter_map(|line| {
                let value = line.values.get(stretch).copied().flatten();
                value.map(|value| [line.name, " ", &self.unit.say(value)].concat())
            })
            .collect();
        words += &if said.is_empty() { "nothing".to_owned() } else { said.join(", ") };
        words
    }

    /// The chart as SVG, with a legend; what the cursor reads stands below.
    pub fn svg(&self) -> String {
        let (across, upward) = (self.across_axis(), self.upward_axis());
        let x = |value: u64| LEFT + across.share(value) * (WIDTH - LEFT - RIGHT);
        let y = |value: u64| HEIGHT - BOTTOM - upward.share(value) * (HEIGHT - TOP - BOTTOM);
        // Where each stretch begins and ends, in thousandths of the width: which one is pointed at.
        let edges: Vec<String> =
            self.bounds.iter().map(|bound| format!("{:.0}", x(*bound) * 1_000.0 / WIDTH)).collect();
        let mut out = format!(
            "<svg class=\"plotted\" data-chart=\"{}\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\" \
             data-edges=\"{}\">",
            self.name,
            escape(&self.summary()),
            edges.join(" ")
        );
        for tick in upward.ticks(5) {
            let (at, words) = (Tenth(y(tick)), escape(&self.unit.say(tick)));
            let _ = write!(out, "<path class=\"grid\" d=\"M{LEFT} {at}H{}\"/>", WIDTH - RIGHT);
            let _ = write!(
                out,
                "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{words}</text>",
                LEFT - 6.0,
                Tenth(y(tick) + 4.0)
            );
        }
        for tick in across.ticks(5) {
            let words = escape(&self.across.say(tick));
            let at = Tenth(x(tick));
            let _ = write!(out, "<path class=\"grid\" d=\"M{at} {}v4\"/>", HEIGHT - BOTTOM);
            let _ = write!(out, "<text x=\"{at}\" y=\"{}\" text-anchor=\"middle\">{words}</text>", HEIGHT - 6.0);
        }
        let _ = write!(out, "<path class=\"axis\" d=\"M{LEFT} {TOP}V{}H{}\"/>", HEIGHT - BOTTOM, WIDTH - RIGHT);
        if let Some((level, words)) = &self.level {
            let at = Tenth(y(*level));
            let _ = write!(out, "<path class=\"level\" d=\"M{LEFT} {at}H{}\"/>", WIDTH - RIGHT);
            let above = Tenth((y(*level) - 4.0).max(TOP + 8.0));
            let _ =
                write!(out, "<text class=\"mark-words\" x=\"{}\" y=\"{above}\">{}</text>", LEFT + 6.0, escape(words));
        }
        for line in &self.lines {
            let _ = write!(out, "<path class=\"line {}\" d=\"{}\"/>", line.class, self.steps(line, x, y));
        }
        if let Some((at, words)) = &self.mark {
            let left = x(*at);
            let (anchor, beside) = if left > WIDTH * 0.6 { ("end", left - 5.0) } else { ("start", left + 5.0) };
            let _ = write!(out, "<path class=\"mark\" d=\"M{} {TOP}V{}\"/>", Tenth(left), HEIGHT - BOTTOM);
            let _ = write!(
                out,
                "<text class=\"mark-words\" text-anchor=\"{anchor}\" x=\"{}\" y=\"{}\">{}</text>",
                Tenth(beside),
                TOP + 9.0,
                escape(words)
            );
        }
        if let Some((from, to)) = self.cursor.and_then(|at| Some((self.bounds.get(at)?, self.bounds.get(at + 1)?))) {
            let (left, right) = (x(*from), x(*to));
            let wide = (right - left).max(1.5);
            let _ = write!(
                out,
                "<rect class=\"cursor\" x=\"{}\" y=\"{TOP}\" width=\"{}\" height=\"{}\"/>",
                Tenth(left),
                Tenth(wide),
                HEIGHT - TOP - BOTTOM
            );
        }
        out + "</svg>"
    }

    /// A line as steps: each stretch at its height, with gaps where there is nothing.
    fn steps(&self, line: &Line, x: impl Fn(u64) -> f32, y: impl Fn(u64) -> f32) -> String {
        let (mut d, mut open) = (String::new(), false);
        for (place, value) in line.values.iter().enumerate() {
            let (Some(value), Some(from), Some(to)) = (value, self.bounds.get(place), self.bounds.get(place + 1))
            else {
                open = false;
                continue;
            };
            let height = Tenth(y(*value));
            let _ = match open {
                true => write!(d, "V{height}H{}", Tenth(x(*to))),
                false => write!(d, "M{} {height}H{}", Tenth(x(*from)), Tenth(x(*to))),
            };
            open = true;
        }
        d
    }

    /// The chart in a sentence: what it shows, and the largest value of each line.
    pub fn summary(&self) -> String {
        let most = |line: &Line| {
            let most = line.values.iter().flatten().max()?;
            Some([line.name, " up to ", &self.unit.say(*most)].concat())
        };
        let most: Vec<String> = self.lines.iter().filter_map(most).collect();
        [self.title, ": ", &if most.is_empty() { "nothing yet".to_owned() } else { most.join(", ") }].concat()
    }

    /// Title, legend, drawing, and what the cursor reads.
    pub fn html(&self) -> String {
        let key = |line: &Line| {
            format!(
                "<li><svg viewBox=\"0 0 26 8\" width=\"26\" height=\"8\" aria-hidden=\"true\"><path class=\"line {}\" \
                 d=\"M0 4H26\"/></svg>{}</li>",
                line.class,
                escape(line.name)
            )
        };
        let legend: String = self.lines.iter().map(key).collect();
        let read = self.cursor.map(|at| self.read(at)).unwrap_or_default();
        format!(
            "<h3>{}</h3><ul class=\"legend\">{legend}</ul>{}<p class=\"read\">{}</p>",
            escape(self.title),
            self.svg(),
            if read.is_empty() { "&nbsp;".to_owned() } else { escape(&read) }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart() -> Chart {
        Chart {
            name: "queue",
            title: "Requests that wait",
            unit: Unit::Count,
            magnitudes: false,
            bounds: vec![0, 1_000, 2_000, 3_000],
            across: Unit::Time,
            across_magnitudes: false,
            lines: vec![Line { name: "pool", class: "pool", values: vec![Some(5), None, Some(990)] }],
            level: None,
            mark: None,
            cursor: None,
        }
    }

    #[test]
    fn a_chart_can_be_read_without_being_seen() {
        let chart = chart();
        assert_eq!(chart.summary(), "Requests that wait: pool up to 990");
        assert_eq!(chart.read(2), "2 ms to 3 ms: pool 990");
        assert_eq!(chart.read(1), "1 ms to 2 ms: nothing");
        assert_eq!(chart.read(3), "");
    }

    #[test]
    fn values_stand_where_the_axis_says() {
        let axis = Axis { least: 1_000, most: 1_000_000, magnitudes: true };
        for (value, share) in [(0, 0.0), (1_000, 0.0), (10_000, 1.0 / 3.0), (1_000_000, 1.0), (u64::MAX, 1.0)] {
            assert!((axis.share(value) - share).abs() < 0.000_1, "{value}");
        }
        assert_eq!(axis.ticks(5), [1_000, 10_000, 100_000, 1_000_000]);
        let axis = Axis { least: 0, most: 1_040, magnitudes: false };
        assert_eq!(axis.ticks(5), [0, 500, 1_000]);
        for most in [1, 9, 10, 99, 12_345, u64::MAX / 2, u64::MAX] {
            let count = Axis { least: 0, most, magnitudes: false }.ticks(5).len();
            assert!((1..=12).contains(&count), "{most}: {count}");
        }
        // A gap stays a gap.
        let svg = chart().svg();
        assert_eq!(svg.matches("class=\"line pool\" d=\"M").count(), 1);
        let d = svg.split("class=\"line pool\" d=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        assert_eq!(d.matches('M').count(), 2, "{d}");
    }

    #[test]
    fn odd_charts_are_drawn() {
        for magnitudes in [false, true] {
            for values in [vec![], vec![None], vec![Some(0)], vec![Some(u64::MAX), Some(0)]] {
                for cursor in [None, Some(0), Some(9)] {
                    let lines = vec![Line { name: "a", class: "pool", values: values.clone() }];
                    let mark = Some((5, "here".to_owned()));
                    let odd = Chart { magnitudes, lines, cursor, mark, bounds: vec![0, 5], ..chart() };
                    assert!(!odd.html().contains("NaN") && !odd.html().contains("inf"), "{}", odd.html());
                }
            }
        }
        let none = Chart { bounds: Vec::new(), lines: Vec::new(), ..chart() };
        assert!(none.svg().ends_with("</svg>"));
    }
}
