//! Lengths as LEB128: seven bits a byte, low bits first, the top bit says that more follow.
//!
//! Only the shortest form is valid, so each length has exactly one spelling.

use std::io::Read;

use super::read::read_array;
use crate::{Error, Result};

/// The most bytes that a length takes.
pub const MAX_LEN: usize = 10;

/// How many bytes `value` takes, 1 to [`MAX_LEN`].
pub fn len(value: u64) -> u64 {
    u64::from(value.max(1).ilog2()) / 7 + 1
}

/// Appends `value` to `out` (1 to 10 bytes).
pub fn write(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Reads one value from `input`.
///
/// # Errors
/// Truncated input, a value over 64 bits, or a spelling that is not the shortest.
pub fn read(input: &mut impl Read) -> Result<u64> {
    let mut value = 0u64;
    for shift in (0..64).step_by(7) {
        let [byte] = read_array(input)?;
        let bits = u64::from(byte & 0x7f);
        if shift == 63 && bits > 1 {
            break;
        }
        value |= bits << shift;
        if byte & 0x80 == 0 {
            if byte == 0 && shift > 0 {
                return Err(Error::corrupt("a length is not in its shortest form"));
            }
            return Ok(value);
        }
    }
    Err(Error::corrupt("a length does not fit 64 bits"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spell(value: u64) -> Vec<u8> {
        let mut out = Vec::new();
        write(&mut out, value);
        out
    }

    #[test]
    fn every_width_round_trips() {
        for shift in 0..64 {
            for value in [1u64 << shift, (1u64 << shift) - 1, u64::MAX >> shift] {
                assert_eq!(read(&mut spell(value).as_slice()).unwrap(), value);
            }
        }
    }

    #[test]
    fn longer_spellings_and_overflow_are_refused() {
        for bad in [&[0x80, 0x00][..], &[0xff, 0x80, 0x00], &[0xff; 10], &[0x80; 11], &[0x80], &[]] {
            assert!(read(&mut &bad[..]).is_err(), "{bad:02x?}");
        }
    }
}
