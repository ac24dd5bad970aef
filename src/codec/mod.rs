//! One block or record of content ↔ its coded bytes.

pub mod block_decoder;
pub mod block_encoder;
pub mod copy;
pub mod lead;
pub mod memory;
pub mod neural;
pub mod priming;
pub mod record;
pub mod seen;
pub mod symbols;
pub mod witness;
