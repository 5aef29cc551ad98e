//! The same job done in two places, side by side: who computed, what travelled to the browser, what each could see.

use engine::message::Message;
use engine::place::Place::{self, Browser};
use engine::state::State;
use engine::text;
use engine::time::Micros;
use engine::trace::{Act, Ruling, Trace};
use engine::world::{Kind, World};

/// One of the two.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Side {
    /// Where the result was worked out, by which line, and how long that took; none where nobody did.
    pub computed: Option<(Place, String, Micros)>,
    /// What came to the browser: what it is, and how many bytes its body has.
    pub travelled: Vec<(String, usize)>,
    /// What the code that computed could read.
    pub saw: Vec<String>,
}

/// The actions of a trace, each as one side. `state` is how things stood before them.
pub fn sides(world: &World, state: &State, trace: &Trace) -> Vec<Side> {
    (0..trace.outcomes.len()).map(|action| side(world, state, trace, action)).collect()
}

fn side(world: &World, state: &State, trace: &Trace, action: usize) -> Side {
    let mut side = Side::default();
    let (mut program, mut ran) = (String::new(), Micros::ZERO);
    for step in trace.steps.iter().filter(|step| step.action == action) {
        match &step.act {
            Act::Travel { to: Browser, message: Message::Response(response), .. } => {
                let length = response.header("Content-Length").and_then(|length| length.parse().ok());
                let kind = response.header("Content-Type").unwrap_or("nothing");
                let words = [kind.split(';').next().unwrap_or(kind), ", ", &response.status.to_string()].concat();
                side.travelled.push((words, length.unwrap_or(response.body.len())));
            }
            Act::Decide { at, verdict, basis } => match step.name {
                // Who computes in the browser was only handed its code and its data by the server.
                "script-runs" => ran += Micros(step.end.0 - step.start.0),
                "browser-computes" => {
                    side.computed = Some((*at, basis.to_string(), ran));
                    side.saw = in_the_browser(trace, action);
                }
                "upstream-accepts" if verdict.ruling == Ruling::Allow => {
                    verdict.words.split(' ').next().unwrap_or("").clone_into(&mut program);
                }
                "app-answers" if verdict.ruling == Ruling::Answer && side.computed.is_none() => {
                    side.computed = Some((*at, basis.to_string(), Micros(step.end.0 - step.start.0)));
                    side.saw = on_the_server(world, state, &program);
                }
                _ => {}
            },
            Act::Travel { .. } => {}
        }
    }
    side
}

/// What a process can read: its script, the data that it names, its environment.
fn on_the_server(world: &World, state: &State, program: &str) -> Vec<String> {
    let Some(process) = state.processes.iter().find(|process| process.declared.name == program) else {
        return Vec::new();
    };
    let script = process.declared.script.clone();
    let code = world.text(&script).unwrap_or("");
    let data = world.of(Kind::Data).filter(|document| text::contains(code, &document.name));
    let mut saw = vec![["its own code, ", &script].concat()];
    saw.extend(data.map(|document| ["the file ", &document.name].concat()));
    saw.extend(process.declared.env.iter().map(|(name, ..)| ["the environment variable ", name].concat()));
    saw.push("the request, and nothing else of the reader’s device".to_owned());
    saw
}

/// What a page's script can read: what came, and the device as far as a page may see it.
fn in_the_browser(trace: &Trace, action: usize) -> Vec<String> {
    let came = |name: &str| {
        trace.steps.iter().any(|step| {
            step.action == action && step.name == name && matches!(step.act, Act::Travel { to: Browser, .. })
        })
    };
    let mut saw = Vec::new();
    for (name, words) in [
        ("html", "the page"),
        ("javascript", "its own code, as everybody can who opens the developer tools"),
        ("data", "the data that the server sent it, all of them"),
    ] {
        if came(name) {
            saw.push(words.to_owned());
        }
    }
    saw.push("the device as far as a page may, and no file of the server".to_owned());
    saw
}
