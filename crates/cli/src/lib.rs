//! The commands, each in a module of its own. Errors end here, as one line that a person can act on.

#[cfg(not(unix))]
compile_error!("the commands need Unix; the library, the package foretell, does not");

pub mod common;
pub mod fore;
pub mod toolbox;
