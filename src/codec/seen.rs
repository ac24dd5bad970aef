//! A segment as it was coded: its bytes, what each cost, and where it stands in the content.

use super::witness::{Noted, Notes};
use crate::{
    Result,
    container::BlockKind,
    huffman,
    transform::deflate::{Expanded, StreamPlace, places},
};

/// A stored byte costs so much.
const STORED_BITS: f32 = 8.0;

/// A segment as the coder saw it.
#[derive(Debug, Default)]
pub struct Seen {
    /// The bytes that were coded: content, or what it was expanded to, and then the recipe.
    pub bytes: Vec<u8>,
    /// How many of the last bytes are the recipe.
    pub recipe_len: usize,
    /// The deflate streams that were expanded.
    pub streams: Vec<StreamPlace>,
    /// The cost of each of the bytes, in bits.
    pub bits: Vec<f32>,
    /// Of dear bytes.
    pub details: Vec<Noted>,
    /// How many bytes the network had taken in when the block began.
    pub origin: usize,
}

impl Seen {
    /// A segment of this kind, no copy: its `content`, what that was `expanded` to, if it was, its `coded` bytes, and the
    /// `notes` of its network's witness, if it has one.
    ///
    /// # Errors
    /// A damaged table, or the recipe does not fit.
    pub fn of(
        kind: BlockKind,
        content: &[u8],
        expanded: Option<Expanded>,
        coded: &[u8],
        notes: Option<Notes>,
    ) -> Result<Self> {
        match (kind, expanded, notes) {
            (BlockKind::Huffman, ..) => Self::coded(kind, content.to_vec(), coded),
            (BlockKind::Expanded, Some(expanded), Some(notes)) => Self::expanded(content, expanded, notes),
            (BlockKind::Neural, _, Some(notes)) => Ok(Self::plain(content, notes)),
            (_, _, notes) => {
                let (bytes, bits) = (content.to_vec(), vec![STORED_BITS; content.len()]);
                Ok(Self { bytes, bits, origin: notes.unwrap_or_default().origin, ..Self::default() })
            }
        }
    }

    /// `content` that the network coded.
    fn plain(content: &[u8], notes: Notes) -> Self {
        let Notes { bits, details, origin } = notes;
        Self { bytes: content.to_vec(), bits, details, origin, ..Self::default() }
    }

    /// `content` that the network coded as it was `expanded`.
    ///
    /// # Errors
    /// The recipe does not fit.
    fn expanded(content: &[u8], expanded: Expanded, notes: Notes) -> Result<Self> {
        let (streams, recipe_len) = (places(&expanded, content)?, expanded.recipe_len);
        Ok(Self { bytes: expanded.bytes, recipe_len, streams, ..Self::plain(&[], notes) })
    }

    /// `content` in a Huffman block or a copy, with its `coded` bytes. Those of a copy are shared by all of its bytes.
    ///
    /// # Errors
    /// A damaged table.
    pub fn coded(kind: BlockKind, content: Vec<u8>, coded: &[u8]) -> Result<Self> {
        let bits = if kind == BlockKind::Huffman {
            let lengths = huffman::codeword_lengths(coded)?;
            content.iter().map(|&byte| f32::from(lengths[usize::from(byte)])).collect()
        } else {
            vec![8.0 * coded.len() as f32 / content.len() as f32; content.len()]
        };
        Ok(Self { bytes: content, bits, ..Self::default() })
    }
}
