//! Bytes → what followed the last bytes before: contexts of what may come, not of what was (PAQ8's indirect model:
//! Mahoney 2007).

/// log2 of the most entries of each table of what followed two and three bytes.
const MOST_BITS: u32 = 16;

/// What followed one, two and three bytes.
#[derive(Clone, Debug)]
pub struct Indirect {
    /// The four bytes that followed each byte last, the latest lowest.
    one: [u32; 256],
    /// The two bytes that followed each two and each three bytes last, by their hash.
    two: Vec<u16>,
    three: Vec<u16>,
    shift: u32,
    /// The last byte, and the entries of the last two and three.
    last: usize,
    slots: [usize; 2],
    /// What followed the last byte, the last two and the last three.
    pub after: [u32; 3],
}

impl Indirect {
    /// Tables of 2^`bits` entries, but at most 2^16.
    pub fn new(bits: u32) -> Self {
        Self::with(bits, vec![], vec![])
    }

    fn with(bits: u32, mut two: Vec<u16>, mut three: Vec<u16>) -> Self {
        let bits = bits.min(MOST_BITS);
        for table in [&mut two, &mut three] {
            table.clear();
            table.resize(1 << bits, 0);
        }
        Self { one: [0; 256], two, three, shift: 64 - bits, last: 0, slots: [0; 2], after: [0; 3] }
    }

    /// Forgets all bytes, and has 2^`bits` entries from now on, but at most 2^16.
    pub fn restart(&mut self, bits: u32) {
        let (two, three) = (std::mem::take(&mut self.two), std::mem::take(&mut self.three));
        *self = Self::with(bits, two, three);
    }

    /// Takes in a byte; `last8` are the last eight, this one included.
    #[inline(always)]
    pub fn push(&mut self, byte: u8, last8: u64) {
        self.one[self.last] = self.one[self.last] << 8 | u32::from(byte);
        let [two, three] = self.slots;
        append(&mut self.two[two], byte);
        append(&mut self.three[three], byte);
        self.last = usize::from(byte);
        let slot = |bytes: u64| (bytes.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> self.shift) as usize;
        let [two, three] = [slot(last8 << 48), slot(last8 << 40)];
        self.slots = [two, three];
        self.after = [self.one[self.last], u32::from(self.two[two]), u32::from(self.three[three])];
    }
}

#[inline(always)]
fn append(after: &mut u16, byte: u8) {
    *after = *after << 8 | u16::from(byte);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_followed_is_remembered_by_one_two_and_three_bytes() {
        let mut indirect = Indirect::new(16);
        let push = |indirect: &mut Indirect, text: &str| {
            text.bytes().fold(0, |last8: u64, byte| {
                let last8 = last8 << 8 | u64::from(byte);
                indirect.push(byte, last8);
                last8
            });
            indirect.after
        };
        assert_eq!(push(&mut indirect, "cat, cot, mat, at"), [0x2c_2c2c, 0x2c2c, 0]);
        assert_eq!(push(&mut indirect, ", cat")[2], u32::from(b','));
        indirect.restart(10);
        assert_eq!(push(&mut indirect, "at"), [0; 3]);
    }
}
