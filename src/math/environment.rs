//! Does the processor compute as the format demands?
//!
//! IEEE-754's defaults are rounding to nearest and subnormal numbers kept as they are. Both can be switched, for a
//! whole thread and all that it starts: libraries compiled with `-ffast-math` do so when they are loaded, unasked.
//! Models built then would differ from all others, so none is built. Switching back would take `unsafe`; to notice,
//! sums suffice.

use std::hint::black_box;

use crate::{Error, ErrorKind, Result};

/// Makes sure that this thread's arithmetic is IEEE-754's by default.
///
/// # Errors
/// [`ErrorKind::Arithmetic`] if it is not, which says what is odd about it.
pub fn check() -> Result<()> {
    let odd = if flushes_subnormals() {
        "subnormal numbers are taken for zero"
    } else if rounds_by_direction() {
        "rounding is not to nearest"
    } else {
        return Ok(());
    };
    Err(Error::new(ErrorKind::Arithmetic, format!("floating-point environment: {odd}")))
}

/// Whether results (FTZ) or operands (DAZ) below the normal numbers become zero.
fn flushes_subnormals() -> bool {
    let half = black_box(f32::MIN_POSITIVE) * black_box(0.5);
    let twice = black_box(f32::from_bits(f32::MIN_POSITIVE.to_bits() >> 1)) * black_box(2.0);
    half.to_bits() == 0 || twice.to_bits() == 0
}

/// Whether sums are rounded up, down or towards zero.
fn rounds_by_direction() -> bool {
    let sum = |part: f32| black_box(1.0) + black_box(part * f32::EPSILON);
    // To nearest, a quarter of the last place is dropped and three quarters are one.
    sum(0.25) != 1.0 || sum(0.75) == 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn here_arithmetic_is_as_it_should_be() {
        check().unwrap();
    }
}
