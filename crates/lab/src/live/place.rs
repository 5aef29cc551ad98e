//! Where likes are kept: a folder of this machine, or memory.
//!
//! A folder belongs to one server at a time, since only the writer of a change knows whom to notify. A lock on a file in
//! it holds that; the kernel takes it away with the process, however that ends.

use anyhow::{Context, Result, bail};
use std::ffi::OsString;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

/// Where likes are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In this folder.
    Folder(PathBuf),
    /// Nowhere: gone when the server ends.
    Memory,
}

impl Place {
    /// The folder that the platform has for what a program keeps: `$XDG_DATA_HOME` or `~/.local/share` (XDG Base Directory
    /// Specification 0.8; a path that is not absolute does not count), `~/Library/Application Support` on macOS,
    /// `%LOCALAPPDATA%` on Windows.
    pub fn usual(environment: impl Fn(&str) -> Option<OsString>) -> Result<Self> {
        let absolute = |name| environment(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let home = || absolute("HOME");
        let folder = match std::env::consts::OS {
            "windows" => absolute("LOCALAPPDATA"),
            "macos" => home().map(|home| home.join("Library/Application Support")),
            _ => absolute("XDG_DATA_HOME").or_else(|| home().map(|home| home.join(".local/share"))),
        };
        let folder =
            folder.context("this machine names no folder for data: --data DIR names one, --ephemeral needs none")?;
        Ok(Place::Folder(folder.join("roundtrip")))
    }
}

/// The file in the folder, made for this person alone where it is not there: it holds sessions. What SQLite puts beside it
/// gets the same permissions.
pub fn private_file(folder: &Path) -> Result<PathBuf> {
    let path = file(folder);
    let mut options = File::options();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&path).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

/// Where that file is.
pub fn file(folder: &Path) -> PathBuf {
    folder.join("live.db")
}

/// Makes the folder, where it is not there, for this person alone, and takes it for this server, until the file that comes
/// back is closed.
pub fn take(folder: &Path) -> Result<File> {
    make(folder).with_context(|| format!("cannot make {}: --data DIR names another folder", folder.display()))?;
    let path = folder.join("live.lock");
    let lock = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => bail!(
            "another server keeps its likes in {}: --data DIR names another folder, --ephemeral needs none",
            folder.display()
        ),
        Err(TryLockError::Error(problem)) => Err(problem).with_context(|| format!("cannot lock {}", path.display())),
    }
}

#[cfg(unix)]
fn make(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usual(environment: &[(&str, &str)]) -> Option<Place> {
        let find = |name: &str| environment.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into());
        Place::usual(find).ok()
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_usual_folder_is_the_platforms() {
        let folder = |path: &str| Some(Place::Folder(path.into()));
        assert_eq!(usual(&[("HOME", "/home/ada")]), folder("/home/ada/.local/share/roundtrip"));
        assert_eq!(usual(&[("HOME", "/home/ada"), ("XDG_DATA_HOME", "/data")]), folder("/data/roundtrip"));
        assert_eq!(
            usual(&[("HOME", "/home/ada"), ("XDG_DATA_HOME", "data")]),
            folder("/home/ada/.local/share/roundtrip")
        );
        assert_eq!(usual(&[("HOME", "")]), None);
        assert_eq!(usual(&[]), None);
    }

    #[test]
    fn a_folder_is_taken_once() {
        let folder = std::env::temp_dir().join(format!("roundtrip-place-{}", std::process::id()));
        let first = take(&folder).unwrap();
        let words = take(&folder).unwrap_err().to_string();
        assert!(
            words.contains("another server") && words.contains("--data") && words.contains("--ephemeral"),
            "{words}"
        );
        drop(first);
        drop(take(&folder).unwrap());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
