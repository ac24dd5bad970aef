//! Operands → files, one by one, directories opened with `-r`.
//!
//! An operand's own directory is opened once. Directories within an operand are opened relative to it, by names that
//! may not be links: a user who may write to one of them cannot lead the walk out of it.

use std::{path::PathBuf, sync::Arc};

use super::plan::{Plan, is_stdin};
use crate::common::{
    folder::Entry,
    report::{Problem, plain},
    temporary::{self, State},
};

const LEFT: &str = "skipped: its name is that of an unfinished output; if no fore is at work here, remove it";

/// One thing to work on.
#[derive(Clone, Debug)]
pub enum Found {
    /// Standard input.
    Stdin,
    /// A path that was typed.
    Named(Entry),
    /// A path found in a directory: the user did not name this file.
    Within(Entry),
}

/// What a walk comes to.
pub enum Met {
    /// A directory that was typed, before it is read: what is in it should be all that will be.
    Directory,
    /// One thing to work on, or the reason why there is none.
    File(Result<Found, Problem>),
}

/// Hands everything that `plan` names to `visit`, in order. Files of one directory are sorted by name, and come before
/// those of the directories in it.
pub fn walk(plan: &Plan, visit: &mut dyn FnMut(Met)) {
    // Operands of one directory share it.
    let mut last: Option<Entry> = None;
    for operand in &plan.operands {
        if is_stdin(operand) {
            visit(Met::File(Ok(Found::Stdin)));
            continue;
        }
        let entry = Entry::beside(operand, last.take().as_ref());
        match &entry {
            Err(error) => visit(Met::File(Err(Problem::error(operand.display(), plain(error))))),
            Ok(entry) if plan.recursive && entry.stat(plan.force).is_ok_and(|stat| stat.is_directory()) => {
                visit(Met::Directory);
                walk_directory(entry, plan.force, &mut |found| visit(Met::File(found)));
            }
            Ok(entry) => visit(Met::File(Ok(Found::Named(entry.clone())))),
        }
        last = entry.ok();
    }
}

/// Visits all that is in `top`. A directory is read whole before its files are visited, so that files that are made in
/// the meantime are not among them. Links are not followed here.
fn walk_directory(top: &Entry, follow: bool, visit: &mut dyn FnMut(Result<Found, Problem>)) {
    let opened = match top.open_folder(follow) {
        Ok(opened) => opened,
        Err(error) => return visit(Err(Problem::error(top, plain(&error)))),
    };
    // Directories not visited yet, by their paths from `top`. Each is opened only when its turn comes, so that few are
    // open at a time, however deep the tree is.
    let mut left = vec![PathBuf::new()];
    while let Some(below) = left.pop() {
        let path = if below.as_os_str().is_empty() { top.path().to_owned() } else { top.path().join(&below) };
        let read = opened.below(&below).and_then(|folder| Ok((folder.entries()?, Arc::new(folder))));
        let (entries, folder) = match read {
            Ok(read) => read,
            Err(error) => {
                visit(Err(Problem::error(path.display(), plain(&error))));
                continue;
            }
        };
        let (directories, files): (Vec<_>, Vec<_>) = entries.into_iter().partition(|&(_, is_directory)| is_directory);
        for (name, _) in files {
            let path = path.join(&name);
            let entry = Entry::within(&folder, name, path);
            match temporary::state(&entry) {
                State::None => visit(Ok(Found::Within(entry))),
                State::InUse => {}
                State::Left => visit(Err(Problem::notice(&entry, LEFT))),
            }
        }
        left.extend(directories.into_iter().rev().map(|(name, _)| below.join(name)));
    }
}
