//! Frequencies → bits: a range coder (Martin, *Range encoding: an algorithm for removing redundancy from a
//! digitised message*, 1979) over alphabets of 16 symbols.
//!
//! The coder keeps an interval `[low, low + range)` of the unit interval, in units of 2^-64 after the bytes already
//! written. A symbol narrows it to the symbol's share. When the top byte of the range is 0, the top byte of `low` is
//! final but for a carry, and is shifted out; a later carry runs back through the bytes written.
//!
//! With a 64-bit range of at least 2^56 and totals of 2^20, the cut `range >> 20` loses less than 2^-36 of the
//! interval per symbol: the coded size is the ideal code length but for the last bytes.

mod frequencies;
mod range;

pub use frequencies::{Frequencies, TOTAL_BITS};
pub use range::{Decoder, Encoder};
