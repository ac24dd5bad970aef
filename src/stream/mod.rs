//! Content ↔ frames, in pieces or at once.

mod auto_finish;
mod base;
mod budget;
mod codec;
mod decoder;
mod encoder;
mod fitting;
mod frames;
mod indexed;
mod inspect;
mod neural;
pub(crate) mod nibbles;
mod options;
mod pieces;
mod pool;
mod progress;
mod recover;
mod repeats;
mod slices;
mod sources;
mod stop;
mod survey;
mod unpacked;
mod watch;
mod window;

pub use auto_finish::AutoFinish;
#[doc(hidden)]
pub use base::may_be_primed;
pub use decoder::Decoder;
pub use encoder::Encoder;
pub use indexed::IndexedReader;
pub use inspect::{FrameInfo, inspect, inspect_each, inspect_file, inspect_file_each};
#[doc(hidden)]
pub use neural::ablated_len;
pub use options::Options;
pub use progress::Progress;
pub use recover::{Damage, Recovered, Recovery};
pub use slices::{compress, decompress, decompress_up_to};
pub use stop::Stop;
