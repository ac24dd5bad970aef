//! Bytes → features: the last bytes, words, lines and strides, and the hashes of contexts made of them.

pub mod contexts;
pub mod hash;
pub mod history;
pub mod strides;
