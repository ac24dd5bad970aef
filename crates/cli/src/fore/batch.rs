//! Complete files under temporary names, and their inputs → files in their places, on the disk; then the inputs are
//! removed.
//!
//! The order is such that a power cut at any moment loses nothing: content and metadata of the output are on the disk
//! before it gets its name, and the name is on the disk before the input goes. To wait for the disk takes about as long
//! for many small files as for one, so the files of a second's work are waited for together. Of these, only their
//! directory is held open.

use std::{
    collections::HashSet,
    io, mem,
    time::{Duration, Instant},
};

use super::{newcomer::Newcomer, source::Source};
use crate::common::{
    folder::Entry,
    output::Complete,
    report::{Problem, Report, plain, say},
};

/// A batch of this many files, or bytes, or this much time is settled.
const FILES: usize = 512;
const BYTES: u64 = 64 << 20;
const TIME: Duration = Duration::from_secs(1);
/// An input longer than this may take a while: complete files do not wait for it.
const LONG: u64 = 1 << 20;
/// From this many files on it is faster to have the file system write all that it holds back than each file alone.
const MANY: usize = 16;

/// What to do with an input when its output is in its place.
#[derive(Debug)]
pub enum Fate {
    /// Remove it.
    Goes(Source),
    /// Leave it there, perhaps with a message that says why.
    Stays(Result<(), Problem>),
}

impl Fate {
    /// Does it; says whether the input is gone.
    fn fulfil(self) -> (bool, Result<(), Problem>) {
        match self {
            Self::Goes(source) => {
                let removed = source.remove();
                (removed.is_ok(), removed)
            }
            Self::Stays(why) => (false, why),
        }
    }
}

/// What to do and say when an output is in its place.
#[derive(Debug)]
pub struct Sequel {
    pub fate: Fate,
    /// The line to print if the input stays, and the one if it is gone.
    pub lines: Option<[String; 2]>,
}

impl Sequel {
    /// Does and says that.
    pub fn follow(self, report: &mut Report) {
        let (is_gone, parting) = self.fate.fulfil();
        if let Some(lines) = self.lines {
            say(&lines[usize::from(is_gone)]);
        }
        if let Err(problem) = parting {
            report.add(problem);
        }
    }
}

/// Outputs of one directory that are not in their places yet.
pub struct Batch {
    /// Whether outputs must be on the disk before inputs go.
    sync: bool,
    files: Vec<(Complete, Sequel)>,
    bytes: u64,
    /// The files made by this run, by device and inode; `None` if they need not be known.
    made: Option<HashSet<(u64, u64)>>,
    /// When work on the first of them began.
    begun: Instant,
}

impl Batch {
    /// None so far. `overwrites`: whether a later output could replace an earlier one.
    pub fn new(sync: bool, overwrites: bool) -> Self {
        let made = overwrites.then(HashSet::new);
        Self { sync, files: Vec::new(), bytes: 0, made, begun: Instant::now() }
    }

    /// Settles the batch before the work on a job, unless that may begin before: the batch is empty, or the job is a
    /// `newcomer` that has nothing to do with it, in the same directory, and does not take long. Returns whether it did.
    pub fn settle_before(&mut self, newcomer: Option<&Newcomer>, report: &mut Report) -> bool {
        let is_beside = |newcomer: &Newcomer| self.files.iter().all(|(output, _)| newcomer.is_beside(output.target()));
        let may_wait = |newcomer: &Newcomer| newcomer.len() <= LONG && is_beside(newcomer) && self.is_apart(newcomer);
        if self.files.is_empty() || newcomer.is_some_and(may_wait) {
            return false;
        }
        self.settle(report);
        true
    }

    /// Settles the batch before a job is completed that was apart from it when it began: if its output is in another
    /// directory, or its input of `len` bytes long.
    pub fn settle_before_completing(&mut self, target: Option<&Entry>, len: u64, report: &mut Report) {
        let is_beside = |target: &Entry| self.files.iter().all(|(output, _)| output.target().is_beside(target));
        if len > LONG || !target.is_none_or(is_beside) {
            self.settle(report);
        }
    }

    /// Whether no file of the batch has to do with this job.
    pub fn is_apart(&self, newcomer: &Newcomer) -> bool {
        let is_apart = |(output, sequel): &(Complete, Sequel)| {
            let goes = match &sequel.fate {
                Fate::Goes(source) => Some(source),
                Fate::Stays(_) => None,
            };
            newcomer.is_apart_from(output.target(), goes)
        };
        self.files.iter().all(is_apart)
    }

    /// Whether `target` is the output of an earlier input, which another must not replace.
    pub fn has_made(&self, target: &Entry) -> bool {
        self.made.as_ref().is_some_and(|made| target.stat(false).is_ok_and(|stat| made.contains(&stat.id)))
    }

    /// Takes a complete output, on which work has `begun` then, and what to do when it is in its place.
    pub fn add(&mut self, output: Complete, sequel: Sequel, begun: Instant, report: &mut Report) {
        if self.files.is_empty() {
            self.begun = begun;
        }
        self.bytes += output.len();
        self.files.push((output, sequel));
        let is_enough = self.files.len() >= FILES || self.bytes >= BYTES || self.begun.elapsed() >= TIME;
        if !self.sync || is_enough {
            self.settle(report);
        }
    }

    /// Puts all outputs in their places, on the disk if that is wanted, and deals with their inputs. A file that fails
    /// does not stop the others.
    pub fn settle(&mut self, report: &mut Report) {
        self.bytes = 0;
        let mut files = mem::take(&mut self.files);
        if self.sync {
            files = synced(files, report);
        }
        let mut placed = Vec::new();
        for (output, sequel) in files {
            match output.take_place() {
                Ok(target) => {
                    if let Some(made) = &mut self.made {
                        made.extend(target.stat(false).ok().map(|stat| stat.id));
                    }
                    placed.push((target, sequel));
                }
                Err(problem) => report.add(problem),
            }
        }
        // All of them are in one directory.
        let synced = placed.first().filter(|_| self.sync).map_or(Ok(()), |(target, _)| target.folder().sync());
        for (target, sequel) in placed {
            match &synced {
                Ok(()) => sequel.follow(report),
                Err(error) => report.add(not_synced(&target, error)),
            }
        }
    }
}

/// Those of `files` that are on the disk; the others are dropped.
fn synced(files: Vec<(Complete, Sequel)>, report: &mut Report) -> Vec<(Complete, Sequel)> {
    if files.len() >= MANY
        && let Some((first, _)) = files.first()
        && let Err(error) = first.sync_file_system()
    {
        // The error does not say which files are not on the disk.
        files.iter().for_each(|(output, _)| report.add(not_synced(output.target(), &error)));
        return Vec::new();
    }
    let mut done = Vec::new();
    for (output, sequel) in files {
        match output.sync() {
            Ok(()) => done.push((output, sequel)),
            Err(error) => report.add(not_synced(output.target(), &error)),
        }
    }
    done
}

fn not_synced(target: &Entry, error: &io::Error) -> Problem {
    Problem::error(target, format_args!("cannot be synced to the disk, so the input is kept: {}", plain(error)))
}
