//! How the work on a block reports its progress, and learns that it must end.

use std::sync::Arc;

use super::{progress::Progress, stop::Stop};
use crate::{Error, ErrorKind, Result};

/// Takes the progress of the work on a block, and may end it.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    /// The caller's figures, if it gave any.
    pub progress: Option<Arc<Progress>>,
    /// The caller's request to end the work.
    pub cancel: Stop,
    /// Asked for when the result is not needed any more.
    pub stop: Stop,
}

impl Watch {
    /// Fails if the work must end.
    pub fn check(&self) -> Result<()> {
        self.cancel.check()?;
        if self.stop.is_asked_for() {
            return Err(Error::new(ErrorKind::Internal, "stopped, as its result is not needed any more"));
        }
        Ok(())
    }

    /// Reports bytes of content that are done, and their coded bytes.
    ///
    /// # Errors
    /// The work must end.
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
