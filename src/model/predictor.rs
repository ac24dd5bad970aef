//! Nibbles → probabilities, one call each: the network with the instruction set of this machine.

use super::{Level, Network};
use crate::{
    Result,
    math::{
        environment::{checked, standard},
        isa::{self, Isa, Kernel},
    },
};

/// Predicts the next nibble or byte of a stream, and learns from each nibble.
///
/// Encoder and decoder each run one: the same nibbles give the same bits of the same probabilities on every machine.
/// [`compress`](crate::compress) is a predictor and a range coder. If the thread is set to round or flush otherwise, each
/// call sets the standard arithmetic while it runs, on x86 and aarch64. Elsewhere [`new`](Self::new) returns an error,
/// and changing the arithmetic after it changes the bits.
///
/// ```
/// use foretell::{Level, Predictor};
/// let text = b"the cat sat on the mat; the cat sat on the mat; the cat sat on ";
/// let mut predictor = Predictor::new(Level::DEFAULT, text.len())?;
/// let mut bits = 0.0;
/// for &byte in text {
///     for nibble in [byte >> 4, byte & 15] {
///         bits -= f64::from(predictor.predict()[usize::from(nibble)]).log2();
///         predictor.update(nibble);
///     }
/// }
/// assert!(bits / 8.0 < text.len() as f64);
/// let next = predictor.byte_distribution();
/// assert!(next[usize::from(b't')] > next[usize::from(b'x')]);
/// # Ok::<(), foretell::Error>(())
/// ```
#[derive(Debug)]
pub struct Predictor {
    network: Network,
    isa: Isa,
}

impl Predictor {
    /// A predictor that has seen nothing. `content_len`, the expected number of bytes, sizes its tables; longer content is
    /// allowed, but predicted less well.
    ///
    /// # Errors
    /// [`MemoryLimit`](crate::ErrorKind::MemoryLimit) if the system does not have the memory;
    /// [`Arithmetic`](crate::ErrorKind::Arithmetic) if the processor's arithmetic is not the format's, and cannot be set
    /// to it.
    pub fn new(level: Level, content_len: usize) -> Result<Self> {
        checked(|| Ok(Self { network: Network::new(level, content_len)?, isa: Isa::detect() }))
    }

    /// The probabilities of the next nibble's sixteen values (high nibble first). Their sum is 1, up to rounding.
    pub fn predict(&self) -> &[f32; 16] {
        &self.network.probabilities().0
    }

    /// Learns that the next nibble is `nibble`, of which only the low four bits count, and predicts the one after it.
    pub fn update(&mut self, nibble: u8) {
        standard(|| isa::run(self.isa, Update { network: &mut self.network, nibble }));
    }

    /// The probabilities of the next byte's 256 values. In the middle of a byte, only values with its high nibble have
    /// any, and they sum to 1.
    pub fn byte_distribution(&mut self) -> [f32; 256] {
        standard(|| self.network.byte_distribution())
    }
}

struct Update<'a> {
    network: &'a mut Network,
    nibble: u8,
}

impl Kernel for Update<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        self.network.update(self.nibble);
    }
}
