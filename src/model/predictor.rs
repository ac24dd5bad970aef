//! The network as a thing to call: one byte at a time, on whatever this machine's vectors are.

use super::{Contribution, Level, Network, Start};
use crate::{
    Result,
    math::{
        environment::{checked, standard},
        isa::Isa,
    },
};

/// Predicts the next byte of a content and learns from the one that came: the network by itself.
///
/// Encoder and decoder each run one; fed the same bytes they give the same bits of the same probabilities, on every
/// machine. [`compress`](crate::compress) is this and a range coder. If the thread is set to round or flush otherwise,
/// the standard arithmetic is set for the time of each call, on x86 and aarch64; elsewhere [`new`](Self::new) refuses,
/// and a mode that is set after that changes the bits.
///
/// A clone has learnt the same, and learns on its own: to see what would come after different bytes, feed them to
/// clones. Cloning copies the memory that the network has written, and panics where the system does not have as much.
///
/// ```
/// use foretell::{Level, Predictor};
/// let text = b"the cat sat on the mat; the cat sat on the mat; the cat sat on ";
/// let mut predictor = Predictor::new(Level::FASTEST)?;
/// let mut bits = 0.0;
/// for &byte in text {
///     bits += predictor.cost(byte);
///     predictor.update(byte);
/// }
/// assert!(bits / 8.0 < text.len() as f64 / 2.0);
/// let next = predictor.distribution();
/// assert!(next[usize::from(b't')] > next[usize::from(b'x')]);
/// # Ok::<(), foretell::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Predictor {
    network: Network,
    isa: Isa,
}

impl Predictor {
    /// The most bits that a nibble can cost: the coder gives none a smaller share than 2^-20.
    const MOST_BITS: f64 = 20.0;

    /// Bytes of content that the tables of a predictor are sized for, unless a caller says how many will come.
    pub(crate) const CONTENT_LEN: usize = 1 << 20;

    /// A predictor that has seen nothing, with tables for 1 MiB of content; more may come, less well predicted.
    ///
    /// # Errors
    /// [`MemoryLimit`](crate::ErrorKind::MemoryLimit) if the system does not have the memory;
    /// [`Arithmetic`](crate::ErrorKind::Arithmetic) if the processor computes in another way than the format's, and
    /// cannot be set to that.
    pub fn new(level: Level) -> Result<Self> {
        Self::for_content(level, Self::CONTENT_LEN)
    }

    /// As [`new`](Self::new), with tables for `content_len` bytes of content: a block of as many bytes is coded by
    /// these very probabilities, if it starts from no prior.
    ///
    /// # Errors
    /// As of [`new`](Self::new).
    pub fn for_content(level: Level, content_len: usize) -> Result<Self> {
        Self::from_start(&level.into(), content_len)
    }

    /// A predictor that knows what `start` has, with tables for `content_len` bytes of content.
    ///
    /// # Errors
    /// As of [`new`](Self::new).
    pub(crate) fn from_start(start: &Start, content_len: usize) -> Result<Self> {
        checked(|| Ok(Self { network: Network::from(start, content_len)?, isa: Isa::detect() }))
    }

    /// The probabilities of the next byte's 256 values; they sum to 1 but for rounding. Takes some 16 times as long as
    /// [`update`](Self::update), and changes no later prediction.
    ///
    /// While a match of thousands of bytes alone predicts, bytes with another high nibble than the expected one share
    /// theirs alike.
    pub fn distribution(&mut self) -> [f32; 256] {
        standard(|| self.network.byte_distribution())
    }

    /// The bits that it would cost to code `byte` next: −log2 of its probability, at most 40, as the coder gives no
    /// nibble less than 2^-20. Changes no later prediction.
    pub fn cost(&mut self, byte: u8) -> f64 {
        standard(|| {
            let nibbles = self.network.probabilities_of(byte);
            nibbles.iter().map(|&p| (-f64::from(p).log2()).min(Self::MOST_BITS)).sum()
        })
    }

    /// Learns that the next byte was `byte`, and moves on.
    pub fn update(&mut self, byte: u8) {
        for nibble in [byte >> 4, byte & 15] {
            standard(|| self.network.update_by(self.isa, nibble));
        }
    }

    /// What each expert adds to the prediction of the next byte: to the logits of its high nibble, and to those of its
    /// low nibble if the high one is that of `byte`. [`Contribution`] says exactly what. Changes no later prediction.
    ///
    /// ```
    /// use foretell::{Level, Predictor};
    /// let mut predictor = Predictor::new(Level::FASTEST)?;
    /// b"abracadabra, abracadabr".iter().for_each(|&byte| predictor.update(byte));
    /// let experts = predictor.contributions(b'a');
    /// // How much each speaks for a high nibble of 6 and a low one of 1, in natural logits.
    /// let best = experts.iter().max_by(|a, b| (a.high[6] + a.low[1]).total_cmp(&(b.high[6] + b.low[1])));
    /// assert!(best.unwrap().expert.starts_with("context"));
    /// # Ok::<(), foretell::Error>(())
    /// ```
    pub fn contributions(&mut self, byte: u8) -> Vec<Contribution> {
        standard(|| self.network.contributions(byte))
    }
}
