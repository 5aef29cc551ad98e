//! `cargo xtask size`: the bytes of a first visit. The server weighs them: it has the compressors.

use crate::{serve, shell, site, tools};
use anyhow::Result;
use std::process::Command;

/// Builds what is not up to date and prints the table.
pub fn run(args: &[String]) -> Result<()> {
    crate::nothing_more(args)?;
    site::build(&tools::for_the_site()?)?;
    shell::run(Command::new(serve::server()?).args(["weigh", "--site"]).arg(site::dist()))
}
