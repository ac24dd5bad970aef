//! Work that is watched: it tells how far it has come, and ends early where somebody asks for that.

use std::sync::Arc;

use super::{progress::Progress, stop::Stop};
use crate::{Error, ErrorKind, Result};

/// Who hears how far the work on a block has come, and may end it.
#[derive(Clone, Debug)]
pub struct Watch {
    /// Hears of what is done, if anybody asked for that.
    pub progress: Option<Arc<Progress>>,
    /// The caller's.
    pub cancel: Stop,
    /// Asked for when nobody waits for the work any more.
    pub stop: Stop,
}

impl Watch {
    /// Fails if the work is to end.
    pub fn check(&self) -> Result<()> {
        self.cancel.check()?;
        if self.stop.is_asked_for() {
            return Err(Error::new(ErrorKind::Internal, "stopped, as nobody waits for it"));
        }
        Ok(())
    }

    /// Tells of bytes of content that are done, and the coded bytes that stand for them.
    ///
    /// # Errors
    /// If the work is to end.
    pub fn report(&self, raw: usize, coded: usize) -> Result<()> {
        self.check()?;
        if let Some(progress) = &self.progress
            && raw + coded > 0
        {
            progress.add(raw, coded);
        }
        Ok(())
    }
}
