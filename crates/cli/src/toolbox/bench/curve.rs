//! The learning curve: how many bits the network needs for each part of a content.

use std::ops::Range;

use foretell::{Level, Predictor, Result};

/// Windows for each doubling of the position: the width of a window is about 6 % of its position.
const PER_OCTAVE: usize = 12;
/// The first window is 2⁻¹² of the content.
const OCTAVES: usize = 12;
/// Windows over a content.
pub const WINDOWS: usize = OCTAVES * PER_OCTAVE + 1;

/// The end of window `index`, as a share of the content. The next window starts there, the first one at 0.
pub fn window_end(index: usize) -> f64 {
    (-((WINDOWS - 1 - index) as f64) / PER_OCTAVE as f64).exp2()
}

/// The bytes of window `index` over `len` bytes. Each byte is in one window; over short contents some are empty.
pub fn window(len: u64, index: usize) -> Range<u64> {
    let end = |i: usize| (len as f64 * window_end(i)).round() as u64;
    index.checked_sub(1).map_or(0, end)..end(index)
}

/// The ideal code length in bits, −Σ log2 p, of each of the [`WINDOWS`] over `content`, by a network that has learnt
/// from all earlier bytes of its block.
///
/// # Errors
/// No memory for the network.
pub fn learning_curve(content: &[u8], level: Level) -> Result<Vec<f64>> {
    let mut curve = vec![0.0; WINDOWS];
    let len = content.len() as u64;
    let mut window_of_each_byte = (0..WINDOWS).flat_map(|i| window(len, i).map(move |_| i));
    for block in content.chunks(level.block_len()) {
        let mut predictor = Predictor::for_content(level, block.len())?;
        for (&byte, i) in block.iter().zip(window_of_each_byte.by_ref()) {
            curve[i] += predictor.cost(byte);
            predictor.update(byte);
        }
    }
    Ok(curve)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_share_out_every_byte_once() {
        for len in [0, 1, 10, 1000, 1 << 40] {
            let mut end = 0;
            for i in 0..WINDOWS {
                let window = window(len, i);
                assert_eq!(window.start, end);
                end = window.end;
            }
            assert_eq!(end, len);
        }
    }

    #[test]
    fn the_curve_falls_while_learning_and_sums_to_the_coded_size() {
        let content: Vec<u8> = (0..6000).map(|i| b"abcab"[i % 5]).collect();
        let level = Level::FASTEST;
        let curve = learning_curve(&content, level).unwrap();
        let first_half: f64 = curve[..WINDOWS - PER_OCTAVE].iter().sum();
        let second_half: f64 = curve[WINDOWS - PER_OCTAVE..].iter().sum();
        assert!(second_half < first_half, "{curve:?}");
        let coded = foretell::compress(&content, &foretell::EncodeOptions::new().level(level)).unwrap().len() as f64;
        let ideal = curve.iter().sum::<f64>() / 8.0;
        assert!(coded >= ideal && coded < ideal + 100.0, "coded {coded}, ideal {ideal}");
    }
}
