//! The manifest: a line for each file, `sha256  size  path`, and how a folder is checked against it.
//!
//! `-` in the place of the SHA-256 means that it is not known; then only the size is checked. Empty lines and lines
//! that start with `#` mean nothing. Paths are relative, with `/`, and never lead out of the folder.

use std::{
    fmt, fs,
    io::{self, Read},
    path::{Component, Path},
};

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};

/// The project's own manifest, `corpus/MANIFEST`.
pub const PROJECT: &str = include_str!("MANIFEST");

/// A line of the manifest.
#[derive(Debug, PartialEq, Eq)]
pub struct Entry {
    /// Lower-case hexadecimal digits, if they are known.
    pub sha256: Option<String>,
    /// In bytes.
    pub size: u64,
    /// Relative to the folder that is checked.
    pub path: String,
}

/// The result of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Size and SHA-256 are right.
    Same,
    /// The size is right, and the manifest has no SHA-256.
    SameSize,
    /// No such file exists.
    Absent,
    /// The file exists and differs.
    Differs,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Same => "ok",
            Self::SameSize => "size ok",
            Self::Absent => "absent",
            Self::Differs => "DIFFERS",
        })
    }
}

impl Entry {
    /// The entries of a manifest, in its order.
    pub fn parse_all(text: &str) -> Result<Vec<Self>> {
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
        lines.map(|(i, line)| Self::parse(line).with_context(|| format!("manifest, line {}", i + 1))).collect()
    }

    fn parse(line: &str) -> Result<Self> {
        let mut fields = line.split_whitespace();
        let (Some(sha256), Some(size), Some(path), None) = (fields.next(), fields.next(), fields.next(), fields.next())
        else {
            anyhow::bail!("not of the form: sha256 size path");
        };
        let is_digest = sha256.len() == 64 && sha256.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        ensure!(is_digest || sha256 == "-", "neither a SHA-256 nor '-': {sha256}");
        let stays_inside = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
        ensure!(stays_inside, "not a plain relative path: {path}");
        let size = size.parse().with_context(|| format!("not a size: {size}"))?;
        Ok(Self { sha256: is_digest.then(|| sha256.into()), size, path: path.into() })
    }

    /// Compares the file of this path below `dir` with the entry.
    pub fn check(&self, dir: &Path) -> io::Result<Verdict> {
        let path = dir.join(&self.path);
        let size = match fs::metadata(&path) {
            Ok(metadata) if metadata.is_file() => metadata.len(),
            Ok(_) => return Ok(Verdict::Differs),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Verdict::Absent),
            Err(error) => return Err(error),
        };
        if size != self.size {
            return Ok(Verdict::Differs);
        }
        match &self.sha256 {
            None => Ok(Verdict::SameSize),
            Some(digest) if *digest == sha256(fs::File::open(path)?)? => Ok(Verdict::Same),
            Some(_) => Ok(Verdict::Differs),
        }
    }
}

/// The SHA-256 of all bytes of `reader`, in hexadecimal digits.
fn sha256(mut reader: impl Read) -> io::Result<String> {
    let mut digest = Sha256::new();
    io::copy(&mut reader, &mut digest)?;
    Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn the_digest_is_that_of_the_standard() {
        assert_eq!(sha256(&b"abc"[..]).unwrap(), ABC);
    }

    #[test]
    fn lines_are_digest_size_and_path() {
        let entries = Entry::parse_all(&format!("# comment\n\n{ABC}  3  a/b\n-  7  c\n")).unwrap();
        assert_eq!(entries[0], Entry { sha256: Some(ABC.into()), size: 3, path: "a/b".into() });
        assert_eq!(entries[1], Entry { sha256: None, size: 7, path: "c".into() });
    }

    #[test]
    fn bad_lines_are_refused_with_their_number() {
        for bad in ["- 3", "- x a", "- 3 a b", "abc 3 a", "- 3 ../a", "- 3 /a", "- -3 a"] {
            let error = Entry::parse_all(&format!("- 1 fine\n{bad}\n")).unwrap_err();
            assert_eq!(error.to_string(), "manifest, line 2", "{bad}");
        }
    }

    #[test]
    fn a_file_is_same_absent_or_different() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a"), "abc").unwrap();
        let check = |line: &str| Entry::parse(line).unwrap().check(dir.path()).unwrap();
        assert_eq!(check(&format!("{ABC} 3 a")), Verdict::Same);
        assert_eq!(check("- 3 a"), Verdict::SameSize);
        assert_eq!(check("- 4 a"), Verdict::Differs);
        assert_eq!(check(&format!("{} 3 a", ABC.replace('b', "c"))), Verdict::Differs);
        assert_eq!(check("- 3 b"), Verdict::Absent);
    }
}
