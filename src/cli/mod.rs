//! The two commands.

pub mod corpus;
pub mod toolbox;
