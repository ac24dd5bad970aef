//! The arithmetic that the format is made of: IEEE-754 `f32` in 16 lanes, `+ − × ÷ √` only, in a fixed order.
//!
//! A neural decoder that differs from its encoder by one unit in the last place loses the file. So nothing here
//! or in `model` may use libm, fused multiply-add or a reciprocal estimate; `clippy.toml` forbids them.

pub mod environment;
mod exp;
pub mod isa;
mod lanes;
mod one_hot;

pub use exp::{exp, ln, softmax};
pub use lanes::{F32x16, LANES, flat, flat_mut, sums};
pub use one_hot::{error, one_hot, value_at};
