//! Content with deflate streams ↔ content with the streams expanded.
//!
//! PDF, PNG, gzip, zip and the formats built on them hold deflated content, which is noise to any predictor. Such
//! streams are inflated in place, and the decoder deflates them again, to the same bits. That needs the choices of the
//! program that wrote them: which matches, which blocks, which codes. Nearly all streams were made by two programs,
//! zlib and gzip, whose choices follow from a few settings, so that one byte says them all. The idea is that of Precomp
//! (Schneider), preflate (Steinke) and paq8px. A stream that cannot be reconstructed bit for bit stays as it is.
//!
//! ```text
//! find → inflate → try dialects → deflate and compare ─→ expanded content, recipe      (expand)
//!                                             deflate ←─                               (reconstruct)
//! ```
//! The stream that a [`Dialect`] makes of some content is part of the format for ever. The tests compare it with
//! streams that the programs themselves wrote.

mod bits;
mod block;
mod code;
mod dialect;
mod encode;
mod expand;
mod inflate;
mod parse;
mod places;
mod recipe;
mod symbols;
mod trees;
mod window;
mod work;
mod wrapper;

pub use dialect::{Dialect, Family};
pub use encode::{Sink, deflate};
pub use expand::{Expanded, MEMORY, MIN_STREAM, expand, reconstruct};
pub(crate) use expand::{Expander, Part, reconstruct_while};
pub use inflate::{Inflated, NotInflated, inflate};
pub use places::{StreamPlace, places};
pub use symbols::Token;
pub use work::Work;
pub use wrapper::{Candidate, Trailer};
