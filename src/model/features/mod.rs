//! Bytes → what experts see: the last bytes, words, lines and strides, and the contexts that are made of them.

pub mod contexts;
pub mod hash;
pub mod history;
pub mod strides;
