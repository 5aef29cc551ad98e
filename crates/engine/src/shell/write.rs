//! What writes files: `>`, `tee`, `rm`, `cp`, `mv`, `touch`, and editors, which ask for the page's own.
//!
//! Only documents are written: files of the home folder, of `/etc/nginx/conf.d`, and `/etc/hosts`.

use super::files::{self, Found, HOME};
use super::read::text_of;
use super::run::{Call, MOST, Said};
use super::{Ask, Written};
use crate::state::State;
use crate::world::World;

/// Where the front end's files lie.
const PUBLIC: &str = "/home/ubuntu/public";

const DENIED: &str = "Permission denied";

/// Whether a file may be written; if not, the kernel's words for it.
pub(super) fn may(world: &World, state: &State, name: &str, root: bool) -> Result<(), String> {
    let path = files::absolute(state.terminal.here(), name);
    if name.is_empty() || path == "/dev/null" {
        return if name.is_empty() { Err("No such file or directory".to_owned()) } else { Ok(()) };
    }
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mine = folder == HOME || folder == PUBLIC;
    match files::find(&files::all(world, state), &path, root) {
        Found::Folder => Err("Is a directory".to_owned()),
        Found::Denied => Err(DENIED.to_owned()),
        Found::NotFolder => Err("Not a directory".to_owned()),
        Found::File(_) | Found::Absent if !root && !path.starts_with("/home/ubuntu/") && !path.starts_with("/tmp/") => {
            Err(DENIED.to_owned())
        }
        Found::File(file) if matches!(file.held, files::Held::Document(_)) => Ok(()),
        Found::File(_) => Err("not modelled: writing this file".to_owned()),
        Found::Absent if mine || folder == "/etc/nginx/conf.d" => Ok(()),
        Found::Absent => Err("not modelled: a new file in this folder".to_owned()),
    }
}

/// Writes a file that may be written.
pub(super) fn put(world: &World, state: &mut State, name: &str, text: String, append: bool) {
    let path = files::absolute(state.terminal.here(), name);
    if path == "/dev/null" {
        return;
    }
    let name = files::name_of(&path).to_owned();
    let old = if append { now(world, state, &name).unwrap_or_default() } else { String::new() };
    let mut text = old + &text;
    if text.len() > MOST {
        text = text.chars().take(MOST / 4).collect();
    }
    note(state, Written { name, text: Some(text) });
}

/// The text of a document as it is now, with what has just been written.
fn now(world: &World, state: &State, name: &str) -> Option<String> {
    match state.terminal.written.iter().find(|written| written.name == name) {
        Some(written) => written.text.clone(),
        None => world.text(name).map(str::to_owned),
    }
}

fn note(state: &mut State, new: Written) {
    let written = &mut state.terminal.written;
    written.retain(|old| old.name != new.name);
    written.push(new);
}

pub(super) fn tee(call: Call<'_>) -> Said {
    let append = call.words.contains(&"-a");
    let input = call.input.unwrap_or("").to_owned();
    let mut said = Said::out(input.clone());
    for name in call.words.iter().filter(|word| **word != "-a") {
        match may(call.world, call.state, name, call.root) {
            Ok(()) => put(call.world, call.state, name, input.clone(), append),
            Err(why) => said.complain(1, &["tee: ", name, ": ", &why, "\n"]),
        }
    }
    said
}

pub(super) fn rm(call: Call<'_>) -> Said {
    let (options, names): (Vec<&str>, Vec<&str>) = call.words.iter().partition(|word| word.starts_with('-'));
    if names.is_empty() {
        return Said::err(1, &["rm: missing operand\nTry 'rm --help' for more information.\n"]);
    }
    let force = options.iter().any(|option| option.contains('f'));
    if options.iter().any(|option| option.contains(['r', 'R', 'd'])) {
        return Said::err(1, &["not modelled: rm ", options[0], "\n"]);
    }
    let every = files::all(call.world, call.state);
    let mut said = Said::default();
    for name in names {
        let path = files::absolute(call.state.terminal.here(), name);
        let why = match files::find(&every, &path, call.root) {
            Found::File(_) => match may(call.world, call.state, name, call.root) {
                Ok(()) => {
                    note(call.state, Written { name: files::name_of(&path).to_owned(), text: None });
                    continue;
                }
                Err(why) => why,
            },
            Found::Folder => "Is a directory".to_owned(),
            Found::Denied => DENIED.to_owned(),
            Found::NotFolder => "Not a directory".to_owned(),
            Found::Absent if force => continue,
            Found::Absent => "No such file or directory".to_owned(),
        };
        said.complain(1, &["rm: cannot remove '", name, "': ", &why, "\n"]);
    }
    said
}

/// `cp` and `mv` of one file.
pub(super) fn copy(call: Call<'_>, program: &str) -> Said {
    let (from, to) = match *call.words {
        [option, ..] if option.starts_with('-') => {
            return Said::err(1, &["not modelled: ", program, " ", option, "\n"]);
        }
        [from, to] => (from, to),
        [one] => {
            let help = ["'\nTry '", program, " --help' for more information.\n"].concat();
            return Said::err(1, &[program, ": missing destination file operand after '", one, &help]);
        }
        [] => {
            return Said::err(
                1,
                &[program, ": missing file operand\nTry '", program, " --help' for more information.\n"],
            );
        }
        _ => return Said::err(1, &["not modelled: ", program, " of several files\n"]),
    };
    let text = match text_of(&call, from) {
        Ok(text) => text,
        Err("Is a directory\n") => return Said::err(1, &["not modelled: ", program, " of a folder\n"]),
        Err(why) if why.starts_with("Perm") => {
            return Said::err(1, &[program, ": cannot open '", from, "' for reading: ", why]);
        }
        Err(why) => return Said::err(1, &[program, ": cannot stat '", from, "': ", why]),
    };
    // Into a folder, under the same name.
    let at = files::absolute(call.state.terminal.here(), to);
    let every = files::all(call.world, call.state);
    let target = match files::find(&every, &at, call.root) {
        Found::Folder => [&at, "/", from.rsplit('/').next().unwrap_or(from)].concat(),
        _ => to.to_owned(),
    };
    if files::absolute(call.state.terminal.here(), from) == files::absolute(call.state.terminal.here(), &target) {
        return Said::err(1, &[program, ": '", from, "' and '", &target, "' are the same file\n"]);
    }
    let moves = program == "mv";
    let allowed = may(call.world, call.state, &target, call.root);
    let allowed = allowed.and_then(|()| if moves { may(call.world, call.state, from, call.root) } else { Ok(()) });
    match allowed {
        Ok(()) => {
            put(call.world, call.state, &target, text, false);
            if moves {
                let path = files::absolute(call.state.terminal.here(), from);
                note(call.state, Written { name: files::name_of(&path).to_owned(), text: None });
            }
            Said::default()
        }
        Err(why) if moves => Said::err(1, &["mv: cannot move '", from, "' to '", &target, "': ", &why, "\n"]),
        Err(why) => Said::err(1, &["cp: cannot create regular file '", &target, "': ", &why, "\n"]),
    }
}

pub(super) fn touch(call: Call<'_>) -> Said {
    let mut said = Said::default();
    for name in call.words {
        match may(call.world, call.state, name, call.root) {
            Ok(()) => put(call.world, call.state, name, String::new(), true),
            Err(why) => said.complain(1, &["touch: cannot touch '", name, "': ", &why, "\n"]),
        }
    }
    said
}

/// `nano`, `vi`: the page opens the document in its own editor. A user who may not write the file learns it there as nano
/// says it.
pub(super) fn edit(call: Call<'_>, program: &str) -> Said {
    let [name] = *call.words else {
        return Said::err(1, &["not modelled: ", program, " without the name of one file\n"]);
    };
    let path = files::absolute(call.state.terminal.here(), name);
    match files::find(&files::all(call.world, call.state), &path, call.root) {
        Found::File(file) if matches!(file.held, files::Held::Document(_)) => {
            if let Err(why) = may(call.world, call.state, name, call.root) {
                return Said::err(1, &["[ File '", name, "' is unwritable ]\n", program, ": ", name, ": ", &why, "\n"]);
            }
            call.state.terminal.ask = Some(Ask::Edit(files::name_of(&path).to_owned()));
            Said::default()
        }
        Found::File(_) => Said::err(1, &["not modelled: editing ", &path, "\n"]),
        Found::Folder => Said::err(1, &["\"", name, "\" is a directory\n"]),
        Found::Denied => Said::err(1, &[program, ": ", name, ": ", DENIED, "\n"]),
        Found::NotFolder | Found::Absent => match may(call.world, call.state, name, call.root) {
            Ok(()) => {
                put(call.world, call.state, name, String::new(), false);
                call.state.terminal.ask = Some(Ask::Edit(files::name_of(&path).to_owned()));
                Said::default()
            }
            Err(why) => Said::err(1, &[program, ": ", name, ": ", &why, "\n"]),
        },
    }
}
