//! `nginx.service` as systemd sees it: how it was started and stopped, by which programs, and what its journal holds
//! (recorded with systemd 252.38 and nginx 1.22.1 of Debian 12).

use super::State;
use crate::problem::{Problem, Severity};
use crate::time::Micros;
use crate::world::World;

/// How many lines of the journal are kept.
const KEPT: usize = 60;

/// The unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unit {
    /// Its journal: when, which program (1 is systemd), what, and in which job.
    pub journal: Vec<(Micros, u32, Line, u32)>,
    /// How many lines of it belong to what ran before it was started last.
    pub before: usize,
    /// Since when it is as it is.
    pub since: Micros,
    /// For how long it ran last, where it runs no more.
    pub ran: Option<Micros>,
    /// The programs that were run for it last: what for, its number, and whether it ended well.
    pub runs: Vec<(Step, u32, bool)>,
    /// The number of nginx's first process, and that of its worker.
    pub processes: (u32, u32),
    /// How many numbers of processes, and of jobs, it has taken. They are ours: the first process is 809, so that nginx is
    /// 811 when the instance has booted, and its worker 812.
    taken: u32,
    jobs: u32,
}

/// What a program is run for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// `nginx -t`, before it is started.
    Pre,
    /// nginx itself, which goes on in the background.
    Start,
    /// `nginx -s reload`.
    Reload,
    /// `start-stop-daemon`.
    Stop,
}

/// A line of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// `Starting …`
    Starting,
    /// `Started …`
    Started,
    /// `Reloading …`
    Reloading,
    /// `Reloaded …`
    Reloaded,
    /// `Reload failed for …`
    ReloadFailed,
    /// `Stopping …`
    Stopping,
    /// `Deactivated successfully.`
    Deactivated,
    /// `Stopped …`
    Stopped,
    /// `Control process exited, …`, and for what it was run.
    Exited(Step),
    /// `Failed with result 'exit-code'.`
    Failed,
    /// `Failed to start …`
    StartFailed,
    /// nginx says something of this weight (`emerg`, `warn`, `notice`) before it has opened its log.
    Says(&'static str, String),
    /// nginx says something without a date.
    Plain(String),
}

impl Unit {
    fn number(&mut self) -> u32 {
        self.taken += 1;
        808 + self.taken
    }

    /// The number of a program that somebody runs by hand.
    pub fn by_hand(&mut self) -> u32 {
        self.number()
    }

    fn write(&mut self, at: Micros, pid: u32, line: Line) {
        if self.journal.len() == KEPT {
            self.journal.remove(0);
            self.before = self.before.saturating_sub(1);
        }
        self.journal.push((at, pid, line, self.jobs));
    }

    fn warnings(&mut self, at: Micros, pid: u32, problems: &[Problem]) {
        for problem in problems.iter().filter(|problem| problem.severity == Severity::Warning) {
            self.write(at, pid, Line::Says("warn", problem.words.clone()));
        }
    }

    fn runs(&mut self, step: Step, pid: u32, well: bool) {
        self.runs.retain(|(other, ..)| *other != step);
        self.runs.push((step, pid, well));
    }
}

impl State {
    /// `systemctl start nginx`: its configuration is tested, then it is started. False where it cannot start.
    pub fn start_unit(&mut self, world: &World) -> bool {
        if self.nginx.running {
            return true;
        }
        let (now, well) = (self.now, self.start_nginx(world));
        let config = self.nginx.config.clone();
        let unit = &mut self.unit;
        unit.jobs += 1;
        unit.before = unit.journal.len().min(KEPT);
        unit.runs.clear();
        unit.since = now;
        unit.write(now, 1, Line::Starting);
        let pre = unit.number();
        unit.warnings(now, pre, &config.problems);
        let failed = if let Some(problem) = config.error() {
            unit.write(now, pre, Line::Says("emerg", problem.words.clone()));
            unit.write(now, pre, Line::Plain("nginx: configuration file /etc/nginx/nginx.conf test failed".to_owned()));
            unit.runs(Step::Pre, pre, false);
            Some(Step::Pre)
        } else {
            unit.runs(Step::Pre, pre, true);
            let start = unit.number();
            unit.warnings(now, start, &config.problems);
            // An address that is taken is tried five times.
            for words in self.nginx.failure.iter().flat_map(|problem| [&problem.words; 5]) {
                unit.write(now, start, Line::Plain(["nginx: [emerg] ", words].concat()));
            }
            if !well {
                unit.write(now, start, Line::Plain("nginx: [emerg] still could not bind()".to_owned()));
            }
            unit.runs(Step::Start, start, well);
            (!well).then_some(Step::Start)
        };
        if let Some(step) = failed {
            unit.write(now, 1, Line::Exited(step));
            unit.write(now, 1, Line::Failed);
            unit.write(now, 1, Line::StartFailed);
        } else {
            unit.processes = (unit.number(), unit.number());
            unit.ran = None;
            unit.write(now, 1, Line::Started);
        }
        well
    }

    /// `systemctl reload nginx`. False where the configuration is wrong; then nginx keeps the one it has.
    pub fn reload_unit(&mut self, world: &World) -> bool {
        let config = world.nginx();
        let (now, well) = (self.now, self.reload_nginx(world).is_ok());
        let unit = &mut self.unit;
        unit.jobs += 1;
        unit.write(now, 1, Line::Reloading);
        let pid = unit.number();
        unit.warnings(now, pid, &config.problems);
        match config.error() {
            Some(problem) => {
                unit.write(now, pid, Line::Says("emerg", problem.words.clone()));
                unit.write(now, 1, Line::Exited(Step::Reload));
                unit.write(now, 1, Line::ReloadFailed);
            }
            None => {
                unit.write(now, pid, Line::Says("notice", "signal process started".to_owned()));
                unit.processes.1 = unit.number();
                unit.write(now, 1, Line::Reloaded);
            }
        }
        unit.runs(Step::Reload, pid, well);
        well
    }

    /// `systemctl stop nginx`. Where it does not run nothing happens, but that a failure is forgotten.
    pub fn stop_unit(&mut self) {
        if self.nginx.running {
            self.unit.jobs += 1;
            self.unit.write(self.now, 1, Line::Stopping);
            let pid = self.unit.number();
            self.unit.runs(Step::Stop, pid, true);
            self.unit_ends();
            self.unit.write(self.now, 1, Line::Stopped);
        }
        self.stop_nginx();
    }

    /// nginx has ended, told by its own signal.
    pub fn unit_ends(&mut self) {
        self.unit.write(self.now, 1, Line::Deactivated);
        self.unit.ran = Some(self.now - self.unit.since);
        self.unit.since = self.now;
    }
}
