//! A file under a temporary name → the same file under its final one, in one step.
//!
//! There are three ways to do it, and every file system knows one of them, so no work is done in vain.

use std::{
    ffi::{OsStr, OsString},
    fs::{File, TryLockError},
    hash::{BuildHasher, RandomState},
    io,
};

use super::{folder::Entry, platform::Open, signals};

/// How the names of temporary files begin.
const PREFIX: &str = ".fore-";
/// How many random letters and digits follow.
const LETTERS: usize = 6;

/// A file under a temporary name. It is removed when this is dropped, unless it got its final name.
#[derive(Debug)]
pub struct Temporary {
    entry: Entry,
    /// Whether it got its final name.
    renamed: bool,
}

impl Temporary {
    /// A new file in the directory of `target`, readable by its owner only. It is locked until it is closed.
    pub fn beside(target: &Entry) -> io::Result<(File, Self)> {
        let mut taken = io::Error::from(io::ErrorKind::AlreadyExists);
        let mut in_flight = signals::hold();
        for _ in 0..100 {
            let name = random_name();
            let path = target.path().with_file_name(&name);
            let entry = Entry::within(target.folder(), name, path);
            match entry.create() {
                Ok(file) => {
                    in_flight.push(entry.clone());
                    // On a file system without locks, other runs take it for a file left by an interrupted run.
                    let _ = file.try_lock();
                    return Ok((file, Self { entry, renamed: false }));
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => taken = error,
                Err(error) => return Err(error),
            }
        }
        Err(taken)
    }

    /// Its name.
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    /// Gives the file the name `target`, in the same directory. A file of that name is replaced if `replace` allows it;
    /// else the error is `AlreadyExists`.
    pub fn rename(mut self, target: &Entry, replace: bool) -> io::Result<()> {
        let mut in_flight = signals::hold();
        if replace {
            self.replace(target)?;
        } else if let Err(error) = self.rename_to_free(target).or_else(|error| self.link(target, error)) {
            self.occupy_and_replace(target, error)?;
        }
        self.renamed = true;
        self.spare(&mut in_flight);
        Ok(())
    }

    /// Takes it from the list of files that a signal removes.
    fn spare(&self, in_flight: &mut Vec<Entry>) {
        in_flight.retain(|entry| entry.name() != self.entry.name());
    }

    fn replace(&self, target: &Entry) -> io::Result<()> {
        self.entry.folder().rename(self.entry.name(), target.name())
    }

    /// The first way: a rename that replaces nothing. Not every file system knows it.
    fn rename_to_free(&self, target: &Entry) -> io::Result<()> {
        self.entry.folder().rename_to_free(self.entry.name(), target.name())
    }

    /// The second way, after the first `failed`, unless the name is taken: a second link. Not every file system knows
    /// it either.
    fn link(&self, target: &Entry, failed: io::Error) -> io::Result<()> {
        if failed.kind() == io::ErrorKind::AlreadyExists {
            return Err(failed);
        }
        self.entry.folder().link(self.entry.name(), target.name())?;
        // The file is in its place. A second name that stays is no failure.
        let _ = self.entry.remove();
        Ok(())
    }

    /// The last way, which every file system knows: creates an empty file of that name, and replaces it.
    fn occupy_and_replace(&self, target: &Entry, failed: io::Error) -> io::Result<()> {
        if failed.kind() == io::ErrorKind::AlreadyExists {
            return Err(failed);
        }
        target.create()?;
        self.replace(target).inspect_err(|_| {
            let _ = target.remove();
        })
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.renamed {
            let mut in_flight = signals::hold();
            let _ = self.entry.remove();
            self.spare(&mut in_flight);
        }
    }
}

/// Whether a file found in a directory is a temporary file, and in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is no temporary file.
    None,
    /// Some run writes to it now; or it is gone already, or we may not open it.
    InUse,
    /// No run writes to it: an interrupted one left it.
    Left,
}

/// Whether `entry` is a temporary file, and in use.
pub fn state(entry: &Entry) -> State {
    if !is_temporary(entry.name()) {
        return State::None;
    }
    if signals::hold().iter().any(|ours| ours.name() == entry.name()) {
        return State::InUse;
    }
    match entry.stat(false) {
        Ok(stat) if !stat.is_file() => return State::None,
        Ok(_) => {}
        Err(_) => return State::InUse,
    }
    match entry.open(Open { wait: false, ..Open::READ_OWN }).map(|file| file.try_lock_shared()) {
        Err(_) | Ok(Err(TryLockError::WouldBlock)) => State::InUse,
        Ok(_) => State::Left,
    }
}

fn is_temporary(name: &OsStr) -> bool {
    let letters = name.as_encoded_bytes().strip_prefix(PREFIX.as_bytes());
    letters.is_some_and(|letters| letters.len() == LETTERS && letters.iter().all(u8::is_ascii_alphanumeric))
}

/// A name for a temporary file.
fn random_name() -> OsString {
    const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    // Each `RandomState` has another key.
    let mut random = RandomState::new().hash_one(PREFIX);
    let mut name = PREFIX.to_owned();
    for _ in 0..LETTERS {
        name.push(ALPHABET[(random % ALPHABET.len() as u64) as usize].into());
        random /= ALPHABET.len() as u64;
    }
    name.into()
}

#[cfg(test)]
mod tests {
    use std::{
        fs,
        io::{Read, Write},
    };

    use tempfile::TempDir;

    use super::{super::platform::symlink, *};

    #[test]
    fn a_directory_replaced_by_a_link_is_still_the_one_that_was_opened() {
        let outside = TempDir::new().unwrap();
        let d = outside.path().join("d");
        fs::create_dir(&d).unwrap();
        fs::write(d.join("f"), "mine").unwrap();
        let entry = Entry::new(&d.join("f")).unwrap();
        fs::create_dir(outside.path().join("other")).unwrap();
        fs::write(outside.path().join("other/f"), "another's").unwrap();
        fs::rename(&d, outside.path().join("moved")).unwrap();
        symlink("other", &d).unwrap();
        let mut content = String::new();
        entry.open(Open::READ).unwrap().read_to_string(&mut content).unwrap();
        let (mut file, temporary) = Temporary::beside(&entry.renamed(d.join("g"))).unwrap();
        file.write_all(b"new").unwrap();
        temporary.rename(&entry.renamed(d.join("g")), false).unwrap();
        entry.remove().unwrap();
        assert_eq!((content.as_str(), fs::read(outside.path().join("moved/g")).unwrap()), ("mine", b"new".to_vec()));
        assert_eq!(fs::read_dir(outside.path().join("moved")).unwrap().count(), 1);
        assert_eq!(fs::read_dir(outside.path().join("other")).unwrap().count(), 1);
    }

    #[test]
    fn each_way_to_a_free_name_leaves_a_taken_one_alone() {
        let folder = TempDir::new().unwrap();
        let d = folder.path();
        let ways: [fn(&Temporary, &Entry) -> io::Result<()>; 3] = [
            |temporary, target| temporary.rename_to_free(target),
            |temporary, target| temporary.link(target, io::ErrorKind::Unsupported.into()),
            |temporary, target| temporary.occupy_and_replace(target, io::ErrorKind::Unsupported.into()),
        ];
        for (n, way) in ways.into_iter().enumerate() {
            let target = Entry::new(&d.join(format!("{n}"))).unwrap();
            let (_, first) = Temporary::beside(&target).unwrap();
            let (_, second) = Temporary::beside(&target).unwrap();
            let done = way(&first, &target).map_err(|error| error.kind());
            assert!(done.is_ok() || n == 0 && done == Err(io::ErrorKind::Unsupported), "{done:?}");
            fs::write(target.path(), "taken").unwrap();
            let error = way(&second, &target).unwrap_err();
            assert!(n == 0 || error.kind() == io::ErrorKind::AlreadyExists);
            assert_eq!(fs::read(target.path()).unwrap(), b"taken");
        }
        assert_eq!(fs::read_dir(d).unwrap().count(), 3);
    }
}
