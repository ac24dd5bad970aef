//! The result of a codec: a size and two times.

use std::{iter::Sum, time::Duration};

/// The result of one codec on one file, or on several together.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sample {
    /// Bytes after compression, everything included.
    pub size: u64,
    /// Time taken to compress.
    pub compress: Duration,
    /// Time taken to decompress.
    pub decompress: Duration,
}

impl Sum for Sample {
    fn sum<I: Iterator<Item = Self>>(samples: I) -> Self {
        samples.fold(Self::default(), |a, b| Self {
            size: a.size + b.size,
            compress: a.compress + b.compress,
            decompress: a.decompress + b.decompress,
        })
    }
}
