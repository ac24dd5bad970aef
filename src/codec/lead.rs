//! The network as it stands after the start of a frame's first block → the start of the networks of other blocks.
//!
//! Whoever codes or decodes the first block makes the lead; those who work on other blocks wait for it.

use std::{
    fmt,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::{
    Error, Level, Result,
    model::Network,
    parallel::{
        memory::{Promise, promise},
        watch::Watch,
    },
};

/// How long a worker waits before it looks whether its work must end.
const TICK: Duration = Duration::from_millis(20);

/// The lead of a frame, shared by those who work on its blocks.
#[derive(Clone, Default)]
pub struct Lead(Arc<(Mutex<State>, Condvar)>);

#[derive(Default)]
enum State {
    /// The frame has none.
    #[default]
    None,
    /// The first block is at work.
    Expected,
    /// The first block has failed.
    Failed,
    There {
        network: Arc<Network>,
        capacity: usize,
        _promise: Promise,
    },
}

impl Lead {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn become_state(&self, state: State) {
        *self.state() = state;
        self.0.1.notify_all();
    }

    /// Sets it to a copy of `network`, of this `level`, whose tables are made for `capacity` bytes, unless it is there.
    ///
    /// # Errors
    /// It is not expected, as this is not the first block; or the system does not have the memory for a copy.
    pub fn set(&self, network: &Network, level: Level, capacity: usize) -> Result<()> {
        match *self.state() {
            State::There { .. } => return Ok(()),
            State::Expected => {}
            State::None | State::Failed => return Err(Error::corrupt("a lead is not in its frame's first block")),
        }
        let _promise = promise(level.memory(capacity) as u64)?;
        self.become_state(State::There { network: Arc::new(network.clone()), capacity, _promise });
        Ok(())
    }

    /// The first block will be coded or decoded.
    pub fn expect(&self) {
        self.become_state(State::Expected);
    }

    /// How many bytes its tables are made for, if it is there.
    pub fn capacity(&self) -> Option<usize> {
        match *self.state() {
            State::There { capacity, .. } => Some(capacity),
            _ => None,
        }
    }

    /// It and its capacity, once the first block has come so far; `None` if the frame has none.
    ///
    /// # Errors
    /// The first block has failed, or `watch` ends the work.
    pub fn get(&self, watch: &Watch) -> Result<Option<(Arc<Network>, usize)>> {
        let mut state = self.state();
        loop {
            match &*state {
                State::None => return Ok(None),
                State::There { network, capacity, .. } => return Ok(Some((Arc::clone(network), *capacity))),
                // As if this block had no memory: it is coded again when the first one was.
                State::Failed => return Err(Error::no_memory(0)),
                State::Expected => watch.check()?,
            }
            state = self.0.1.wait_timeout(state, TICK).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl fmt::Debug for Lead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lead").field("capacity", &self.capacity()).finish_non_exhaustive()
    }
}

/// The work on a frame's first block: until it is dropped, others wait for the lead.
#[derive(Debug)]
pub struct Making(Lead);

impl Making {
    /// The work begins.
    pub fn begin(lead: &Lead) -> Self {
        lead.expect();
        Self(lead.clone())
    }

    /// The work has ended well.
    pub fn end(self) {
        self.end_in(State::None);
    }

    fn end_in(&self, end: State) {
        if matches!(*self.0.state(), State::Expected) {
            self.0.become_state(end);
        }
    }
}

impl Drop for Making {
    fn drop(&mut self) {
        self.end_in(State::Failed);
    }
}
