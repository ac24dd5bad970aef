//! The two commands.

pub mod toolbox;
