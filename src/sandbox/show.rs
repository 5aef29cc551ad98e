//! Tables, as text: what is tried, what is predicted of it, what came.

use super::state::Known;
use course::html::escape;
use probe::compare::{agrees, reached};
use probe::context::{Browser, Context};
use probe::probes::{Begins, Group, of};
use probe::tokens::TOKENS;
use probe::{Outcome, Prediction, Probe, predict};

/// The page where nothing can be tried.
pub fn nowhere(words: &str) -> String {
    format!("<p class=\"notice\">{words}</p>")
}

/// How the bundled server is started.
const START: &str = "<p class=\"notice\">The bundled server does not answer at this address, so what a server can do is not shown here, and the \
    figure’s lower half stays dark. That is no failure of your browser. Start it on your machine, and open this page at the \
    address that it says:</p><pre tabindex=\"0\">roundtrip serve --open</pre><p>or, from the source, <code>cargo xtask serve</code>. \
    Everything else on this page needs no server.</p>";

/// What stands where nothing was tried yet.
const YET: &str = "<p class=\"then yet\">not tried yet</p>";
/// The same where a press in the frame is wanted.
const PRESS: &str = "<p class=\"then\">press its button in the frame</p>";

/// Everything, before anything was tried.
pub fn page(known: &Known) -> String {
    let letter = match known.context.browser {
        Browser::Chromium => "Exceptions are predicted to the letter.",
        Browser::Other => {
            "Of this browser, it is predicted whether something is reached; the words of its exceptions are its own."
        }
    };
    let groups: String = Group::TABLE.into_iter().map(|group| table(group, known)).collect();
    let start = if known.served { "" } else { START };
    format!(
        "<h2>Try it</h2><p>Each row is a real attempt by <b>{}</b>, in which you read this. {letter} It is made in a page of this origin that has \
         no policy of its own, so what is refused there, your browser refuses.</p>{start}\
         <p class=\"sandbox-bar\"><button data-do=\"all\">Try everything</button> <span class=\"sandbox-said\" role=\"status\"></span></p>\
         <div class=\"sandbox-groups\">{groups}</div>",
        escape(&known.name),
    )
}

/// What stands below the words: the frame with its switches, and what the modules import.
pub fn more() -> String {
    jail() + &modules()
}

/// The attempts of a group.
fn table(group: Group, known: &Known) -> String {
    let rows: String = of(group).map(|probe| row(probe, &predict(probe, &known.context), known)).collect();
    // The last column only where a server does something in a page's place.
    let serves = of(group).any(|probe| probe.server.is_some());
    let column = if serves { "<th scope=\"col\">The bundled server</th>" } else { "" };
    let open = if group == Group::TABLE[0] { " open" } else { "" };
    format!(
        "<details class=\"tried-group\"{open}><summary>{} <small data-tally=\"{group:?}\">{} attempts</small></summary>\
         <table class=\"tried\" aria-label=\"{}\"><thead><tr><th scope=\"col\">Attempt</th>\
         <th scope=\"col\">Predicted</th><th scope=\"col\">This browser</th>{column}</tr></thead><tbody>{rows}</tbody></table></details>",
        group.title(),
        of(group).count(),
        group.title(),
    )
}

fn row(probe: &Probe, predicted: &Prediction, known: &Known) -> String {
    let serves = of(probe.group).any(|probe| probe.server.is_some());
    let server = match (probe.server, known.served) {
        (Some(op), true) => format!("<p class=\"then\">{}</p><div data-served=\"{}\"></div>", op.words(), probe.id),
        (Some(_), false) => "<p class=\"then\">is not here</p>".to_owned(),
        (None, _) => String::new(),
    };
    let server = if serves {
        format!("<td class=\"served{}\">{server}</td>", if probe.server.is_some() { "" } else { " none" })
    } else {
        String::new()
    };
    let begin = match probe.begins {
        Begins::ByPicking => "<label class=\"pick-file\"><span>Pick a file</span> <input type=\"file\" name=\"picked\" data-do=\"pick\"></label>".to_owned(),
        Begins::WithServer if !known.served => "<p class=\"then\">needs the bundled server</p>".to_owned(),
        _ => format!("<button data-do=\"try-{}\" aria-label=\"Try: {}\">Try</button>", probe.id, escape(probe.title)),
    };
    format!(
        "<tr data-row=\"{}\"><th scope=\"row\">{}{begin}{}</th><td class=\"predicted\">{}</td><td class=\"seen\" data-seen=\"{}\">{YET}</td>{server}</tr>",
        probe.id,
        escape(probe.title),
        code(probe),
        prediction(predicted),
        probe.id
    )
}

fn code(probe: &Probe) -> String {
    if probe.code.is_empty() {
        return String::new();
    }
    format!(
        "<details><summary>its code</summary><pre tabindex=\"0\">{}</pre></details>",
        escape(&probe.code.replace(';', ";\n"))
    )
}

/// A prediction: how it ends, what comes of it, why.
fn prediction(predicted: &Prediction) -> String {
    format!(
        "<b>{}</b> <code>{}</code><small>{}</small>",
        predicted.verdict.words(),
        escape(&predicted.outcome.words()),
        escape(predicted.because)
    )
}

/// What was seen, beside what was predicted.
pub fn seen(probe: &Probe, predicted: &Prediction, seen: &Outcome, violated: &str, browser: Browser) -> String {
    let agree = agrees(probe, predicted, seen, browser);
    let (class, words) = match (violated.is_empty(), agree) {
        // Whatever came of it, the browser’s sandbox was not asked.
        (false, _) => ("policy", "a policy that this host sends has refused it, before the browser’s sandbox could"),
        (true, true) => ("agrees", "as predicted"),
        (true, false) => ("differs", "differs: our bug"),
    };
    let mark = if reached(probe, seen) { "reached" } else { "not reached" };
    let policy =
        if violated.is_empty() { String::new() } else { format!("<small>policy: {}</small>", escape(violated)) };
    format!(
        "<span class=\"{class}\"><b>{mark}</b> <code>{}</code><small>{words}</small></span>{policy}",
        escape(&seen.words())
    )
}

/// What the server has answered.
pub fn served(status: u16, words: &str, as_predicted: bool) -> String {
    let (class, said) = if as_predicted { ("agrees", "as predicted") } else { ("differs", "differs: our bug") };
    format!("<span class=\"{class}\"><b>{status}</b> <code>{}</code><small>{said}</small></span>", escape(words))
}

/// Where the modules' imports are listed.
fn modules() -> String {
    "<section class=\"modules\"><h2>What this site’s own Wasm can reach</h2>\
     <p>A WebAssembly module reaches its own memory, and the functions that it imports by name. There is nothing else in it: no \
     system call, no file, no socket. The browser itself lists the imports (<code>WebAssembly.Module.imports</code>).</p>\
     <p><button data-do=\"modules\">List the imports</button></p><div class=\"imported\"></div></section>"
        .to_owned()
}

/// The frame with its switches.
fn jail() -> String {
    let token = |(token, words, offered): (&str, &str, bool)| {
        let on = if token == "allow-scripts" { " checked" } else { "" };
        let label = format!(
            "<label><input type=\"checkbox\" name=\"token\" value=\"{token}\" data-do=\"token\"{on}> <span><code>{token}</code> {words}</span></label>"
        );
        if offered { label } else { String::new() }
    };
    let tokens: String = TOKENS.into_iter().map(token).collect();
    format!(
        "<section class=\"jail\"><h2>A sandbox in the sandbox</h2><p>A page may lock a frame in further, with the attribute <code>sandbox</code>. Empty, \
         it forbids everything below; each word lifts one thing. Each change opens the frame anew and tries everything again. It needs no server.</p>\
         <div class=\"jail-bench\"><fieldset><legend>What the frame may do</legend>{tokens}</fieldset>\
         <div class=\"jail-frame\"><pre class=\"jail-tag\" tabindex=\"0\"></pre></div></div><div class=\"jail-undone\"></div>\
         <p class=\"sandbox-bar\"><button data-do=\"frame\">Try everything in the frame</button> \
         <span class=\"jail-said\" role=\"status\"></span></p><div class=\"jail-table\"></div></section>"
    )
}

/// The attempts in the frame, with what is predicted of each there.
pub fn jail_table(context: &Context) -> String {
    let row = |probe: &Probe| {
        let pressed = matches!(probe.begins, Begins::InFrame);
        let predicted = predict(probe, &Context { pressed, ..context.clone() });
        let wait = if pressed && !context.flags.scripts { PRESS } else { YET };
        format!(
            "<tr data-row=\"{}\"><th scope=\"row\">{}{}</th><td class=\"predicted\">{}</td><td class=\"seen\" data-seen=\"{}\">{wait}</td></tr>",
            probe.id,
            escape(probe.title),
            code(probe),
            prediction(&predicted),
            probe.id
        )
    };
    let rows: String = of(Group::Frame).map(row).collect();
    format!(
        "<table class=\"tried\" aria-label=\"In the frame\"><thead><tr><th scope=\"col\">Attempt in the frame</th><th scope=\"col\">Predicted</th>\
         <th scope=\"col\">This browser</th></tr></thead><tbody>{rows}</tbody></table>"
    )
}
