//! Learnt weights ↔ bytes: the change of each weight from its initial value, in steps.
//!
//! ```text
//! weights  log2 of the steps in 1 | column of changes, a signed byte each
//! ```

use std::{io::Read, sync::Arc};

use super::byte_column;
use crate::{Error, Level, Result, container::read::read_array, model::Network};

/// log2 of the steps in 1, for files with room and for small ones. Coarse steps take half the bytes, and lose some 0.2
/// % on general text, 3 % on very regular records: docs/EXPERIMENTS.md, "Trained models".
pub const FINE: u8 = 6;
pub const COARSE: u8 = 4;

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
    let changes: Vec<u8> =
        weights.iter().zip(first(level)?).map(|(weight, first)| step((weight - first) * scale) as u8).collect();
    out.push(steps);
    byte_column::write(&changes, out);
    Ok(())
}

/// The nearest integer within an i8.
fn step(steps: f32) -> i8 {
    // The cast saturates.
    steps.round() as i8
}

/// Reads what [`write`] wrote.
///
/// # Errors
/// Truncated or damaged data, or too little memory.
pub fn read(level: Level, input: &mut impl Read) -> Result<Arc<[f32]>> {
    let first = first(level)?;
    let [steps @ 0..=12] = read_array(input)? else { return Err(Error::corrupt("the model's weights are damaged")) };
    let step = 1.0 / f32::from(1u16 << steps);
    let changes = byte_column::read(input, first.len())?;
    Ok(first.iter().zip(changes).map(|(first, change)| first + f32::from(change as i8) * step).collect())
}
