//! Files at rest: read from anywhere, looked at by their headers alone, searched for what damage has left.

mod copy_sources;
mod frames;
mod indexed_reader;
mod inspect;
mod recovery;
mod scan;

pub use indexed_reader::IndexedReader;
pub use inspect::{FrameInfo, inspect, inspect_each, inspect_file, inspect_file_each};
pub use recovery::{Damage, Recovered, recover};
