//! The repository's corpus.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The folder that all names in the corpus are relative to.
pub fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus")
}

/// The corpus's own files, by path.
pub fn corpus_files() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = ["written", "source", "generated"]
        .iter()
        .flat_map(|folder| fs::read_dir(corpus().join(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        // What somebody compressed there, as README.md proposes, is none of it.
        .filter(|path| path.extension().is_none_or(|extension| extension != "fore"))
        .collect();
    files.sort();
    assert!(files.len() >= 10, "the corpus is not where it should be");
    files
}

/// English text of a kind.
pub fn text() -> Vec<u8> {
    fs::read(corpus().join("written/letter.txt")).unwrap()
}
