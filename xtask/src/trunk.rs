//! `cargo xtask trunk …`: Trunk with everything it needs, for people who have none of their own.

use crate::{shell, tools};
use anyhow::Result;

/// Becomes Trunk.
pub fn run(args: &[String]) -> Result<()> {
    shell::become_it(tools::for_the_site()?.trunk()?.args(args))
}
