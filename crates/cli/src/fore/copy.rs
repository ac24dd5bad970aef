//! Bytes of one reader → a writer, and which side failed.

use std::io::{self, Read, Write};

use super::{input::Input, plan::Plan};
use crate::common::{
    output::Output,
    report::{Problem, lacks_memory, plain},
};

/// Bytes moved at a time.
pub const BUFFER: usize = 1 << 16;

/// Which side of a copy failed.
#[derive(Debug)]
pub enum Fault {
    /// The input's.
    Read(io::Error),
    /// The output's.
    Write(io::Error),
}

impl Fault {
    /// This fault as a problem of `input` or `output`.
    pub fn of(self, plan: &Plan, input: &Input, output: &Output) -> Problem {
        let (Self::Read(error) | Self::Write(error)) = &self;
        let is_short = lacks_memory(error);
        let problem = match self {
            Self::Read(error) => input.unreadable(plan.remove, plain(&error)),
            Self::Write(error) => output.failed(&error),
        };
        problem.short_of_memory(is_short)
    }
}

/// Moves all bytes of `from` to `to`.
pub fn copy(from: &mut impl Read, to: &mut impl Write) -> Result<(), Fault> {
    let mut buffer = vec![0; BUFFER];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(n) => to.write_all(&buffer[..n]).map_err(Fault::Write)?,
            Err(error) if matches!(error.kind(), io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock) => {}
            Err(error) => return Err(Fault::Read(error)),
        }
    }
}
