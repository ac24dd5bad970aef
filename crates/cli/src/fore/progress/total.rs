//! What 100 percent of a file is.

use std::io::{BufReader, Read, Seek};

use crate::fore::input::Input;
use foretell::inspect_file;

/// The amount that is 100 percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Total {
    /// Bytes of content.
    Raw(u64),
    /// Compressed bytes.
    Coded(u64),
    /// It is not known.
    Unknown,
}

impl Total {
    /// All the content of the compressed `input`, as far as that can be known beforehand; unless progress `is_shown`,
    /// only how long the input is: to find out more, the file may have to be read to its end.
    pub fn of_compressed(input: &mut Input, is_shown: bool) -> Self {
        let Some(len) = input.len() else { return Self::Unknown };
        if !is_shown {
            return Self::Coded(len);
        }
        let content = content_len(&mut *input);
        input.again();
        content.map_or(Self::Coded(len), Self::Raw)
    }
}

/// Bytes of content in the frames of `file`, if their headers say it.
pub fn content_len(file: impl Read + Seek) -> Option<u64> {
    let frames = inspect_file(BufReader::new(file)).ok()?;
    frames.iter().try_fold(0_u64, |sum, frame| sum.checked_add(frame.raw_size))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{common::folder::Entry, fore::input::Allowed};
    use foretell::{EncodeOptions, Method, compress};

    /// The total of a compressed file of these bytes, if progress `is_shown` or not.
    fn total_if(is_shown: bool, coded: &[u8]) -> Total {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("f.fore");
        std::fs::write(&path, coded).unwrap();
        let allowed = Allowed { special: false, symlink: false, odd: false };
        let mut input = Input::open(&Entry::new(&path).unwrap(), allowed).unwrap();
        let total = Total::of_compressed(&mut input, is_shown);
        let mut read = Vec::new();
        input.read_to_end(&mut read).unwrap();
        assert!(read == coded && input.check_read().is_ok(), "looking at headers is not reading");
        total
    }

    fn total(coded: &[u8]) -> Total {
        total_if(true, coded)
    }

    #[test]
    fn decompression_is_measured_by_the_content_of_all_frames() {
        let options = EncodeOptions::new().method(Method::Store);
        let one = compress(&[7; 1000], &options).unwrap();
        assert_eq!(total(&one), Total::Raw(1000));
        assert_eq!(total(&[&one[..], &one].concat()), Total::Raw(2000));
        assert_eq!(total(&compress(b"", &options).unwrap()), Total::Raw(0));
        assert_eq!(total(&one[..one.len() - 1]), Total::Coded(one.len() as u64 - 1), "no end, so it is not known");
    }

    #[test]
    fn headers_are_not_read_for_progress_that_is_not_shown() {
        let coded = compress(&[7; 1000], &EncodeOptions::new().method(Method::Store)).unwrap();
        assert_eq!(total_if(false, &coded), Total::Coded(coded.len() as u64));
    }
}
