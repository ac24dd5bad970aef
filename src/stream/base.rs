//! What the networks of a frame's blocks may start from: nothing, or what a trained model knows.

use super::neural::{self, Report};
use crate::{
    Level, Model, Models, Result, container::FrameHeader, math::isa::Isa, model::prior::Start, trained::general,
};

/// A block up to this long may start from the built-in model: what that saves is some hundred bytes, whatever the
/// length.
const MOST_GENERAL: usize = 1 << 20;
/// Content up to this long is coded both ways, to see which is shorter.
const SHORT: usize = 1 << 14;
/// Of longer content so much of the beginning is, by the fastest network: that mostly finds the same, in little time.
const PROBE: usize = (1 << 12) - 1;

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
            Some(model) if primed => model.start(self.level),
            _ => general_start(self.level, primed),
        }
    }

    /// Bytes of memory that what a primed block starts from takes.
    pub fn memory(&self) -> usize {
        self.model.as_ref().map_or(general::MEMORY, Model::memory)
    }

    /// Whether a block of so many bytes may be primed.
    pub fn may_prime(&self, len: usize) -> bool {
        self.model.is_some() || (self.general && len <= MOST_GENERAL)
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
        let is_all = content.len() <= SHORT;
        let (trial, level) = if is_all { (content, self.level) } else { (&content[..PROBE], Level::FASTEST) };
        let mut code = |primed| neural::encode(trial, &general_start(level, primed)?, isa, &mut |_, _| report(0, 0));
        let (plain, primed) = (code(false)?, code(true)?);
        let better = primed.len() < plain.len();
        Ok((better, is_all.then_some(if better { primed } else { plain })))
    }
}

/// What a network of `level` starts from: the built-in model if it is to be `primed`, or nothing.
fn general_start(level: Level, primed: bool) -> Result<Start> {
    if primed { general::start(level) } else { Ok(level.into()) }
}
