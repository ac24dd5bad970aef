//! One error type: what kind of thing went wrong, and where.
//!
//! Kinds are few and chosen by what a user can do about them; the context says the rest in one line
//! that never repeats the file's name (the caller knows it and prints it first).

use std::{borrow::Cow, fmt, io};

/// The result of every fallible operation of the library.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong, by what can be done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Not a foretell stream at all: the magic bytes are absent.
    NotForetell,
    /// The data contradict themselves or their own structure: they were damaged.
    Corrupt,
    /// The data end before the stream does.
    Truncated,
    /// Written by a newer version, by one too old to be read any more, or by a method that this one does not know.
    Unsupported,
    /// Decoded, but the bytes differ from those that were compressed.
    ChecksumMismatch,
    /// A trained model is needed that is not at hand.
    MissingModel,
    /// Decoding would need more memory than is allowed.
    MemoryLimit,
    /// The processor or the build computes in another way than the format's, and cannot be set to that.
    Arithmetic,
    /// An option was given a value that it cannot have.
    OutOfBounds,
    /// Reading or writing failed.
    Io,
    /// A mistake in this library: something that cannot happen did.
    Internal,
}

/// An error of the library: a kind, a sentence, and the I/O error behind it if there is one.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    context: Cow<'static, str>,
    source: Option<io::Error>,
}

impl Error {
    /// An error of `kind`, described by `context` (one line, no full stop).
    pub fn new(kind: ErrorKind, context: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, context: context.into(), source: None }
    }

    /// A [`ErrorKind::Corrupt`] error.
    pub(crate) fn corrupt(context: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Corrupt, context)
    }

    /// A [`ErrorKind::MemoryLimit`] error: the system does not give `bytes` of memory.
    pub(crate) fn no_memory(bytes: u64) -> Self {
        Self::new(ErrorKind::MemoryLimit, format!("the system does not give the {bytes} bytes that are needed"))
    }

    /// The same error once more, for who asks again.
    pub(crate) fn again(&self) -> Self {
        Self::new(self.kind, self.to_string())
    }

    /// What went wrong in the fewest words, for a list: the system's own, without its number.
    pub(crate) fn cause(&self) -> String {
        let text = self.source.as_ref().map_or_else(|| self.context.to_string(), io::Error::to_string);
        text.split(" (os error ").next().unwrap_or_default().to_owned()
    }

    /// Whether the data are to blame, not what was asked for or the machine.
    pub(crate) fn is_damage(&self) -> bool {
        use ErrorKind::{ChecksumMismatch, Corrupt, NotForetell, Truncated};
        matches!(self.kind, NotForetell | Corrupt | Truncated | ChecksumMismatch)
    }

    /// What kind of error this is.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.context)?;
        match &self.source {
            Some(source) => write!(f, ": {source}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|e| e as _)
    }
}

impl From<io::Error> for Error {
    /// Takes back an [`Error`] that travelled through an `io` trait; keeps any other as its source.
    fn from(error: io::Error) -> Self {
        match error.downcast::<Error>() {
            Ok(ours) => ours,
            Err(error) => Self { kind: ErrorKind::Io, context: "input/output error".into(), source: Some(error) },
        }
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        let kind = match error.kind {
            ErrorKind::Truncated => io::ErrorKind::UnexpectedEof,
            ErrorKind::Io => match error.source {
                Some(source) => return source,
                None => io::ErrorKind::Other,
            },
            ErrorKind::MemoryLimit => io::ErrorKind::OutOfMemory,
            ErrorKind::Arithmetic => io::ErrorKind::Unsupported,
            ErrorKind::OutOfBounds => io::ErrorKind::InvalidInput,
            ErrorKind::Internal => io::ErrorKind::Other,
            _ => io::ErrorKind::InvalidData,
        };
        io::Error::new(kind, error)
    }
}
