//! Readers and writers that do as little as they may.

use std::io::{self, Read, Write};

use crate::Random;

/// A reader that gives at most a few bytes at a time and is interrupted now and then.
pub struct HostileReader<'a> {
    /// What is left to be read.
    pub data: &'a [u8],
    /// Chance.
    pub random: Random,
}

impl Read for HostileReader<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.random.below(3) == 0 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let n = self.data.len().min(out.len()).min(1 + self.random.below(5));
        out[..n].copy_from_slice(&self.data[..n]);
        self.data = &self.data[n..];
        Ok(n)
    }
}

/// A writer that takes at most a few bytes at a time, is interrupted now and then, and fails once `room` is used up.
pub struct HostileWriter {
    /// What was written.
    pub taken: Vec<u8>,
    /// How many bytes it takes in all.
    pub room: usize,
    /// Chance.
    pub random: Random,
}

impl Write for HostileWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.random.below(3) == 0 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        if self.taken.len() >= self.room {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let n = bytes.len().min(1 + self.random.below(7)).min(self.room - self.taken.len());
        self.taken.extend_from_slice(&bytes[..n]);
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
