//! foretell: lossless compression by a neural network that predicts the next byte and learns as it goes.
//!
//! ```text
//! bytes → history ─┬→ n-gram rows ──┐
//!                  ├→ dense network ┼→ mixer → probabilities → range coder → block → frame → file
//!                  └→ match finder ─┘              │
//!                         ▲                        │
//!                         └── learn from the byte ─┘   (stochastic gradient descent)
//! ```
//! What was compressed by deflate is unpacked before, and packed again to the same bits after: [`deflate`].
//! Prediction *is* compression: a symbol of probability p costs −log2 p bits, which [`coder`] makes real. The
//! decoder runs the same network in lockstep, so no model is shipped.
//!
//! [`compress`] and [`decompress`] work on slices, [`Encoder`] and [`Decoder`] on streams, [`IndexedReader`] reads from
//! anywhere in a file, [`Recovery`] saves what is good of a damaged one, [`inspect`] reads headers only, and
//! [`Predictor`] is the network by itself.
//!
//! ```
//! let content = b"to be, or not to be, that is the question".repeat(9);
//! let coded = foretell::compress(&content, &foretell::EncodeOptions::new())?;
//! assert!(coded.len() < content.len() / 4);
//! assert_eq!(foretell::decompress(&coded)?, content);
//! # Ok::<(), foretell::Error>(())
//! ```

// The build with `unstable`, which uses all, is the one that tells what nothing uses.
#![cfg_attr(not(feature = "unstable"), allow(dead_code, unused_imports))]

mod codec;
mod coder;
mod container;
mod error;
mod huffman;
mod math;
mod model;
pub mod pack;
mod parallel;
mod priors;
mod record;
mod seekable;
mod stream;
mod train;
mod transform;
#[cfg(feature = "unstable")]
pub mod unstable;

pub use container::{BlockKind, Method, ModelId};
pub use error::{Error, ErrorKind, Result};
pub use model::{Level, Predictor};
pub use parallel::{progress::Progress, stop::Stop};
pub use priors::{Model, Models, TrainedOn};
pub use record::{MAX_LEN as MAX_RECORD_LEN, RecordCompressor, RecordDecompressor};
pub use seekable::{
    Damage, FrameInfo, IndexedReader, Recovered, inspect, inspect_each, inspect_file, inspect_file_each, recover,
};
pub use stream::{
    DecodeOptions, EncodeOptions, bufread, compress, decompress, decompress_with, raw, read, read::Decoder, write,
    write::Encoder,
};
pub use train::{Loss, Pass, Trainer, TrainingReport};
