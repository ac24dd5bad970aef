//! Adapters of readers: an [`Encoder`] or a [`Decoder`] is read from, and reads what it codes or decodes from another
//! reader.

mod decoder;
mod encoder;

pub use decoder::Decoder;
pub use encoder::Encoder;
