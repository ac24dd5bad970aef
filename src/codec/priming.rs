//! How the network of a block starts: from nothing, or from a prior, which is a trained model or the built-in one.
//!
//! An encoder codes the start of the block in every allowed way and goes on in the way that is shortest. A bit in the
//! block's header says whether it starts from a prior; the frame's header says from which.

use super::neural::{Encoding, Report};
use crate::{Level, Model, Models, Result, container::FrameHeader, math::isa::Isa, model::Start, priors::built_in};

/// A block up to this long may start from the built-in prior, which saves some hundred bytes, whatever the length.
const MOST_BUILT_IN: usize = 1 << 20;
/// Content up to this long is tried at its own level, and the last trial is gone on with if it is the best. Longer
/// content is tried by the fastest level if there is no trained model; a trained model knows most about its own level.
const SHORT: usize = 1 << 14;
/// Bytes of a trial of short content and of longer content, which nearly always finds the way that is best for all of
/// it.
const SHORT_TRIAL: usize = 512;
const TRIAL: usize = (1 << 12) - 1;

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

/// The way that made the beginning of the content shortest.
struct Choice<'a> {
    prior: Option<Prior>,
    /// The content as far as it is coded in this way, if that can be gone on with.
    begun: Option<Encoding<'a>>,
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
    /// The system does not have the memory for the network, or `report` ends the work.
    pub fn encode(&self, content: &[u8], isa: Isa, report: &mut Report) -> Result<Coded> {
        let Choice { prior, begun } = self.choose(content, isa, report)?;
        let encoding = match begun {
            Some(begun) => {
                let (done, coded) = begun.progress();
                report(done, coded)?;
                begun
            }
            None => Encoding::new(content, &self.start_at(self.level, prior)?, isa)?,
        };
        Ok(Coded { bytes: encoding.finish(report)?, from_prior: prior.is_some(), is_named: self.is_named(prior) })
    }

    /// Tries each way that is open for `content`, one network at a time. Reports no progress, but `report` can end the
    /// work.
    fn choose<'a>(&self, content: &'a [u8], isa: Isa, report: &mut Report) -> Result<Choice<'a>> {
        let priors = self.priors(content.len());
        if priors.is_empty() {
            return Ok(Choice { prior: None, begun: None });
        }
        let is_short = content.len() <= SHORT;
        let until = content.len().min(if is_short { SHORT_TRIAL } else { TRIAL });
        let level = if is_short || self.model.is_some() { self.level } else { Level::FASTEST };
        let tried = if is_short { content } else { &content[..until] };
        let mut begin = |prior| -> Result<(usize, Encoding<'a>)> {
            let mut encoding = Encoding::new(tried, &self.start_at(level, prior)?, isa)?;
            encoding.go_on(until, &mut |_, _| report(0, 0))?;
            Ok((encoding.progress().1 + if self.is_named(prior) { NAME } else { 0 }, encoding))
        };
        let (mut least, _) = begin(None)?;
        let mut best = Choice { prior: None, begun: None };
        for prior in priors {
            let (len, encoding) = begin(Some(prior))?;
            best.begun = None;
            if len < least {
                least = len;
                best = Choice { prior: Some(prior), begun: is_short.then_some(encoding) };
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
