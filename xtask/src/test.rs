//! `cargo xtask test`: everything that must hold, in the order of how soon it can be known.
//!
//! A stage that fails does not keep the others from running, so that one run tells all. Tests that need a browser are
//! marked `#[ignore]`: a plain `cargo test` shows them as ignored, and here they run, and must have run. Tests that take
//! long are marked so, too, and run with `--long`; long ones in a browser stand in a module called `long`.

use crate::shell::{self, cargo, seconds};
use crate::tools::other::Other;
use crate::{site, tools};
use anyhow::{Context, Result, bail, ensure};
use std::io::{BufRead as _, BufReader, IsTerminal as _};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What to run.
enum Choice {
    Usual,
    Long,
    Browser(Vec<String>),
    Other(Other),
}

/// Runs the stages and prints a table of them.
pub fn run(args: &[String]) -> Result<()> {
    let mut stages = Stages::default();
    match choose(args)? {
        Choice::Usual => {
            stages.without_a_browser();
            stages.with_a_browser(&["--test", "browser", "--", "--ignored", "--skip", "long::", "--skip", "other::"]);
        }
        Choice::Long => {
            stages.without_a_browser();
            stages.with_a_browser(&["--no-fail-fast", "--", "--ignored", "--skip", "other::"]);
            // It times, and asks whether a thousand seeds give the same there.
            stages.run("Wasm in Chromium", || crate::bench::run(&["--browser".to_owned()]).map(|()| Counts::default()));
            crate::fuzz::run(&["15".to_owned()])?;
        }
        Choice::Browser(names) => {
            let mut names: Vec<_> = names.iter().map(String::as_str).collect();
            if names.is_empty() {
                names = vec!["--skip", "long::", "--skip", "other::"];
            }
            stages.with_a_browser(&[&["--test", "browser", "--", "--ignored", "--nocapture"], &names[..]].concat());
        }
        Choice::Other(other) => stages.with_another_browser(other),
    }
    stages.sum_up()
}

fn choose(args: &[String]) -> Result<Choice> {
    match args {
        [] => Ok(Choice::Usual),
        [long] if long == "--long" => Ok(Choice::Long),
        [browser, names @ ..] if browser == "--browser" => Ok(Choice::Browser(names.to_vec())),
        [one] if Other::named(one).is_some() => Ok(Other::named(one).map_or(Choice::Usual, Choice::Other)),
        [other, ..] => {
            bail!("{other} is not understood here; there are --long, --browser [NAME], --firefox and --webkit")
        }
    }
}

/// Tests counted from what the test runner says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    passed: usize,
    failed: usize,
    ignored: usize,
}

/// One line of the table.
struct Stage {
    name: &'static str,
    took: Duration,
    result: Result<Counts>,
}

#[derive(Default)]
struct Stages(Vec<Stage>);

impl Stages {
    fn without_a_browser(&mut self) {
        self.run("formatting", || {
            tools::checkers()?;
            plain(&mut cargo(["fmt", "--all", "--", "--check", "-l"]))
        });
        self.run("clippy", || plain(&mut cargo(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])));
        self.run("clippy for Wasm", || {
            let target = "wasm32-unknown-unknown";
            plain(&mut cargo(["clippy", "--package", "roundtrip-web", "--target", target, "--", "-D", "warnings"]))
        });
        self.run("tests", || counted(&mut cargo(["test", "--workspace", "--no-fail-fast"])));
    }

    fn with_a_browser(&mut self, args: &[&str]) {
        self.run("site and server", || {
            site::build(&tools::for_the_site()?)?;
            crate::serve::server().map(|_| Counts::default())
        });
        self.run("browser tests", || {
            let tools::Browser { chromium, driver } = tools::browser()?;
            let mut tests = cargo(["test", "--workspace"]);
            tests
                .args(args)
                // Of a test that waits on the page it would show tokio, and bury what the page said.
                .env("RUST_BACKTRACE", "0")
                .env("AXE", tools::axe()?)
                .env("CHROMIUM", chromium.path)
                .env("CHROMEDRIVER", driver.path);
            let counts = counted(tests.env("ROUNDTRIP_SITE", site::dist()))?;
            ensure!(counts.passed > 0, "no browser test ran");
            Ok(counts)
        });
    }

    /// The laboratory in a browser that nothing else needs.
    fn with_another_browser(&mut self, other: Other) {
        self.run("site and server", || {
            site::build(&tools::for_the_site()?)?;
            crate::serve::server().map(|_| Counts::default())
        });
        self.run(other.word(), || {
            let mut tests = cargo(["test", "--package", "tests", "--test", "browser"]);
            tests.args(["--", "--ignored", "--nocapture", "--exact", other.test()]).env("RUST_BACKTRACE", "0");
            for (variable, program) in other.programs()? {
                tests.env(variable, program);
            }
            counted(tests.env("ROUNDTRIP_SITE", site::dist()))
        });
    }

    fn run(&mut self, name: &'static str, work: impl FnOnce() -> Result<Counts>) {
        println!("\n── {name}");
        let began = Instant::now();
        let result = work();
        if let Err(problem) = &result {
            println!("── {name}: {problem:#}");
        }
        self.0.push(Stage { name, took: began.elapsed(), result });
    }

    fn sum_up(&self) -> Result<()> {
        println!();
        for Stage { name, took, result } in &self.0 {
            let words = match result {
                Ok(Counts { passed: 0, .. }) => "ok".to_owned(),
                Ok(Counts { passed, ignored: 0, .. }) => format!("ok, {passed} passed"),
                Ok(Counts { passed, ignored, .. }) => format!("ok, {passed} passed, {ignored} ignored"),
                Err(problem) => format!("FAILED: {problem:#}"),
            };
            println!("{name:<16} {:>13}  {words}", seconds(*took));
        }
        println!("{:<16} {:>13}", "together", seconds(self.0.iter().map(|stage| stage.took).sum()));
        let failed = self.0.iter().filter(|stage| stage.result.is_err()).count();
        ensure!(failed == 0, "{failed} of {} stages failed", self.0.len());
        Ok(())
    }
}

fn plain(command: &mut Command) -> Result<Counts> {
    shell::run(command).map(|()| Counts::default())
}

/// Runs tests, passes on what they say, and counts.
fn counted(tests: &mut Command) -> Result<Counts> {
    if std::io::stdout().is_terminal() {
        tests.env("CARGO_TERM_COLOR", "always");
    }
    let mut child = tests.stdout(Stdio::piped()).spawn().context("cannot start cargo")?;
    let mut counts = Counts::default();
    for line in BufReader::new(child.stdout.take().context("no output")?).lines() {
        let line = line?;
        println!("{line}");
        counts.add(&line);
    }
    let status = child.wait()?;
    ensure!(counts.failed == 0, "{} of {} failed", counts.failed, counts.failed + counts.passed);
    ensure!(status.success(), "{} failed", shell::words(tests));
    Ok(counts)
}

impl Counts {
    /// Reads `test result: ok. 18 passed; 0 failed; 1 ignored; …`.
    fn add(&mut self, line: &str) {
        let Some(rest) = line.strip_prefix("test result: ") else {
            return;
        };
        let words: Vec<_> = rest.split([' ', ';', '.']).filter(|word| !word.is_empty()).collect();
        let count = |what| {
            let pair = words.windows(2).find(|pair| pair[1] == what);
            pair.and_then(|pair| pair[0].parse().ok()).unwrap_or(0)
        };
        self.passed += count("passed");
        self.failed += count("failed");
        self.ignored += count("ignored");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_counted() {
        let mut counts = Counts::default();
        for line in [
            "running 3 tests",
            "test result: ok. 18 passed; 0 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.08s",
            "test result: FAILED. 4 passed; 1 failed; 0 ignored; 0 measured; 7 filtered out; finished in 1.00s",
        ] {
            counts.add(line);
        }
        assert_eq!(counts, Counts { passed: 22, failed: 1, ignored: 2 });
    }
}
