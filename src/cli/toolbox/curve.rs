//! The learning curve: what each part of a content costs the network.

use std::ops::Range;

use crate::{
    coder::TOTAL_BITS,
    model::{Level, Network},
};

/// The bytes of window `index` of `points` windows of equal length over `len` bytes.
pub fn window(len: usize, points: usize, index: usize) -> Range<usize> {
    let edge = |i: usize| (len as u128 * i as u128 / points as u128) as usize;
    edge(index)..edge(index + 1)
}

/// The ideal code length in bits, −Σ log2 p, of each of `points` windows over `content`, under a network that has
/// learnt from all that stands before in its block.
pub fn learning_curve(content: &[u8], level: Level, points: usize) -> Vec<f64> {
    let mut costs = content.chunks(level.block_len()).flat_map(|block| {
        let mut network = Network::new(level, block.len());
        block.iter().map(move |&byte| cost(&mut network, byte >> 4) + cost(&mut network, byte & 15))
    });
    (0..points).map(|i| costs.by_ref().take(window(content.len(), points, i).len()).sum()).collect()
}

/// The bits that `nibble` costs, from which the network then learns. The coder gives no symbol less than
/// 2^-[`TOTAL_BITS`].
fn cost(network: &mut Network, nibble: u8) -> f64 {
    let p = f64::from(network.predict().0[usize::from(nibble)]);
    network.update(nibble);
    (-p.log2()).min(f64::from(TOTAL_BITS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_share_out_every_byte_once() {
        for (len, points) in [(0, 3), (1, 3), (10, 3), (1000, 7), (usize::MAX, 150)] {
            let mut end = 0;
            for i in 0..points {
                let window = window(len, points, i);
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
        let curve = learning_curve(&content, level, 10);
        assert!(curve[9] < curve[0], "{curve:?}");
        let coded = crate::compress(&content, &crate::Options::new().level(level)).len() as f64;
        let ideal = curve.iter().sum::<f64>() / 8.0;
        assert!(coded >= ideal && coded < ideal + 100.0, "coded {coded}, ideal {ideal}");
    }
}
