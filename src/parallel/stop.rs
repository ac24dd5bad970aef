//! What ends work that nobody wants any more.

use std::{
    io::{self, Read, Seek, SeekFrom},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use crate::{Error, Result};

/// Ends compression or decompression from elsewhere, such as another thread or a callback. Clones are one and the same.
///
/// Whoever was given it, as by [`Options::stop`](crate::stream::Options::stop) or
/// [`Decoder::with_stop`](crate::stream::Decoder::with_stop), looks at it again and again while working, and fails with
/// [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled) soon after it was asked for: at level 9 before another 64 KiB
/// of content are done, and elsewhere within about the time that these take. A reader or writer that blocks is not
/// interrupted. [`inspect`](crate::inspect()) and the like take none: they only read, and end when their reader fails.
///
/// ```
/// use std::io::Read;
/// use foretell::{Decoder, ErrorKind, Options, Stop, compress};
/// let coded = compress(b"nobody wants to know", &Options::new())?;
/// let stop = Stop::default();
/// let mut decoder = Decoder::new(coded.as_slice()).with_stop(stop.clone());
/// stop.ask(); // from another thread, mostly
/// let error = decoder.read(&mut [0; 10]).unwrap_err();
/// assert_eq!(foretell::Error::from(error).kind(), ErrorKind::Cancelled);
/// # Ok::<(), foretell::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Asks all who were given this to stop. That cannot be taken back.
    pub fn ask(&self) {
        self.0.store(true, Relaxed);
    }

    /// Whether that was asked for.
    pub fn is_asked_for(&self) -> bool {
        self.0.load(Relaxed)
    }

    /// Fails if that was asked for.
    pub(crate) fn check(&self) -> Result<()> {
        if self.is_asked_for() { Err(Error::cancelled()) } else { Ok(()) }
    }

    /// `inner`, of which nothing is read any more once that was asked for: so all work stops that needs to read on.
    pub(crate) fn watching<'a, R>(&'a self, inner: &'a mut R) -> Stoppable<'a, R> {
        Stoppable { inner, stop: self }
    }
}

/// A reader that fails when it is to stop.
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
