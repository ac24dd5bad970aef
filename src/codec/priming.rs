//! How the network of a block starts: from nothing, or from a prior, which is a trained model or the built-in one.
//!
//! An encoder codes the start of the block in every allowed way and goes on in the way that is shortest. A bit in the
//! block's header says whether it starts from a prior; the frame's header says from which.

use super::{
    lead::Lead,
    neural::{Coding, Report},
    witness::Wanted,
};
use crate::{
    Level, Model, Models, Result,
    container::FrameHeader,
    math::isa::Isa,
    model::{Network, Start},
    priors::built_in,
};

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
    /// The frame's lead, from which its later blocks may start.
    pub lead: Lead,
    /// What is to be told of each byte.
    pub wanted: Wanted,
}

/// A prior.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prior {
    /// The trained model, which the frame then names.
    Model,
    /// The built-in one, in a frame that names none.
    BuiltIn,
}

/// A network that has begun with a block in the way that makes it shortest.
#[derive(Debug)]
pub struct Begun {
    pub coding: Coding,
    /// How many bytes are coded.
    pub done: usize,
    /// What it started from.
    pub prior: Option<Prior>,
    /// Whether it started as the lead.
    pub is_lead: bool,
}

impl Priming {
    /// The level and the model that a frame's header names.
    ///
    /// # Errors
    /// The model is not among `models`.
    pub fn of(header: &FrameHeader, models: &Models) -> Result<Self> {
        let model = header.model.map(|id| models.find(id)).transpose()?;
        Ok(Self {
            level: header.level,
            model,
            built_in: true,
            only: false,
            lead: Lead::default(),
            wanted: Wanted::Nothing,
        })
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

    /// Bytes of memory that the lead takes, if it is there.
    pub fn lead_memory(&self) -> u64 {
        self.lead.capacity().map_or(0, |capacity| self.level.memory(capacity) as u64)
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

    /// Whether a block may start from a prior.
    pub fn may_start_from_prior(&self) -> bool {
        self.model.is_some() || self.built_in
    }

    /// Whether the frame must name the model if a block does not start from it.
    pub fn is_named_without_prior(&self) -> bool {
        self.is_named(None)
    }

    /// Whether the frame must name the model for a block that starts from `prior`.
    pub fn is_named(&self, prior: Option<Prior>) -> bool {
        self.model.is_some() && (!self.only || prior == Some(Prior::Model))
    }

    /// A network that starts in the way that makes `content`, the beginning of a block, shortest. Its tables are made for
    /// `capacity` bytes. Progress is reported only of what was coded and is kept.
    ///
    /// # Errors
    /// The system does not have the memory for the network, or `report` ends the work.
    pub fn begin(&self, content: &[u8], capacity: usize, isa: Isa, report: &mut Report) -> Result<Begun> {
        let begun = self.choose(content, capacity, isa, report)?;
        report(begun.done, begun.coding.coded_len()).map(|()| begun)
    }

    /// As [`begin`](Self::begin), or from `lead`, if that is shorter.
    pub fn begin_with(
        &self,
        lead: &Network,
        content: &[u8],
        capacity: usize,
        isa: Isa,
        report: &mut Report,
    ) -> Result<Begun> {
        let quiet: &mut Report = &mut |_, _| report(0, 0);
        let done = content.len().min(TRIAL);
        // One network at a time, so that a block never takes the memory of two.
        let from_lead = {
            let mut coding = Coding::from_lead(lead, isa);
            coding.code(&content[..done], quiet)?;
            coding.coded_len()
        };
        let mut other = self.choose(content, capacity, isa, quiet)?;
        let done = done.max(other.done);
        other.coding.code(&content[other.done..done], quiet)?;
        if from_lead > other.coding.coded_len() {
            return report(done, other.coding.coded_len()).map(|()| Begun { done, ..other });
        }
        drop(other);
        let coding = Coding::from_lead(lead, isa).seen(self.wanted);
        Ok(Begun { coding, done: 0, prior: None, is_lead: true })
    }

    /// Tries each way but the lead that is open for `content`, one network at a time, and begins in the best one: with
    /// what the trial has coded, if that can be gone on with.
    fn choose(&self, content: &[u8], capacity: usize, isa: Isa, report: &mut Report) -> Result<Begun> {
        let (prior, begun) = self.try_all(content, capacity, isa, report)?;
        if let Some(begun) = begun {
            return Ok(begun);
        }
        let coding = Coding::new(&self.start_at(self.level, prior)?, capacity, isa)?;
        Ok(Begun { coding: coding.seen(self.wanted), done: 0, prior, is_lead: false })
    }

    fn try_all(
        &self,
        content: &[u8],
        capacity: usize,
        isa: Isa,
        report: &mut Report,
    ) -> Result<(Option<Prior>, Option<Begun>)> {
        let priors = self.priors();
        if priors.is_empty() {
            return Ok((None, None));
        }
        let is_short = capacity <= SHORT;
        let done = content.len().min(if is_short { SHORT_TRIAL } else { TRIAL });
        let level = if is_short || self.model.is_some() { self.level } else { Level::FASTEST };
        let capacity = if is_short { capacity } else { done };
        // What a longer trial has coded is not gone on with, so nobody looks at it.
        let wanted = if is_short { self.wanted } else { Wanted::Nothing };
        let mut begin = |prior| -> Result<(usize, Begun)> {
            let mut coding = Coding::new(&self.start_at(level, prior)?, capacity, isa)?.seen(wanted);
            coding.code(&content[..done], &mut |_, _| report(0, 0))?;
            let len = coding.coded_len() + if self.is_named(prior) { NAME } else { 0 };
            Ok((len, Begun { coding, done, prior, is_lead: false }))
        };
        let (mut least, _) = begin(None)?;
        let mut best = (None, None);
        for prior in priors {
            let (len, begun) = begin(Some(prior))?;
            best.1 = None;
            if len < least {
                least = len;
                best = (Some(prior), is_short.then_some(begun));
            }
        }
        Ok(best)
    }

    /// The priors that a block may start from. The built-in one needs a frame that names no model.
    fn priors(&self) -> Vec<Prior> {
        let may_name_none = self.model.is_none() || self.only;
        let model = self.model.is_some().then_some(Prior::Model);
        model.into_iter().chain((self.built_in && may_name_none).then_some(Prior::BuiltIn)).collect()
    }
}
