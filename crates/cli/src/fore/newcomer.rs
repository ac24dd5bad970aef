//! A job that could begin before earlier ones are complete → whether it has to do with one of them.

use super::source::Source;
use crate::common::{
    folder::Entry,
    platform::{Kind, Stat},
};

/// A job whose input is there, and whose output has a name that is free or may be taken.
pub struct Newcomer<'a> {
    input: &'a Entry,
    target: &'a Entry,
    /// Of the input.
    stat: Stat,
}

impl<'a> Newcomer<'a> {
    /// The job of this input and target; `None` if the input is not there, or is a link: that may lead to what another
    /// job makes.
    pub fn new(input: &'a Entry, target: &'a Entry) -> Option<Self> {
        let stat = input.stat(false).ok().filter(|stat| stat.kind != Kind::Link)?;
        Some(Self { input, target, stat })
    }

    /// Bytes of the input.
    pub fn len(&self) -> u64 {
        self.stat.len
    }

    /// Whether its output is in the directory of this one, as far as that is certain without asking the system.
    pub fn is_beside(&self, target: &Entry) -> bool {
        target.is_beside(self.target)
    }

    /// Whether it makes no difference to this job if another gives `target` its place before or after, and if its
    /// `source` goes.
    pub fn is_apart_from(&self, target: &Entry, source: Option<&Source>) -> bool {
        let is_same = source.is_some_and(|source| source.then.is_same_file(&self.stat));
        // Each input is in the directory of its output.
        let shares_name = [self.target.name(), self.input.name()].contains(&target.name())
            || source.is_some_and(|source| source.is_called(self.target.name()));
        !(is_same || shares_name && target.may_share_folder(self.target))
    }
}
