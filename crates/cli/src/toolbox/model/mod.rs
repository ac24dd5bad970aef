//! `foretell train` and `foretell show`: trained models.

mod report;
mod samples;
pub mod show;
pub mod train;
mod zstd_dictionary;
