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
        match self.left.checked_sub(steps as u64) {
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
