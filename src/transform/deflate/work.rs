//! A budget of steps, so that no content and no recipe can keep the program busy for long.

/// Steps that may still be done: about one a byte, and one for each position that is compared with another.
#[derive(Clone, Copy, Debug)]
pub struct Work {
    left: u64,
    /// Once it is, it stays so, and nothing is left.
    used_up: bool,
}

impl Work {
    /// A budget of this many steps.
    pub fn new(steps: u64) -> Self {
        Self { left: steps, used_up: false }
    }

    /// Spends `steps`; returns whether they were there. Once the budget is exceeded it stays exhausted.
    #[inline]
    pub fn spend(&mut self, steps: usize) -> bool {
        self.spend_all(steps as u64)
    }

    /// As [`spend`](Self::spend), for sums of steps, which may exceed 32 bits: which streams are expanded must not
    /// depend on the machine's word.
    #[inline]
    pub fn spend_all(&mut self, steps: u64) -> bool {
        match self.left.checked_sub(steps) {
            Some(left) => self.left = left,
            None => {
                self.left = 0;
                self.used_up = true;
            }
        }
        !self.used_up
    }

    /// Allows so many steps more, unless the budget was exceeded.
    pub fn add(&mut self, steps: u64) {
        if !self.used_up {
            self.left += steps;
        }
    }

    /// How many steps are left.
    pub fn left(&self) -> u64 {
        self.left
    }

    /// Whether more steps were asked for than there were.
    pub fn is_used_up(&self) -> bool {
        self.used_up
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_steps_than_32_bits_count_are_spent_whole() {
        let mut work = Work::new(3 << 33);
        assert!(work.spend_all(1 << 33) && work.spend(5));
        assert_eq!(work.left(), (2 << 33) - 5);
        assert!(!work.spend_all(1 << 35) && work.is_used_up());
    }
}
