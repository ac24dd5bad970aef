//! Content ↔ frames, as it comes.

mod auto_finish;
mod decoder;
mod encoder;
mod fitting;
mod long_repeats;
mod options;
mod pieces;
mod slices;

pub use auto_finish::AutoFinish;
pub use decoder::Decoder;
pub use encoder::Encoder;
pub use options::EncodeOptions;
pub use slices::{compress, decompress, decompress_up_to};
