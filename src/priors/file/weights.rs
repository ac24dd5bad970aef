//! Learnt weights ↔ bytes: the change of each weight from its initial value, in steps. Most weights do not change.
//!
//! ```text
//! weights  log2 of the steps in 1 | number of entries | column of skips | column of changes
//! ```
//! An entry is how many weights to skip, 0 to 255, and the change of the one after them, a signed byte. A change of 0
//! changes nothing and skips no weight more. Each column is Huffman coded, its length before it.

use std::{io::Read, sync::Arc};

use crate::{
    Error, Level, Result,
    container::{
        read::{read_array, read_vec},
        varint,
    },
    huffman,
    model::{Network, experts::prior::Change},
};

/// log2 of the steps in 1, for files with room and for small ones. Coarse steps take half the bytes, and lose some 0.2
/// % on general text, 3 % on very regular records: docs/EXPERIMENTS.md, "Trained models".
pub const FINE: u8 = 6;
pub const COARSE: u8 = 4;

/// More entries than any level has weights.
const MOST_ENTRIES: u64 = 1 << 22;

/// The initial weights of a network of `level`.
fn first(level: Level) -> Result<Vec<f32>> {
    Ok(Network::new(level, 0)?.weights().flat_map(|piece| piece.to_vec()).collect())
}

/// Appends the bytes of `weights`.
///
/// # Errors
/// If the system does not have the memory.
pub fn write(level: Level, weights: &[f32], steps: u8, out: &mut Vec<u8>) -> Result<()> {
    let scale = f32::from(1u16 << steps);
    let (mut skips, mut changes, mut skipped) = (Vec::new(), Vec::new(), 0);
    for (weight, first) in weights.iter().zip(first(level)?) {
        let change = step((weight - first) * scale) as u8;
        if change != 0 || skipped == u8::MAX {
            skips.push(skipped);
            changes.push(change);
            skipped = 0;
        }
        skipped += u8::from(change == 0);
    }
    out.push(steps);
    varint::write(out, skips.len() as u64);
    for column in [skips, changes] {
        let coded = huffman::encode(&column);
        varint::write(out, coded.len() as u64);
        out.extend(coded);
    }
    Ok(())
}

/// The nearest integer within an i8.
fn step(steps: f32) -> i8 {
    // The cast saturates.
    steps.round() as i8
}

/// Reads what [`write`] wrote: changes in ascending order of their places, which may be beyond a level's weights.
///
/// # Errors
/// Truncated or damaged data, or too little memory.
pub fn read(input: &mut impl Read) -> Result<Arc<[Change]>> {
    let damaged = || Error::corrupt("the model's weights are damaged");
    let [steps @ 0..=12] = read_array(input)? else { return Err(damaged()) };
    let step = 1.0 / f32::from(1u16 << steps);
    let entries = varint::read(input)?;
    if entries > MOST_ENTRIES {
        return Err(damaged());
    }
    let mut column = || {
        let mut coded = Vec::new();
        let len = varint::read(input)?;
        read_vec(input, len, &mut coded)?;
        huffman::decode(&coded, entries as usize)
    };
    let (skips, changes) = (column()?, column()?);
    let mut next = 0;
    let change = |(skip, change): (u8, u8)| {
        let at = next + u32::from(skip);
        next = at + u32::from(change != 0);
        (change != 0).then(|| Change { at, by: f32::from(change as i8) * step })
    };
    Ok(skips.into_iter().zip(changes).filter_map(change).collect())
}

/// Bytes of memory that the weights take once [`read`] has read them from `coded`.
pub fn memory(mut coded: &[u8]) -> usize {
    let entries = coded.split_off(1..).and_then(|mut rest| varint::read(&mut rest).ok());
    entries.map_or(0, |entries| entries.min(MOST_ENTRIES) as usize * size_of::<Change>())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Changes of single weights, neighbours, weights further apart than a skip reaches, and the last one.
    fn places(len: usize) -> [usize; 8] {
        [0, 1, 255, 511, 767, 1024, 4000, len - 1]
    }

    fn coded() -> (usize, Vec<u8>) {
        let mut weights = first(Level::FASTEST).unwrap();
        for (i, place) in places(weights.len()).into_iter().enumerate() {
            weights[place] += 0.25 * (i as f32 - 4.5);
        }
        let mut coded = Vec::new();
        write(Level::FASTEST, &weights, FINE, &mut coded).unwrap();
        (weights.len(), coded)
    }

    #[test]
    fn weights_that_changed_round_trip() {
        let (len, coded) = coded();
        let changes = read(&mut coded.as_slice()).unwrap();
        let expected = (0..).zip(places(len)).map(|(i, place)| (place as u32, 0.25 * (i as f32 - 4.5)));
        assert!(changes.iter().map(|change| (change.at, change.by)).eq(expected), "{changes:?}");
        assert!(coded.len() < 2000 && memory(&coded) >= size_of_val(&changes[..]), "{}", coded.len());
    }

    #[test]
    fn damage_is_an_error_and_takes_no_memory() {
        let coded = coded().1;
        for len in 0..coded.len() {
            assert!(read(&mut &coded[..len]).is_err(), "{len}");
        }
        let mut many = vec![FINE];
        varint::write(&mut many, u64::MAX);
        assert!(read(&mut many.as_slice()).is_err());
        assert!(memory(&many) <= MOST_ENTRIES as usize * size_of::<Change>());
    }
}
