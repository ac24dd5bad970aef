//! Whether another process wrote to an input while it was read. The bytes read may then be of two states of the file.

use std::{hash::Hasher, io};

use twox_hash::XxHash3_64;

use super::Input;
use crate::{
    common::{platform::read_at, report::Problem},
    fore::change::{Change, resized},
};
use foretell::{Error, ErrorKind};

/// Bytes read at a time to see whether they are still the same.
const BUFFER: usize = 1 << 16;

impl Input {
    /// Makes sure that the bytes read stood in the file at one moment. To be called right after reading: else the
    /// output may be of a state that the file never had.
    pub fn check_read(&self) -> io::Result<()> {
        if self.is_torn()? { Err(Error::new(ErrorKind::Io, self.as_torn()?).into()) } else { Ok(()) }
    }

    /// The problem that it could not be read for this reason. If the file changed, that is the reason instead, and an
    /// input that was `to_be_removed` stays, on purpose.
    pub fn unreadable(&self, to_be_removed: bool, reason: String) -> Problem {
        let is_torn = self.change().is_ok_and(|change| change == Change::Rewritten) || self.is_torn().unwrap_or(false);
        match self.as_torn() {
            Ok(torn) if is_torn && to_be_removed && self.path().is_some() => Problem::warning(self, torn),
            Ok(torn) if is_torn => Problem::error(self, torn),
            _ => Problem::error(self, reason),
        }
    }

    /// Whether the file may hold other bytes now than those that were read.
    pub fn is_changed(&self) -> bool {
        !matches!(self.change(), Ok(Change::None))
    }

    /// What happened to the file since it was opened.
    fn change(&self) -> io::Result<Change> {
        Ok(Change::between(&self.then(), &self.now()?))
    }

    /// Whether the file changed in such a way that the bytes read may be of two states.
    fn is_torn(&self) -> io::Result<bool> {
        Ok(match (self.change()?, &self.hash) {
            (Change::None, _) => false,
            (_, Some(hash)) => !self.still_has(hash.finish())?,
            (change, None) => change == Change::Rewritten,
        })
    }

    /// Why an output would be worthless.
    pub(super) fn as_torn(&self) -> io::Result<String> {
        let resized = resized(&self.then(), &self.now()?);
        Ok(format!("file changed while it was read{resized}; try again when nobody writes to it"))
    }

    /// Whether the file still holds the bytes that were read, whose hash is `read`.
    fn still_has(&self, read: u64) -> io::Result<bool> {
        let (mut hash, mut buffer, mut at) = (XxHash3_64::new(), vec![0; BUFFER], 0);
        while at < self.taken {
            let most = usize::try_from(self.taken - at).map_or(BUFFER, |left| left.min(BUFFER));
            match read_at(&self.file, &mut buffer[..most], self.start + at) {
                Ok(0) => return Ok(false),
                Ok(n) => {
                    hash.write(&buffer[..n]);
                    at += n as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(hash.finish() == read)
    }
}
