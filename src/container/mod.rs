//! Coded blocks → frames: headers, lengths, checksums. `docs/FORMAT.md` describes every byte.
//!
//! ```text
//! file  = frame+ zero*
//! frame = header block* end index?
//! ```
//! This layer knows bytes and lengths only. What a block's bytes mean, `codec` knows.

pub mod block;
pub mod header;
pub mod index;
mod kind;
mod method;
mod model_id;
pub mod read;
pub mod varint;

pub use block::{BlockHeader, Item, MAX_BLOCK_LEN, MAX_DISTANCE};
pub use header::FrameHeader;
pub use index::Index;
pub use kind::BlockKind;
pub use method::Method;
pub use model_id::ModelId;
