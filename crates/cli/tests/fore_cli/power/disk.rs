//! A model of a disk that keeps as little as it may, and the calls that change it.

use std::{collections::BTreeMap, fs, os::unix::fs::MetadataExt, path::PathBuf};

/// A name in the directory of this inode number.
pub type Name = (u64, String);

/// A change to a file or directory.
#[derive(Clone, Debug, PartialEq)]
pub enum Call {
    Create {
        name: Name,
        file: u64,
    },
    /// Content or attributes.
    Change {
        file: u64,
    },
    Sync {
        file: u64,
    },
    SyncFolder {
        folder: u64,
    },
    Rename {
        from: Name,
        to: Name,
    },
    Link {
        from: Name,
        to: Name,
    },
    Unlink {
        name: Name,
    },
}

impl Call {
    /// A line of the log.
    pub fn parse(line: &str) -> Self {
        let words: Vec<&str> = line.split(' ').collect();
        let number = |at: usize| words[at].parse::<u64>().unwrap();
        let name = |at: usize| (number(1), words[at].to_owned());
        match words[0] {
            "create" => Self::Create { name: name(2), file: number(3) },
            "write" | "dress" => Self::Change { file: number(1) },
            "sync" => Self::Sync { file: number(1) },
            "syncdir" => Self::SyncFolder { folder: number(1) },
            "rename" => Self::Rename { from: name(2), to: name(3) },
            "link" => Self::Link { from: name(2), to: name(3) },
            "unlink" => Self::Unlink { name: name(2) },
            other => panic!("{other}"),
        }
    }
}

/// The state on the disk, and the state that only the running system knows.
#[derive(Clone, Default)]
pub struct Disk {
    /// How often each file changed, and after how many changes it was last synced.
    files: BTreeMap<u64, (u32, u32)>,
    /// Names as the running system has them.
    names: BTreeMap<Name, u64>,
    /// Names that survive a power cut for certain.
    durable: BTreeMap<Name, u64>,
}

impl Disk {
    /// All files in `folders`, which have long been on the disk.
    pub fn of(folders: &[PathBuf]) -> Self {
        let mut disk = Self::default();
        for folder in folders {
            let number = folder.metadata().unwrap().ino();
            for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
                let (name, file) = (entry.file_name().into_string().unwrap(), entry.metadata().unwrap().ino());
                disk.files.insert(file, (0, 0));
                disk.names.insert((number, name), file);
            }
        }
        disk.durable = disk.names.clone();
        disk
    }

    fn call(&mut self, call: &Call) {
        match call {
            Call::Create { name, file } => {
                self.files.insert(*file, (0, 0));
                self.names.insert(name.clone(), *file);
            }
            Call::Change { file } => self.files.entry(*file).or_default().0 += 1,
            Call::Sync { file } => {
                let (changes, synced) = self.files.get_mut(file).unwrap();
                *synced = *changes;
            }
            Call::SyncFolder { folder } => {
                self.durable.retain(|(other, _), _| other != folder);
                let names = self.names.iter().filter(|((other, _), _)| other == folder);
                self.durable.extend(names.map(|(name, file)| (name.clone(), *file)));
            }
            Call::Rename { from, to } => {
                let file = self.names.remove(from).unwrap();
                self.names.insert(to.clone(), file);
            }
            Call::Link { from, to } => {
                self.names.insert(to.clone(), self.names[from]);
            }
            Call::Unlink { name } => {
                self.names.remove(name);
                self.durable.remove(name);
            }
        }
    }

    /// The file of each name if the power fails now: with as few names as possible, and with as many.
    fn after_a_cut(&self) -> [&BTreeMap<Name, u64>; 2] {
        [&self.durable, &self.names]
    }

    /// Whether all changes that this file has in `end` survive.
    fn is_whole(&self, file: u64, end: &Self) -> bool {
        self.files[&file].1 == end.files[&file].0
    }
}

/// Replays `calls` on `disk` and cuts the power after each. `files` are inputs and their outputs: returns the first
/// call after which the content of one is lost.
pub fn lost(mut disk: Disk, calls: &[Call], files: &[(Name, Name)]) -> Option<String> {
    let begin = disk.clone();
    let mut end = disk.clone();
    calls.iter().for_each(|call| end.call(call));
    for (at, call) in calls.iter().enumerate() {
        disk.call(call);
        for names in disk.after_a_cut() {
            for (input, output) in files {
                let has_input = names.get(input) == begin.names.get(input);
                let made = names.get(output).filter(|&file| begin.names.get(output) != Some(file));
                let has_output = made.is_some_and(|&file| disk.is_whole(file, &end));
                let was_replaced = begin.names.contains_key(output) && !names.contains_key(output);
                let is_torn = made.is_some() && !has_output;
                let is_nowhere = !has_input && !has_output;
                if is_nowhere || is_torn || was_replaced {
                    return Some(format!("{}: {} after call {at}, {call:?}", output.1, input.1));
                }
            }
        }
    }
    None
}
