//! What runs on the instance: reading anew, starting, waiting; `ecosystem.config.js` and the scripts.

use crate::Remedy;
use crate::case::Case;
use crate::database::LOST;
use crate::edit::{Edit, indent, with_word};
use crate::web_words;
use course::load::Program;
use engine::app::App;
use engine::journey::Action;
use engine::literal::Data;
use engine::sockets::{self, Bound};
use engine::state::Status;
use engine::text;
use engine::time::Micros;
use engine::world::{Document, Kind};
use std::sync::Arc;

/// What is written is read, where it is not what was read.
pub fn loads(case: &Case<'_>) -> Vec<Remedy> {
    let mut found = Vec::new();
    if Program::Nginx.is_behind(case.world, case.loaded) {
        found.push(Remedy::load(Program::Nginx, "Reload nginx: what is written has not been read yet."));
    }
    if Program::Processes.is_behind(case.world, case.loaded) {
        let words = "Restart the processes: what is written has not been read yet.";
        found.push(Remedy::load(Program::Processes, words));
    }
    if Program::Database.is_behind(case.world, case.loaded) {
        let words = "Restart PostgreSQL: what is written has not been read yet.";
        found.push(Remedy::load(Program::Database, words));
    }
    if Program::Tables.is_behind(case.world, case.loaded) {
        let words = "Make the tables anew: they are not as schema.sql says now.";
        found.push(Remedy::load(Program::Tables, words).noting(LOST));
    }
    found
}

/// What does not run is started.
pub fn starts(case: &Case<'_>) -> Vec<Remedy> {
    let mut found = Vec::new();
    if !case.state.nginx.running {
        found.push(Remedy::command("systemctl start nginx", &["Start nginx."]));
    }
    if !case.state.database.running {
        found.push(Remedy::command("sudo systemctl start postgresql", &["Start PostgreSQL."]));
    }
    for process in &case.state.processes {
        let name = &process.declared.name;
        let (verb, words) = match process.status {
            Status::Online => continue,
            Status::Stopped => ("pm2 start ", "Start the process "),
            Status::Errored => ("pm2 restart ", "Restart the process "),
        };
        found.push(Remedy::command(&[verb, name].concat(), &[words, name, "."]));
    }
    let listed = |name: &str| case.state.processes.iter().any(|process| process.declared.name == name);
    if case.world.declared().0.iter().any(|declared| !listed(&declared.name)) {
        let words = ["Start what ecosystem.config.js declares: a process is missing from PM2's list."];
        found.push(Remedy::command("pm2 start ecosystem.config.js", &words));
    }
    found
}

/// Time passes: nginx asks a server again that failed, a limit counts anew, a "no" or a ticket is forgotten.
pub fn waits() -> Vec<Remedy> {
    let spans = [(1, "a second"), (10, "ten seconds"), (60, "a minute"), (300, "five minutes"), (3_600, "an hour")];
    let wait = |(seconds, words): (u64, &str)| Remedy {
        words: ["Wait ", words, ", and ask again: nothing needs to be changed."].concat(),
        wait: Some(Micros::seconds(seconds)),
        ..Remedy::default()
    };
    spans.into_iter().map(wait).collect()
}

/// The ports that nginx passes requests to.
pub fn passed(case: &Case<'_>) -> Vec<u16> {
    let mut ports = Vec::new();
    let config = &case.state.nginx.config;
    for port in config.groups.iter().flat_map(|group| &group.peers).map(|peer| peer.address.port()) {
        if !ports.contains(&port) && ports.len() < 8 {
            ports.push(port);
        }
    }
    ports
}

/// `ecosystem.config.js` and the scripts.
pub fn candidates(case: &Case<'_>) -> Vec<Remedy> {
    let mut found = ecosystem(case);
    // A script that nothing runs decides nothing.
    let declared = case.world.declared().0;
    let runs = |document: &&Arc<Document>| declared.iter().any(|declared| declared.script == document.name);
    for document in case.world.of(Kind::Script).filter(runs) {
        found.extend(script(case, document));
    }
    found
}

/// The lines of a document with their numbers.
fn lines(document: &Document) -> impl Iterator<Item = (u32, &str)> {
    text::lines(&document.text)
}

/// The scripts that could answer: to a call those that offer a gRPC service, to all else those that speak HTTP.
fn scripts<'a>(case: &Case<'a>) -> Vec<&'a Arc<Document>> {
    let call = case.actions.last().is_some_and(|action| matches!(action.what, Action::Call { .. }));
    let world = case.world;
    world.of(Kind::Script).filter(|script| world.script(&script.name).grpc.is_some() == call).take(8).collect()
}

fn ecosystem(case: &Case<'_>) -> Vec<Remedy> {
    let mut found = Vec::new();
    let Some(document) = case.world.of(Kind::Processes).next() else {
        return found;
    };
    let line_of = |line: u32| document.text.lines().nth(line.saturating_sub(1) as usize).unwrap_or("");
    let ports = passed(case);
    let scripts = scripts(case);
    for declared in case.world.declared().0 {
        let name = declared.name.as_str();
        for (key, value, source) in &declared.env {
            let line = line_of(source.line);
            for port in ports.iter().map(ToString::to_string).filter(|port| port != value) {
                if key != "PORT" && value.parse::<u16>().is_err() {
                    break;
                }
                let new = if value.is_empty() { None } else { with_word(line, value, &port) };
                let words = ["Give ", name, " the port that nginx asks: ", key, " ", &port, "."];
                let edit = new.map(|new| Edit::replace(&document.name, source.line, line, &new));
                found.extend(edit.map(|edit| Remedy::edit(case.world, edit, &words)));
            }
            if key != "PORT" {
                let edit =
                    with_word(line, key, "PORT").map(|new| Edit::replace(&document.name, source.line, line, &new));
                let words = ["Call the variable PORT, as the script of ", name, " does."];
                found.extend(edit.map(|edit| Remedy::edit(case.world, edit, &words)));
            }
        }
        // The line of the script is where fields of the application stand.
        let Some((number, line)) =
            lines(document).find(|(_, line)| text::contains(line, "script") && text::contains(line, &declared.script))
        else {
            continue;
        };
        if declared.env("PORT").is_none() {
            for port in ports.iter().map(ToString::to_string) {
                let words = ["Give ", name, " a port, the one that nginx asks: PORT ", &port, "."];
                let new = [indent(line), "env: { PORT: ", &port, " },"].concat();
                found.push(Remedy::edit(case.world, Edit::insert(&document.name, number + 1, &new), &words));
                if let Some((at, env)) =
                    lines(document).find(|(at, line)| *at > number && text::contains(line, "env: {"))
                {
                    let new = [indent(env), "  PORT: ", &port, ","].concat();
                    found.push(Remedy::edit(case.world, Edit::insert(&document.name, at + 1, &new), &words));
                }
            }
        }
        for script in scripts.iter().filter(|script| script.name != declared.script) {
            let new = with_word(line, &declared.script, &script.name);
            let words = ["Let ", name, " run the script ", &script.name, "."];
            let edit = new.map(|new| Edit::replace(&document.name, number, line, &new));
            found.extend(edit.map(|edit| Remedy::edit(case.world, edit, &words)));
        }
    }
    // An application whose script is not named.
    for (number, line) in lines(document).filter(|(_, line)| text::contains(line, "name:")) {
        for script in &scripts {
            let new = [indent(line), "script: \"", &script.name, "\","].concat();
            let words = ["Say which script it runs: ", &script.name, "."];
            found.push(Remedy::edit(case.world, Edit::insert(&document.name, number + 1, &new), &words));
        }
    }
    found
}

/// Where a script listens, what it requires, and its routes.
fn script(case: &Case<'_>, document: &Document) -> Vec<Remedy> {
    let mut found = Vec::new();
    let mut replace = |number: u32, line: &str, new: Option<String>, words: &[&str]| {
        let edit = new.map(|new| Edit::replace(&document.name, number, line, &new));
        found.extend(edit.map(|edit| Remedy::edit(case.world, edit, words)));
    };
    let ports = passed(case);
    for (number, line) in lines(document) {
        if let Some((before, after)) = text::split_once(line, ".listen(") {
            let inside = after.split(')').next().unwrap_or("");
            let rest = &after[inside.len()..];
            let (port, host) = inside.split_once(',').map_or((inside, None), |(port, host)| (port, Some(host)));
            let line_with = |port: &str, host: Option<&str>| {
                let host = host.map_or(String::new(), |host| [",", host].concat());
                Some([before, ".listen(", port, &host, rest].concat())
            };
            if host.is_some() {
                let words = [&document.name, " listens where nginx asks: at the loopback address only."];
                replace(number, line, line_with(port, Some(" \"127.0.0.1\"")), &words);
                if let Some((private, _)) = &case.readings.network.private {
                    let host = [" \"", &private.to_string(), "\""].concat();
                    let words = [&document.name, " listens at the instance's private address: others reach it there."];
                    replace(number, line, line_with(port, Some(&host)), &words);
                }
            }
            let words = [&document.name, " takes its port from the environment."];
            replace(number, line, line_with("process.env.PORT", host), &words);
            for port in ports.iter().map(ToString::to_string) {
                let words = [&document.name, " listens on port ", &port, ", which nginx asks."];
                replace(number, line, line_with(&port, host), &words);
            }
        }
        for data in case.world.of(Kind::Data).filter(|_| text::contains(line, "require(\"./")).take(4) {
            let Some((before, after)) = text::split_once(line, "require(\"./") else { continue };
            let rest = text::split_once(after, "\"").map_or("", |(_, rest)| rest);
            let words = [&document.name, " reads the file that exists, ", &data.name, "."];
            replace(number, line, Some([before, "require(\"./", &data.name, "\"", rest].concat()), &words);
        }
    }
    found.extend(missing(case, document));
    found
}

/// A script that never listens, or has no route for what was asked; a line that the request stumbled over.
fn missing(case: &Case<'_>, document: &Document) -> Vec<Remedy> {
    let mut found = Vec::new();
    let last = document.text.lines().count() as u32 + 1;
    let app = case.world.script(&document.name);
    if app.listen.is_none() {
        let words = ["Let ", &document.name, " listen: without `app.listen` it ends as soon as it has started."];
        let edit = Edit::insert(&document.name, last, "app.listen(process.env.PORT);");
        found.push(Remedy::edit(case.world, edit, &words));
    }
    for line in requires(case).into_iter().filter(|line| !text::contains(&document.text, line)) {
        let words = ["Read the data that ", &document.name, " uses: `", &line, "`."];
        found.push(Remedy::edit(case.world, Edit::insert(&document.name, 2, &line), &words));
    }
    found.extend(answers(case, document));
    let answered =
        |path: &str| app.routes.iter().any(|route| route.path == path && matches!(&*route.method, "GET" | "ALL"));
    if let (Some(path), Some(listen)) = (path(case).filter(|path| !answered(path)), &app.listen) {
        let name = path.trim_matches('/');
        let data = app.data.iter().any(|(data, _)| data == name);
        let answer = if data { ["res.json(", name, ")"].concat() } else { "res.json({})".to_owned() };
        let line = ["app.get(\"", &path, "\", (req, res) => ", &answer, ");"].concat();
        let words = ["Write a route for GET ", &path, " in ", &document.name, ": no route answers it."];
        let remedy = Remedy::edit(case.world, Edit::insert(&document.name, listen.source.line, &line), &words);
        found.push(if data { remedy } else { remedy.noting("what it should answer, only you can know") });
    }
    found.extend(declarations(case, document, &app));
    let own = case.lines(Kind::Script).into_iter().filter(|(name, _)| *name == document.name).map(|(_, line)| line);
    let stumbled: Vec<u32> = own.take(4).collect();
    let mut wrong = stumbled.clone();
    wrong
        .extend(app.problems.iter().map(|problem| problem.source.line).filter(|line| !stumbled.contains(line)).take(4));
    // What a script may say of its routes, beside what it does say.
    let parameters =
        app.routes.iter().flat_map(|route| route.path.split('/').filter_map(|part| part.strip_prefix(':')));
    let known = parameters.fold(document.text.clone(), |text, name| [&text, " req.params.", name].concat());
    for line in wrong {
        let written = document.text.lines().nth((line as usize).saturating_sub(1)).unwrap_or("");
        for new in web_words::corrected(written, &known).into_iter().take(24) {
            let words = ["Write `", new.trim(), "` in ", &document.name, ": a word is mistyped."];
            let edit = Edit::replace(&document.name, line, written, &new);
            found.push(Remedy::edit(case.world, edit, &words));
        }
    }
    for line in stumbled {
        let (name, written) = (&document.name, document.text.lines().nth(line as usize - 1).unwrap_or(""));
        let words = ["Take out the line of ", name, " that the request stumbled over."];
        found.push(Remedy::edit(case.world, Edit::remove(name, line, written), &words));
    }
    found
}

/// A name that nothing declares, in the handler of a route with a parameter: the one item of the data that it names.
fn declarations(case: &Case<'_>, document: &Document, app: &App) -> Vec<Remedy> {
    let mut found = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    for problem in &app.problems {
        let name = problem.words.strip_prefix("ReferenceError: ").and_then(|rest| rest.strip_suffix(" is not defined"));
        let line = problem.source.line;
        let route = app.routes.iter().rev().find(|route| route.source.line <= line);
        let parameter = route.and_then(|route| route.path.split('/').rev().find_map(|part| part.strip_prefix(':')));
        let (Some(name), Some(parameter)) = (name.filter(|name| !seen.contains(name)), parameter) else {
            continue;
        };
        seen.push(name);
        let written = document.text.lines().nth((line as usize).saturating_sub(1)).unwrap_or("");
        for (data, _) in app.data.iter().filter(|(_, value)| matches!(value.data, Data::List(_))).take(4) {
            let which = ["(", name, ") => ", name, ".", parameter, " === Number(req.params.", parameter, ")"].concat();
            let line_new = [indent(written), "const ", name, " = ", data, ".find(", &which, ");"].concat();
            let words = ["Say what ", name, " is: the one of ", data, " that the path names."];
            let edit = Edit::insert(&document.name, line, &line_new);
            found.push(Remedy::edit(case.world, edit, &words).noting("whether that is meant, only you can know"));
        }
    }
    found
}

/// A handler that ends without an answer: it answers with one of the values that it has.
fn answers(case: &Case<'_>, document: &Document) -> Vec<Remedy> {
    let mut found = Vec::new();
    if !case.decisions().any(|(step, ..)| step.name == "app-never-answers") {
        return found;
    }
    let mut value: Option<&str> = None;
    for (number, line) in lines(document) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["const" | "let", name, "=", ..] | ["const" | "let", "{", name, "}", "=", ..]
                if !indent(line).is_empty() =>
            {
                value = Some(name);
            }
            ["});"] | ["}", "catch", ..] => {
                if let Some(name) = value.take() {
                    let new = ["  res.json(", name, ");"].concat();
                    let words = ["Let the handler answer: `", new.trim(), "`."];
                    found.push(Remedy::edit(case.world, Edit::insert(&document.name, number, &new), &words));
                }
            }
            _ => {}
        }
    }
    found.truncate(8);
    found
}

/// The lines with which a script reads the files of data there are.
pub fn requires(case: &Case<'_>) -> Vec<String> {
    let line = |data: &Arc<Document>| {
        let name = data.name.split('.').next().unwrap_or("");
        ["const ", name, " = require(\"./", &data.name, "\");"].concat()
    };
    case.world.of(Kind::Data).take(4).map(line).collect()
}

/// The path of a route for what was asked: a number at its end is a parameter. None where it has signs that mean something.
pub fn path(case: &Case<'_>) -> Option<String> {
    let path = case.url.as_ref()?.target.split('?').next().unwrap_or("/");
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.');
    let (before, last) = path.rsplit_once('/').unwrap_or(("", ""));
    let number = !last.is_empty() && last.bytes().all(|c| c.is_ascii_digit());
    path.chars().all(plain).then(|| if number { [before, "/:id"].concat() } else { path.to_owned() })
}

/// The ports at which processes listen, or would listen if they ran; that of the process which the host names comes first.
pub fn ports(case: &Case<'_>) -> Vec<(u16, String)> {
    let hosts = &case.readings.hosts;
    let mut found = Vec::new();
    for process in &case.state.processes {
        if let Bound::At(_, port, _) = sockets::bound(process, hosts) {
            found.push((port, process.declared.name.clone()));
        }
    }
    text::sort(&mut found, |(_, name)| case.meant.as_ref() != Some(name));
    found.truncate(8);
    found
}
