//! A file that was found → the input meant, and the name of its output.

use std::io;

use super::{
    plan::{Action, Destination, Plan},
    progress::content_len,
    walk::Found,
};
use crate::common::{folder::Entry, output::cannot_create, platform::Open, report::Problem};

/// One input, before it is opened. Both fields depend on which files exist, so they are worked out again when that
/// changes.
pub struct Job {
    /// The input meant.
    pub found: Found,
    /// The file to write; `None` if no file gets a name.
    pub target: Result<Option<Entry>, Problem>,
}

impl Job {
    /// What `plan` does with `found`.
    pub fn new(plan: &Plan, found: &Found) -> Self {
        let found = with_suffix(plan, found);
        let target = target(plan, &found);
        Self { found, target }
    }

    /// The name of the input, unless that is standard input.
    pub fn entry(&self) -> Option<&Entry> {
        match &self.found {
            Found::Named(entry) | Found::Within(entry) => Some(entry),
            Found::Stdin => None,
        }
    }

    /// Whether to pass over it in silence: the user did not name this file, and it is not one to work on; or it is
    /// gone, perhaps by our own work on an earlier operand.
    pub fn is_passed_over(&self) -> bool {
        let Found::Within(entry) = &self.found else { return false };
        self.target.is_err() || entry.stat(false).is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
    }

    /// Bytes of content of a regular file to work on, or of the file itself where that is not known.
    pub fn size(&self, plan: &Plan) -> Option<u64> {
        let entry = self.entry().filter(|_| self.target.is_ok())?;
        let len = entry.stat(true).ok().filter(|stat| stat.is_file())?.len;
        if let Action::Compress(..) = plan.action {
            return Some(len);
        }
        // Should it have turned into a pipe by now, opening must not wait.
        let file = entry.open(Open { wait: false, ..Open::READ });
        Some(file.ok().and_then(content_len).unwrap_or(len))
    }
}

/// The input meant: for `f` also `f.fore`, where only that exists and is not to be compressed.
fn with_suffix(plan: &Plan, found: &Found) -> Found {
    let Found::Named(entry) = found else { return found.clone() };
    let compressed = entry.renamed(plan.names.compressed(entry.path()));
    let compressing = matches!(plan.action, Action::Compress(..));
    let other = !compressing && entry.stat(false).is_err() && compressed.stat(false).is_ok();
    Found::Named(if other { compressed } else { entry.clone() })
}

/// The file to write; `None` if no file gets a name.
fn target(plan: &Plan, found: &Found) -> Result<Option<Entry>, Problem> {
    let entry = match (&plan.destination, found) {
        (Destination::File(_), _) if !plan.action.writes() => return Ok(None),
        (Destination::File(file), _) => {
            return Entry::new(file).map(Some).map_err(|error| cannot_create(file.display(), &error));
        }
        (Destination::Stdout, _) | (_, Found::Stdin) => return Ok(None),
        (Destination::Beside, Found::Named(entry) | Found::Within(entry)) => entry,
    };
    let path = entry.path();
    match &plan.action {
        Action::Compress(..) => match plan.names.compressed_suffix(path) {
            None => Ok(Some(entry.renamed(plan.names.compressed(path)))),
            Some(suffix) => {
                Err(Problem::notice(entry, format_args!("already has suffix {}, unchanged", suffix.display())))
            }
        },
        Action::Decompress | Action::Recover { .. } | Action::Range(_) => match plan.names.decompressed(path) {
            None => Err(unknown_suffix(entry)),
            Some(name) => Ok(Some(entry.renamed(name))),
        },
        Action::Test | Action::List { .. } => match found {
            Found::Within(_) if plan.names.decompressed(path).is_none() => Err(unknown_suffix(entry)),
            _ => Ok(None),
        },
    }
}

fn unknown_suffix(entry: &Entry) -> Problem {
    Problem::warning(entry, "unknown suffix, skipped; -c or -o reads it")
}
