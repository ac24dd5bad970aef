//! Tables of binary records → the places in a record.

use super::{
    ledger::{Id, Ledger},
    scanner::Scanner,
};
use crate::toolbox::explain::run::Run;

/// The longest record that is looked for.
pub const MOST_LEN: usize = 512;
/// Records that a sample must have.
const LEAST_RECORDS: usize = 16;

/// The scanner.
#[derive(Debug)]
pub struct Records {
    places: Vec<Id>,
    /// Bytes that were read.
    at: usize,
}

impl Records {
    /// Records of `len` bytes, at least 1.
    pub fn new(len: usize, ledger: &mut Ledger) -> Self {
        Self { places: (0..len).map(|place| ledger.field(&format!("byte {place} of {len}"))).collect(), at: 0 }
    }

    /// How long the records of `sample` are, if it is a table of records: at that distance bytes are much more often the
    /// same than at others.
    pub fn recognise(sample: &[u8]) -> Option<usize> {
        let same = |len: usize| {
            let pairs = sample.iter().zip(&sample[len..]);
            pairs.filter(|(a, b)| a == b).count() as f64 / (sample.len() - len) as f64
        };
        let lens = 2..=MOST_LEN.min(sample.len() / LEAST_RECORDS);
        let rates: Vec<(usize, f64)> = lens.map(|len| (len, same(len))).collect();
        let mean = rates.iter().map(|(_, rate)| rate).sum::<f64>() / rates.len().max(1) as f64;
        let best = rates.iter().map(|&(_, rate)| rate).fold(0.0, f64::max);
        // Multiples of the length repeat as well.
        let found = rates.iter().find(|&&(_, rate)| rate >= 0.9 * best)?;
        (best > 1.3 * mean && best > 0.1 && best < 0.98).then_some(found.0)
    }
}

impl Scanner for Records {
    fn run(&mut self, run: &Run, ledger: &mut Ledger) {
        for (_, bits) in run.costs() {
            let field = self.places[self.at];
            ledger.charge(field, 1, bits);
            ledger.count(field, 1);
            self.at = (self.at + 1) % self.places.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toolbox::explain::fields::tests::charged;

    #[test]
    fn records_are_found_by_what_repeats() {
        let record = |i: u32| {
            [b"R1".as_slice(), &i.to_le_bytes(), &(i.wrapping_mul(2_654_435_761) >> 7).to_le_bytes(), b"\0\0"].concat()
        };
        let table: Vec<u8> = (0..1000).flat_map(record).collect();
        assert_eq!(Records::recognise(&table), Some(12));
        assert_eq!(Records::recognise(&foretell_testkit::noise(1, 10_000)), None);
        assert_eq!(Records::recognise(&[0; 10_000]), None);
        assert_eq!(Records::recognise(b"short"), None);
        let (fields, _) = charged(&table, |ledger| Box::new(Records::new(12, ledger)));
        assert!(fields.len() == 12 && fields.iter().all(|field| field.bytes == 1000 && field.values == 1000));
    }
}
