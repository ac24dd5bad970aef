//! The table at the start of a block: which symbols occur, and how long their codewords are.
//!
//! English text takes 18 bytes for the first and about 35 for the second. Neighbours in the alphabet have similar
//! counts, and so lengths that predict each other. `docs/FORMAT.md` has the layout.

use super::{
    bits::{Reader, Writer},
    code::{Leaf, MAX_LEN},
};
use crate::{Error, Result};

/// Symbols to a group of the map of those that occur.
const GROUP: usize = 16;

/// Writes `leaves`, which are in order of symbol.
pub fn write(out: &mut Writer, leaves: &[Leaf]) {
    let mut members = [0u64; 256 / GROUP];
    for leaf in leaves {
        let symbol = usize::from(leaf.symbol);
        members[symbol / GROUP] |= top_bit_first(symbol % GROUP);
    }
    let groups = (0..GROUP).filter(|&g| members[g] != 0).map(top_bit_first).sum();
    out.write(groups, GROUP);
    for &members in members.iter().filter(|&&members| members != 0) {
        out.write(members, GROUP);
    }
    if leaves.len() > 1 {
        let mut prediction = Prediction::new(leaves.len());
        for leaf in leaves {
            let folded = prediction.fold(leaf.length);
            out.write(1, folded / 2 + 1);
            out.write(folded as u64 % 2, 1);
        }
    }
}

/// Reads what [`write`] wrote: distinct symbols in order, with lengths of at most [`MAX_LEN`] bits.
///
/// # Errors
/// A table that ends early, names no symbol where it must, or holds a length out of bounds.
pub fn read(input: &mut Reader) -> Result<Vec<Leaf>> {
    let mut leaves = Vec::new();
    for group in read_map(input)? {
        leaves.extend(read_map(input)?.map(|member| Leaf { symbol: (GROUP * group + member) as u8, length: 0 }));
    }
    if leaves.len() > 1 {
        let mut prediction = Prediction::new(leaves.len());
        for leaf in &mut leaves {
            let half = input.read_unary()?;
            let odd = input.read(1)? == 1;
            leaf.length = prediction.unfold(half, odd)?;
        }
    }
    Ok(leaves)
}

/// Reads a map of 16 bits, at least one of which is set: the places of those that are.
fn read_map(input: &mut Reader) -> Result<impl Iterator<Item = usize> + use<>> {
    let map = input.read(GROUP)?;
    if map == 0 {
        return Err(Error::corrupt("a Huffman table is damaged: it names no symbol"));
    }
    Ok((0..GROUP).filter(move |&place| map & top_bit_first(place) != 0))
}

/// The bit of a 16-bit map at `place`, counted from the top.
fn top_bit_first(place: usize) -> u64 {
    1 << (GROUP - 1 - place)
}

/// A guess at the next length from the two before.
struct Prediction {
    before: [u8; 2],
}

impl Prediction {
    /// The prediction of the first of `symbols` lengths: the two before count as the length of a flat code.
    fn new(symbols: usize) -> Self {
        let flat = symbols.next_power_of_two().ilog2() as u8;
        Self { before: [flat, flat] }
    }

    fn length(&self) -> u8 {
        (self.before[0] + self.before[1]) / 2
    }

    fn push(&mut self, length: u8) {
        self.before = [self.before[1], length];
    }

    /// The error of the prediction as a small number: 0, +1, −1, +2, … become 0, 1, 2, 3, …
    fn fold(&mut self, length: u8) -> usize {
        let predicted = self.length();
        self.push(length);
        if length > predicted { 2 * usize::from(length - predicted) - 1 } else { 2 * usize::from(predicted - length) }
    }

    /// The length whose error folds to 2·`half` + `odd`.
    fn unfold(&mut self, half: usize, odd: bool) -> Result<u8> {
        let predicted = usize::from(self.length());
        let length = if odd { predicted.checked_add(half + 1) } else { predicted.checked_sub(half) };
        let length = length.filter(|length| (1..=MAX_LEN).contains(length));
        let length = length.ok_or_else(|| Error::corrupt("a Huffman table is damaged: a length is out of bounds"))?;
        self.push(length as u8);
        Ok(length as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::huffman::{count, lengths};

    fn leaves(symbols: impl IntoIterator<Item = u8>, lengths: impl IntoIterator<Item = u8>) -> Vec<Leaf> {
        symbols.into_iter().zip(lengths).map(|(symbol, length)| Leaf { symbol, length }).collect()
    }

    fn bytes(leaves: &[Leaf]) -> Vec<u8> {
        let mut out = Writer::default();
        write(&mut out, leaves);
        out.into_bytes()
    }

    #[test]
    fn tables_round_trip() {
        let flat = leaves(0..=255, [8; 256]);
        let staircase = leaves((0..=255).step_by(17), (1..=15).chain([15]));
        let leaps = leaves(100..=255, [1, 15, 1, 15, 15, 1].into_iter().cycle());
        let pair = leaves([0, 255], [1, 1]);
        for leaves in [flat, staircase, leaps, pair] {
            let bytes = bytes(&leaves);
            let mut input = Reader::new(&bytes);
            assert_eq!(read(&mut input).unwrap(), leaves);
            assert!(input.rest().len() < 8 && input.rest().not_any());
        }
    }

    #[test]
    fn every_lone_symbol_takes_four_bytes() {
        for symbol in 0..=255 {
            let lone = leaves([symbol], [0]);
            assert_eq!(bytes(&lone).len(), 4);
            assert_eq!(read(&mut Reader::new(&bytes(&lone))).unwrap(), lone);
        }
    }

    #[test]
    fn every_length_can_follow_every_two() {
        for lengths in (0..15 * 15 * 15).map(|i| [i / 225, i / 15 % 15, i % 15].map(|length| length + 1)) {
            let leaves = leaves([7, 8, 9], lengths.map(|length: u16| length as u8));
            assert_eq!(read(&mut Reader::new(&bytes(&leaves))).unwrap(), leaves);
        }
    }

    #[test]
    fn the_table_of_text_is_small() {
        let text = include_bytes!("mod.rs");
        let leaves = lengths::optimal(&count(text));
        assert!(leaves.len() > 60);
        assert!(bytes(&leaves).len() < 64, "{} symbols in {} bytes", leaves.len(), bytes(&leaves).len());
    }

    #[test]
    fn a_table_that_ends_early_is_refused_wherever_it_ends() {
        let whole = bytes(&leaves([1, 40, 77, 200], [1, 2, 3, 3]));
        for end in 0..whole.len() {
            assert!(read(&mut Reader::new(&whole[..end])).is_err(), "{end} bytes");
        }
    }

    #[test]
    fn damaged_tables_are_refused_by_name() {
        let refused = |bytes: &[u8]| read(&mut Reader::new(bytes)).unwrap_err().to_string();
        assert!(refused(&[0; 40]).contains("no symbol"));
        assert!(refused(&[0x80, 0, 0, 0, 0xff]).contains("no symbol"));
        // Two symbols, the first predicted to have 1 bit: one less, and fifteen more.
        assert!(refused(&[0x80, 0, 0xc0, 0, 0b0100_0000]).contains("out of bounds"));
        assert!(refused(&[0x80, 0, 0xc0, 0, 0, 0b0000_0011]).contains("out of bounds"));
        // Zeros without a one that ends them.
        assert!(refused(&[0x80, 0, 0xc0, 0, 0, 0, 0]).contains("ends early"));
    }
}
