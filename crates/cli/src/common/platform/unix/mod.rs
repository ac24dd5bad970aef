//! The Unix side of [`platform`](super): Linux, macOS and the BSDs.

mod access_list;
mod attributes;
mod birth;
mod descriptors;
mod folder;
mod signals;
mod stat;
mod sync;

use std::{ffi::OsStr, os::unix::ffi::OsStrExt};

pub use attributes::{apply_metadata, is_executable, owner_may_read};
pub use birth::look;
pub use descriptors::{Descriptor, close, is_appending, is_ready, read_at, stdin, stdout, wait_at_most, wait_until};
pub use folder::Folder;
pub use signals::{Signal, die_by, die_of_broken_pipe, watch_signals};
#[cfg(test)]
pub use std::os::unix::fs::symlink;
pub use sync::{sync_everything, sync_file, sync_file_system};

/// A name from its bytes, which need not be UTF-8.
pub fn os_str(bytes: &[u8]) -> &OsStr {
    OsStr::from_bytes(bytes)
}
