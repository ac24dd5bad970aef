//! One error type: what kind of thing went wrong, and where.
//!
//! Kinds are few and chosen by what a user can do about them; the context says the rest in one line
//! that never repeats the file's name (the caller knows it and prints it first).

use std::{borrow::Cow, fmt, io};

/// The result of every fallible operation of the library.
pub type Result<T> = std::result::Result<T, Error>;

/// Kinds of errors, by what the caller can do about them.
///
/// ```
/// use foretell::{ErrorKind, decompress};
/// let damaged = b"\xf0re and no frame";
/// assert!(matches!(decompress(damaged).unwrap_err().kind(), ErrorKind::Unsupported | ErrorKind::Corrupt));
/// ```
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
    /// The data need a trained model that is not among the given ones.
    MissingModel,
    /// More memory would be needed than is allowed, or than the system gives.
    MemoryLimit,
    /// Decoding would give more content than is allowed.
    OutputLimit,
    /// A [`Stop`](crate::Stop) ended the work.
    Cancelled,
    /// The processor or the build does not compute as the format demands, and cannot be set to do so.
    Arithmetic,
    /// An option was given a value that it cannot have.
    InvalidInput,
    /// Reading or writing failed.
    Io,
    /// A mistake in this library.
    Internal,
}

/// An error of the library: a kind and a sentence. An error of a reader or writer, passed on without more words, turns
/// back into the same I/O error.
///
/// ```
/// use foretell::{ErrorKind, decompress};
/// let error = decompress(b"plain text").unwrap_err();
/// assert_eq!((error.kind(), error.is_damage()), (ErrorKind::NotForetell, true));
/// assert_eq!(error.to_string(), "not in foretell format");
/// ```
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    /// Empty if the source has all the words.
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

    /// A [`ErrorKind::MemoryLimit`] error: `work` needs more bytes of memory than are `allowed`.
    pub(crate) fn memory_limit(work: &str, needed: u64, allowed: u64) -> Self {
        Self::new(ErrorKind::MemoryLimit, format!("{work} needs {needed} bytes of memory, {allowed} are allowed"))
    }

    /// A [`ErrorKind::OutputLimit`] error: more than `limit` bytes of content.
    pub(crate) fn output_limit(limit: u64) -> Self {
        Self::new(ErrorKind::OutputLimit, format!("the content is longer than the {limit} bytes that are allowed"))
    }

    /// A [`ErrorKind::Cancelled`] error.
    pub(crate) fn cancelled() -> Self {
        Self::new(ErrorKind::Cancelled, "the work was cancelled")
    }

    /// A copy, to report the error again: of the same kind, and with an I/O error of the same kind as its source.
    pub(crate) fn again(&self) -> Self {
        Self { kind: self.kind, context: self.context.clone(), source: self.source.as_ref().map(io_again) }
    }

    /// The same error, its text after `what` it concerns.
    pub(crate) fn of(self, what: &str) -> Self {
        let context = match &*self.context {
            "" => what.to_owned(),
            context => format!("{what}: {context}"),
        };
        Self { context: context.into(), ..self }
    }

    /// Whether the same call may succeed if it is made again: a reader or writer was not ready, took too long, or was
    /// interrupted by a signal.
    pub(crate) fn is_transient(&self) -> bool {
        self.source.as_ref().is_some_and(is_transient)
    }

    /// The cause in the fewest words, for lists: the system's own words without its number.
    pub(crate) fn cause(&self) -> String {
        let text = self.source.as_ref().map_or_else(|| self.context.to_string(), io::Error::to_string);
        text.split(" (os error ").next().unwrap_or_default().to_owned()
    }

    /// Whether the data are damaged, or no frame. Otherwise the options or the machine are the cause.
    pub fn is_damage(&self) -> bool {
        use ErrorKind::{ChecksumMismatch, Corrupt, NotForetell, Truncated};
        matches!(self.kind, NotForetell | Corrupt | Truncated | ChecksumMismatch)
    }

    /// Whether the error is not about the data: reading failed, memory was lacking, or the work was cancelled.
    pub(crate) fn ends_work(&self) -> bool {
        matches!(self.kind, ErrorKind::Io | ErrorKind::MemoryLimit | ErrorKind::Cancelled)
    }

    /// What kind of error this is.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            None => f.write_str(&self.context),
            Some(source) if self.context.is_empty() => source.fmt(f),
            Some(source) => write!(f, "{}: {source}", self.context),
        }
    }
}

impl std::error::Error for Error {
    /// The source of the I/O error, if there is one. The I/O error itself is part of this error's text, and would be
    /// printed twice.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().and_then(std::error::Error::source)
    }
}

impl From<io::Error> for Error {
    /// Takes back an [`Error`] that travelled through an `io` trait; keeps any other as its source.
    fn from(error: io::Error) -> Self {
        match error.downcast::<Error>() {
            Ok(ours) => ours,
            Err(error) => Self { kind: ErrorKind::Io, context: "".into(), source: Some(error) },
        }
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        let kind = match error.kind {
            ErrorKind::Truncated => io::ErrorKind::UnexpectedEof,
            ErrorKind::Io => match error.source {
                Some(source) if error.context.is_empty() => return source,
                Some(ref source) => source.kind(),
                None => io::ErrorKind::Other,
            },
            ErrorKind::MemoryLimit => io::ErrorKind::OutOfMemory,
            ErrorKind::OutputLimit => io::ErrorKind::FileTooLarge,
            ErrorKind::Arithmetic => io::ErrorKind::Unsupported,
            ErrorKind::InvalidInput => io::ErrorKind::InvalidInput,
            // Not `Interrupted`, after which callers try again.
            ErrorKind::Cancelled | ErrorKind::Internal => io::ErrorKind::Other,
            _ => io::ErrorKind::InvalidData,
        };
        io::Error::new(kind, error)
    }
}

/// An empty list with room for `len` elements.
///
/// # Errors
/// [`ErrorKind::MemoryLimit`] if the system does not give the memory.
pub(crate) fn room_for<T>(len: usize) -> Result<Vec<T>> {
    let mut list = Vec::new();
    list.try_reserve_exact(len).map_err(|_| Error::no_memory(len.saturating_mul(size_of::<T>()) as u64))?;
    Ok(list)
}

/// Makes room for `more` elements in `list`.
///
/// # Errors
/// As of [`room_for`].
pub(crate) fn reserve<T>(list: &mut Vec<T>, more: usize) -> Result<()> {
    let len = list.len().saturating_add(more);
    list.try_reserve(more).map_err(|_| Error::no_memory(len.saturating_mul(size_of::<T>()) as u64))
}

/// Whether the same call of a reader or writer may succeed if it is made again.
pub(crate) fn is_transient(error: &io::Error) -> bool {
    use io::ErrorKind::{Interrupted, TimedOut, WouldBlock};
    matches!(error.kind(), WouldBlock | TimedOut | Interrupted)
}

/// A copy of an I/O error: its inner error cannot be cloned, but its number, kind and text can.
fn io_again(error: &io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(number) => io::Error::from_raw_os_error(number),
        None if error.get_ref().is_none() => error.kind().into(),
        None => io::Error::new(error.kind(), error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_told_again_is_of_the_same_kinds_and_says_the_same() {
        let io = [
            io::Error::from_raw_os_error(28),
            io::ErrorKind::TimedOut.into(),
            io::Error::new(io::ErrorKind::ConnectionReset, "the other end hung up"),
        ];
        let ours = [
            Error::corrupt("a bit is wrong").of("record 3"),
            Error::from(io::Error::from(io::ErrorKind::WouldBlock)).of("record 3"),
            Error::output_limit(7),
            Error::cancelled(),
        ];
        for error in io.into_iter().map(Error::from).chain(ours) {
            let (kind, text, again) = (error.kind(), error.to_string(), error.again().again());
            assert_eq!((again.kind(), again.to_string()), (kind, text));
            let (first, then) = (io::Error::from(error), io::Error::from(again));
            assert_eq!((first.kind(), first.raw_os_error()), (then.kind(), then.raw_os_error()));
        }
    }

    #[test]
    fn an_error_says_once_what_is_behind_it() {
        let error = Error::from(io::Error::new(io::ErrorKind::NotFound, "no such thing"));
        assert_eq!(error.to_string(), "no such thing");
        let mut chain = vec![];
        let mut next: Option<&dyn std::error::Error> = Some(&error);
        while let Some(error) = next {
            chain.push(error.to_string());
            next = error.source();
        }
        assert_eq!(chain.iter().filter(|text| text.contains("no such thing")).count(), 1, "{chain:?}");
    }
}
