//! Long runs of zeros → holes in the file, which take no space on the disk.

use std::{
    fs::{File, Metadata},
    io::{self, Seek, SeekFrom, Write},
};

use super::platform::is_appending;

/// Zeros become a hole in units of this many bytes: the block of common file systems.
const UNIT: u64 = 4096;

/// Writes to a file and leaves holes for zeros.
///
/// Invariant: `pending` zeros before `position` are not in the file yet.
#[derive(Debug)]
pub struct SparseWriter {
    /// Where the next byte goes.
    position: u64,
    pending: u64,
}

impl SparseWriter {
    /// Ready to write at the end of `file`, if that can have holes: it must be a regular file, at its end and not in
    /// append mode. Elsewhere seeking would leave no zeros.
    pub fn at_end_of(file: &mut File) -> Option<Self> {
        let meta = file.metadata().ok().filter(Metadata::is_file)?;
        let position = file.stream_position().ok()?;
        let at_end = position == meta.len() && !is_appending(file);
        at_end.then_some(Self { position, pending: 0 })
    }

    /// Writes all of `bytes` to `file`, except units of zeros.
    pub fn write_all(&mut self, file: &mut File, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let to_boundary = UNIT - self.position % UNIT;
            let (unit, rest) = bytes.split_at(bytes.len().min(to_boundary as usize));
            if unit.iter().all(|&byte| byte == 0) {
                self.pending += unit.len() as u64;
            } else {
                if self.pending > 0 {
                    file.seek(SeekFrom::Start(self.position))?;
                    self.pending = 0;
                }
                file.write_all(unit)?;
            }
            self.position += unit.len() as u64;
            bytes = rest;
        }
        Ok(())
    }

    /// Makes zeros at the very end part of the file. Without this they would be lost.
    pub fn finish(&mut self, file: &mut File) -> io::Result<()> {
        if self.pending > 0 {
            file.set_len(self.position)?;
            file.seek(SeekFrom::Start(self.position))?;
            self.pending = 0;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::{fs::OpenOptions, io::Read};

    use super::*;

    fn written(pieces: &[&[u8]]) -> Vec<u8> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"before").unwrap();
        let mut sparse = SparseWriter::at_end_of(&mut file).unwrap();
        for piece in pieces {
            sparse.write_all(&mut file, piece).unwrap();
        }
        sparse.finish(&mut file).unwrap();
        file.write_all(b"after").unwrap();
        let mut all = Vec::new();
        file.rewind().unwrap();
        file.read_to_end(&mut all).unwrap();
        all
    }

    #[test]
    fn zeros_read_back_as_zeros_wherever_they_are() {
        let zeros = [0; 20_000];
        let x = b"x".as_slice();
        for pieces in [
            &[][..],
            &[x],
            &[&zeros],
            &[x, &zeros, x],
            &[&zeros[..3], x, &zeros[..4096]],
            &[&zeros[..4090], &zeros[..5000], x, &zeros],
        ] {
            assert_eq!(written(pieces), [b"before", pieces.concat().as_slice(), b"after"].concat());
        }
    }

    #[test]
    fn no_holes_in_append_mode_or_before_the_end() {
        let named = tempfile::NamedTempFile::new().unwrap();
        let mut appending = OpenOptions::new().append(true).open(named.path()).unwrap();
        assert!(SparseWriter::at_end_of(&mut appending).is_none());
        let mut file = named.reopen().unwrap();
        file.write_all(b"content").unwrap();
        file.rewind().unwrap();
        assert!(SparseWriter::at_end_of(&mut file).is_none());
    }
}
