//! Makes a program smaller in ways that wasm-opt has not: it knows neither what the page calls nor what rustc wrote.
//!
//! - Exports that nothing calls keep code alive: Leptos brings streams, which no page of ours opens.
//! - Imports are called by names with hashes, in the Wasm and in its script: short ones say the same.
//! - Panics in code that is not ours name its files, by their paths on the machine that built the site.

use anyhow::{Context as _, Result, ensure};
use std::ops::Range;

const IMPORTS: u8 = 2;
const EXPORTS: u8 = 7;
const CODE: u8 = 10;
const DATA: u8 = 11;
const CUSTOM: u8 = 0;

/// A module: its sections, in order.
pub struct Module(Vec<(u8, Vec<u8>)>);

/// Reads what a module is made of (WebAssembly Core Specification, section 5).
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    fn byte(&mut self) -> Result<u8> {
        Ok(self.take(1)?[0])
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let taken = self.bytes.get(self.at..self.at + count).context("the module ends too early")?;
        self.at += count;
        Ok(taken)
    }

    /// LEB128, without a sign.
    fn number(&mut self) -> Result<usize> {
        let (mut value, mut shift) = (0, 0);
        loop {
            let byte = self.byte()?;
            value |= usize::from(byte & 127) << shift;
            shift += 7;
            if byte < 128 {
                return Ok(value);
            }
            ensure!(shift < 35, "a number that is too long");
        }
    }

    fn name(&mut self) -> Result<&'a str> {
        let length = self.number()?;
        Ok(std::str::from_utf8(self.take(length)?)?)
    }

    fn limits(&mut self) -> Result<()> {
        let most = self.number()? & 1 == 1;
        self.number()?;
        if most {
            self.number()?;
        }
        Ok(())
    }

    /// What an import is: its kind and its type.
    fn import(&mut self) -> Result<&'a [u8]> {
        let from = self.at;
        match self.byte()? {
            0 => drop(self.number()?),
            1 => {
                self.byte()?;
                self.limits()?;
            }
            2 => self.limits()?,
            3 => drop(self.take(2)?),
            _ => {
                self.byte()?;
                self.number()?;
            }
        }
        Ok(&self.bytes[from..self.at])
    }
}

fn number(out: &mut Vec<u8>, mut value: usize) {
    while value > 127 {
        out.push(value as u8 | 128);
        value >>= 7;
    }
    out.push(value as u8);
}

fn name(out: &mut Vec<u8>, text: &str) {
    number(out, text.len());
    out.extend(text.as_bytes());
}

impl Module {
    /// Takes a module apart.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        let mut reader = Reader::new(bytes);
        ensure!(reader.take(8)? == b"\0asm\x01\0\0\0", "this is no Wasm");
        let mut sections = Vec::new();
        while reader.at < bytes.len() {
            let (kind, length) = (reader.byte()?, reader.number()?);
            sections.push((kind, reader.take(length)?.to_vec()));
        }
        Ok(Self(sections))
    }

    /// Puts it together.
    pub fn write(&self) -> Vec<u8> {
        let mut out = b"\0asm\x01\0\0\0".to_vec();
        for (kind, content) in &self.0 {
            out.push(*kind);
            number(&mut out, content.len());
            out.extend(content);
        }
        out
    }

    fn section(&mut self, kind: u8) -> Option<&mut Vec<u8>> {
        self.0.iter_mut().find(|(k, _)| *k == kind).map(|(_, content)| content)
    }

    /// The functions by name, each with the bytes of its code. The names stand in a section that only the linker's own
    /// output has (Appendix, "Name Section").
    pub fn functions(&mut self) -> Result<Vec<(String, usize)>> {
        let mut imported = 0;
        if let Some(section) = self.section(IMPORTS) {
            let mut reader = Reader::new(section);
            for _ in 0..reader.number()? {
                reader.name()?;
                reader.name()?;
                imported += usize::from(reader.import()?[0] == 0);
            }
        }
        let mut sizes = Vec::new();
        if let Some(section) = self.section(CODE) {
            let mut reader = Reader::new(section);
            for _ in 0..reader.number()? {
                let size = reader.number()?;
                reader.take(size)?;
                sizes.push((String::new(), size));
            }
        }
        for (_, section) in self.0.iter().filter(|(kind, _)| *kind == CUSTOM) {
            let mut reader = Reader::new(section);
            if reader.name()? != "name" {
                continue;
            }
            while reader.at < section.len() {
                let (kind, length) = (reader.byte()?, reader.number()?);
                let mut part = Reader::new(reader.take(length)?);
                if kind != 1 {
                    continue;
                }
                for _ in 0..part.number()? {
                    let (index, name) = (part.number()?, part.name()?);
                    if let Some(function) = index.checked_sub(imported).and_then(|index| sizes.get_mut(index)) {
                        name.clone_into(&mut function.0);
                    }
                }
            }
        }
        Ok(sizes)
    }

    /// Takes exports away.
    pub fn drop_exports(&mut self, gone: impl Fn(&str) -> bool) -> Result<()> {
        let Some(section) = self.section(EXPORTS) else { return Ok(()) };
        let mut reader = Reader::new(section);
        let (mut kept, mut count) = (Vec::<u8>::new(), 0);
        for _ in 0..reader.number()? {
            let from = reader.at;
            let gone = gone(reader.name()?);
            reader.byte()?;
            reader.number()?;
            if !gone {
                kept.extend(&reader.bytes[from..reader.at]);
                count += 1;
            }
        }
        section.clear();
        number(section, count);
        section.extend(kept);
        Ok(())
    }

    /// Gives the imports short names; returns the old ones with the new ones.
    pub fn rename_imports(&mut self) -> Result<Vec<(String, String)>> {
        let Some(section) = self.section(IMPORTS) else { return Ok(Vec::new()) };
        let mut reader = Reader::new(section);
        let count = reader.number()?;
        let (mut out, mut names) = (Vec::new(), Vec::new());
        number(&mut out, count);
        for i in 0..count {
            name(&mut out, reader.name()?);
            let (old, new) = (reader.name()?.to_owned(), short(i));
            name(&mut out, &new);
            out.extend(reader.import()?);
            names.push((old, new));
        }
        *section = out;
        Ok(names)
    }

    /// Blanks the paths of files that are not ours, and the places in them that panics name.
    pub fn forget_foreign_paths(&mut self, cargo: &str) -> Result<()> {
        let Some(section) = self.section(DATA) else { return Ok(()) };
        let segments = segments(section)?;
        let begins = ["/rustc/".as_bytes(), b"/rust/deps/", cargo.as_bytes()];
        // Where the paths lie in memory, and in the section.
        let mut paths: Vec<(usize, Range<usize>)> = Vec::new();
        for (address, range) in &segments {
            let mut at = range.start;
            while at < range.end {
                let rest = &section[at..range.end];
                let path = begins.iter().any(|begin| rest.starts_with(begin)).then(|| end_of_path(rest)).flatten();
                if let Some(length) = path {
                    paths.push((address + at - range.start, at..at + length));
                }
                at += path.unwrap_or(1);
            }
        }
        let Some((nothing, _)) = paths.first().cloned() else { return Ok(()) };
        // A `Location` is a pointer, a length, a line and a column: four words.
        for (address, range) in &segments {
            for at in (range.start + address.wrapping_neg() % 4..range.end.saturating_sub(15)).step_by(4) {
                let word = |i: usize| {
                    let bytes = section[at + 4 * i..][..4].try_into();
                    bytes.map(u32::from_le_bytes).map_or(0, |word| word as usize)
                };
                let [pointer, length, line, column] = [0, 1, 2, 3].map(word);
                let fits = |(start, range): &&(usize, Range<usize>)| {
                    *start == pointer && (range.len()..range.len() + 2).contains(&length)
                };
                if (1..100_000).contains(&line) && (1..1_000).contains(&column) && paths.iter().any(|p| fits(&p)) {
                    let words = [nothing as u32, 1, 0, 0].map(u32::to_le_bytes);
                    section[at..at + 16].copy_from_slice(words.as_flattened());
                }
            }
        }
        paths.into_iter().for_each(|(_, range)| section[range].fill(0));
        Ok(())
    }
}

/// The segments of a data section: their addresses, and where they lie in the section.
fn segments(section: &[u8]) -> Result<Vec<(usize, Range<usize>)>> {
    let mut reader = Reader::new(section);
    let mut found = Vec::new();
    for _ in 0..reader.number()? {
        // An active segment, at a constant: i32.const, the number, end. Addresses are positive numbers.
        ensure!(reader.take(2)? == [0, 0x41], "a data segment of another kind");
        let address = reader.number()?;
        ensure!(reader.byte()? == 0x0b, "a data segment at a computed address");
        let length = reader.number()?;
        found.push((address, reader.at..reader.at + length));
        reader.take(length)?;
    }
    Ok(found)
}

/// How long the path of a Rust file at the beginning of these bytes is.
fn end_of_path(bytes: &[u8]) -> Option<usize> {
    let end = bytes.windows(3).take(250).position(|three| three == b".rs")? + 3;
    bytes[..end].iter().all(u8::is_ascii_graphic).then_some(end)
}

/// `a`, `b` … `z`, `aa` …
fn short(mut i: usize) -> String {
    let mut name = String::new();
    loop {
        name.insert(0, char::from(b'a' + (i % 26) as u8));
        if i < 26 {
            return name;
        }
        i = i / 26 - 1;
    }
}

/// The script that wasm-bindgen wrote for a program, with the short names, and without what the program does not import.
pub fn rename_in_script(script: &str, names: &[(String, String)]) -> String {
    let mut out = String::new();
    let mut dropped = false;
    for line in script.lines() {
        let key = line.strip_prefix("        ").and_then(|line| line.split_once(": function("));
        match key.filter(|(key, _)| key.starts_with("__wb")) {
            Some((key, rest)) => match names.iter().find(|(old, _)| old == key) {
                Some((_, new)) => {
                    dropped = false;
                    out += &format!("        {new}: function({rest}\n");
                }
                None => dropped = true,
            },
            None => {
                // The object of the imports ends.
                dropped &= line != "    };";
                if !dropped {
                    out += line;
                    out.push('\n');
                }
            }
        }
    }
    out
}

/// The script without the classes whose exports were dropped.
pub fn drop_classes(script: &str, prefix: &str) -> String {
    let (class, registry) = (format!("export class {prefix}"), format!("const {prefix}"));
    let dispose = format!("if (Symbol.dispose) {prefix}");
    let (mut out, mut until) = (String::new(), None);
    for line in script.lines() {
        if line.starts_with(&class) {
            until = Some("}");
        } else if line.starts_with(&registry) {
            until = Some(";");
        }
        match until {
            Some("}") if line == "}" => until = None,
            Some(";") if line.ends_with(';') => until = None,
            Some(_) => {}
            None if line.starts_with(&dispose) => {}
            None => {
                out += line;
                out.push('\n');
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two imports, two exports, and a text with a place in it.
    fn module() -> Vec<u8> {
        let mut data = vec![1, 0, 0x41];
        number(&mut data, 1_024);
        data.push(0x0b);
        let path = b"/rustc/abc/library/x.rs\0";
        let place = [1_024, path.len() as u32, 7, 9].map(u32::to_le_bytes);
        number(&mut data, path.len() + 16);
        data.extend(path);
        data.extend(place.as_flattened());
        let imports = b"\x02\x01m\x05__wba\x00\x00\x01m\x05__wbb\x00\x01".to_vec();
        let exports = b"\x02\x04keep\x00\x00\x04gone\x00\x01".to_vec();
        Module(vec![(IMPORTS, imports), (EXPORTS, exports), (DATA, data)]).write()
    }

    #[test]
    fn a_module_is_made_smaller() {
        let mut module = Module::read(&module()).unwrap();
        module.drop_exports(|name| name == "gone").unwrap();
        let names = module.rename_imports().unwrap();
        module.forget_foreign_paths("/home/of/cargo/").unwrap();
        assert_eq!(names, [("__wba".into(), "a".into()), ("__wbb".into(), "b".into())]);
        assert_eq!(module.section(IMPORTS).unwrap(), b"\x02\x01m\x01a\x00\x00\x01m\x01b\x00\x01");
        assert_eq!(module.section(EXPORTS).unwrap(), b"\x01\x04keep\x00\x00");
        let data = module.section(DATA).unwrap();
        assert_eq!(data[data.len() - 40..][..24], [0; 24]);
        assert_eq!(data[data.len() - 16..], [0, 4, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!([0, 25, 26, 27].map(short), ["a", "z", "aa", "ab"]);
    }

    #[test]
    fn a_script_follows() {
        let script = "export class Into {\n  x\n}\nif (Symbol.dispose) Into.x;\nconst IntoEnd = a\n  : b;\nlet imports = {\n        \
                      __wba: function(x) {\n            1\n        },\n        __wbc: function() {\n            2\n        },\n    };\n";
        let script = rename_in_script(&drop_classes(script, "Into"), &[("__wba".into(), "a".into())]);
        assert_eq!(script, "let imports = {\n        a: function(x) {\n            1\n        },\n    };\n");
    }
}
