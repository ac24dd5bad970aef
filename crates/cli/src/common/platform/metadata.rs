//! Which metadata a complete file gets, and what of it could not be kept.

use std::{
    fs::{File, Metadata},
    io,
};

/// Whose metadata a complete file gets.
#[derive(Clone, Copy)]
pub enum Like<'a> {
    /// Those of any new file.
    New,
    /// All those of the input that it was made of.
    Input(Pattern<'a>),
    /// All but the times of the file that it replaces.
    Replaced(Pattern<'a>),
}

/// A file whose metadata is copied.
#[derive(Clone, Copy)]
pub struct Pattern<'a> {
    /// Its owner, mode and times.
    pub meta: &'a Metadata,
    /// The file itself, where it can be opened.
    pub file: Option<&'a File>,
}

/// What could not be kept, and why.
#[derive(Debug)]
pub enum Lost {
    /// The mode and the times.
    ModeAndTimes(io::Error),
    /// The access control list; the mode is narrowed, so that nobody gains by that.
    AccessList(io::Error),
    /// What users and programs noted about the file.
    UserAttributes(io::Error),
}
