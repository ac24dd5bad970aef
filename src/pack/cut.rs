//! Content → records.

use std::io::{BufRead, Read};

use crate::{Error, ErrorKind, Result, container::MAX_BLOCK_LEN};

/// How content is cut into records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Each line, with its line end, is a record. The last line may lack its end.
    Lines,
    /// Each run of this many bytes (at least one) is a record. The last may be shorter.
    Bytes(usize),
}

impl Cut {
    /// Appends the next record of `input`; says whether there was one.
    pub(crate) fn read(self, input: &mut impl BufRead, raw: &mut Vec<u8>) -> Result<bool> {
        let room = MAX_BLOCK_LEN - raw.len();
        let too_long =
            |what| Error::new(ErrorKind::InvalidInput, format!("{what} is longer than {MAX_BLOCK_LEN} bytes"));
        let read = match self {
            Self::Lines => {
                let read = input.by_ref().take(room as u64).read_until(b'\n', raw)?;
                if read == room && raw.last() != Some(&b'\n') {
                    return Err(too_long("a line"));
                }
                read
            }
            Self::Bytes(len) if len > room => return Err(too_long("a record")),
            Self::Bytes(len) => input.by_ref().take(len.max(1) as u64).read_to_end(raw)?,
        };
        Ok(read > 0)
    }

    /// The records in the content of a group.
    pub(crate) fn split(self, group: &[u8]) -> Box<dyn Iterator<Item = &[u8]> + '_> {
        match self {
            Self::Lines => Box::new(group.split_inclusive(|&byte| byte == b'\n')),
            Self::Bytes(len) => Box::new(group.chunks(len.max(1))),
        }
    }

    /// A record without its line end.
    pub(crate) fn trim(self, record: &[u8]) -> &[u8] {
        match self {
            Self::Lines => record.strip_suffix(b"\n").unwrap_or(record),
            Self::Bytes(_) => record,
        }
    }
}
