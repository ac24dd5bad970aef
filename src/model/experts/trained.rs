//! Learnt numbers ↔ bytes of a file: what the networks of level 9 start from.
//!
//! `cargo run --release --features unstable --example start-weights` learns them from the project's own files and writes
//! `mlp/trained.weights` and `recurrent/trained.weights` here. Every six vectors have a scale, an f32; their numbers are
//! whole multiples of it, −127 to 127, one byte each. A product of two numbers is one rounding of IEEE-754, so all
//! machines read the same bits.

use crate::math::{F32x16, LANES, flat, flat_mut};

/// Vectors that share a scale.
const PIECE: usize = 6;
/// Bytes of a scale.
const SCALE: usize = size_of::<f32>();

/// Numbers of a network.
pub enum Part<'a> {
    /// Weights.
    Weights(&'a mut [F32x16]),
    /// Running means of squares, above 0. The file has their roots.
    Means(&'a mut [F32x16]),
}

/// Fills `parts` from `file`. What the file lacks stays as it is.
pub fn read(mut file: &[u8], parts: Vec<Part>) {
    for part in parts {
        let means = matches!(part, Part::Means(_));
        let (Part::Weights(numbers) | Part::Means(numbers)) = part;
        for piece in numbers.chunks_mut(PIECE) {
            let Some((scale, rest)) = file.split_first_chunk::<SCALE>() else { return };
            let Some((steps, rest)) = rest.split_at_checked(piece.len() * LANES) else { return };
            file = rest;
            let scale = f32::from_le_bytes(*scale);
            for (number, &step) in flat_mut(piece).iter_mut().zip(steps) {
                let step = f32::from(step as i8);
                // A mean of 0 would be divided by.
                let root = if means && step < 1.0 { scale } else { step * scale };
                *number = if means { root * root } else { root };
            }
        }
    }
}

/// The bytes of `parts`, each number rounded to the nearest multiple.
pub fn write(parts: Vec<Part>) -> Vec<u8> {
    let mut file = Vec::new();
    for part in parts {
        let means = matches!(part, Part::Means(_));
        let (Part::Weights(numbers) | Part::Means(numbers)) = part;
        for piece in numbers.chunks(PIECE) {
            let stored = |&number: &f32| if means { number.sqrt() } else { number };
            let largest = flat(piece)
                .iter()
                .map(stored)
                .fold(1e-9f32, |most, number| if number.abs() > most { number.abs() } else { most });
            let scale = largest / 127.0;
            file.extend(scale.to_le_bytes());
            file.extend(flat(piece).iter().map(|number| (stored(number) / scale).round() as i8 as u8));
        }
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_to_within_half_a_step() {
        let vectors =
            |first: f32| (0..8).map(move |v| F32x16(std::array::from_fn(|i| (v * 16 + i) as f32 * 0.01 + first)));
        let (mut weights, mut means): (Vec<_>, Vec<_>) = (vectors(-0.6).collect(), vectors(0.1).collect());
        let file = write(vec![Part::Weights(&mut weights), Part::Means(&mut means)]);
        assert_eq!(file.len(), 2 * (2 * SCALE + 8 * LANES));
        let mut back = [(); 2].map(|()| vec![F32x16::ZERO; 8]);
        let [weights_back, means_back] = &mut back;
        read(&file, vec![Part::Weights(weights_back), Part::Means(means_back)]);
        for (got, want) in flat(&back[0]).iter().zip(flat(&weights)) {
            assert!((got - want).abs() < 0.7 / 127.0, "{got} {want}");
        }
        for (got, want) in flat(&back[1]).iter().zip(flat(&means)) {
            assert!((got.sqrt() - want.sqrt()).abs() < 0.7 / 127.0, "{got} {want}");
        }
    }
}
