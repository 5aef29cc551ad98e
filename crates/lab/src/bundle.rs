//! The site within the program: every file of a built site, packed into one.
//!
//! A bundle is the word `RTB1`, then each file in the order of names: the length of its name (two bytes, the greater
//! first), the name, a hash of the content (eight bytes), `1` where it is compressed with brotli and `0` where not, how
//! long the content is and how long it is here (four bytes each), and the bytes. What shrinks lies there as small as can
//! be, since it is sent so.

use crate::files::{Content, hash};
use crate::kind;
use crate::squeeze::{self, Coding};
use anyhow::{Context, Result, ensure};
use std::collections::BTreeMap;
use std::path::Path;

/// What `cargo xtask dist` has packed, or nothing.
const PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/site.bundle"));

const MARK: &[u8] = b"RTB1";

/// The files of a packed site, by their names.
#[derive(Debug)]
pub struct Bundle(BTreeMap<&'static str, Entry>);

#[derive(Clone, Copy, Debug)]
struct Entry {
    hash: u64,
    squeezed: bool,
    long: usize,
    bytes: &'static [u8],
}

impl Bundle {
    /// The site within this program, if it was built with one.
    pub fn own() -> Option<Self> {
        Bundle::read(PACKED)
    }

    fn read(packed: &'static [u8]) -> Option<Self> {
        let mut rest = packed.strip_prefix(MARK)?;
        let mut files = BTreeMap::new();
        while !rest.is_empty() {
            let length = u16::from_be_bytes(take(&mut rest)?);
            let name = std::str::from_utf8(rest.split_off(..usize::from(length))?).ok()?;
            let hash = u64::from_be_bytes(take(&mut rest)?);
            let [squeezed] = take(&mut rest)?;
            let long = u32::from_be_bytes(take(&mut rest)?) as usize;
            let here = u32::from_be_bytes(take(&mut rest)?) as usize;
            let bytes = rest.split_off(..here)?;
            files.insert(name, Entry { hash, squeezed: squeezed == 1, long, bytes });
        }
        Some(Bundle(files))
    }

    /// The file of this name.
    pub fn file(&self, name: &str) -> Option<Content> {
        let Entry { hash, squeezed, long, bytes } = *self.0.get(name)?;
        if !squeezed {
            return Some(Content { raw: bytes.to_vec(), hash, brotli: None });
        }
        let raw = squeeze::open(bytes, long)?;
        Some(Content { raw, hash, brotli: Some(bytes) })
    }

    /// Does any file lie in this folder?
    pub fn has_folder(&self, name: &str) -> bool {
        let start = if name.is_empty() { String::new() } else { format!("{name}/") };
        self.0.range(&*start..).next().is_some_and(|(found, _)| found.starts_with(&start))
    }
}

/// The next few bytes.
fn take<const N: usize>(rest: &mut &'static [u8]) -> Option<[u8; N]> {
    rest.split_off(..N)?.try_into().ok()
}

/// `roundtrip pack`: packs the site in this folder.
pub fn pack(site: &Path) -> Result<Vec<u8>> {
    ensure!(site.join("index.html").is_file(), "no site in {}", site.display());
    let mut names = Vec::new();
    visit(site, "", &mut names)?;
    names.sort();
    let mut out = MARK.to_vec();
    for name in names {
        let raw = std::fs::read(site.join(&name)).with_context(|| name.clone())?;
        let (_, shrinks) = kind::of(&name);
        let bytes = if shrinks { Coding::Brotli.best(&raw) } else { raw.clone() };
        let long = |bytes: &[u8]| u32::try_from(bytes.len()).map(u32::to_be_bytes).context("a file of 4 GB");
        let name_long = u16::try_from(name.len()).context("a name of 64 kB")?;
        out.extend(name_long.to_be_bytes());
        out.extend(name.as_bytes());
        out.extend(hash(&raw).to_be_bytes());
        out.push(u8::from(shrinks));
        out.extend(long(&raw)?);
        out.extend(long(&bytes)?);
        out.extend(bytes);
    }
    Ok(out)
}

/// The names of all files below, those that begin with a dot left out, as the server leaves them out.
fn visit(site: &Path, folder: &str, names: &mut Vec<String>) -> Result<()> {
    for entry in std::fs::read_dir(site.join(folder)).with_context(|| site.display().to_string())? {
        let entry = entry?;
        let name = entry.file_name().into_string().ok().context("a name that is no text")?;
        if name.starts_with('.') {
            continue;
        }
        let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
        if entry.path().is_dir() { visit(site, &path, names)? } else { names.push(path) }
    }
    Ok(())
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// The bundle of this folder, as the program would have it.
    pub fn packed(site: &Path) -> Bundle {
        Bundle::read(pack(site).unwrap().leak()).unwrap()
    }

    #[test]
    fn what_was_packed_comes_out_again() {
        let site = std::env::temp_dir().join(format!("roundtrip-bundle-{}", std::process::id()));
        let files = [
            ("index.html", "<h1>home</h1>".repeat(50)),
            ("a/b/c.css", String::new()),
            ("a.png", "png".into()),
            (".hidden", "x".into()),
        ];
        for (name, text) in &files {
            std::fs::create_dir_all(site.join(name).parent().unwrap()).unwrap();
            std::fs::write(site.join(name), text).unwrap();
        }
        let bundle = packed(&site);
        for (name, text) in &files[..3] {
            let content = bundle.file(name).unwrap();
            assert_eq!((content.raw, content.hash), (text.clone().into_bytes(), hash(text.as_bytes())), "{name}");
        }
        assert!(bundle.file(".hidden").is_none() && bundle.file("a").is_none() && bundle.file("").is_none());
        let folders = ["", "a", "a/b"].map(|name| bundle.has_folder(name));
        assert_eq!(folders, [true; 3]);
        assert!(!bundle.has_folder("a/b/c.css") && !bundle.has_folder("index.html") && !bundle.has_folder("b"));
        std::fs::remove_dir_all(site).unwrap();
    }

    #[test]
    fn what_is_cut_off_is_no_bundle() {
        let whole =
            [MARK, &3_u16.to_be_bytes(), b"a.x", &[0; 8], &[0], &2_u32.to_be_bytes(), &2_u32.to_be_bytes(), b"hi"]
                .concat()
                .leak();
        assert!(Bundle::read(whole).is_some_and(|bundle| bundle.file("a.x").unwrap().raw == b"hi"));
        for cut in (0..whole.len()).filter(|cut| *cut != MARK.len()) {
            assert!(Bundle::read(&whole[..cut]).is_none(), "{cut}");
        }
        assert!(Bundle::own().is_none() || !PACKED.is_empty());
    }
}
