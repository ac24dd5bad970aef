//! Operands → files, one by one, directories opened with `-r`.

use std::{fs, io, path::PathBuf};

use super::{
    plan::{Plan, is_stdin},
    report::{Problem, plain},
};

/// One thing to work on.
#[derive(Debug)]
pub enum Found {
    /// Standard input.
    Stdin,
    /// A path that was typed.
    Named(PathBuf),
    /// A path found in a directory: nobody asked for this very file.
    Within(PathBuf),
}

/// Hands everything that `plan` names to `visit`, in order; files of one directory are sorted by name.
pub fn walk(plan: &Plan, visit: &mut dyn FnMut(Result<Found, Problem>)) {
    for operand in &plan.operands {
        if is_stdin(operand) {
            visit(Ok(Found::Stdin));
        } else if plan.recursive && is_directory(operand, plan.force) {
            walk_directory(operand.clone(), visit);
        } else {
            visit(Ok(Found::Named(operand.clone())));
        }
    }
}

fn is_directory(path: &PathBuf, follow: bool) -> bool {
    let meta = if follow { fs::metadata(path) } else { fs::symlink_metadata(path) };
    meta.is_ok_and(|meta| meta.is_dir())
}

/// Visits all that is in `top`, depth first. A directory is read whole before its files are visited, so that
/// the files that come into being meanwhile are not among them. Links are not followed here.
fn walk_directory(top: PathBuf, visit: &mut dyn FnMut(Result<Found, Problem>)) {
    let mut left = vec![(top, true)];
    while let Some((path, is_directory)) = left.pop() {
        if !is_directory {
            visit(Ok(Found::Within(path)));
            continue;
        }
        match read_directory(&path) {
            Ok(entries) => left.extend(entries.into_iter().rev()),
            Err(error) => visit(Err(Problem::error(path.display(), plain(&error)))),
        }
    }
}

/// The entries of one directory, sorted, each with whether it is a directory itself.
fn read_directory(path: &PathBuf) -> io::Result<Vec<(PathBuf, bool)>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        entries.push((entry.path(), entry.file_type()?.is_dir()));
    }
    entries.sort();
    Ok(entries)
}
