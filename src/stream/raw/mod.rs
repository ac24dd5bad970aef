//! Slices in, slices out: compression and decompression without any I/O, which readers, writers and bindings to other
//! languages are made of.
//!
//! [`Compressor`] and [`Decompressor`] are `Send`, own all that they need, and have no type parameters. Each call takes
//! an input slice, an output slice and an [`Operation`], and says in a [`Status`] how far it came. Neither ever waits
//! for input: a caller has it, or calls again when it has.

mod compressor;
mod decompressor;

pub use compressor::Compressor;
pub use decompressor::Decompressor;

/// What a call of [`Compressor::run`] or [`Decompressor::run`] is to do once it has taken its input.
///
/// ```
/// use foretell::{DecodeOptions, EncodeOptions, raw::{Compressor, Decompressor, Operation}};
/// let (mut coded, mut content) = ([0; 100], [0; 100]);
/// let mut compressor = Compressor::new(&EncodeOptions::new());
/// // Flushed, a part can be decoded before the rest is there.
/// let flushed = compressor.run(b"a part", &mut coded, Operation::Flush)?;
/// let mut decompressor = Decompressor::new(&DecodeOptions::new());
/// let decoded = decompressor.run(&coded[..flushed.written], &mut content, Operation::Continue)?;
/// assert_eq!(&content[..decoded.written], b"a part");
/// # Ok::<(), foretell::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// Go on: more input may come. A compressor keeps content until it is enough to be coded.
    Continue,
    /// Make all input so far available at the other end. A compressor ends its block, and the network of the next one
    /// starts again: flush seldom. To a decompressor, which keeps nothing back, it means [`Continue`](Self::Continue).
    Flush,
    /// The input ends here. A compressor ends the frame. A decompressor makes sure that the last frame is whole.
    Finish,
}

/// How far a call of [`Compressor::run`] or [`Decompressor::run`] came.
///
/// ```
/// use foretell::{EncodeOptions, raw::{Compressor, Operation}};
/// let mut compressor = Compressor::new(&EncodeOptions::new());
/// let status = compressor.run(b"abc", &mut [0; 2], Operation::Finish)?;
/// // Two bytes of output are not enough for the frame's header, which is written before any input is taken. The same
/// // operation has to be called again, with the input that was not taken.
/// assert_eq!((status.read, status.written, status.is_done), (0, 2, false));
/// # Ok::<(), foretell::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Status {
    /// Bytes at the start of the input slice that were taken, and are not to be given again.
    pub read: usize,
    /// Bytes at the start of the output slice that were written.
    pub written: usize,
    /// Of a compressor: whether the operation is complete, so that all input was taken and all output that there is
    /// was written. Of a decompressor: whether the content has ended.
    pub is_done: bool,
}
