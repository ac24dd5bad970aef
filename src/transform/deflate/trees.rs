//! Frequencies → codeword lengths, as zlib and gzip find them.
//!
//! Huffman's algorithm leaves open which of equally rare nodes are joined. Both programs use a heap in an array that
//! prefers the flatter node, so the heap here sifts in the same way and order. Lengths beyond the limit are cut, and
//! leaves are moved down, one pair at a time, until all fit: not optimal, but what both programs do.

/// The most nodes of a tree: for an alphabet of 286 symbols.
const MAX_NODES: usize = 2 * 286 + 1;

/// The codeword lengths of an alphabet.
#[derive(Clone, Debug)]
pub struct Lengths {
    /// By symbol; 0 for those that have no codeword.
    pub bits: Vec<u8>,
    /// How many symbols there are up to the last that has one.
    pub end: usize,
}

impl Lengths {
    /// The lengths for symbols of these `frequencies`, at most `limit` bits. At least two symbols get one, as if the
    /// first ones that do not occur had occurred once.
    pub fn new(frequencies: &[u16], limit: u8) -> Self {
        let symbols = frequencies.len();
        let mut frequencies: Vec<u32> = frequencies.iter().map(|&f| f.into()).collect();
        let mut nodes: Vec<u16> = (0..symbols as u16).filter(|&s| frequencies[usize::from(s)] > 0).collect();
        let mut end = nodes.last().map_or(0, |&s| usize::from(s) + 1);
        while nodes.len() < 2 {
            let added = if end < 3 { end } else { 0 };
            end = end.max(added + 1);
            frequencies[added] = 1;
            nodes.push(added as u16);
        }
        Self { bits: Tree::join(frequencies, nodes).lengths(symbols, limit), end }
    }
}

/// A Huffman tree.
struct Tree {
    /// The parent of each node: first the symbols, then the inner nodes in the order in which they were made.
    parents: Vec<u16>,
    /// All nodes, in the order in which they were joined: each pair the rarest of its time. The last is the root.
    joined: Vec<u16>,
}

impl Tree {
    /// Joins the two rarest nodes until one is left.
    fn join(frequencies: Vec<u32>, nodes: Vec<u16>) -> Self {
        let mut joined = Vec::with_capacity(MAX_NODES);
        let mut parents = vec![0; frequencies.len()];
        let mut heap = Heap::new(frequencies, nodes);
        while heap.nodes.len() > 1 {
            let rarest = heap.take_first();
            let second = heap.nodes[0];
            let parent = heap.replace_first_by_parent_of(rarest, second);
            parents.push(0);
            for node in [rarest, second] {
                joined.push(node);
                parents[usize::from(node)] = parent;
            }
        }
        joined.push(heap.nodes[0]);
        Self { parents, joined }
    }

    /// The lengths of the symbols' codewords.
    fn lengths(&self, symbols: usize, limit: u8) -> Vec<u8> {
        let mut bits = vec![0u8; self.parents.len()];
        let mut counts = [0u16; 16];
        let mut too_long = 0i32;
        let is_symbol = |node: u16| usize::from(node) < symbols;
        // Parents come before their children.
        for &node in self.joined.iter().rev().skip(1) {
            let length = bits[usize::from(self.parents[usize::from(node)])] + 1;
            too_long += i32::from(length > limit);
            bits[usize::from(node)] = length.min(limit);
            if is_symbol(node) {
                counts[usize::from(length.min(limit))] += 1;
            }
        }
        if too_long > 0 {
            fit(&mut counts, limit, too_long);
            // The rarest get the longest.
            let mut leaves = self.joined.iter().filter(|&&node| is_symbol(node));
            for length in (1..=limit).rev() {
                for &node in leaves.by_ref().take(counts[usize::from(length)].into()) {
                    bits[usize::from(node)] = length;
                }
            }
        }
        bits.truncate(symbols);
        bits
    }
}

/// Moves leaves down until there is room for those that were too long: one of the longest that can goes one level down,
/// and one that was too long becomes its brother.
fn fit(counts: &mut [u16; 16], limit: u8, mut too_long: i32) {
    let limit = usize::from(limit);
    while too_long > 0 {
        let Some(length) = (1..limit).rev().find(|&length| counts[length] > 0) else { return };
        counts[length] -= 1;
        counts[length + 1] += 2;
        counts[limit] -= 1;
        too_long -= 2;
    }
}

/// Nodes, the rarest first and among equals the flattest, as a heap in an array.
struct Heap {
    nodes: Vec<u16>,
    /// By node.
    frequencies: Vec<u32>,
    /// By node: the height of its tree.
    heights: Vec<u8>,
}

impl Heap {
    fn new(frequencies: Vec<u32>, nodes: Vec<u16>) -> Self {
        let heights = vec![0; frequencies.len()];
        let mut heap = Self { nodes, frequencies, heights };
        for at in (0..heap.nodes.len() / 2).rev() {
            heap.sift(at);
        }
        heap
    }

    /// Whether `a` goes before `b`, or might as well.
    fn before(&self, a: u16, b: u16) -> bool {
        let key = |node: u16| (self.frequencies[usize::from(node)], self.heights[usize::from(node)]);
        key(a) <= key(b)
    }

    /// Moves the node at `at` down to where it belongs.
    fn sift(&mut self, mut at: usize) {
        let node = self.nodes[at];
        loop {
            let mut child = 2 * at + 1;
            if child >= self.nodes.len() {
                break;
            }
            if child + 1 < self.nodes.len() && self.before(self.nodes[child + 1], self.nodes[child]) {
                child += 1;
            }
            if self.before(node, self.nodes[child]) {
                break;
            }
            self.nodes[at] = self.nodes[child];
            at = child;
        }
        self.nodes[at] = node;
    }

    fn take_first(&mut self) -> u16 {
        let first = self.nodes.swap_remove(0);
        self.sift(0);
        first
    }

    /// Makes a node of `a` and `b`, puts it in the place of the first, and gives its number.
    fn replace_first_by_parent_of(&mut self, a: u16, b: u16) -> u16 {
        let (a, b) = (usize::from(a), usize::from(b));
        let parent = self.frequencies.len() as u16;
        self.frequencies.push(self.frequencies[a] + self.frequencies[b]);
        self.heights.push(self.heights[a].max(self.heights[b]) + 1);
        self.nodes[0] = parent;
        self.sift(0);
        parent
    }
}

/// The codewords of a canonical code, their bits turned round, as they are written.
pub fn codewords(lengths: &[u8]) -> Vec<u16> {
    let mut next = [0u16; 16];
    let mut counts = [0u16; 16];
    lengths.iter().for_each(|&length| counts[usize::from(length)] += 1);
    counts[0] = 0;
    for length in 1..16 {
        next[length] = (next[length - 1] + counts[length - 1]) << 1;
    }
    let word = |&length: &u8| match length {
        0 => 0,
        _ => {
            let word = next[usize::from(length)];
            next[usize::from(length)] += 1;
            word.reverse_bits() >> (16 - length)
        }
    };
    lengths.iter().map(word).collect()
}
