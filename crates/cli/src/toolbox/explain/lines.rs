//! The dearest and the cheapest lines of a content, and how its cost falls as the network learns.

use std::{
    cmp::{Ordering, Reverse},
    collections::BinaryHeap,
    io,
};

use super::run::{Run, Watcher};

/// How many lines of either kind are kept.
const MOST_LINES: usize = 20;
/// Bytes of a line; a longer one is several. Binary content is cut into as many.
const MOST_LEN: usize = 1024;
const BINARY_LEN: usize = 256;
/// Shorter lines are not among the cheapest.
const LEAST_LEN: usize = 4;
/// Bytes of a line that are kept.
const KEPT: usize = 120;
/// Points of the curve, at most.
const MOST_POINTS: usize = 400;

/// A line.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Where its first byte stands among all that are shown.
    pub at: u64,
    pub bits: f64,
    pub bytes: u64,
    /// Its first bytes.
    pub start: Vec<u8>,
}

impl Eq for Line {}

/// The order of costs; of lines that cost the same, the first one counts as dearer.
impl Ord for Line {
    fn cmp(&self, other: &Self) -> Ordering {
        self.bits.total_cmp(&other.bits).then(other.at.cmp(&self.at))
    }
}

impl PartialOrd for Line {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Looks for odd lines.
#[derive(Default)]
pub struct Lines {
    line: Option<Line>,
    dearest: BinaryHeap<Reverse<Line>>,
    cheapest: BinaryHeap<Line>,
    /// Whether the content has ends of lines; until one came, or it would be too long, that is open.
    is_text: bool,
}

impl Lines {
    fn end_line(&mut self) {
        let Some(line) = self.line.take() else { return };
        if line.bytes >= LEAST_LEN as u64 {
            self.cheapest.push(line.clone());
            if self.cheapest.len() > MOST_LINES {
                self.cheapest.pop();
            }
        }
        self.dearest.push(Reverse(line));
        if self.dearest.len() > MOST_LINES {
            self.dearest.pop();
        }
    }

    /// The dearest lines, the dearest first, and the cheapest, the cheapest first.
    pub fn finish(mut self) -> (Vec<Line>, Vec<Line>) {
        self.end_line();
        let dearest = self.dearest.into_sorted_vec().into_iter().map(|Reverse(line)| line).collect();
        (dearest, self.cheapest.into_sorted_vec())
    }
}

impl Watcher for Lines {
    fn look(&mut self, run: &Run) -> io::Result<()> {
        if run.is_recipe() {
            return Ok(());
        }
        if self.line.is_none() {
            self.is_text = super::fields::is_text(&run.bytes[..run.bytes.len().min(4096)]);
        }
        let most = if self.is_text { MOST_LEN } else { BINARY_LEN };
        for (at, (byte, bits)) in (run.start..).zip(run.costs()) {
            let line = self.line.get_or_insert_with(|| Line { at, bits: 0.0, bytes: 0, start: Vec::new() });
            line.bits += bits;
            line.bytes += 1;
            if line.start.len() < KEPT {
                line.start.push(byte);
            }
            if line.bytes == most as u64 || (self.is_text && byte == b'\n') {
                self.end_line();
            }
        }
        Ok(())
    }
}

/// Bits per byte along the content. The points are as wide as it takes to have few.
pub struct Curve {
    /// Bits and bytes of each point.
    points: Vec<(f64, u64)>,
    width: u64,
}

impl Default for Curve {
    fn default() -> Self {
        Self { points: Vec::new(), width: 64 }
    }
}

impl Curve {
    /// The points: where each ends among all bytes that are shown, and bits per byte up to there from the one before.
    pub fn finish(self) -> Vec<(u64, f64)> {
        let mut end = 0;
        let point = |(bits, bytes): (f64, u64)| {
            end += bytes;
            (end, bits / bytes as f64)
        };
        self.points.into_iter().map(point).collect()
    }

    fn halve(&mut self) {
        let both = |pair: &[(f64, u64)]| pair.iter().fold((0.0, 0), |sum, more| (sum.0 + more.0, sum.1 + more.1));
        self.points = self.points.chunks(2).map(both).collect();
        self.width *= 2;
    }
}

impl Watcher for Curve {
    fn look(&mut self, run: &Run) -> io::Result<()> {
        for (_, bits) in run.costs() {
            match self.points.last_mut() {
                Some(point) if point.1 < self.width => *point = (point.0 + bits, point.1 + 1),
                _ => {
                    if self.points.len() == MOST_POINTS {
                        self.halve();
                    }
                    self.points.push((bits, 1));
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use foretell::insight::Place;

    use super::*;

    fn look(watcher: &mut impl Watcher, bytes: &[u8], bits: impl Fn(usize) -> f32) {
        let bits: Vec<f32> = (0..bytes.len()).map(bits).collect();
        for (start, (bytes, bits)) in (0..).step_by(100).zip(bytes.chunks(100).zip(bits.chunks(100))) {
            watcher.look(&Run { start, place: Place::At(start), bytes, bits, details: &[] }).unwrap();
        }
    }

    #[test]
    fn odd_lines_are_found_in_order() {
        let text: String = (0..1000).map(|i| format!("line {i:04}\n")).collect();
        let mut lines = Lines::default();
        look(&mut lines, text.as_bytes(), |at| {
            if at / 10 == 77 {
                9.0
            } else if at / 10 == 500 {
                0.1
            } else {
                1.0
            }
        });
        let (dearest, cheapest) = lines.finish();
        assert_eq!((dearest.len(), cheapest.len()), (MOST_LINES, MOST_LINES));
        assert_eq!(
            (dearest[0].at, dearest[0].bits, dearest[0].start.as_slice()),
            (770, 90.0, b"line 0077\n".as_slice())
        );
        assert_eq!(cheapest[0].at, 5000);
        // Equal ones are in the order of their places.
        assert_eq!(dearest[1].at, 0);
    }

    #[test]
    fn the_curve_has_few_points_and_all_bits() {
        let mut curve = Curve::default();
        look(&mut curve, &vec![7; 100_000], |at| if at < 50_000 { 4.0 } else { 2.0 });
        let points = curve.finish();
        assert!((200..=MOST_POINTS).contains(&points.len()));
        assert_eq!(points.last().unwrap().0, 100_000);
        assert!(points[0].1 == 4.0 && points.last().unwrap().1 == 2.0);
        let mut before = 0;
        let sum: f64 =
            points.iter().map(|&(end, rate)| rate * (end - std::mem::replace(&mut before, end)) as f64).sum();
        assert!((sum - 300_000.0).abs() < 1e-6);
    }
}
