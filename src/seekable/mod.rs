//! A file at rest → its content from anywhere, its headers alone, or what is left after damage.

mod block_list;
mod block_reader;
mod copy_sources;
mod damage;
mod frames;
mod indexed_reader;
mod inspect;
mod recovery;
mod scan;

pub use damage::{Damage, Recovered};
pub use indexed_reader::IndexedReader;
pub use inspect::{FrameInfo, inspect, inspect_each, inspect_file, inspect_file_each};
pub use recovery::recover;
