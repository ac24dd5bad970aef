//! Arguments → files, each with its kind and its set.

use std::{fs, path::PathBuf};

use anyhow::{Context, bail};

/// Which files to work on.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct Choice {
    /// A list of files, a line each: kind, set and path, with tabs between (as benches/real-files/fetch.py makes one)
    #[arg(long, value_name = "FILE")]
    pub list: Option<PathBuf>,
    /// Of the list, only files of this kind; can be given again
    #[arg(long, value_name = "KIND")]
    pub kind: Vec<String>,
    /// Of the list, only this set: tune or check
    #[arg(long, value_name = "SET")]
    pub set: Option<String>,
    /// Only the first bytes of each file
    #[arg(long, value_name = "BYTES")]
    pub first: Option<usize>,
    /// Files that are in no list; their kind is "file", and their set "tune"
    pub files: Vec<PathBuf>,
}

/// A file.
#[derive(Clone, Debug)]
pub struct Content {
    /// What kind of content it is.
    pub kind: String,
    /// `tune` or `check`.
    pub set: String,
    /// Where it is.
    pub path: PathBuf,
    /// Its bytes, or the first of them.
    pub bytes: Vec<u8>,
}

impl Content {
    /// The file's name without its folders.
    pub fn name(&self) -> String {
        self.path.file_name().map_or_else(|| self.path.display().to_string(), |name| name.display().to_string())
    }
}

impl Choice {
    /// The files that are chosen, in the order of the list and then of the arguments.
    ///
    /// # Errors
    /// A file cannot be read, a line of the list is none, or nothing is chosen.
    pub fn read(&self) -> anyhow::Result<Vec<Content>> {
        let mut contents = Vec::new();
        if let Some(list) = &self.list {
            let text = fs::read_to_string(list).with_context(|| list.display().to_string())?;
            for line in text.lines().filter(|line| !line.starts_with('#')) {
                let fields: Vec<&str> = line.split('\t').collect();
                let [kind, set, path] = fields[..] else {
                    bail!("{}: not kind, set and path: {line}", list.display());
                };
                let is_chosen = self.set.as_ref().is_none_or(|chosen| chosen == set)
                    && (self.kind.is_empty() || self.kind.iter().any(|chosen| chosen == kind));
                if is_chosen {
                    contents.push(self.content(kind, set, path.into())?);
                }
            }
        }
        for path in &self.files {
            contents.push(self.content("file", "tune", path.clone())?);
        }
        if contents.is_empty() {
            bail!("no file is chosen: name some, or give a list");
        }
        Ok(contents)
    }

    fn content(&self, kind: &str, set: &str, path: PathBuf) -> anyhow::Result<Content> {
        let mut bytes = fs::read(&path).with_context(|| path.display().to_string())?;
        bytes.truncate(self.first.unwrap_or(usize::MAX));
        Ok(Content { kind: kind.to_owned(), set: set.to_owned(), path, bytes })
    }
}

/// The different values of `of`, in the order of their first file.
pub fn groups(contents: &[Content], of: fn(&Content) -> &str) -> Vec<String> {
    let mut groups: Vec<String> = Vec::new();
    for content in contents {
        if !groups.iter().any(|group| group == of(content)) {
            groups.push(of(content).to_owned());
        }
    }
    groups
}
