//! Steps of work, so that no content and no recipe can keep anybody busy for long.

/// Steps that may still be done: about one a byte, and one a place that a match is looked for at.
#[derive(Clone, Copy, Debug)]
pub struct Work {
    left: u64,
    used_up: bool,
}

impl Work {
    /// So many steps.
    pub fn new(steps: u64) -> Self {
        Self { left: steps, used_up: false }
    }

    /// Takes some of the steps, if there are as many; from then on that there were not, there are none.
    #[inline]
    pub fn spend(&mut self, steps: usize) -> bool {
        self.spend_all(steps as u64)
    }

    /// As [`spend`](Self::spend), for sums of steps, which on no machine may be cut to its words: what is expanded must
    /// not depend on the machine.
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

    /// How many steps are left.
    pub fn left(&self) -> u64 {
        self.left
    }

    /// Whether more was asked for than there was.
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
