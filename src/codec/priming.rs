//! How the network of a block starts: from nothing, or from a prior, which is a trained model or the built-in one.
//!
//! An encoder codes the block, or the start of a long one, in every allowed way and keeps the shortest. A bit in the
//! block's header says whether it starts from a prior; the frame's header says from which.

use super::neural::{self, Report};
use crate::{Level, Model, Models, Result, container::FrameHeader, math::isa::Isa, model::Start, priors::built_in};

/// A block up to this long may start from the built-in prior, which saves some hundred bytes, whatever the length.
const MOST_BUILT_IN: usize = 1 << 20;
/// Content up to this long is coded whole in each way. Of longer content only a probe is.
const SHORT: usize = 1 << 14;
/// Bytes of a probe, which nearly always picks the way that is best for all of the content. Without a trained model it
/// is coded by the fastest level; a trained model knows most about its own level.
const PROBE: usize = (1 << 12) - 1;

/// Bytes that the name of a model takes in a frame's header.
const NAME: usize = 8;

/// A frame's level, and the priors that its blocks may start from.
#[derive(Clone, Debug)]
pub struct Priming {
    pub level: Level,
    /// The trained model that the frame names, or that the caller gave.
    pub model: Option<Model>,
    /// Whether blocks may start from the built-in prior.
    pub built_in: bool,
    /// Whether the block to be coded is its frame's only one: then the frame names the model only if that block needs
    /// it.
    pub only: bool,
}

/// A prior.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Prior {
    /// The trained model, which the frame then names.
    Model,
    /// The built-in one, in a frame that names none.
    BuiltIn,
}

/// Content that the network coded.
#[derive(Debug)]
pub struct Coded {
    pub bytes: Vec<u8>,
    /// Whether the network started from a prior.
    pub from_prior: bool,
    /// Whether the frame must name the model for this block.
    pub is_named: bool,
}

/// The way that made the content, or its beginning, shortest.
struct Choice {
    prior: Option<Prior>,
    /// The coded content, if all of it was tried.
    coded: Option<Vec<u8>>,
}

impl Priming {
    /// The level and the model that a frame's header names.
    ///
    /// # Errors
    /// The model is not among `models`.
    pub fn of(header: &FrameHeader, models: &Models) -> Result<Self> {
        let model = header.model.map(|id| models.find(id)).transpose()?;
        Ok(Self { level: header.level, model, built_in: true, only: false })
    }

    /// What the network of a block starts from, as a decoder finds it.
    ///
    /// # Errors
    /// Damaged weights in the model, or too little memory for them.
    pub fn start(&self, from_prior: bool) -> Result<Start> {
        let prior = if self.model.is_some() { Prior::Model } else { Prior::BuiltIn };
        self.start_at(self.level, from_prior.then_some(prior))
    }

    fn start_at(&self, level: Level, prior: Option<Prior>) -> Result<Start> {
        match (prior, &self.model) {
            (None, _) => Ok(level.into()),
            (Some(Prior::Model), Some(model)) => model.start(level),
            (Some(_), _) => built_in::start(level),
        }
    }

    /// Bytes of memory that the prior of a block takes.
    pub fn memory(&self) -> usize {
        match &self.model {
            // Both may be tried.
            Some(model) if self.only && self.built_in => model.memory().max(built_in::MEMORY),
            Some(model) => model.memory(),
            None => built_in::MEMORY,
        }
    }

    /// Whether a block of `len` bytes may start from a prior.
    pub fn may_start_from_prior(&self, len: usize) -> bool {
        self.model.is_some() || (self.built_in && len <= MOST_BUILT_IN)
    }

    /// Whether the frame must name the model if a block does not start from it.
    pub fn is_named_without_prior(&self) -> bool {
        self.is_named(None)
    }

    fn is_named(&self, prior: Option<Prior>) -> bool {
        self.model.is_some() && (!self.only || prior == Some(Prior::Model))
    }

    /// Codes `content` by a network that starts in the way that makes it shortest.
    ///
    /// # Errors
    /// As of [`neural::encode`].
    pub fn encode(&self, content: &[u8], isa: Isa, report: &mut Report) -> Result<Coded> {
        let Choice { prior, coded } = self.choose(content, isa, report)?;
        let bytes = match coded {
            Some(bytes) => {
                report(content.len(), bytes.len())?;
                bytes
            }
            None => neural::encode(content, &self.start_at(self.level, prior)?, isa, report)?,
        };
        Ok(Coded { bytes, from_prior: prior.is_some(), is_named: self.is_named(prior) })
    }

    /// Tries each way that is open for `content`. Reports no progress, but `report` can end the work.
    fn choose(&self, content: &[u8], isa: Isa, report: &mut Report) -> Result<Choice> {
        let priors = self.priors(content.len());
        if priors.is_empty() {
            return Ok(Choice { prior: None, coded: None });
        }
        let is_all = content.len() <= SHORT;
        let trial = if is_all { content } else { &content[..PROBE] };
        let level = if is_all || self.model.is_some() { self.level } else { Level::FASTEST };
        let mut code = |prior| -> Result<(usize, Choice)> {
            let coded = neural::encode(trial, &self.start_at(level, prior)?, isa, &mut |_, _| report(0, 0))?;
            let len = coded.len() + if self.is_named(prior) { NAME } else { 0 };
            Ok((len, Choice { prior, coded: is_all.then_some(coded) }))
        };
        let (mut least, mut best) = code(None)?;
        for prior in priors {
            let (len, choice) = code(Some(prior))?;
            if len < least {
                (least, best) = (len, choice);
            }
        }
        Ok(best)
    }

    /// The priors that content of `len` bytes may start from. The built-in one needs a frame that names no model.
    fn priors(&self, len: usize) -> Vec<Prior> {
        let may_name_none = self.model.is_none() || self.only;
        let built_in = self.built_in && may_name_none && len <= MOST_BUILT_IN;
        let model = self.model.is_some().then_some(Prior::Model);
        model.into_iter().chain(built_in.then_some(Prior::BuiltIn)).collect()
    }
}
