//! The frame whose attribute `sandbox` is switched: each change opens it anew, and tries everything again.

use super::show;
use super::state::{self, FRAME};
use browser::jail::{self, Jail};
use browser::{dom, place, turn};
use course::html::escape;
use probe::compare::agrees;
use probe::context::Context;
use probe::predict::MOVED;
use probe::probes::{Begins, Group, find, of};
use probe::tokens::{TOKENS, undoes};
use probe::{Outcome, Probe, predict};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

thread_local! {
    /// The frame that is open, and where it stands.
    static OPEN: RefCell<Option<(Rc<Jail>, Context)>> = const { RefCell::new(None) };
    /// Which opening is the latest: what an earlier one says is not shown.
    static TURN: Cell<u32> = const { Cell::new(0) };
}

/// How long a frame may take to say that its script runs, in milliseconds: where it may run none, nothing is to come.
const QUIET: i32 = 700;
/// How long one attempt may take.
const PATIENCE: i32 = 5_000;

/// Takes the frame away.
pub fn close() {
    TURN.set(TURN.get() + 1);
    OPEN.take();
    super::light::clear();
}

/// The attribute, as the switches stand.
fn attribute() -> String {
    let on = |token: &&str| dom::find(&format!(".jail [value={token}]:checked")).is_some();
    let tokens: Vec<&str> = TOKENS.iter().map(|(token, ..)| *token).filter(on).collect();
    tokens.join(" ")
}

/// Shows the frame's attribute, and what is predicted with it; where it stands.
pub fn predicted() -> Option<(String, Context)> {
    let attribute = attribute();
    let context = state::with(|known| known.context.clone().sandboxed(&attribute))?;
    place::fill(".jail-tag", &escape(&format!("<iframe sandbox=\"{attribute}\" src=\"{FRAME}\">")));
    place::fill(".jail-table", &show::jail_table(&context));
    place::fill(".jail-undone", if undoes(context.flags) { UNDONE } else { "" });
    Some((attribute, context))
}

/// Opens the frame as the switches stand, and tries everything in it. What is predicted stands there first.
pub async fn again() {
    let this = TURN.get() + 1;
    TURN.set(this);
    OPEN.take();
    let Some((attribute, context)) = predicted() else { return };
    place::fill(".jail-said", "Trying anew…");
    let Some(place) = dom::find(".jail-frame") else { return };
    let patience = if context.flags.scripts { QUIET } else { state::PATIENCE };
    let opened = Jail::open(&place, FRAME, Some(&attribute), "The frame in the sandbox", patience, unasked).await;
    let Some((jail, ready)) = opened.filter(|_| TURN.get() == this) else { return };
    let jail = Rc::new(jail);
    OPEN.set(Some((jail.clone(), context.clone())));
    let (mut done, mut agreed) = (0, 0);
    let by_itself = |probe: &&Probe| probe.begins == Begins::Freely || context.flags.scripts;
    for probe in of(Group::Frame).filter(by_itself) {
        let heard = if ready { ask(&jail, probe, &context).await } else { None };
        if TURN.get() != this {
            return;
        }
        agreed += usize::from(came(probe, heard.as_deref(), &context));
        done += 1;
    }
    place::fill(
        ".jail-said",
        &format!("<b data-agreed=\"{agreed}\" data-done=\"{done}\">{agreed} of {done} came as predicted.</b>"),
    );
}

const UNDONE: &str = "<p class=\"notice\">Together, <code>allow-scripts</code> and <code>allow-same-origin</code> are no sandbox for a page of one’s \
    own origin: its script reaches the element that holds it, and takes the attribute away. The row below does so, and puts it \
    back. Whoever locks a stranger in serves the stranger’s page from another origin.</p>";

async fn ask(jail: &Jail, probe: &Probe, context: &Context) -> Option<String> {
    let args = format!("{{\"page\":{}}}", probe::outcome::quoted(&context.page));
    let text = [probe.id, "\n", &args].concat();
    if probe.id != "frame-top" {
        return jail.ask(probe.id, &text, PATIENCE).await;
    }
    // It may send this page elsewhere: then back.
    let before = turn::fragment();
    jail::hold(true);
    let mut heard = jail.ask(probe.id, &text, PATIENCE).await;
    let asked = heard.as_ref().is_some_and(|heard| heard.ends_with("\"asked\""));
    for _ in 0..20 {
        if !asked || turn::fragment() == MOVED {
            break;
        }
        jail::pause(50).await;
    }
    if turn::fragment() == MOVED {
        turn::replace(&[&*context.page, &before].concat());
        heard = heard.map(|heard| [&heard, MARK].concat());
    }
    jail::pause(100).await;
    jail::hold(false);
    heard
}

/// Stands behind what the frame said where it has sent the page elsewhere.
const MARK: &str = "\u{0}moved";

/// Shows what came; whether it agrees with the prediction.
fn came(probe: &'static Probe, heard: Option<&str>, context: &Context) -> bool {
    let pressed = probe.begins == Begins::InFrame;
    let context = Context { pressed, ..context.clone() };
    let predicted = predict(probe, &context);
    let (heard, moved) = match heard.and_then(|heard| heard.strip_suffix(MARK)) {
        Some(heard) => (Some(heard), true),
        None => (heard, false),
    };
    let mut parts = heard.unwrap_or_default().splitn(3, '\n').skip(1);
    let (violated, rest) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let seen = Outcome::read(rest).unwrap_or(Outcome::Silent);
    let mut html = show::seen(probe, &predicted, &seen, violated, context.browser);
    if probe.id == "frame-top" && seen == predicted.outcome && matches!(seen, Outcome::Value(_)) {
        // That it was asked is what the frame can tell; what became of the page, the page sees itself.
        html += if moved {
            "<small class=\"agrees\">this page’s address then ended in <code>#moved-by-the-frame</code>, and was put back</small>"
        } else {
            "<small class=\"differs\">and yet this page’s address has not changed</small>"
        };
    }
    place::fill(&format!(".jail [data-seen=\"{}\"]", probe.id), &html);
    violated.is_empty() && agrees(probe, &predicted, &seen, context.browser)
}

/// Something was pressed in the frame.
fn unasked(text: &str) {
    let Some(context) = OPEN.with_borrow(|open| open.as_ref().map(|(_, context)| context.clone())) else { return };
    if let Some(probe) = text.split('\n').next().and_then(find).filter(|probe| probe.begins == Begins::InFrame) {
        came(probe, Some(text), &context);
    }
}
