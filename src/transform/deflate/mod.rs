//! Content with deflate streams ↔ content with what these stand for.
//!
//! PDF, PNG, gzip, zip, and what is built on them hold content that was deflated, and so is noise to any predictor.
//! Such streams are inflated in place, and the decoder deflates them again, to the same bits. That needs the encoder's
//! choices: which matches, which blocks, which codes. Nearly all streams were made by two programs, zlib and gzip,
//! whose choices follow from a few settings, so that one byte says them all. The idea is that of Precomp (Schneider),
//! preflate (Steinke) and paq8px; what cannot be made again bit for bit stays as it is.
//!
//! ```text
//! find → inflate → try dialects → deflate and compare ─→ unpacked content, recipe      (unpack)
//!                                             deflate ←─                               (pack)
//! ```
//! What a [`Dialect`] makes of some content is part of the format for ever. The tests hold it against streams that the
//! programs themselves wrote.

mod bits;
mod block;
mod dialect;
mod encode;
mod inflate;
mod parse;
mod recipe;
mod symbols;
mod trees;
mod unpack;
mod window;
mod work;
mod wrapper;

pub use dialect::{Dialect, Family};
pub use encode::{Sink, deflate};
pub use inflate::{Inflated, NotInflated, inflate};
pub use symbols::Token;
pub use unpack::{MEMORY, MIN_STREAM, Unpacked, pack, unpack};
pub(crate) use unpack::{pack_while, room_for, unpack_while};
pub use work::Work;
pub use wrapper::{Candidate, Trailer};
