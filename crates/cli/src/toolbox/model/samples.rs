//! Files named on the command line → samples to train on.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use anyhow::{Context, ensure};

use crate::{
    common::report::one_line,
    toolbox::{inputs, notes::Notes},
};

/// The most bytes of all samples. Training holds them in memory, and more samples of the same kind add little.
pub const MOST_BYTES: u64 = 1 << 30;

/// What a sample is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Unit {
    /// A whole file.
    File,
    /// A line, without its newline.
    Line,
    /// This many bytes; fewer at the end of a file.
    Bytes(usize),
}

impl Unit {
    /// The samples in `contents`, without empty ones.
    pub fn split(self, contents: &[Vec<u8>]) -> Vec<&[u8]> {
        let contents = contents.iter().map(Vec::as_slice);
        let samples: Vec<&[u8]> = match self {
            Self::File => contents.collect(),
            Self::Line => contents.flat_map(|content| content.split(|&byte| byte == b'\n')).collect(),
            Self::Bytes(len) => contents.flat_map(|content| content.chunks(len)).collect(),
        };
        samples.into_iter().filter(|sample| !sample.is_empty()).collect()
    }
}

/// Reads the files named and those below the folders named, and reports those that cannot be read; `-` is standard
/// input.
///
/// # Errors
/// They have more than [`MOST_BYTES`].
pub fn read(paths: &[PathBuf], notes: &mut Notes) -> anyhow::Result<Vec<Vec<u8>>> {
    let mut contents = Vec::new();
    let mut room = MOST_BYTES;
    for path in paths {
        if path == Path::new("-") {
            take(read_within(io::stdin().lock(), room).context("stdin"), &mut room, &mut contents, notes)?;
            continue;
        }
        for input in inputs::files_below(std::slice::from_ref(path), notes) {
            notes.doing(&format!("reading {}", input.name));
            take(read_file(&input.path, room), &mut room, &mut contents, notes)?;
        }
    }
    notes.clear();
    Ok(contents)
}

/// Keeps the content, if all of it fits.
fn take(
    read: anyhow::Result<Option<Vec<u8>>>,
    room: &mut u64,
    contents: &mut Vec<Vec<u8>>,
    notes: &mut Notes,
) -> anyhow::Result<()> {
    match read {
        Ok(content) => {
            ensure!(content.is_some(), "the samples have more than 1 GiB: give a part of them");
            let content = content.unwrap_or_default();
            *room -= content.len() as u64;
            contents.push(content);
        }
        Err(error) => notes.failure(&error),
    }
    Ok(())
}

/// The content of a file; `None` if it has more than `most` bytes.
fn read_file(path: &Path, most: u64) -> anyhow::Result<Option<Vec<u8>>> {
    let read = || {
        let file = File::open(path)?;
        // Known before a gigabyte is read in vain.
        if file.metadata()?.len() > most { Ok(None) } else { read_within(file, most) }
    };
    read().with_context(|| one_line(path.display()))
}

fn read_within(input: impl Read, most: u64) -> io::Result<Option<Vec<u8>>> {
    let mut content = Vec::new();
    input.take(most + 1).read_to_end(&mut content)?;
    Ok((content.len() as u64 <= most).then_some(content))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_files_lines_or_bytes_and_never_empty() {
        let contents = [b"one\n\ntwo".to_vec(), Vec::new(), b"3\n".to_vec()];
        let split = |unit: Unit| unit.split(&contents);
        assert_eq!(split(Unit::File), [b"one\n\ntwo".as_slice(), b"3\n"]);
        assert_eq!(split(Unit::Line), [b"one".as_slice(), b"two", b"3"]);
        assert_eq!(split(Unit::Bytes(5)), [b"one\n\n".as_slice(), b"two", b"3\n"]);
    }

    #[test]
    fn no_more_is_read_than_there_is_room_for() {
        assert_eq!(read_within(b"four".as_slice(), 4).unwrap(), Some(b"four".to_vec()));
        assert_eq!(read_within(io::repeat(0), 4).unwrap(), None);
    }
}
