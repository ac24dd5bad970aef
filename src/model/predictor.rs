//! The network as a thing to call: one nibble at a time, on whatever this machine's vectors are.

use super::{Level, Network};
use crate::{
    Result,
    math::{
        environment::{checked, standard},
        isa::{self, Isa, Kernel},
    },
};

/// Predicts the next nibble or byte of a stream and learns from the one that came.
///
/// Encoder and decoder each run one; fed the same nibbles they give the same bits of the same probabilities, on every
/// machine. [`compress`](crate::compress) is this and a range coder. If the thread is set to round or flush otherwise,
/// the standard arithmetic is set for the time of each call, on x86 and aarch64; elsewhere [`new`](Self::new) refuses,
/// and what is set after that changes the bits.
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
    /// A predictor that has seen nothing. `content_len`, the bytes that are to come, sizes its tables; more may come,
    /// less well predicted.
    ///
    /// # Errors
    /// [`MemoryLimit`](crate::ErrorKind::MemoryLimit) if the system does not have the memory;
    /// [`Arithmetic`](crate::ErrorKind::Arithmetic) if the processor computes in another way than the format's, and
    /// cannot be set to that.
    pub fn new(level: Level, content_len: usize) -> Result<Self> {
        checked(|| Ok(Self { network: Network::new(level, content_len)?, isa: Isa::detect() }))
    }

    /// The probabilities of the next nibble's sixteen values (high nibble first); they sum to 1 but for rounding.
    pub fn predict(&self) -> &[f32; 16] {
        &self.network.probabilities().0
    }

    /// Learns that the next nibble was `nibble`, of which only the low four bits count, and moves on.
    pub fn update(&mut self, nibble: u8) {
        standard(|| isa::run(self.isa, Update { network: &mut self.network, nibble }));
    }

    /// The probabilities of the next byte's 256 values; in the middle of a byte, of those with its high nibble.
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
