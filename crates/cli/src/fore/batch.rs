//! Complete files under temporary names, and their inputs → files in their places, on the disk; then the inputs are gone.
//!
//! The order is what a power cut at any moment demands: content and attributes of the output are on the disk before it
//! gets its name, and the name is on the disk before the input goes. To wait for the disk takes about as long for many
//! small files as for one, so a second's work is waited for together. Nothing of it is held open but its directory.

use std::{
    collections::HashSet,
    io, mem,
    time::{Duration, Instant},
};

use super::{
    change::Stamp,
    folder::Entry,
    output::Complete,
    report::{Problem, Report, plain, say},
    source::Source,
};

/// So many files, or bytes, or so much time is enough to wait for the disk.
const FILES: usize = 512;
const BYTES: u64 = 64 << 20;
const TIME: Duration = Duration::from_secs(1);
/// What is longer than this may take a while: what is complete does not wait for it.
const LONG: u64 = 1 << 20;
/// For as many files it is sooner done to have the file system write all that it has than each alone.
const MANY: usize = 16;

/// What becomes of an input when its output is in its place.
#[derive(Debug)]
pub enum Fate {
    /// It is removed.
    Goes(Source),
    /// It stays, perhaps for a reason that must be told.
    Stays(Result<(), Problem>),
}

impl Fate {
    /// Lets it come to pass; says whether the input is gone.
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

/// What is to be done and said when an output is in its place.
#[derive(Debug)]
pub struct Sequel {
    pub fate: Fate,
    /// What to say if the input stays, and if it is gone.
    pub lines: Option<[String; 2]>,
}

impl Sequel {
    /// Does and says it.
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
    /// Files that are in their places, by device and inode.
    made: HashSet<(u64, u64)>,
    /// When work on the first of them began.
    begun: Instant,
}

impl Batch {
    /// None so far.
    pub fn new(sync: bool) -> Self {
        Self { sync, files: Vec::new(), bytes: 0, made: HashSet::new(), begun: Instant::now() }
    }

    /// Settles what there is, if that cannot or should not wait until `input` has become `target`: if they have to do
    /// with it, or are elsewhere, or may take long. Says whether it did.
    pub fn make_way(&mut self, input: Option<&Entry>, target: Option<&Entry>, report: &mut Report) -> bool {
        let may_wait = self.files.is_empty()
            || matches!((input, target), (Some(input), Some(target)) if self.may_wait(input, target));
        if !may_wait {
            self.settle(report);
        }
        if self.files.is_empty() {
            self.begun = Instant::now();
        }
        !may_wait
    }

    fn may_wait(&self, input: &Entry, target: &Entry) -> bool {
        let Some((first, _)) = self.files.first() else { return true };
        let Ok(stat) = input.stat(true) else { return false };
        let stamp = Stamp::from(&stat);
        let is_apart = |(output, sequel): &(Complete, Sequel)| {
            let names = [target.name(), input.name()];
            let is_other = match &sequel.fate {
                Fate::Goes(source) => !source.then.is_of_same_file(&stamp) && !source.is_called(target.name()),
                Fate::Stays(_) => true,
            };
            is_other && !names.contains(&output.target().name())
        };
        first.target().is_beside(target) && stamp.len() <= LONG && self.files.iter().all(is_apart)
    }

    /// Whether `target` is an output of an input before, which must not be lost to another.
    pub fn has_made(&self, target: &Entry) -> bool {
        file_at(target).is_some_and(|file| self.made.contains(&file))
    }

    /// Takes a complete output; when it is in its place, what follows is done and said.
    pub fn add(&mut self, output: Complete, sequel: Sequel, report: &mut Report) {
        self.bytes += output.len();
        self.files.push((output, sequel));
        let is_enough = self.files.len() >= FILES || self.bytes >= BYTES || self.begun.elapsed() >= TIME;
        if !self.sync || is_enough {
            self.settle(report);
        }
    }

    /// Puts all outputs in their places, on the disk if that is wanted, and lets the inputs go. A file that fails does
    /// not concern the others.
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
                    self.made.extend(file_at(&target));
                    placed.push((target, sequel));
                }
                Err(problem) => report.add(problem),
            }
        }
        // They are all of one directory.
        let synced = placed.first().filter(|_| self.sync).map_or(Ok(()), |(target, _)| target.folder().sync());
        for (target, sequel) in placed {
            match &synced {
                Ok(()) => sequel.follow(report),
                Err(error) => report.add(not_synced(&target, error)),
            }
        }
    }
}

fn file_at(entry: &Entry) -> Option<(u64, u64)> {
    entry.stat(false).ok().map(|stat| Stamp::from(&stat).file())
}

/// Those of `files` that are on the disk; the others are dropped.
fn synced(files: Vec<(Complete, Sequel)>, report: &mut Report) -> Vec<(Complete, Sequel)> {
    if files.len() >= MANY
        && let Some((first, _)) = files.first()
        && let Err(error) = first.sync_all_there()
    {
        // It does not say which of them are not there.
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
    Problem::error(
        target,
        format_args!("cannot be made sure to be on the disk, so the input is kept: {}", plain(error)),
    )
}
