//! The two commands.
pub mod corpus;
