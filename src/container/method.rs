//! The methods that blocks are coded by.

/// How the bytes of a block are coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Method {
    /// As they are.
    Store,
    /// Canonical static Huffman codes over bytes: the baseline.
    Huffman,
    /// The neural predictor with a range coder.
    Neural,
    /// The bytes some distance before in the frame's content, up to [`MAX_DISTANCE`](super::MAX_DISTANCE); only that distance is coded.
    Copy,
    /// As `Neural`, but the deflate streams in the content are unpacked first, and packed again after decoding.
    Unpacked,
}

impl Method {
    /// All methods, by tag.
    pub const ALL: [Self; 5] = [Self::Store, Self::Huffman, Self::Neural, Self::Copy, Self::Unpacked];

    /// The method's name, as the command line takes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Store => "store",
            Self::Huffman => "huffman",
            Self::Neural => "neural",
            Self::Copy => "copy",
            Self::Unpacked => "unpacked",
        }
    }

    /// Whether the network codes the block.
    pub fn is_neural(self) -> bool {
        matches!(self, Self::Neural | Self::Unpacked)
    }

    pub(crate) fn tag(self) -> u8 {
        1 + self as u8
    }

    pub(crate) fn from_tag(tag: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.tag() == tag)
    }
}
