//! What foretell's tests, benches and fuzzers share: content of many kinds, damage, properties that always hold.

mod corpus;
mod deflated;
mod frames;
pub mod generated;
mod golden;
mod hostile;
mod mixed;
mod mutate;
mod own_process;
pub mod properties;
mod random;
mod round_trip;
mod skip;

pub use corpus::{corpus, corpus_files, text};
pub use deflated::{deflated, gzip};
pub use frames::{Part, frame_of};
pub use golden::writes_golden;
pub use hostile::{HostileReader, HostileWriter};
pub use mixed::{familiar_content, mixed_content};
pub use mutate::mutate;
pub use own_process::{in_own_process, peak_memory};
pub use random::{Random, noise};
pub use round_trip::{compress, round_trip};
pub use skip::{skip, skip_without};
