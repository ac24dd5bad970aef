//! A stretch of what was coded, with what each of its bytes cost, and those who look at all of them in turn.

use std::io;

use foretell::insight::{Detail, Piece, Place};

/// Consecutive bytes of one place.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// Where it stands among all bytes that are shown.
    pub start: u64,
    /// Where it stands in the content.
    pub place: Place,
    pub bytes: &'a [u8],
    /// The cost of each byte, in bits.
    pub bits: &'a [f32],
    /// What was expected in place of dear bytes, if that was asked for.
    pub details: &'a [Detail],
}

impl<'a> Run<'a> {
    /// The run that a piece of the library is.
    pub fn of(piece: &Piece<'a>) -> Self {
        let Piece { start, place, bytes, bits, details, .. } = *piece;
        Self { start, place, bytes, bits, details }
    }

    /// The bytes and their costs.
    pub fn costs(&self) -> impl Iterator<Item = (u8, f64)> {
        self.bytes.iter().zip(self.bits).map(|(&byte, &bits)| (byte, f64::from(bits)))
    }

    /// The cost of all of it.
    pub fn sum(&self) -> f64 {
        self.bits.iter().map(|&bits| f64::from(bits)).sum()
    }

    /// Whether it is no content, but says how to make deflate streams again.
    pub fn is_recipe(&self) -> bool {
        self.place == Place::Recipe
    }
}

/// Looks at all runs of a content, one after the other.
pub trait Watcher {
    /// Looks at the next one.
    ///
    /// # Errors
    /// Those of writing.
    fn look(&mut self, run: &Run) -> io::Result<()>;
}
