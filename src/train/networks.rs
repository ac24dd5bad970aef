//! Content → the trained weights of MLP and recurrent expert.

use super::passes::Loss;
use crate::{Level, Result, math::environment::checked, model::Network};

/// The most bytes of a file that are learnt from: trained weights help at the beginning of content, and long files must
/// not outweigh others.
const MOST: usize = 1 << 15;

/// Learns from each of `files` in turn, once, with the best level's network, which forgets all but its weights after each.
/// The bytes of the MLP's file and of the recurrent expert's.
///
/// # Errors
/// If the system does not have the memory.
pub fn start_weights(files: &[Vec<u8>]) -> Result<[Vec<u8>; 2]> {
    checked(|| {
        let mut network = Network::untrained(Level::BEST, MOST)?;
        for file in files {
            let file = &file[..file.len().min(MOST)];
            network.restart_learnt(file.len())?;
            Loss::default().add(&mut network, file);
        }
        let mlp = network.mlp.as_mut().map(|mlp| mlp.weights_file());
        let recurrent = network.recurrent.as_mut().map(|recurrent| recurrent.weights_file());
        Ok([mlp, recurrent].map(Option::unwrap_or_default))
    })
}
