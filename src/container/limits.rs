//! The bounds of the format.

/// The most bytes of content in one block: 64 MiB. Bounds what a decoder must hold.
pub const MAX_BLOCK_LEN: usize = 1 << 26;

/// The farthest that a copy may reach back: 32 MiB, a neural block of any level. A decoder must keep that much.
pub const MAX_DISTANCE: usize = 1 << 25;
