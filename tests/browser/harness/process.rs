//! A program that runs beside the test and ends with it.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

/// For how long a program may take to say that it is ready.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running program and the lines it prints.
pub struct Process {
    name: String,
    child: Child,
    lines: Receiver<String>,
}

impl Process {
    /// Starts it.
    pub fn start(command: &mut Command) -> Self {
        let name = command.get_program().to_string_lossy().into_owned();
        let started = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        let mut child = started.unwrap_or_else(|problem| panic!("cannot start {name}: {problem}"));
        let stdout = child.stdout.take().expect("it was piped");
        let (send, lines) = channel();
        // Reads to the end, whether anybody listens or not, so that the program never waits for a reader.
        thread::spawn(move || {
            BufReader::new(stdout).lines().map_while(Result::ok).for_each(|line| drop(send.send(line)));
        });
        Process { name, child, lines }
    }

    /// Waits for a line that holds this text; gives what comes after it.
    pub fn line_after(&self, text: &str) -> String {
        self.hears(text).unwrap_or_else(|| panic!("{} did not say {text:?}", self.name))
    }

    /// The same, for a program that may have ended without saying it.
    pub fn hears(&self, text: &str) -> Option<String> {
        loop {
            let line = self.lines.recv_timeout(PATIENCE).ok()?;
            if let Some((_, after)) = line.split_once(text) {
                return Some(after.trim().to_owned());
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
