//! The inner parts, for the project's own tests, benches and commands. They may change at any time, in any version.

pub use crate::codec::neural::ablated_len;

/// Probabilities → bits.
pub mod coder {
    pub use crate::coder::*;
}
/// Frames, blocks, indexes.
pub mod container {
    pub use crate::container::*;
}
/// The baseline.
pub mod huffman {
    pub use crate::huffman::*;
}
/// The arithmetic that the format is made of.
pub mod math {
    pub use crate::math::*;
}
/// Bytes → probabilities.
pub mod model {
    pub use crate::model::*;
}
/// Who may work, and with how much memory.
pub mod parallel {
    pub use crate::parallel::*;
}
/// Models that were trained before.
pub mod priors {
    pub use crate::priors::*;
}
/// Deflate streams, expanded and reconstructed.
pub mod deflate {
    pub use crate::transform::deflate::*;
}
/// The trained weights of MLP and recurrent expert.
pub mod networks {
    pub use crate::train::networks::*;
}
