//! The phones beside a figure, as they are at one moment of the run, and, when it is over, what was true for whom. What an
//! app shows is worked out by the engine from what was sent to it ([`engine::state::handset`]).

use course::html::escape;
use course::load;
use engine::database::server::ROLE;
use engine::journey::{Action, Press, Timed};
use engine::message::{Message, Response};
use engine::phones::{Phones, places};
use engine::state::State;
use engine::state::handset::{Handset, Post};
use engine::trace::{Act, Step, Trace};
use link::Bench;
use std::fmt::Write as _;
use viewpoint::truths::{Rows, Truths, truths};

/// What an app is doing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Doing {
    /// It waits for nothing.
    Nothing,
    /// It waits for an answer.
    Waits,
}

/// One phone at one moment.
struct Screen {
    number: usize,
    holds: Handset,
    doing: Doing,
}

/// The phones as HTML: at the event with this number, or before the run. `about` is the piece, and who holds the phone at
/// the left: nobody said, it is whoever presses last.
pub fn phones(bench: &Bench, about: &str, at: Option<usize>) -> String {
    let Bench { world, loaded, actions, .. } = bench;
    let (piece, who) = about.split_once(' ').unwrap_or((about, ""));
    let all = world.phones();
    if all.phones.is_empty() {
        return "<p class=\"empty\">The document phones names no phone.</p>".to_owned();
    }
    let trace = course::play_loaded(world, loaded, actions);
    let step = at.and_then(|at| trace.steps.get(at));
    let action = step.map_or(0, |step| step.action);
    let seen = &actions[load::past(actions).len().min(actions.len())..];
    let before = load::after(world, loaded, actions, action);
    let after = load::after(world, loaded, actions, action + usize::from(step.is_some()));
    // A press of somebody on the phone at the left that is to come is his as well.
    let pressed = presses(seen);
    let first = pressed.last().map(|(name, _)| *name);
    let left = Some(who).filter(|who| all.find(who).is_some()).or(first).unwrap_or(&all.phones[0].name);
    let names = shown(piece, &all, left, &pressed, &before);
    let mut out = ["<div class=\"phones", if names.len() == 2 { " two" } else { "" }, "\">"].concat();
    for (place, name) in names.iter().enumerate() {
        let Some((number, _)) = all.find(name) else { continue };
        let now = seen.get(action).map_or(&[][..], core::slice::from_ref);
        let mut screen = at_moment(number, name, [&before, &after], &trace, (action, at), &presses(now));
        if piece == "like-button" && screen.holds.feed.len() < 2 {
            opened_before(&mut screen.holds, &before);
        }
        let choose = (piece == "like-button" && place == 0).then_some(&all);
        draw(&mut out, &screen, piece, choose);
    }
    out += "</div>";
    let over = at.is_some_and(|at| at + 1 >= trace.steps.len());
    if over {
        let began = load::standing(world, loaded, actions);
        out += &told(&truths(world, &began, &after, &trace));
    }
    out
}

/// Who presses what in these actions, in order.
fn presses(actions: &[Timed]) -> Vec<(&str, &Press)> {
    let mut found = Vec::new();
    for action in actions {
        match &action.what {
            Action::Press { phone, what } => found.push((phone.as_str(), what)),
            Action::Together(several) => found.extend(presses(several)),
            _ => {}
        }
    }
    found
}

/// Whose phones are shown.
fn shown(piece: &str, all: &Phones, left: &str, pressed: &[(&str, &Press)], state: &State) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut add = |name: &str| {
        if names.len() < 4 && !names.iter().any(|other| other == name) {
            names.push(name.to_owned());
        }
    };
    if piece == "like-button" {
        add(left);
        // Whoever presses as well, and whose post it is.
        pressed.iter().for_each(|(name, _)| add(name));
        if let Some(owner) = pressed.last().and_then(|(_, what)| owner(what, state)) {
            add(&owner);
        }
        if let Some(other) = all.phones.iter().find(|phone| phone.name != left && pressed.is_empty()) {
            add(&other.name);
        }
    } else {
        let count = if piece == "state" { 2 } else { 4 };
        all.phones.iter().take(count).for_each(|phone| add(&phone.name));
        pressed.iter().for_each(|(name, _)| add(name));
    }
    names
}

/// Whose post it is that is liked.
fn owner(what: &Press, state: &State) -> Option<String> {
    let (Press::Like(post) | Press::Unlike(post)) = what else { return None };
    posts(state).into_iter().find(|known| known.id == *post).map(|known| known.author)
}

/// The posts in the database.
fn posts(state: &State) -> Vec<Post> {
    let mut database = state.database.clone();
    let Some((_, posts)) = database.rows(ROLE.2, "posts") else { return Vec::new() };
    let (_, users) = database.rows(ROLE.2, "users").unwrap_or_default();
    let (_, likes) = database.rows(ROLE.2, "likes").unwrap_or_default();
    let text = |value: Option<&Option<_>>| -> String {
        value.and_then(Option::as_ref).map_or_else(String::new, |value: &String| value.clone())
    };
    let post = |row: &Vec<Option<String>>| {
        let (id, user) = (text(row.first()), text(row.get(1)));
        let author =
            users.iter().find(|row| text(row.first()) == user).map_or_else(String::new, |row| text(row.get(1)));
        let count = likes.iter().filter(|row| text(row.get(1)) == id).count();
        Post { id: id.parse().unwrap_or(0), author, body: text(row.get(2)), likes: count.to_string() }
    };
    posts.iter().map(post).collect()
}

/// The feed as the app got it when it was opened before this run, with what it has heard of since.
fn opened_before(holds: &mut Handset, before: &State) {
    let heard = core::mem::take(&mut holds.feed);
    holds.feed = posts(before);
    for post in &mut holds.feed {
        if let Some(heard) = heard.iter().find(|heard| heard.id == post.id) {
            post.likes.clone_from(&heard.likes);
        }
    }
}

/// What a phone's app holds at a moment of an action: what it held before, and what has come since.
fn at_moment(
    number: usize,
    name: &str,
    [before, after]: [&State; 2],
    trace: &Trace,
    (action, at): (usize, Option<usize>),
    presses: &[(&str, &Press)],
) -> Screen {
    let fresh = || Handset { name: name.to_owned(), ..Handset::default() };
    let mut holds = before.handset(name).cloned().unwrap_or_else(fresh);
    let (place, user) = places(number);
    let own: Vec<&Press> = presses.iter().filter(|(other, _)| *other == name).map(|(_, what)| *what).collect();
    let (mut answer, mut asked, mut done) = (None::<&Response>, 0, 0);
    let until = at.map_or(0, |at| at + 1);
    let here = |step: &&Step| step.action == action;
    for step in trace.steps[..until.min(trace.steps.len())].iter().filter(here) {
        match &step.act {
            Act::Travel { to, message: Message::Response(response), .. } if *to == place => answer = Some(response),
            Act::Decide { at, .. } if *at == user && step.name == "presses" => {
                asked += 1;
                (holds.says, holds.failed) = (String::new(), false);
            }
            Act::Decide { at, verdict, .. } if *at == place && step.name == "app-repaints" => {
                match (own.get(done), answer.take()) {
                    (Some(press), Some(response)) => holds.repaint(press, response, step.end),
                    _ => {
                        let words = verdict.words.to_string();
                        holds.says = words.strip_prefix("shows: ").unwrap_or(&words).to_owned();
                        holds.failed = true;
                    }
                }
                done += 1;
            }
            Act::Decide { at, .. } if *at == place && step.name == "notification-shown" => {
                let next = after.handset(name).and_then(|after| after.notices.get(holds.notices.len()));
                holds.notices.extend(next.cloned());
            }
            _ => {}
        }
    }
    Screen { number, holds, doing: if asked > done { Doing::Waits } else { Doing::Nothing } }
}

/// One phone.
fn draw(out: &mut String, Screen { number, holds, doing }: &Screen, piece: &str, choose: Option<&Phones>) {
    let name = escape(&holds.name);
    let _ = write!(out, "<section class=\"phone\" aria-label=\"{name}’s phone\" data-phone=\"{name}\">");
    match choose {
        Some(all) => {
            *out += "<label class=\"whose\"><span class=\"unseen\">Whose phone</span><select>";
            for phone in &all.phones {
                let on = if phone.name == holds.name { " selected" } else { "" };
                let _ = write!(out, "<option{on}>{}</option>", escape(&phone.name));
            }
            *out += "</select></label>";
        }
        None => {
            let _ = write!(out, "<p class=\"whose\">{name}</p>");
        }
    }
    *out += "<div class=\"notices\" role=\"log\" aria-label=\"Notifications\">";
    for notice in holds.notices.iter().rev().take(3) {
        let _ = write!(out, "<p>{}</p>", escape(&notice.text));
    }
    *out += "</div>";
    if !holds.profile.is_empty() {
        let field = |(name, value): &(String, String)| format!("{} {}", escape(name), escape(value));
        let fields: Vec<String> = holds.profile.iter().map(field).collect();
        let _ = write!(out, "<p class=\"own\">Profile: {}</p>", fields.join(", "));
    }
    if holds.feed.is_empty() {
        *out += "<p class=\"empty\">Nothing has been opened yet.</p>";
    } else {
        *out += "<ul class=\"feed\">";
        holds.feed.iter().for_each(|post| draw_post(out, post, holds.liked.contains(&post.id)));
        *out += "</ul>";
    }
    if !holds.looked.is_empty() {
        let _ = write!(out, "<pre class=\"looked\">{}</pre>", escape(&holds.looked));
    }
    let (class, says) = match (doing, holds.says.as_str()) {
        (Doing::Waits, _) => (" waits", "Waiting for the answer …"),
        (_, says) if holds.failed => (" failed", says),
        (_, says) => ("", says),
    };
    let _ = write!(out, "<p class=\"says{class}\" role=\"status\">{}</p>", escape(says));
    buttons(out, piece, *number);
    *out += "</section>";
}

fn draw_post(out: &mut String, Post { id, author, body, likes }: &Post, liked: bool) {
    let (press, sign) = if liked { ("unlike", "♥") } else { ("like", "♡") };
    let _ = write!(
        out,
        "<li><p><b>{}</b> {}</p><button type=\"button\" data-press=\"{press} {id}\" aria-pressed=\"{liked}\" \
         aria-label=\"Like post {id}, {} likes\">{sign} {}</button></li>",
        escape(author),
        escape(body),
        escape(likes),
        escape(likes),
    );
}

/// What else the app has buttons for, and what somebody may try all the same.
fn buttons(out: &mut String, piece: &str, number: usize) {
    *out += "<p class=\"more\"><button type=\"button\" data-press=\"feed\">Feed</button>";
    if piece == "state" {
        let other = if number == 1 { 1 } else { 2 };
        let _ = write!(
            out,
            "<button type=\"button\" data-press=\"profile\">Profile</button>\
             <button type=\"button\" data-press=\"write {other}\">Write to user {other}</button>\
             <button type=\"button\" data-press=\"look /users/{other}/messages\">Look at user {other}’s messages</button>"
        );
    }
    *out += "</p>";
}

/// What was true for whom, when all is over.
fn told(truths: &Truths) -> String {
    let mut out = String::from("<div class=\"truths\"><section><h3>What they saw</h3>");
    let mut nobody = true;
    for screen in truths.screens.iter().filter(|screen| !screen.shown.is_empty()) {
        nobody = false;
        out += "<ul>";
        screen.shown.iter().for_each(|words| _ = write!(out, "<li>{}</li>", escape(words)));
        out += "</ul>";
    }
    if nobody {
        out += "<p class=\"empty\">Nobody pressed anything.</p>";
    }
    out += "</section><section><h3>What the database holds</h3>";
    let changed: Vec<&Rows> = truths.tables.iter().filter(|rows| rows.changes() != (vec![], vec![])).collect();
    if changed.is_empty() {
        out += "<p class=\"empty\">The same rows as before.</p>";
    }
    changed.iter().for_each(|rows| table(&mut out, rows));
    for (name, value) in &truths.memory {
        let _ = write!(out, "<p>In the backend’s memory: <code>{} = {}</code></p>", escape(name), escape(value));
    }
    out += "</section><section><h3>What others were told</h3>";
    let mut quiet = true;
    for screen in truths.screens.iter().filter(|screen| !screen.holds.notices.is_empty()) {
        quiet = false;
        let _ = write!(out, "<p>{}:</p><ul>", escape(&screen.name));
        screen.holds.notices.iter().for_each(|notice| _ = write!(out, "<li>{}</li>", escape(&notice.text)));
        out += "</ul>";
        if screen.holds.again > 0 {
            let _ = write!(out, "<p>{} came again and was not shown again.</p>", screen.holds.again);
        }
    }
    if quiet {
        out += "<p class=\"empty\">Nothing.</p>";
    }
    out + "</section></div>"
}

fn table(out: &mut String, rows: &Rows) {
    let (new, gone) = rows.changes();
    let count = |n: usize| if n == 1 { "1 row".to_owned() } else { format!("{n} rows") };
    let _ = write!(
        out,
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\"><table><caption>{0}: {1} before, {2} now</caption><tr><td></td>",
        rows.table,
        count(rows.before.len()),
        rows.after.len()
    );
    rows.columns.iter().for_each(|column| _ = write!(out, "<th scope=\"col\">{}</th>", escape(column)));
    *out += "</tr>";
    for (sign, row) in gone.iter().map(|row| ("−", row)).chain(new.iter().map(|row| ("+", row))) {
        let _ = write!(out, "<tr><td>{sign}</td>");
        row.iter().for_each(|value| _ = write!(out, "<td>{}</td>", escape(value.as_deref().unwrap_or("NULL"))));
        *out += "</tr>";
    }
    *out += "</table></div>";
}
