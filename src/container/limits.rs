//! The bounds of the format.

/// The most bytes of content in one block: 64 MiB. Bounds what a decoder must hold.
pub const MAX_BLOCK_LEN: usize = 1 << 26;

/// How much content before a block copies may reach back to, as its logarithm: 2^25 bytes, a neural block of any level,
/// up to 2^31. A decoder keeps that much, as far as there is so much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Window(u8);

impl Window {
    /// That of a frame whose header says nothing else: 32 MiB.
    pub const LEAST: Self = Self(25);
    /// 2 GiB.
    pub const MOST: Self = Self(31);

    /// The least one of at least `len` bytes, or the greatest there is.
    pub fn of(len: u64) -> Self {
        Self(len.max(1).next_power_of_two().ilog2() as u8).clamp(Self::LEAST, Self::MOST)
    }

    /// The one whose logarithm is `code`, unless that is out of bounds, or the least.
    pub fn of_code(code: u8) -> Option<Self> {
        Some(Self(code)).filter(|&window| window > Self::LEAST && window <= Self::MOST)
    }

    /// The byte that stands for it, its logarithm.
    pub fn code(self) -> u8 {
        self.0
    }

    /// How many bytes it is.
    pub fn bytes(self) -> usize {
        1 << self.0
    }
}

impl Default for Window {
    fn default() -> Self {
        Self::LEAST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_the_next_powers_of_two_within_bounds() {
        for (len, bits) in
            [(0, 25), (1 << 25, 25), ((1 << 25) + 1, 26), (1 << 30, 30), (1 << 40, 31), (u64::MAX >> 1, 31)]
        {
            let window = Window::of(len);
            let again = Window::of_code(window.code()).unwrap_or_default();
            assert_eq!((window.bytes(), again), (1 << bits, window), "{len}");
        }
        assert_eq!([0, 25, 32, 255].map(Window::of_code), [None; 4]);
    }
}
