//! The attempts as a script: what runs in the frame is what stands in [`crate::probes`], and nothing else does.

use crate::probes::PROBES;

/// The page of the attempts.
pub const PAGE: &str = include_str!("frame.html");

/// Its style sheet.
pub const STYLE: &str = include_str!("frame.css");

/// The script of the frame: a table of the attempts, and `frame.js`, which runs the one that the page asks for.
pub fn script() -> String {
    let entry = |probe: &crate::Probe| format!("\"{}\":async(args)=>{{{}}},\n", probe.id, probe.code);
    let entries: String = PROBES.iter().filter(|probe| !probe.code.is_empty()).map(entry).collect();
    include_str!("frame.js").replace("ATTEMPTS", &format!("{{\n{entries}}}"))
}
