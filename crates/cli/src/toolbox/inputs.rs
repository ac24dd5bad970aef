//! Files and folders named on the command line → the files to measure, in a fixed order.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::Context;

use super::notes::Notes;
use crate::common::report::one_line;

/// A file to measure.
pub struct Input {
    /// The name that reports show: in one line, whatever characters it contains.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
}

/// The files themselves, as named.
pub fn files(paths: &[PathBuf]) -> Vec<Input> {
    paths.iter().map(|path| Input { name: one_line(path.display()), path: path.clone() }).collect()
}

/// The files named, and all files below the folders named, each folder's in the order of their names. If only one
/// folder is named, the names of its files start there.
pub fn files_below(paths: &[PathBuf], notes: &mut Notes) -> Vec<Input> {
    let mut inputs = Vec::new();
    for path in paths {
        if !path.is_dir() {
            inputs.extend(files(std::slice::from_ref(path)));
            continue;
        }
        let mut found = Vec::new();
        walk(path, true, &mut found, notes);
        found.sort();
        let base = if paths.len() == 1 { path.as_path() } else { Path::new("") };
        inputs.extend(found.into_iter().map(|path| {
            let name = one_line(path.strip_prefix(base).unwrap_or(&path).display());
            Input { name, path }
        }));
    }
    inputs
}

fn walk(folder: &Path, top: bool, found: &mut Vec<PathBuf>, notes: &mut Notes) {
    if let Err(error) = walk_entries(folder, top, found, notes) {
        notes.failure(&anyhow::Error::new(error).context(one_line(folder.display())));
    }
}

fn walk_entries(folder: &Path, top: bool, found: &mut Vec<PathBuf>, notes: &mut Notes) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let path = entry.path();
        if name.starts_with('.') || (top && is_about_the_corpus(&name)) {
            continue;
        }
        // Links to folders are not followed (they may lead in circles); links to files are.
        if entry.file_type()?.is_dir() {
            walk(&path, false, found, notes);
        } else if path.is_file() {
            found.push(path);
        }
    }
    Ok(())
}

/// Whether a file at the top of a corpus describes the corpus and is no part of it.
fn is_about_the_corpus(name: &str) -> bool {
    // The built-in prior was trained on these files, so they would not measure it.
    name == "training" || ["README", "MANIFEST", "SHA256SUMS"].iter().any(|start| name.starts_with(start))
}

/// Reads the whole file.
///
/// # Errors
/// The error of reading it, after its name.
pub fn read(input: &Input) -> anyhow::Result<Vec<u8>> {
    fs::read(&input.path).with_context(|| one_line(input.path.display()))
}

/// Reads all files that can be read, and reports the others.
pub fn read_all(inputs: &[Input], notes: &mut Notes) -> Vec<Vec<u8>> {
    let mut contents = Vec::new();
    for input in inputs {
        match read(input) {
            Ok(content) => contents.push(content),
            Err(error) => notes.failure(&error),
        }
    }
    contents
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_walked_in_order_without_hidden_files_and_the_corpus_own_notes() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b", "a/z", "a/README.md", "a/.hidden", ".git/config", "README.md", "MANIFEST.tsv", "c\n"] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, name).unwrap();
        }
        let inputs = files_below(&[folder.path().to_owned()], &mut Notes::new());
        let names: Vec<_> = inputs.iter().map(|input| input.name.as_str()).collect();
        assert_eq!(names, ["a/README.md", "a/z", "b", "c\\n"]);
        assert_eq!(read(&inputs[1]).unwrap(), b"a/z");
    }
}
