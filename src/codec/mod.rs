//! One block or record of content ↔ its coded bytes.

pub mod block;
pub mod copy;
pub mod expanded;
pub mod memory;
pub mod neural;
pub mod priming;
pub mod record;
pub mod symbols;
