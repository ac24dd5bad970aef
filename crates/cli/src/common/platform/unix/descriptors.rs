//! Open descriptors: the standard ones, waiting for one, reading by place, closing.

pub use std::os::fd::AsFd as Descriptor;
use std::{
    fs::File,
    io,
    os::{fd::BorrowedFd, unix::fs::FileExt},
    time::Duration,
};

use nix::{
    errno::Errno,
    fcntl::{FcntlArg, OFlag, fcntl},
    poll::{PollFd, PollFlags, PollTimeout, poll},
};

use super::birth;
use crate::common::platform::file::Ready;

/// Standard input, as a file of our own.
pub fn stdin() -> io::Result<File> {
    own(io::stdin().as_fd(), 0)
}

/// Standard output, as a file of our own.
pub fn stdout() -> io::Result<File> {
    own(io::stdout().as_fd(), 1)
}

fn own(descriptor: BorrowedFd, number: u32) -> io::Result<File> {
    if birth::closed(number) {
        return Err(Errno::EBADF.into());
    }
    Ok(descriptor.try_clone_to_owned()?.into())
}

/// Waits until `file` is ready.
pub fn wait_until(file: &impl Descriptor, ready: Ready) -> io::Result<()> {
    match poll(&mut [request(file, ready)], PollTimeout::NONE) {
        Ok(_) | Err(Errno::EINTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Waits until `file` is ready, but no longer than `most`; returns whether it is.
pub fn wait_at_most(file: &impl Descriptor, ready: Ready, most: Duration) -> io::Result<bool> {
    // Rounded up: without a wait, what is not quite due would be asked for again and again.
    let timeout = PollTimeout::try_from(most + Duration::from_micros(999)).unwrap_or(PollTimeout::MAX);
    match poll(&mut [request(file, ready)], timeout) {
        Ok(number) => Ok(number > 0),
        Err(Errno::EINTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Whether `file` is ready now; also where the system cannot say.
pub fn is_ready(file: &impl Descriptor, ready: Ready) -> bool {
    !matches!(poll(&mut [request(file, ready)], PollTimeout::ZERO), Ok(0))
}

fn request(file: &impl Descriptor, ready: Ready) -> PollFd<'_> {
    let flags = match ready {
        Ready::ToRead => PollFlags::POLLIN,
        Ready::ToWrite => PollFlags::POLLOUT,
    };
    PollFd::new(file.as_fd(), flags)
}

/// Reads from the byte `at` on, without moving the file's position.
pub fn read_at(file: &File, out: &mut [u8], at: u64) -> io::Result<usize> {
    file.read_at(out, at)
}

/// Whether all writes to `file` go to its end; `true` where the system does not say.
pub fn is_appending(file: &File) -> bool {
    fcntl(file, FcntlArg::F_GETFL).map_or(true, |flags| OFlag::from_bits_retain(flags).contains(OFlag::O_APPEND))
}

/// Closes `file`: only here do some file systems report a write that failed.
pub fn close(file: File) -> io::Result<()> {
    Ok(nix::unistd::close(file)?)
}
