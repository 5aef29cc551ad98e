//! `roundtrip serve` on free ports.

use super::process::Process;
use super::target;
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// The bundled server, as a person starts it.
pub struct Server {
    /// `http://localhost:…`, without a slash at the end.
    pub site: String,
    /// The same files from another origin.
    pub second_origin: String,
    process: RefCell<Option<Process>>,
    likes: PathBuf,
}

impl Server {
    /// Starts it on the built site, with a store of its own.
    pub fn start() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let own = format!("roundtrip-likes-{}-{}", std::process::id(), COUNT.fetch_add(1, Relaxed));
        let likes = std::env::temp_dir().join(own);
        let process = launch("0", &likes);
        let site = process.line_after("site ");
        let second_origin = process.line_after("second origin ");
        Server { site, second_origin, process: RefCell::new(Some(process)), likes }
    }

    /// Ends it at once, as a fault does (SIGKILL).
    pub fn stop(&self) {
        self.process.replace(None);
    }

    /// Starts it again at the same port, with the same store.
    pub fn start_again(&self) {
        let (_, port) = self.site.rsplit_once(':').expect("an address ends with a port");
        let process = launch(port, &self.likes);
        assert_eq!(process.line_after("site "), self.site);
        self.process.replace(Some(process));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
        let _ = std::fs::remove_dir_all(&self.likes);
    }
}

fn launch(port: &str, likes: &Path) -> Process {
    let program = target().join("debug/roundtrip");
    assert!(program.is_file(), "no server was built: use `cargo xtask test --browser`");
    let site = site();
    assert!(site.is_dir(), "no site was built: use `cargo xtask test --browser`");
    let mut command = Command::new(program);
    command.args(["serve", "--port", port, "--site"]).arg(site).arg("--data").arg(likes);
    // It is killed, so what the sandbox has put on the disk must go with the rest.
    command.env("TMPDIR", likes);
    Process::start(&mut command)
}

/// Where the built site lies.
pub fn site() -> PathBuf {
    std::env::var_os("ROUNDTRIP_SITE").map_or_else(dist, PathBuf::from)
}

fn dist() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../dist")
}
