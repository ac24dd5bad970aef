//! A file under a temporary name → the same file under its own, in one step.
//!
//! Every file system can do that, one way or another, so that no work is done in vain.

use std::{
    ffi::{OsStr, OsString},
    fs::{File, TryLockError},
    hash::{BuildHasher, RandomState},
    io,
    os::unix::ffi::{OsStrExt, OsStringExt},
};

use nix::{
    fcntl::{AtFlags, OFlag, renameat},
    unistd::linkat,
};

use super::{
    folder::{Entry, is_regular},
    signals,
};

/// How the names of temporary files begin.
const PREFIX: &str = ".fore-";
/// How many random letters and digits follow.
const LETTERS: usize = 6;

/// A file under a temporary name, which goes unless the file gets another one.
#[derive(Debug)]
pub struct Temporary {
    entry: Entry,
    /// Whether the temporary name is gone.
    renamed: bool,
}

impl Temporary {
    /// A new file in the directory of `target`, readable by its owner only. It is locked until it is closed.
    pub fn beside(target: &Entry) -> io::Result<(File, Self)> {
        let mut taken = io::Error::from(io::ErrorKind::AlreadyExists);
        let mut doomed = signals::hold();
        for _ in 0..100 {
            let name = random_name();
            let path = target.path().with_file_name(&name);
            let entry = Entry::within(target.folder(), name, path);
            match entry.create() {
                Ok(file) => {
                    doomed.push(entry.clone());
                    // Where there are no locks, others take it for one that was left.
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

    /// Gives the file the name `target`, in the same directory. Unless it may `replace` what has that name, there is none
    /// or the error is `AlreadyExists`.
    pub fn rename(mut self, target: &Entry, replace: bool) -> io::Result<()> {
        let mut doomed = signals::hold();
        if replace {
            self.replace(target)?;
        } else if let Err(error) = self.rename_to_free(target).or_else(|error| self.link(target, error)) {
            self.occupy_and_replace(target, error)?;
        }
        self.renamed = true;
        self.spare(&mut doomed);
        Ok(())
    }

    /// Takes it from the files that a signal removes.
    fn spare(&self, doomed: &mut Vec<Entry>) {
        doomed.retain(|entry| entry.name() != self.entry.name());
    }

    fn replace(&self, target: &Entry) -> io::Result<()> {
        let folder = self.entry.folder();
        Ok(renameat(folder, self.entry.name(), folder, target.name())?)
    }

    /// In one step, which not every file system knows.
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    fn rename_to_free(&self, target: &Entry) -> io::Result<()> {
        use nix::fcntl::{RenameFlags, renameat2};
        let folder = self.entry.folder();
        let flags = RenameFlags::RENAME_NOREPLACE;
        Ok(renameat2(folder, self.entry.name(), folder, target.name(), flags)?)
    }

    #[cfg(not(all(target_os = "linux", target_env = "gnu")))]
    fn rename_to_free(&self, _: &Entry) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// The next way after that `failed`, unless the name is taken: by a second link, which not every file system knows
    /// either.
    fn link(&self, target: &Entry, failed: io::Error) -> io::Result<()> {
        if failed.kind() == io::ErrorKind::AlreadyExists {
            return Err(failed);
        }
        let folder = self.entry.folder();
        linkat(folder, self.entry.name(), folder, target.name(), AtFlags::empty())?;
        // The file is in its place; that it has another name besides is no failure.
        let _ = self.entry.remove();
        Ok(())
    }

    /// The last way, which every file system knows: takes the name by an empty file that was not there, and replaces
    /// that.
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
            let mut doomed = signals::hold();
            let _ = self.entry.remove();
            self.spare(&mut doomed);
        }
    }
}

/// Whether something found in a directory is a temporary file, and whose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is none.
    None,
    /// One that is written to now, or is gone already, or not ours to look at.
    InUse,
    /// One that nobody writes to.
    Left,
}

/// What `entry` is.
pub fn state(entry: &Entry) -> State {
    if !is_temporary(entry.name()) {
        return State::None;
    }
    if signals::hold().iter().any(|ours| ours.name() == entry.name()) {
        return State::InUse;
    }
    match entry.stat(false) {
        Ok(stat) if !is_regular(&stat) => return State::None,
        Ok(_) => {}
        Err(_) => return State::InUse,
    }
    let flags = OFlag::O_RDONLY | OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK;
    match entry.open(flags).map(|file| file.try_lock_shared()) {
        Err(_) | Ok(Err(TryLockError::WouldBlock)) => State::InUse,
        Ok(_) => State::Left,
    }
}

fn is_temporary(name: &OsStr) -> bool {
    let letters = name.as_bytes().strip_prefix(PREFIX.as_bytes());
    letters.is_some_and(|letters| letters.len() == LETTERS && letters.iter().all(u8::is_ascii_alphanumeric))
}

/// A name for a temporary file.
fn random_name() -> OsString {
    const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    // Each of these hashes by another key.
    let mut random = RandomState::new().hash_one(PREFIX);
    let mut name = PREFIX.as_bytes().to_vec();
    for _ in 0..LETTERS {
        name.push(ALPHABET[(random % ALPHABET.len() as u64) as usize]);
        random /= ALPHABET.len() as u64;
    }
    OsString::from_vec(name)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::*;

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
            assert!(
                way(&first, &target).is_ok() || (n == 0 && cfg!(not(all(target_os = "linux", target_env = "gnu"))))
            );
            fs::write(target.path(), "taken").unwrap();
            let error = way(&second, &target).unwrap_err();
            assert!(n == 0 || error.kind() == io::ErrorKind::AlreadyExists);
            assert_eq!(fs::read(target.path()).unwrap(), b"taken");
        }
        assert_eq!(fs::read_dir(d).unwrap().count(), 3);
    }
}
