//! Content that is copied from copies → the bytes of the blocks that really hold it.
//!
//! A copy only says where its content lies. So wanted content can be followed back from copy to copy without decoding
//! any, and only the blocks at the end of the chain are decoded. Byte j of a copy of distance d that starts at s is
//! byte s − d + (j mod d), so at most one period of a copy is wanted, however long it is.

use std::collections::BTreeMap;

use crate::Result;

/// The most steps of a plan. If it takes more, the caller decodes all blocks that any copy on the way needs.
const MOST_STEPS: usize = 1 << 16;

/// A block's place in the content.
#[derive(Clone, Copy, Debug)]
pub struct BlockSpan {
    pub number: usize,
    /// Its first byte of content.
    pub start: u64,
    /// The byte after its last.
    pub end: u64,
    /// How far back a copy reaches, at most `start`; `None` for all other blocks.
    pub distance: Option<u64>,
}

/// `len` bytes of block `number`, from its byte `from` on, which become the wanted bytes from `at` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fragment {
    pub number: usize,
    pub from: usize,
    pub at: usize,
    pub len: usize,
}

/// `len` bytes at `at` that repeat the `period` bytes before them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeat {
    pub at: usize,
    pub period: usize,
    pub len: usize,
}

/// How to make the wanted content: first all fragments, which are sorted by block; then the repeats, in their order.
#[derive(Debug, Default)]
pub struct CopyPlan {
    pub fragments: Vec<Fragment>,
    pub repeats: Vec<Repeat>,
}

/// How to make the content of `wanted`, a copy; `block_at` finds the block that holds a byte of content. `None` if that
/// would take too many steps.
///
/// # Errors
/// Those of `block_at`.
pub fn plan(wanted: BlockSpan, mut block_at: impl FnMut(u64) -> Result<BlockSpan>) -> Result<Option<CopyPlan>> {
    let mut plan = CopyPlan::default();
    // (First byte of content, its place in the wanted bytes) → length. The last stretches of the content are followed
    // first, so that those which meet in an earlier block are joined again: a period that is entered in its middle
    // falls into two.
    let mut open = BTreeMap::from([((wanted.start, 0), (wanted.end - wanted.start) as usize)]);
    let mut steps = 0;
    while let Some(((mut from, mut at), mut len)) = open.pop_last() {
        while let Some((&(before, place), &more)) = open.last_key_value()
            && (before + more as u64, place + more) == (from, at)
        {
            open.pop_last();
            (from, at, len) = (before, place, len + more);
        }
        steps += 1;
        if steps > MOST_STEPS {
            return Ok(None);
        }
        let block = block_at(from)?;
        let here = len.min((block.end - from) as usize);
        if here < len {
            open.insert((from + here as u64, at + here), len - here);
        }
        let Some(distance) = block.distance else {
            plan.fragments.push(Fragment { number: block.number, from: (from - block.start) as usize, at, len: here });
            continue;
        };
        // The period from the byte where it is entered to its end, then its beginning, then all of it repeated.
        let period = distance as usize;
        let entry = (from - block.start) as usize % period;
        let source = block.start - distance;
        let first = here.min(period - entry);
        let second = (here - first).min(entry);
        open.insert((source + entry as u64, at), first);
        if second > 0 {
            open.insert((source, at + first), second);
        }
        if here > period {
            plan.repeats.push(Repeat { at: at + period, period, len: here - period });
        }
    }
    plan.fragments.sort_by_key(|fragment| fragment.number);
    // A repeat copies bytes before it, so these must be made first.
    plan.repeats.sort_by_key(|repeat| repeat.at);
    Ok(Some(plan))
}

impl Repeat {
    /// Makes the repeat in `content`.
    pub fn fill(self, content: &mut [u8]) {
        let (start, end) = (self.at - self.period, self.at + self.len);
        let mut at = self.at;
        // Doubles each time: the bytes so far are a whole number of periods.
        while at < end {
            let len = (at - start).min(end - at);
            content.copy_within(start..start + len, at);
            at += len;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plans the last of blocks given by their lengths and distances.
    fn plan_last(blocks: &[(u64, Option<u64>)]) -> Option<CopyPlan> {
        let mut start = 0;
        let mut all = Vec::new();
        for (number, &(len, distance)) in blocks.iter().enumerate() {
            all.push(BlockSpan { number, start, end: start + len, distance });
            start += len;
        }
        plan(all[all.len() - 1], |at| Ok(all[all.partition_point(|block| block.end <= at)])).unwrap()
    }

    #[test]
    fn a_chain_of_copies_leads_to_one_block() {
        let blocks: Vec<_> = [(3, None)].into_iter().chain((0..50_000).map(|_| (3, Some(3)))).collect();
        assert_eq!(plan_last(&blocks).unwrap().fragments, [Fragment { number: 0, from: 0, at: 0, len: 3 }]);
        let long: Vec<_> = [(3, None)].into_iter().chain((0..70_000).map(|_| (3, Some(3)))).collect();
        assert!(plan_last(&long).is_none());
    }

    #[test]
    fn of_a_run_one_period_is_wanted() {
        let plan = plan_last(&[(9, None), (1 << 26, Some(2)), (1 << 26, Some(2)), (1 << 26, Some(3))]).unwrap();
        // Of the three bytes, the third repeats the first.
        assert_eq!(plan.fragments.iter().map(|fragment| fragment.len).sum::<usize>(), 2);
        let repeats = [Repeat { at: 2, period: 2, len: 1 }, Repeat { at: 3, period: 3, len: (1 << 26) - 3 }];
        assert_eq!(plan.repeats, repeats);
        // However often the period is entered in its middle.
        let mut blocks = vec![(1000, None)];
        blocks.extend([(4321, Some(1000)); 3000]);
        assert!(plan_last(&blocks).unwrap().fragments.len() <= 2);
        let mut content = *b"abcd________";
        Repeat { at: 4, period: 3, len: 8 }.fill(&mut content);
        assert_eq!(&content, b"abcdbcdbcdbc");
    }
}
