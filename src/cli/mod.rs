//! The two commands.
