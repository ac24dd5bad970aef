//! Content ↔ frames, as it comes.
//!
//! ```text
//! content ─► pieces ─► raw::Compressor ───► write::Encoder, read::Encoder, bufread::Encoder ─► frame
//! content ◄──────────  raw::Decompressor ◄─ read::Decoder, write::Decoder ◄──────────────────  frame
//! ```

pub mod bufread;
mod decode_options;
mod encode_options;
mod fitting;
mod long_repeats;
mod pieces;
pub mod raw;
pub mod read;
mod slices;
pub mod write;

pub use decode_options::DecodeOptions;
pub use encode_options::EncodeOptions;
pub use slices::{compress, decompress, decompress_with};
