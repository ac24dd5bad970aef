//! Adapters of writers: what is written to an [`Encoder`] or a [`Decoder`] goes on to another writer, coded or decoded.

mod auto_finish;
mod decoder;
mod encoder;

pub use auto_finish::AutoFinish;
pub use decoder::Decoder;
pub use encoder::Encoder;
