//! A request to end work.

use std::{
    io::{self, Read, Seek, SeekFrom},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use crate::{Error, Result};

/// Ends compression or decompression from elsewhere, such as another thread or a callback. All clones are one request.
///
/// Work that was given one, as by [`EncodeOptions::stop`](crate::EncodeOptions::stop) or
/// [`DecodeOptions::stop`](crate::DecodeOptions::stop), checks it again and again, and fails with
/// [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled) soon after the request: at level 9 before another 64 KiB of
/// content are done, and elsewhere within about the time that these take. A reader or writer that blocks is not
/// interrupted. [`inspect`](crate::inspect()) and its like take none: they only read, and end when their reader fails.
///
/// ```
/// use std::io::Read;
/// use foretell::{DecodeOptions, Decoder, ErrorKind, EncodeOptions, Stop, compress};
/// let coded = compress(b"never decoded to its end", &EncodeOptions::new())?;
/// let stop = Stop::default();
/// let mut decoder = Decoder::new(coded.as_slice(), &DecodeOptions::new().stop(stop.clone()));
/// stop.ask(); // usually from another thread
/// let error = decoder.read(&mut [0; 10]).unwrap_err();
/// assert_eq!(foretell::Error::from(error).kind(), ErrorKind::Cancelled);
/// # Ok::<(), foretell::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Asks all work that has a clone of this to stop. That cannot be undone.
    pub fn ask(&self) {
        self.0.store(true, Relaxed);
    }

    /// Whether a stop was asked for.
    pub fn is_asked_for(&self) -> bool {
        self.0.load(Relaxed)
    }

    /// Fails if a stop was asked for.
    pub(crate) fn check(&self) -> Result<()> {
        if self.is_asked_for() { Err(Error::cancelled()) } else { Ok(()) }
    }

    /// A reader of `inner` that fails once a stop was asked for, and so ends all work that reads on.
    pub(crate) fn watching<'a, R>(&'a self, inner: &'a mut R) -> Stoppable<'a, R> {
        Stoppable { inner, stop: self }
    }
}

/// A reader that fails when a stop was asked for.
pub struct Stoppable<'a, R> {
    inner: &'a mut R,
    stop: &'a Stop,
}

impl<R: Read> Read for Stoppable<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.stop.check()?;
        self.inner.read(out)
    }
}

impl<R: Seek> Seek for Stoppable<'_, R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}
