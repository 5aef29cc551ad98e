//! What may be set beside a figure: a table of knobs, their values as text, and the fields that set them.
//!
//! A value is a whole number. A slider goes in steps that a person would choose (1, 2, … 10, 12, 15, 20 …), the field
//! beside it takes any number. It knows nothing of what a value does.

use crate::say::thousands;
use course::html::escape;

/// Something that may be set.
#[derive(Clone, Copy, Debug)]
pub struct Knob {
    /// The stable name, in addresses and questions.
    pub name: &'static str,
    /// The words beside the field.
    pub label: &'static str,
    /// What the number counts: `ms`. Empty where the label says it.
    pub unit: &'static str,
    /// What the program calls it, or what it does.
    pub note: &'static str,
    /// What it is if nobody sets it.
    pub usual: u64,
    /// How it is set.
    pub way: Way,
}

/// How a knob is set.
#[derive(Clone, Copy, Debug)]
pub enum Way {
    /// With a slider between these two, and a field for any number.
    Slide(u64, u64),
    /// One of these; its value is its place.
    Choose(&'static [(&'static str, &'static str)]),
    /// On or off.
    Switch,
}

/// The largest number that a field takes: enough digits for anything that can be meant.
pub const MOST: u64 = 999_999_999_999;

/// What is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Values {
    names: Vec<&'static str>,
    values: Vec<u64>,
}

impl Values {
    /// Everything as usual.
    pub fn usual(knobs: &[Knob]) -> Self {
        let names = knobs.iter().map(|knob| knob.name).collect();
        Self { names, values: knobs.iter().map(|knob| knob.usual).collect() }
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| *known == name)
    }

    /// The value of this knob; 0 where there is none of that name.
    pub fn get(&self, name: &str) -> u64 {
        self.place(name).map_or(0, |place| self.values[place])
    }

    /// Sets a knob; whether there is one of that name.
    pub fn set(&mut self, name: &str, value: u64) -> bool {
        let place = self.place(name);
        if let Some(place) = place {
            self.values[place] = value.min(MOST);
        }
        place.is_some()
    }

    /// Reads `name=value` pairs with `&` between; what is not understood is left as it is, and named.
    pub fn read(&mut self, text: &str) -> Vec<String> {
        let mut odd = Vec::new();
        for pair in text.trim_start_matches('?').split('&') {
            let Some((name, value)) = pair.split_once('=') else { continue };
            match (self.place(name), value.parse::<u64>()) {
                (Some(_), Ok(value)) => {
                    self.set(name, value);
                }
                (Some(_), Err(_)) => odd.push([name, "=", value].concat()),
                (None, _) => {}
            }
        }
        odd
    }

    /// The same, behind what else an address asks for.
    pub fn beside(&self, query: &str, knobs: &[Knob]) -> String {
        let other = |pair: &&str| pair.split_once('=').is_some_and(|(name, _)| self.place(name).is_none());
        let own = self.write(knobs);
        let others = query.trim_start_matches('?').split('&').filter(other);
        let all: Vec<&str> = others.chain([&*own]).filter(|pair| !pair.is_empty()).collect();
        all.join("&")
    }

    /// What differs from the usual, for [`Values::read`].
    pub fn write(&self, knobs: &[Knob]) -> String {
        let differs = knobs.iter().filter(|knob| self.get(knob.name) != knob.usual);
        let pairs: Vec<String> = differs.map(|knob| format!("{}={}", knob.name, self.get(knob.name))).collect();
        pairs.join("&")
    }
}

/// The steps of a slider, both ends among them.
pub fn steps(least: u64, most: u64) -> Vec<u64> {
    const DECADE: [u64; 13] = [10, 12, 15, 20, 25, 30, 40, 50, 60, 70, 80, 90, 100];
    let mut steps: Vec<u64> = (0..10).collect();
    let mut power = 1;
    while power <= most {
        steps.extend(DECADE[..12].iter().map(|step| step * power));
        power *= 10;
    }
    steps.retain(|step| (least..=most).contains(step));
    if steps.last() != Some(&most) {
        steps.push(most);
    }
    steps
}

/// The step that is nearest below a value.
pub fn step_of(steps: &[u64], value: u64) -> usize {
    steps.partition_point(|step| *step <= value).saturating_sub(1)
}

/// The field of a knob, with its slider where it has one.
pub fn field(knob: &Knob, value: u64) -> String {
    let Knob { name, label, unit, note, way, .. } = *knob;
    let note = if note.is_empty() { String::new() } else { format!(" <small>{}</small>", escape(note)) };
    let label = escape(label);
    match way {
        Way::Slide(least, most) => {
            let steps = steps(least, most);
            let (at, last) = (step_of(&steps, value), steps.len() - 1);
            let unit = if unit.is_empty() { String::new() } else { format!(" <span class=\"unit\">{unit}</span>") };
            format!(
                "<div class=\"knob\"><label for=\"k-{name}\">{label}{note}</label>\
                 <svg class=\"ticks\" viewBox=\"0 0 1000 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\" data-said=\"tick-{name}\"></svg>\
                 <input type=\"range\" min=\"0\" max=\"{last}\" value=\"{at}\" data-slide=\"{name}\" aria-label=\"{label}\" \
                 aria-valuetext=\"{}\"><input id=\"k-{name}\" type=\"number\" min=\"0\" inputmode=\"numeric\" \
                 value=\"{value}\" data-knob=\"{name}\">{unit}</div>",
                spoken(knob, value)
            )
        }
        Way::Choose(options) => {
            let option = |(place, (_, words)): (usize, &(&str, &str))| {
                let on = if place as u64 == value { " selected" } else { "" };
                format!("<option value=\"{place}\"{on}>{words}</option>")
            };
            let options: String = options.iter().enumerate().map(option).collect();
            format!(
                "<div class=\"knob\"><label for=\"k-{name}\">{label}{note}</label>\
                 <select id=\"k-{name}\" data-knob=\"{name}\">{options}</select></div>"
            )
        }
        Way::Switch => {
            let on = if value == 0 { "" } else { " checked" };
            format!(
                "<label class=\"switch\"><input type=\"checkbox\" role=\"switch\" data-knob=\"{name}\"{on}>\
                 <span>{label}{note}</span></label>"
            )
        }
    }
}

/// A value as it is spoken.
pub fn spoken(knob: &Knob, value: u64) -> String {
    let number = thousands(value);
    if knob.unit.is_empty() { number } else { [&number, " ", knob.unit].concat() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOBS: [Knob; 2] = [
        Knob { name: "a", label: "A", unit: "ms", note: "", usual: 5, way: Way::Slide(0, 60_000) },
        Knob { name: "b", label: "B", unit: "", note: "", usual: 0, way: Way::Switch },
    ];

    #[test]
    fn a_slider_goes_in_steps_from_end_to_end() {
        for (least, most) in [(0, 1), (1, 10), (0, 100), (1, 1_000_000_000), (0, 64), (0, 33)] {
            let steps = steps(least, most);
            assert_eq!((steps.first(), steps.last()), (Some(&least), Some(&most)));
            assert!(steps.is_sorted_by(|a, b| a < b), "{steps:?}");
            for (place, step) in steps.iter().enumerate() {
                assert_eq!(step_of(&steps, *step), place);
            }
        }
        assert_eq!(step_of(&steps(1, 100), 0), 0);
        assert_eq!(steps(1, 1_000)[step_of(&steps(1, 1_000), 129)], 120);
    }

    #[test]
    fn values_are_read_as_they_were_written() {
        let mut values = Values::usual(&KNOBS);
        assert_eq!(values.write(&KNOBS), "");
        assert_eq!(values.read("?a=12&b=1&step=4&piece=pool"), Vec::<String>::new());
        assert_eq!((values.get("a"), values.get("b"), values.get("c")), (12, 1, 0));
        assert_eq!(values.write(&KNOBS), "a=12&b=1");
        assert_eq!(values.beside("?embed=1&a=7&keys=0&odd", &KNOBS), "embed=1&keys=0&a=12&b=1");
        assert_eq!(Values::usual(&KNOBS).beside("?a=7", &KNOBS), "");
        assert_eq!(values.read("a=many&b=-1"), ["a=many", "b=-1"]);
        assert_eq!(values.get("a"), 12);
        values.read("a=18446744073709551615");
        assert_eq!(values.get("a"), MOST);
    }

    #[test]
    fn every_field_has_its_label() {
        assert!(field(&KNOBS[0], 1_200).contains("aria-valuetext=\"1,200 ms\""));
        assert!(field(&KNOBS[1], 1).contains(" checked"));
    }
}
