//! What the networks of a frame's blocks may start from: nothing, or what a trained model knows.

use super::neural::{self, Report};
use crate::{
    Level, Model, Models, Result, container::FrameHeader, math::isa::Isa, model::prior::Start, trained::general,
};

/// A block up to this long may start from the built-in model: what that saves is some hundred bytes, whatever the
/// length.
const MOST_GENERAL: usize = 1 << 20;
/// So many bytes are coded both ways, to see which is shorter.
const TRIAL: usize = 1 << 15;

/// Whether a block of `content`, compressed at `level` as options have it by default, may start from the built-in
/// model.
pub fn may_be_primed(content: &[u8], level: Level) -> bool {
    content.chunks(level.block_len()).any(|block| block.len() <= MOST_GENERAL)
}

/// A frame's level, and the trained model that it names, if it does not take the built-in one.
#[derive(Clone, Debug)]
pub struct Base {
    pub level: Level,
    pub model: Option<Model>,
    /// Whether the built-in one may be used.
    pub general: bool,
}

impl Base {
    /// What the header of a frame says.
    ///
    /// # Errors
    /// It names a model that is not among `models`.
    pub fn of(header: &FrameHeader, models: &Models) -> Result<Self> {
        let model = header.model.map(|id| models.find(id)).transpose()?;
        Ok(Self { level: header.level, model, general: true })
    }

    /// What the network of a block starts from.
    ///
    /// # Errors
    /// Damaged weights in the model, or too little memory for them.
    pub fn start(&self, primed: bool) -> Result<Start> {
        match &self.model {
            _ if !primed => Ok(self.level.into()),
            Some(model) => model.start(self.level),
            None => general::start(self.level),
        }
    }

    /// Bytes of memory that what a primed block starts from takes.
    pub fn memory(&self) -> usize {
        self.model.as_ref().map_or_else(general::memory, Model::memory)
    }

    /// Whether the network that codes `content` should know what it can: a model that was asked for does for all
    /// blocks, the built-in one where it is allowed, the content is short, and its beginning gets shorter by that. Then
    /// comes the coded content too, if the beginning was all.
    ///
    /// # Errors
    /// As of [`neural::encode`].
    pub fn choose(&self, content: &[u8], isa: Isa, report: &mut Report) -> Result<(bool, Option<Vec<u8>>)> {
        if self.model.is_some() || !self.general || content.len() > MOST_GENERAL {
            return Ok((self.model.is_some(), None));
        }
        let trial = &content[..content.len().min(TRIAL)];
        let mut code = |primed| neural::encode(trial, &self.start(primed)?, isa, &mut |_, _| report(0, 0));
        let (plain, primed) = (code(false)?, code(true)?);
        let better = primed.len() < plain.len();
        let coded = if better { primed } else { plain };
        Ok((better, (trial.len() == content.len()).then_some(coded)))
    }
}
