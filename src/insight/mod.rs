//! Where the bits go: content or frames → what each byte costs, as the coder charges it.
//!
//! ```text
//! content ─► the real encoder ─┐
//!                              ├─► events: segments, pieces of content with the cost of each byte, overhead
//! frames  ─► the real decoder ─┘
//! ```
//! The bits of a frame are those of its bytes and those of its overhead: headers, checksums, the ends of coded segments.
//! Content that is taken apart before it is coded, as a deflate stream is, is told as what it holds.

mod content;
mod event;
mod frames;
mod ledger;

pub use content::explain;
pub use event::{Account, Detail, Event, Overhead, Piece, Place, Segment};
pub use frames::explain_frames;

pub use crate::{codec::witness::Wanted, model::Expert};
