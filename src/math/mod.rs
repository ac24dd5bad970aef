//! Numbers → numbers: the arithmetic of the format, IEEE-754 `f32` in 16 lanes, only `+ − × ÷ √`, in a fixed order.
//!
//! If a decoder's network differs from the encoder's by one unit in the last place, the file is lost. So nothing here
//! or in `model` may use libm, fused multiply-add or a reciprocal estimate; `clippy.toml` forbids them.

pub mod environment;
mod exp;
pub mod isa;
mod lanes;
mod one_hot;
mod round;

pub use exp::{exp, ln, quick_softmax, softmax};
pub use lanes::{F32x16, LANES, flat, flat_mut, sums};
pub use one_hot::{error, most_likely, one_hot, value_at};
pub use round::round;
