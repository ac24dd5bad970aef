//! What a block in a file is.

/// How the bytes of a block in a file are coded. [`Method`](crate::Method) is how a caller asks for it.
///
/// ```
/// use foretell::{BlockKind, EncodeOptions, Method, compress, inspect};
/// let coded = compress(b"abc", &EncodeOptions::new().method(Method::Huffman))?;
/// // Three bytes do not shrink by a Huffman code: the block is stored.
/// assert_eq!(inspect(coded.as_slice())?[0].blocks(BlockKind::Stored), 1);
/// # Ok::<(), foretell::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BlockKind {
    /// The bytes as they are.
    Stored,
    /// Canonical static Huffman codes over bytes.
    Huffman,
    /// The network with a range coder.
    Neural,
    /// The bytes some distance before in the frame's content, up to a [window](crate::EncodeOptions::window); only that distance is coded.
    Copy,
    /// As `Neural`, but the deflate streams in the content are expanded before, and reconstructed to the same bits
    /// after decoding.
    Expanded,
}

/// All kinds, by tag.
const ALL: [BlockKind; BlockKind::COUNT] =
    [BlockKind::Stored, BlockKind::Huffman, BlockKind::Neural, BlockKind::Copy, BlockKind::Expanded];

impl BlockKind {
    pub(crate) const COUNT: usize = 5;

    /// All kinds, in the order of their tags in files; later versions may have more.
    pub fn all() -> impl Iterator<Item = Self> {
        ALL.into_iter()
    }

    /// The kind's name in lists: one word in small letters.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Huffman => "huffman",
            Self::Neural => "neural",
            Self::Copy => "copy",
            Self::Expanded => "expanded",
        }
    }

    /// Whether the network codes the block.
    pub fn is_neural(self) -> bool {
        matches!(self, Self::Neural | Self::Expanded)
    }

    pub(crate) fn tag(self) -> u8 {
        1 + self as u8
    }

    pub(crate) fn from_tag(tag: u8) -> Option<Self> {
        Self::all().find(|kind| kind.tag() == tag)
    }
}
