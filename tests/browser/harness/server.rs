//! `roundtrip serve` on free ports.

use super::process::Process;
use super::target;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The bundled server, as a person starts it.
pub struct Server {
    /// `http://localhost:…`, without a slash at the end.
    pub site: String,
    /// The same files from another origin.
    pub second_origin: String,
    _process: Process,
}

impl Server {
    /// Starts it on the built site.
    pub fn start() -> Self {
        let program = target().join("debug/roundtrip");
        assert!(program.is_file(), "no server was built: use `cargo xtask test --browser`");
        let site = std::env::var_os("ROUNDTRIP_SITE").map_or_else(dist, PathBuf::from);
        assert!(site.is_dir(), "no site was built: use `cargo xtask test --browser`");
        let process =
            Process::start(Command::new(program).args(["serve", "--ephemeral", "--port", "0", "--site"]).arg(site));
        let site = process.line_after("site ");
        let second_origin = process.line_after("second origin ");
        Server { site, second_origin, _process: process }
    }
}

fn dist() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../dist")
}
