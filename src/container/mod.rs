//! Coded blocks → frames: headers, lengths, checksums. `docs/FORMAT.md` describes every byte.
//!
//! ```text
//! file  = frame+ zero*
//! frame = header block* end index?
//! block = segment+
//! ```
//! This layer knows bytes and lengths only. What a block's bytes mean, `codec` knows.

pub mod capacity;
pub mod header;
pub mod index;
mod kind;
mod limits;
mod method;
mod model_id;
pub mod read;
pub mod segment;
pub mod varint;

pub use header::FrameHeader;
pub use index::Index;
pub use kind::BlockKind;
pub use limits::{MAX_BLOCK_LEN, Window};
pub use method::Method;
pub use model_id::ModelId;
pub use segment::{Item, SegmentHeader};
