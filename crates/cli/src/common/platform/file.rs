//! What to ask of a file, and what the system answers, in the same words for every system.

/// Whether a descriptor is to be read from or written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ready {
    /// Bytes can be read, or the end has come.
    ToRead,
    /// Bytes can be written.
    ToWrite,
}

/// How to open a file that exists.
#[derive(Clone, Copy, Debug)]
pub struct Open {
    /// To write to it, instead of reading it.
    pub write: bool,
    /// Whether a symbolic link opens what it points to; else it is an error.
    pub follow: bool,
    /// Whether to wait until a pipe has another end.
    pub wait: bool,
}

impl Open {
    /// To read it, whatever it is.
    pub const READ: Self = Self { write: false, follow: true, wait: true };
    /// To read a file of our own, which is no link.
    pub const READ_OWN: Self = Self { follow: false, ..Self::READ };
    /// To write to it, whatever it is.
    pub const WRITE: Self = Self { write: true, ..Self::READ };
}

/// What is under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Link,
    /// A pipe, a device, a socket.
    Other,
}

/// What the system says about a file. Two of one file, taken at different times, show what happened to it in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    /// What it is.
    pub kind: Kind,
    /// Device and inode: no two files have the same at one time.
    pub id: (u64, u64),
    /// Its length in bytes.
    pub len: u64,
    /// How many names it has.
    pub links: u64,
    /// Whether it has the setuid, setgid or sticky bit.
    pub has_special_bits: bool,
    /// The time of the last write to it, in seconds and nanoseconds.
    pub written: (i64, i64),
    /// The time of the last change of any kind: of its content, mode, owner or names.
    pub changed: (i64, i64),
}

impl Stat {
    /// Whether it is a regular file.
    pub fn is_file(&self) -> bool {
        self.kind == Kind::File
    }

    /// Whether it is a directory.
    pub fn is_directory(&self) -> bool {
        self.kind == Kind::Directory
    }

    /// Whether `other` is of the same file, at this time or at another.
    pub fn is_same_file(&self, other: &Self) -> bool {
        self.id == other.id
    }
}
