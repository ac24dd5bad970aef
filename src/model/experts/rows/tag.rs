//! The numbers beside a row's probabilities.

/// The numbers of a row, as one, which is read and written at once: from the lowest bits on
///
/// - 16 bits: low bits of the hash of the context that owns the row;
/// - 8 bits: how often the row was seen, up to 255;
/// - 8 bits: how often the last value has come without a break, up to 255; at most as often as the row was seen;
/// - 8 bits: the last value, 0 to 15;
/// - 8 bits: [`state`] of the numbers above, kept so that prediction need not compute it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(transparent)]
pub struct Tag(u64);

impl Tag {
    /// The tag with these numbers.
    #[inline(always)]
    pub fn new(check: u16, count: u64, run: u64, last: u64, state: u64) -> Self {
        Self(u64::from(check) | count << 16 | run << 24 | last << 32 | state << 40)
    }

    /// This tag, but owned by another context, and of a new row if `hit` is 0; else `hit` is all ones.
    #[inline(always)]
    pub fn of(self, check: u16, hit: u64) -> Self {
        Self(self.0 & hit & !0xffff | u64::from(check))
    }

    /// Low bits of the hash of the owner.
    #[inline(always)]
    pub fn check(self) -> u16 {
        self.0 as u16
    }

    /// How often the row was seen.
    #[inline(always)]
    pub fn count(self) -> u64 {
        self.0 >> 16 & 255
    }

    /// How often the last value has come without a break.
    #[inline(always)]
    pub fn run(self) -> u64 {
        self.0 >> 24 & 255
    }

    /// The last value.
    #[inline(always)]
    pub fn last(self) -> u64 {
        self.0 >> 32 & 255
    }

    /// The state of the row.
    #[inline(always)]
    pub fn state(self) -> u64 {
        self.0 >> 40 & 255
    }

    /// The tag after `symbol`, 0 to 15.
    #[inline(always)]
    pub fn after(self, symbol: u64) -> Self {
        let count = (self.count() + 1).min(255);
        let run = (self.run() + 1).min(255);
        let run = if self.last() == symbol { run } else { 1 };
        Self::new(self.check(), count, run, symbol, state(count, run))
    }
}

/// The state of a row that was seen `count` times, the last `run` of them with the same value: eight steps of how
/// often, times eight of determinism. The steps were not tried alone.
#[inline(always)]
pub fn state(count: u64, run: u64) -> u64 {
    let determinism = run.min(5);
    let determinism = if 2 * run >= count { 6 } else { determinism };
    let determinism = if run >= count { 7 } else { determinism };
    seen(count) * 8 + determinism
}

/// The step of how much a row has seen that was seen `count` times.
#[inline(always)]
pub fn seen(count: u64) -> u64 {
    SEEN[count as usize & 255].into()
}

/// The steps: 0, 1, 2, 3, 4–7, 8–15, 16–31, more.
static SEEN: [u8; 256] = {
    let mut table = [0; 256];
    let mut n = 0;
    while n < 256 {
        table[n] = match n {
            0..4 => n as u8,
            4..32 => n.ilog2() as u8 + 2,
            _ => 7,
        };
        n += 1;
    }
    table
};
