//! All that the commands ask of the operating system beyond Rust's standard library.
//!
//! The rest of this crate is the same on every system. A system gets a folder here (`unix`; `windows` could follow)
//! that defines these names; `file.rs` and `metadata.rs` define the types that they share.
//!
//! | names | what they do |
//! |---|---|
//! | `look` | sees, before `main`, which standard descriptors are closed and which signals are ignored |
//! | `stdin`, `stdout` | the process's own streams, or the error that one is closed |
//! | `Descriptor`, `wait_until`, `wait_at_most`, `is_ready`, `close` | waiting for a descriptor; closing one without losing an error |
//! | `read_at`, `is_appending` | reading by place; whether a file is in append mode |
//! | `Folder` | an open directory; its files are named relative to it, so that no link can lead elsewhere |
//! | `From<&Metadata> for Stat` | what the system says about an open file |
//! | `sync_file`, `sync_everything`, `sync_file_system` | returning when bytes are on the disk |
//! | `apply_metadata`, `owner_may_read`, `is_executable` | owner, mode, access control list, user attributes |
//! | `watch_signals`, `die_by`, `die_of_broken_pipe` | what is done before a signal ends the process |
//! | `os_str` | a name from its bytes ([`OsStr::as_encoded_bytes`](std::ffi::OsStr::as_encoded_bytes) gives them) |
//!
//! Tests also use `symlink`.

mod file;
mod metadata;
#[cfg(unix)]
mod unix;

pub use file::{Kind, Open, Ready, Stat};
pub use metadata::{Like, Lost, Pattern};
#[cfg(unix)]
pub use unix::*;

#[cfg(not(unix))]
compile_error!("the commands have no code for this system yet; the library, the package foretell, needs none");

/// Has [`look`] called before `main`. Each binary of this package invokes it once.
#[macro_export]
macro_rules! look_before_main {
    () => {
        // SAFETY: the loader calls the functions in this section before `main`, with or without arguments; `look` may
        // be called so.
        #[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__mod_init_func"))]
        #[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".init_array"))]
        #[used]
        static LOOK: extern "C" fn() = $crate::look;
    };
}
