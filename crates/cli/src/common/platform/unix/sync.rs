//! Bytes that were written → bytes on the disk.

use std::{fs::File, io, os::fd::AsFd};

use nix::{
    errno::Errno,
    unistd::{fsync, sync},
};

/// Returns when all of `file` is on the disk, if it is of a kind that can be.
pub fn sync_file(file: &impl AsFd) -> io::Result<()> {
    loop {
        return match fsync(file) {
            Err(Errno::EINTR) => continue,
            // Pipes, terminals, and file systems that have no disk, or no say in it.
            Ok(()) | Err(Errno::EINVAL | Errno::ENOTSUP) => Ok(()),
            Err(error) => Err(error.into()),
        };
    }
}

/// The way out where a file or directory cannot be opened to be synced: that takes the right to read it, but anybody
/// can sync everything.
pub fn sync_everything(cannot_open: io::Error) -> io::Result<()> {
    if cannot_open.kind() != io::ErrorKind::PermissionDenied {
        return Err(cannot_open);
    }
    sync();
    Ok(())
}

/// Has the file system of `file` write all that it holds back, where that can be done.
#[cfg(target_os = "linux")]
pub fn sync_file_system(file: &File) -> io::Result<()> {
    match nix::unistd::syncfs(file) {
        Ok(()) | Err(Errno::ENOSYS | Errno::EPERM | Errno::EINVAL | Errno::ENOTSUP) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// This system cannot.
#[cfg(not(target_os = "linux"))]
pub fn sync_file_system(_: &File) -> io::Result<()> {
    Ok(())
}
