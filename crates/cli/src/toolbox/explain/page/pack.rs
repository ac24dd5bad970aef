//! Bytes → text for a page: deflated, and in base 64. Browsers have the way back.

pub use foretell::unstable::container::varint::write as varint;
use foretell::unstable::deflate::{Dialect, Family, Work, deflate};

/// `bytes`, deflated, in base 64.
pub fn packed(bytes: &[u8]) -> String {
    let mut stream = Vec::new();
    // There is no end of work here: each byte takes a bounded number of steps.
    deflate(bytes, Dialect { family: Family::Zlib8, level: 6 }, &mut Work::new(u64::MAX), &mut stream);
    base64(&stream)
}

/// `bytes` in base 64 (RFC 4648).
pub fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let number = three.iter().chain([&0; 2]).take(3).fold(0u32, |number, &byte| number << 8 | u32::from(byte));
        for digit in 0..4 {
            let is_there = digit <= three.len();
            let value = (number >> (18 - 6 * digit)) as usize & 63;
            out.push(if is_there { char::from(DIGITS[value]) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_64_is_that_of_the_rfc() {
        let all = ["", "f", "fo", "foo", "foob", "fooba", "foobar"].map(|text| base64(text.as_bytes()));
        assert_eq!(all, ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"]);
    }

    #[test]
    fn numbers_take_few_bytes() {
        let mut out = Vec::new();
        [0, 127, 128, 300, u64::MAX].into_iter().for_each(|number| varint(&mut out, number));
        assert_eq!(out[..5], [0, 127, 0x80, 1, 0xac]);
        assert_eq!(out.len(), 1 + 1 + 2 + 2 + 10);
    }
}
