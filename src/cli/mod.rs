//! The commands, each in a module of its own. Errors end here, as one line that a person can act on.

#[cfg(not(unix))]
compile_error!("the commands need Unix; use the library alone: default-features = false");

pub mod born;
pub mod corpus;
pub mod fore;
mod stdio;
pub mod toolbox;
