//! Standard input, output and error, in whatever state the parent process left them.
//!
//! Rust's own handles take a closed descriptor for an empty file or for one that swallows all, keep lines back, and lose
//! count where a descriptor is non-blocking. So bytes go past them.

use std::{
    fs::File,
    io::{self, Write},
    os::fd::{AsFd, BorrowedFd},
};

use nix::{
    errno::Errno,
    poll::{PollFd, PollFlags, PollTimeout, poll},
};

use super::born;
use crate::fore::signals;

/// Standard input.
pub fn stdin() -> io::Result<File> {
    own(io::stdin().as_fd(), 0)
}

/// Standard output.
pub fn stdout() -> io::Result<File> {
    own(io::stdout().as_fd(), 1)
}

fn own(descriptor: BorrowedFd, number: u32) -> io::Result<File> {
    if born::closed(number) {
        return Err(Errno::EBADF.into());
    }
    Ok(descriptor.try_clone_to_owned()?.into())
}

/// Writes all of `bytes` to standard output. If nobody reads it any more, the process ends here, unless it was told to
/// ignore that.
pub fn print(bytes: &[u8]) -> io::Result<()> {
    let printed = stdout().and_then(|file| {
        let mut out = Patient(file);
        out.write_all(bytes)?;
        close(out.0)
    });
    printed.inspect_err(|error| {
        if error.kind() == io::ErrorKind::BrokenPipe {
            signals::die_of_broken_pipe();
        }
    })
}

/// Writes `text` to standard error. If that fails there is nowhere left to say so.
pub fn say(text: &str) {
    let _ = Patient(io::stderr()).write_all(text.as_bytes());
}

/// Closes `file`: only here do some file systems report a write that failed.
pub fn close(file: File) -> io::Result<()> {
    Ok(nix::unistd::close(file)?)
}

/// Writes to something that may be non-blocking, as another process may have made it.
struct Patient<F>(F);

impl<F: AsFd> Write for Patient<F>
where
    for<'a> &'a F: Write,
{
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        patiently(&self.0, PollFlags::POLLOUT, || (&self.0).write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Reads from `file`, or writes to it, by `attempt`; waits until it is ready for that if it is not.
pub fn patiently<T>(file: &impl AsFd, ready: PollFlags, mut attempt: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match attempt() {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            done => return done,
        }
        match poll(&mut [PollFd::new(file.as_fd(), ready)], PollTimeout::NONE) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Whether reading from `file`, or writing to it, need not wait; also where that cannot be known.
pub fn is_ready(file: &impl AsFd, ready: PollFlags) -> bool {
    !matches!(poll(&mut [PollFd::new(file.as_fd(), ready)], PollTimeout::ZERO), Ok(0))
}
