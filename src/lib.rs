//! Lossless compression by a neural network that predicts the next byte and learns as it goes.
//!
//! ```text
//! bytes → history ─┬→ rows by context ─┐
//!                  ├→ MLP ─────────────┼→ mixer → probabilities → range coder → block → frame → file
//!                  └→ match model ─────┘              │
//!                         ▲                           │
//!                         └─── learn from the byte ───┘   (stochastic gradient descent)
//! ```
//! Content that was compressed by deflate is expanded before, and reconstructed to the same bits after. Prediction *is*
//! compression: a symbol of probability p costs −log2 p bits, which the range coder makes real. The decoder runs the
//! same network in lockstep, so no model is shipped, unless the caller chose a trained one.
//!
//! ```
//! let content = b"to be, or not to be, that is the question".repeat(9);
//! let coded = foretell::compress(&content, &foretell::EncodeOptions::new())?;
//! assert!(coded.len() < content.len() / 4);
//! assert_eq!(foretell::decompress(&coded)?, content);
//! # Ok::<(), foretell::Error>(())
//! ```
//!
//! # All names
//!
//! | name | what it is |
//! |---|---|
//! | [`compress`] | makes one frame of a slice |
//! | [`decompress`], [`decompress_with`] | give the content of all frames in a slice, within a bound, or within the bounds of options |
//! | [`EncodeOptions`], [`DecodeOptions`] | the choices for compression and for decompression: level, threads, limits, models, progress, stop |
//! | [`Level`], [`Method`] | how large a network to use, from 1 to 9; how to code: by the network, Huffman codes, or not at all |
//! | [`Encoder`], [`Decoder`] | [`write::Encoder`] and [`read::Decoder`]: a frame is written, content is read |
//! | [`write`](mod@write), [`read`], [`bufread`] | encoders and decoders as adapters of writers, readers and buffered readers |
//! | [`raw`] | slices in and out, without I/O: what bindings and asynchronous adapters are made of |
//! | [`IndexedReader`] | reads from anywhere in a file, and decodes only the blocks that it must |
//! | [`recover`], [`Recovered`], [`Damage`] | saves the good content of a damaged file, and lists the damage |
//! | [`inspect`], [`inspect_each`], [`inspect_file`], [`inspect_file_each`] | read the headers of all frames, and decode nothing |
//! | [`FrameInfo`], [`BlockKind`] | what headers say of a frame; how a block in it is coded |
//! | [`begins_frame`], [`MAGIC`], [`FORMAT_VERSION`], [`MODEL_VERSION`] | how a frame is told from other bytes, and the versions that this crate writes |
//! | [`Progress`], [`Stop`] | how far work has come, read from another thread; a request to end it |
//! | [`Trainer`], [`TrainingReport`], [`Pass`], [`Loss`] | train a model on samples, and how well it does |
//! | [`Model`], [`Models`], [`ModelId`], [`TrainedOn`] | a trained model and its file, the models at hand, a model's name, and how many samples it knows |
//! | [`RecordCompressor`], [`RecordDecompressor`], [`MAX_RECORD_LEN`] | compress short records, each alone, with a trained model |
//! | [`pack`] | many records in one file, each to be had without the others |
//! | [`insight`] | what each byte costs, and what was expected in its place |
//! | [`Predictor`], [`Contribution`] | the network by itself: the next byte's distribution, its cost, and what each expert adds |
//! | [`Error`], [`ErrorKind`], [`Result`] | one error type: what kind of thing went wrong, and one line that says what |

// The build with `unstable`, which uses all, is the one that tells what nothing uses.
#![cfg_attr(not(feature = "unstable"), allow(dead_code, unused_imports))]

mod codec;
mod coder;
mod container;
mod error;
mod huffman;
pub mod insight;
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

pub use container::{
    BlockKind, Method, ModelId,
    header::{FORMAT_VERSION, MAGIC, begins_frame},
};
pub use error::{Error, ErrorKind, Result};
pub use model::{Contribution, Level, Predictor, VERSION as MODEL_VERSION};
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

/// The examples of the README, compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
