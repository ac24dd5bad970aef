//! How many files and bytes a run has, and how many of them are done.

/// How far a run over several files is. Bytes are those of content, as far as that is known.
#[derive(Clone, Copy, Debug, Default)]
pub struct Totals {
    /// Files of the run.
    pub files: u64,
    /// Bytes of the run.
    pub bytes: u64,
    /// The number of the present file, from 1.
    pub(super) at: u64,
    /// Bytes of the files before it.
    pub(super) before: u64,
    /// Bytes of the present file.
    pub(super) here: u64,
}
