//! What the networks of a frame's blocks may start from: nothing, or what a trained model knows.

use super::neural::{self, Report};
use crate::{Level, Model, Models, Result, container::FrameHeader, math::isa::Isa, model::Start, priors::built_in};

/// A block up to this long may start from the built-in model: what that saves is some hundred bytes, whatever the
/// length.
const MOST_GENERAL: usize = 1 << 20;
/// Content up to this long is coded in all ways, to see which is shortest.
const SHORT: usize = 1 << 14;
/// Of longer content so much of the beginning is: that mostly finds the same, in little time. By the fastest network, if
/// there is no trained model, as that knows most about its own level.
const PROBE: usize = (1 << 12) - 1;

/// Bytes of the model's name in a frame's header.
const NAME: usize = 8;

/// Whether a block of `content`, compressed at `level` as options have it by default, may start from the built-in
/// model.
pub fn may_start_from_prior(content: &[u8], level: Level) -> bool {
    content.chunks(level.block_len()).any(|block| block.len() <= MOST_GENERAL)
}

/// A frame's level, and the trained model that it names, if it does not take the built-in one.
#[derive(Clone, Debug)]
pub struct Priming {
    pub level: Level,
    pub model: Option<Model>,
    /// Whether the built-in one may be used.
    pub built_in: bool,
    /// Whether the block to be coded is its frame's only one, so that the frame need not name the model.
    pub only: bool,
}

/// What a network starts from, if it is not nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Knows {
    /// The trained model that the frame names.
    Model,
    /// The built-in one, in a frame that names none.
    General,
}

/// How the content of a block is to be coded.
#[derive(Debug)]
pub struct Choice {
    pub knows: Option<Knows>,
    /// The coded content, if choosing has made it.
    pub coded: Option<Vec<u8>>,
}

impl Priming {
    /// What the header of a frame says.
    ///
    /// # Errors
    /// It names a model that is not among `models`.
    pub fn of(header: &FrameHeader, models: &Models) -> Result<Self> {
        let model = header.model.map(|id| models.find(id)).transpose()?;
        Ok(Self { level: header.level, model, built_in: true, only: false })
    }

    /// What the network of a block starts from.
    ///
    /// # Errors
    /// Damaged weights in the model, or too little memory for them.
    pub fn start(&self, from_prior: bool) -> Result<Start> {
        match &self.model {
            Some(model) if from_prior => model.start(self.level),
            _ => start_from(self.level, from_prior),
        }
    }

    /// Bytes of memory that what a from_prior block starts from takes.
    pub fn memory(&self) -> usize {
        match &self.model {
            // Both may be tried.
            Some(model) if self.only && self.built_in => model.memory().max(built_in::MEMORY),
            Some(model) => model.memory(),
            None => built_in::MEMORY,
        }
    }

    /// Whether a block of so many bytes may be from_prior.
    pub fn may_start_from_prior(&self, len: usize) -> bool {
        self.model.is_some() || (self.built_in && len <= MOST_GENERAL)
    }

    /// What the network that codes a block starts from.
    ///
    /// # Errors
    /// As of [`start`](Self::start).
    pub fn start_of(&self, knows: Option<Knows>) -> Result<Start> {
        self.start_at(self.level, knows)
    }

    fn start_at(&self, level: Level, knows: Option<Knows>) -> Result<Start> {
        match (knows, &self.model) {
            (Some(Knows::Model), Some(model)) => model.start(level),
            (knows, _) => start_from(level, knows.is_some()),
        }
    }

    /// Whether the header of the frame must name the model, if a block starts from what it `knows`.
    pub fn is_named(&self, knows: Option<Knows>) -> bool {
        self.model.is_some() && (!self.only || knows == Some(Knows::Model))
    }

    /// What the network that codes `content` should know: what makes it, or if it is long its beginning, shortest. That
    /// is nothing, or a model that was asked for, or the built-in one: where it is allowed, the content is short, and
    /// the frame names no other. Then comes the coded content too, if the beginning was all.
    ///
    /// # Errors
    /// As of [`neural::encode`].
    pub fn choose(&self, content: &[u8], isa: Isa, report: &mut Report) -> Result<Choice> {
        let may_name_none = self.model.is_none() || self.only;
        let general = self.built_in && may_name_none && content.len() <= MOST_GENERAL;
        let is_all = content.len() <= SHORT;
        let (trial, level) = match &self.model {
            _ if is_all => (content, self.level),
            Some(_) => (&content[..PROBE], self.level),
            None => (&content[..PROBE], Level::FASTEST),
        };
        let model = self.model.is_some().then_some(Knows::Model);
        let others: Vec<_> = model.into_iter().chain(general.then_some(Knows::General)).collect();
        if others.is_empty() {
            return Ok(Choice { knows: None, coded: None });
        }
        let mut code = |knows| -> Result<(usize, Choice)> {
            let coded = neural::encode(trial, &self.start_at(level, knows)?, isa, &mut |_, _| report(0, 0))?;
            let len = coded.len() + if self.is_named(knows) { NAME } else { 0 };
            Ok((len, Choice { knows, coded: is_all.then_some(coded) }))
        };
        let mut best = code(None)?;
        for knows in others {
            let other = code(Some(knows))?;
            if other.0 < best.0 {
                best = other;
            }
        }
        Ok(best.1)
    }
}

/// What a network of `level` starts from: the built-in model if it is to be `from_prior`, or nothing.
fn start_from(level: Level, from_prior: bool) -> Result<Start> {
    if from_prior { built_in::start(level) } else { Ok(level.into()) }
}
