//! Byte counts → the codeword lengths of the best code that no codeword of which is longer than 15 bits.
//!
//! Package-merge (Larmore and Hirschberg 1990) sees the code as a purchase. Every symbol offers one coin of each
//! denomination 2^-1 … 2^-15 at the price of its count, and n − 1 is to be paid at the least price; a symbol's
//! length is the number of its coins that were bought. Starting from the smallest coins, the cheapest are
//! joined in pairs, which then compete with the coins of the next denomination.

use super::code::{Leaf, MAX_LEN};

/// The best lengths for `counts`, of the symbols that occur, in order of symbol. A lone symbol has length 0.
pub fn optimal(counts: &[u64; 256]) -> Vec<Leaf> {
    let mut coins: Vec<(u64, u8)> = (0..=255).map(|s| (counts[usize::from(s)], s)).filter(|&(n, _)| n > 0).collect();
    coins.sort_unstable();

    // For each denomination, smallest first: which of its items, by price, are coins and not pairs.
    let mut is_coin = Vec::with_capacity(MAX_LEN);
    let mut pairs: Vec<u64> = Vec::new();
    for _ in 0..MAX_LEN {
        let mut items: Vec<_> = coins.iter().map(|&(price, _)| (price, true)).collect();
        items.extend(pairs.iter().map(|&price| (price, false)));
        // Stable: among equals coins come first, which keeps the longest codeword short.
        items.sort_by_key(|&(price, _)| price);
        pairs = items.chunks_exact(2).map(|pair| pair[0].0 + pair[1].0).collect();
        is_coin.push(items.into_iter().map(|(_, coin)| coin).collect::<Vec<_>>());
    }

    // Buying the cheapest 2n − 2 halves means buying both parts of every pair among them, one denomination down.
    let mut lengths = [0; 256];
    let mut bought = 2 * coins.len().saturating_sub(1);
    for items in is_coin.iter().rev() {
        let bought_coins = items[..bought].iter().filter(|&&coin| coin).count();
        for &(_, symbol) in &coins[..bought_coins] {
            lengths[usize::from(symbol)] += 1;
        }
        bought = 2 * (bought - bought_coins);
    }
    let occurring = (0..=255).filter(|&s| counts[usize::from(s)] > 0);
    occurring.map(|symbol| Leaf { symbol, length: lengths[usize::from(symbol)] }).collect()
}

#[cfg(test)]
mod tests {
    use std::{cmp::Reverse, collections::BinaryHeap};

    use proptest::prelude::*;

    use super::*;
    use crate::huffman::code::Code;

    fn counts_of(values: &[u64]) -> [u64; 256] {
        let mut counts = [0; 256];
        counts[..values.len()].copy_from_slice(values);
        counts
    }

    /// Bits that `values` take with their best lengths, which are checked to make a code within the limit.
    fn cost(values: &[u64]) -> u64 {
        let leaves = optimal(&counts_of(values));
        assert!(leaves.iter().all(|leaf| usize::from(leaf.length) <= MAX_LEN));
        assert_eq!(leaves.len(), values.iter().filter(|&&count| count > 0).count());
        Code::new(leaves.clone()).expect("a complete code");
        leaves.iter().map(|leaf| values[usize::from(leaf.symbol)] * u64::from(leaf.length)).sum()
    }

    /// Bits with Huffman's own code: the sum of all that is joined while the two smallest are.
    fn huffman_cost(values: &[u64]) -> u64 {
        let mut heap: BinaryHeap<_> = values.iter().filter(|&&count| count > 0).map(|&count| Reverse(count)).collect();
        let mut cost = 0;
        while let (Some(Reverse(a)), Some(Reverse(b))) = (heap.pop(), heap.pop()) {
            cost += a + b;
            heap.push(Reverse(a + b));
        }
        cost
    }

    /// Bits with the best of all trees of at most `depth` levels, tried level by level: of the `nodes` at a level some
    /// become leaves, of the most frequent of the `counts` left, and the others branch.
    fn best_tree_cost(counts: &[u64], nodes: usize, depth: usize, seen: &mut Seen) -> Option<u64> {
        if counts.is_empty() {
            return (nodes == 0).then_some(0);
        }
        if nodes == 0 || nodes > counts.len() {
            return None;
        }
        if let Some(&known) = seen.get(&(counts.len(), nodes, depth)) {
            return known;
        }
        let below = |leaves: usize, seen: &mut Seen| {
            let left = &counts[leaves..];
            if left.is_empty() && leaves == nodes {
                return Some(0);
            }
            let depth = depth.checked_sub(1)?;
            Some(left.iter().sum::<u64>() + best_tree_cost(left, 2 * (nodes - leaves), depth, seen)?)
        };
        let best = (0..=nodes).filter_map(|leaves| below(leaves, seen)).min();
        seen.insert((counts.len(), nodes, depth), best);
        best
    }

    type Seen = std::collections::HashMap<(usize, usize, usize), Option<u64>>;

    fn fibonacci(len: usize) -> Vec<u64> {
        std::iter::successors(Some((1, 1)), |&(a, b)| Some((b, a + b))).map(|(a, _)| a).take(len).collect()
    }

    #[test]
    fn no_symbol_has_no_length_and_a_lone_one_has_length_0() {
        assert_eq!(optimal(&[0; 256]), []);
        assert_eq!(optimal(&counts_of(&[0, 0, 7])), [Leaf { symbol: 2, length: 0 }]);
    }

    #[test]
    fn known_counts_give_known_lengths() {
        let lengths = |values: &[u64]| optimal(&counts_of(values)).iter().map(|leaf| leaf.length).collect::<Vec<_>>();
        assert_eq!(lengths(&[1, 1_000_000]), [1, 1]);
        assert_eq!(lengths(&[5, 9, 12, 13, 16, 45]), [4, 4, 3, 3, 3, 1]);
        assert_eq!(lengths(&[7; 256]), [8; 256]);
    }

    #[test]
    fn among_equally_good_codes_the_flattest_is_chosen() {
        // 1 2 3 4 4 would cost as much.
        let lengths: Vec<_> = optimal(&counts_of(&[5, 2, 2, 1, 1])).iter().map(|leaf| leaf.length).collect();
        assert_eq!(lengths, [1, 3, 3, 3, 3]);
    }

    #[test]
    fn fibonacci_counts_are_held_to_the_limit_at_the_least_cost() {
        for n in [16, 17, 18, 24, 30, 45] {
            let values = fibonacci(n);
            let falling: Vec<u64> = values.iter().rev().copied().collect();
            let limited = cost(&values);
            assert_eq!(Some(limited), best_tree_cost(&falling, 1, MAX_LEN, &mut Seen::new()), "{n} symbols");
            let longest = optimal(&counts_of(&values)).iter().map(|leaf| leaf.length).max();
            assert_eq!(longest.map(usize::from), Some(MAX_LEN.min(n - 1)), "{n} symbols");
            let unlimited = huffman_cost(&values);
            assert!(limited == unlimited || n > 16);
            assert!(limited as f64 <= unlimited as f64 * 1.001, "{n} symbols: {limited} against {unlimited}");
        }
    }

    proptest! {
        #[test]
        fn costs_are_huffmans_where_the_limit_does_not_bind(
            // A tree 16 levels deep weighs at least 2584 times its lightest leaf: 258,400, and 256 · 999 is less.
            values in prop::collection::vec(prop_oneof![1 => Just(0), 3 => 100u64..1000], 0..=256)
        ) {
            prop_assume!(values.iter().any(|&count| count > 0));
            prop_assert_eq!(cost(&values), huffman_cost(&values));
        }

        #[test]
        fn costs_are_the_least_of_all_trees(shifts in prop::collection::vec(0u32..40, 2..26)) {
            let mut values: Vec<u64> = shifts.iter().map(|shift| 1 << shift).collect();
            values.sort_unstable_by_key(|&count| Reverse(count));
            prop_assert_eq!(Some(cost(&values)), best_tree_cost(&values, 1, MAX_LEN, &mut Seen::new()));
        }
    }
}
