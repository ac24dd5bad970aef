//! What the match models expect, as contexts see it.

/// The bytes that the long and the short match expect next, and how far they were right.
#[derive(Clone, Copy, Debug, Default)]
pub struct Expected {
    /// One more than the byte that the long match expects; 0 if there is no match.
    pub long: u32,
    /// Its length.
    pub long_length: usize,
    /// As `long`, of the short match.
    pub short: u32,
    /// Bytes that were as the short match expected, in succession.
    pub short_length: u32,
    /// Bytes that were not, since the match began.
    pub missed: u32,
}

impl Expected {
    /// The long match's length in steps.
    #[inline(always)]
    pub fn long_step(&self) -> u64 {
        match self.long_length {
            0..16 => self.long_length as u64 / 2,
            16..32 => 8 + (self.long_length as u64 - 16) / 4,
            32..1024 => 7 + u64::from(self.long_length.ilog2()),
            _ => 17,
        }
    }

    /// What the short match is worth: its length, at most 15, and its misses.
    #[inline(always)]
    pub fn short_step(&self) -> u64 {
        u64::from(self.short_length.min(15) | self.missed << 4)
    }
}
