//! Which files may be worked on.

use crate::common::{
    folder::Entry,
    platform::{Kind, Stat},
    report::Problem,
};

/// What an input may be, besides a regular file with one name.
#[derive(Clone, Copy, Debug)]
pub struct Allowed {
    /// Anything that can be read, such as a pipe.
    pub special: bool,
    /// A symbolic link to such a file.
    pub symlink: bool,
    /// A file with other names or special mode bits, which would be lost with it.
    pub odd: bool,
}

/// Whether the file at `entry`, which `stat` describes, may be worked on; the problem says why not.
pub fn check(entry: &Entry, stat: &Stat, allowed: Allowed) -> Result<(), Problem> {
    let reason = match stat.kind {
        Kind::Directory => "is a directory, skipped; -r takes what is in it",
        Kind::Link => "is a symbolic link, skipped; -f takes what it points to",
        Kind::Other if !allowed.special => "not a regular file, skipped; -c reads it",
        Kind::File if stat.links > 1 && !allowed.odd => {
            "has another hard link, skipped; -k keeps both, -f removes this one"
        }
        Kind::File if stat.has_special_bits && !allowed.odd => {
            "has the setuid, setgid or sticky bit, skipped; -f takes it without"
        }
        Kind::File | Kind::Other => return Ok(()),
    };
    Err(Problem::warning(entry, reason))
}
