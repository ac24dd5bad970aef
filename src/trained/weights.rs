//! Learnt weights ↔ bytes: how far each is from what it is without a model, in steps of 1/16.

use std::{io::Read, sync::Arc};

use super::column;
use crate::{Level, Result, model::Network};

/// Steps in 1. Four times as many double the bytes, and win 0.2 %.
const STEPS: f32 = 16.0;

/// The weights of a network of `level` that has learnt nothing.
fn first(level: Level) -> Result<Vec<f32>> {
    Ok(Network::new(level, 0)?.weights().flat_map(|piece| piece.to_vec()).collect())
}

/// Appends the bytes of `weights`.
///
/// # Errors
/// If the system does not have the memory.
pub fn write(level: Level, weights: &[f32], out: &mut Vec<u8>) -> Result<()> {
    let steps: Vec<u8> = weights.iter().zip(first(level)?).map(|(weight, first)| step(weight - first) as u8).collect();
    column::write(&steps, out);
    Ok(())
}

/// The whole number of steps that is nearest to `change`, as far as a byte holds it.
fn step(change: f32) -> i8 {
    // A cast saturates.
    (change * STEPS).round() as i8
}

/// Reads what [`write`] wrote.
///
/// # Errors
/// Truncated or damaged data, or too little memory.
pub fn read(level: Level, input: &mut impl Read) -> Result<Arc<[f32]>> {
    let first = first(level)?;
    let steps = column::read(input, first.len())?;
    Ok(first.iter().zip(steps).map(|(first, step)| first + f32::from(step as i8) * (1.0 / STEPS)).collect())
}
