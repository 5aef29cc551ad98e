//! Running other programs, and saying how long it takes.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// The directory of the workspace.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace")
}

/// Where cargo puts what it builds: this program lies there, too (`target/debug/xtask`).
pub fn target() -> Result<PathBuf> {
    let exe = std::env::current_exe().context("where this program lies")?;
    exe.ancestors().nth(2).map(Path::to_owned).context("this program lies in no target directory")
}

/// Cargo, in the workspace.
pub fn cargo<const N: usize>(args: [&str; N]) -> Command {
    let mut command = Command::new("cargo");
    command.args(args).current_dir(root());
    command
}

/// Runs a program whose words the person may see; an error if it fails.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start {}", words(command)))?;
    if status.success() { Ok(()) } else { bail!("{} failed", words(command)) }
}

/// What a program prints, or nothing where it fails or is not there.
pub fn ask(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The command as a person would type it, without its directory.
pub fn words(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let words = [program].into_iter().chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

/// Becomes the other program: its signals and its exit code are its own. Returns only if it cannot start.
#[cfg(unix)]
pub fn become_it(command: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt as _;
    let problem = command.exec();
    Err(problem).with_context(|| format!("cannot start {}", words(command)))
}

/// Where no program can become another: runs it to its end.
#[cfg(not(unix))]
pub fn become_it(command: &mut Command) -> Result<()> {
    run(command)
}

/// Does a piece of work that takes a while: says what it is and about how long it takes, then now and then how long it
/// has taken so far, and at last how long it took.
pub fn step<T>(what: &str, about: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let began = Instant::now();
    println!("▸ {what} ({about})");
    let (done, waiting) = channel::<()>();
    let clock = thread::spawn({
        let what = what.to_owned();
        move || {
            while waiting.recv_timeout(Duration::from_secs(20)) == Err(RecvTimeoutError::Timeout) {
                println!("  … {what}: {} so far", seconds(began.elapsed()));
            }
        }
    });
    let result = work();
    drop(done);
    let _ = clock.join();
    println!("  {what}: {} after {}", if result.is_ok() { "done" } else { "failed" }, seconds(began.elapsed()));
    result
}

/// `0.4 s`, `35 s`, `2 min 05 s`.
pub fn seconds(time: Duration) -> String {
    match time.as_secs() {
        0..10 => format!("{:.1} s", time.as_secs_f32()),
        short @ 10..60 => format!("{short} s"),
        long => format!("{} min {:02} s", long / 60, long % 60),
    }
}
