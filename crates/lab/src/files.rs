//! Where a site's files come from: a folder, read anew at each request, so that a build shows at once; or the program
//! itself. Nothing outside the site is ever read, and nothing whose name begins with a dot.

use crate::bundle::Bundle;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

/// The files of a site.
#[derive(Debug)]
pub enum Files {
    /// Those in this folder, which Trunk wrote.
    Folder(PathBuf),
    /// Those within the program.
    Bundle(Bundle),
}

/// What a file holds.
#[derive(Debug)]
pub struct Content {
    /// As it is.
    pub raw: Vec<u8>,
    /// A number for it: another content has another one.
    pub hash: u64,
    /// The same, compressed with brotli, where that lies ready.
    pub brotli: Option<&'static [u8]>,
}

impl Files {
    /// Is this a folder of the site?
    pub fn has_folder(&self, names: &[String]) -> bool {
        match self {
            Files::Folder(root) => below(root, names).is_dir(),
            Files::Bundle(bundle) => bundle.has_folder(&names.join("/")),
        }
    }

    /// What the file of this name holds, if there is one.
    pub fn read(&self, names: &[String]) -> Option<Content> {
        match self {
            Files::Folder(root) => {
                let raw = std::fs::read(inside(root, below(root, names))?).ok()?;
                Some(Content { hash: hash(&raw), raw, brotli: None })
            }
            Files::Bundle(bundle) => bundle.file(&names.join("/")),
        }
    }
}

fn below(root: &Path, names: &[String]) -> PathBuf {
    names.iter().fold(root.to_owned(), |path, name| path.join(name))
}

/// The file, if it is one and lies in the site even after every link in its path was followed.
fn inside(root: &Path, path: PathBuf) -> Option<PathBuf> {
    let (file, root) = (path.canonicalize().ok()?, root.canonicalize().ok()?);
    (file.starts_with(&root) && file.is_file()).then_some(path)
}

/// One number for a content.
pub fn hash(raw: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    raw.hash(&mut hasher);
    hasher.finish()
}
