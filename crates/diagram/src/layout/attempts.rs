//! The ways that are tried to fit a flowchart on its page, the roomiest first.

use super::Form;
use super::level::Lanes;
use super::size::Style;
use crate::parse::{Direction, Flowchart};

/// One way to try.
#[derive(Clone, Copy)]
pub(super) struct Try {
    pub style: Style,
    pub sideways: bool,
    pub stack: bool,
    pub wrap: Option<f64>,
    pub axis: bool,
    pub lanes: Lanes,
}

pub(super) const ROOMY: Style = Style {
    font: 15.0,
    label: 15.0,
    node_wrap: 150.0,
    label_wrap: 200.0,
    soft: false,
    pad_x: 18.0,
    pad_y: 12.0,
    min_h: 46.0,
    min_w: 64.0,
    node_gap: 30.0,
    rank_gap: 48.0,
    lane: 18.0,
    group_pad: 22.0,
    margin: 10.0,
};

const SNUG: Style = Style { node_wrap: 120.0, label_wrap: 130.0, pad_x: 15.0, node_gap: 24.0, ..ROOMY };
const CLOSE: Style =
    Style { node_wrap: 100.0, label_wrap: 100.0, pad_x: 13.0, rank_gap: 42.0, group_pad: 18.0, ..SNUG };

pub(super) const PHONE: Style = Style {
    font: 13.0,
    label: 13.0,
    node_wrap: 120.0,
    label_wrap: 110.0,
    soft: true,
    pad_x: 11.0,
    pad_y: 9.0,
    min_h: 40.0,
    min_w: 44.0,
    node_gap: 14.0,
    rank_gap: 40.0,
    lane: 14.0,
    group_pad: 12.0,
    margin: 4.0,
};
const PHONE_SNUG: Style = Style { node_wrap: 84.0, label_wrap: 84.0, pad_x: 8.0, node_gap: 12.0, ..PHONE };
const PHONE_CLOSE: Style = Style {
    font: 12.0,
    label: 12.0,
    node_wrap: 64.0,
    label_wrap: 56.0,
    pad_x: 7.0,
    node_gap: 10.0,
    lane: 12.0,
    group_pad: 9.0,
    ..PHONE
};

pub(super) fn tries(chart: &Flowchart, form: Form) -> Vec<Try> {
    let sideways = matches!(chart.direction, Direction::Right | Direction::Left);
    let mut out = Vec::new();
    match form {
        Form::Wide => {
            let tight = Style { node_gap: 18.0, pad_x: 11.0, group_pad: 14.0, margin: 6.0, ..CLOSE };
            let tighter = Style { node_wrap: 84.0, label_wrap: 72.0, ..tight };
            for (style, wrap) in [
                (ROOMY, None),
                (SNUG, None),
                (CLOSE, None),
                (tight, None),
                (Style { label_wrap: 98.0, ..tighter }, None),
                (tighter, None),
                (tight, Some(1.0)),
            ] {
                for lanes in [Lanes::Right, Lanes::Left] {
                    out.push(Try { style, sideways, stack: false, wrap, axis: false, lanes });
                }
            }
            // A flow to the right that is too long even so goes down the page instead.
            if sideways {
                let last = |tried: &Try| Try { sideways: false, ..*tried };
                out.extend(out.clone().iter().take(2).map(last));
            }
        }
        Form::Tall => {
            for style in [PHONE, PHONE_SNUG, PHONE_CLOSE] {
                for lanes in [Lanes::Right, Lanes::Left] {
                    let down = |stack, wrap, axis| Try { style, sideways: false, stack, wrap, axis, lanes };
                    out.extend([down(false, None, false), down(true, None, false)]);
                    for axis in [false, true] {
                        let shares = [1.0, 0.85, 0.7, 0.55];
                        out.extend(shares.map(|share| down(true, Some(share), axis)));
                    }
                    if chart.groups.is_empty() {
                        out.push(Try { style, sideways: true, stack: true, wrap: None, axis: false, lanes });
                    }
                }
            }
        }
    }
    out
}
