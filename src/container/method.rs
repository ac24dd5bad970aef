//! How a caller asks for blocks to be coded.

/// How to code content: what a caller asks for. What a block in a file is, [`BlockKind`](crate::BlockKind) says: a
/// block that would not shrink is stored whatever was asked for.
///
/// ```
/// use foretell::Method;
/// assert_eq!(Method::from_name("huffman"), Some(Method::Huffman));
/// assert_eq!(Method::Huffman.name(), "huffman");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Method {
    /// Stores all blocks as they are.
    Store,
    /// Canonical static Huffman codes over bytes: fast, and the baseline that the network is compared with.
    Huffman,
    /// The network with a range coder. Very long repeats (from 1 MiB on) are copied, and deflate streams are expanded
    /// before.
    #[default]
    Neural,
    /// Copies very long repeats, and stores all else.
    Copy,
}

/// All methods.
const ALL: [Method; 4] = [Method::Store, Method::Huffman, Method::Neural, Method::Copy];

impl Method {
    /// All methods, in a fixed order; later versions may have more.
    pub fn all() -> impl Iterator<Item = Self> {
        ALL.into_iter()
    }

    /// The method's name, as the command line takes it: one word in small letters.
    pub fn name(self) -> &'static str {
        match self {
            Self::Store => "store",
            Self::Huffman => "huffman",
            Self::Neural => "neural",
            Self::Copy => "copy",
        }
    }

    /// The method with this [`name`](Self::name); `None` if there is none.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|method| method.name() == name)
    }
}
