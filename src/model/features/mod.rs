//! Bytes → features: the last bytes, words, lines, tags and strides, and the hashes of contexts made of them.

pub mod contexts;
pub mod expected;
pub mod hash;
pub mod history;
pub mod indirect;
pub mod nest;
pub mod strides;
pub mod tokens;
pub mod words;
