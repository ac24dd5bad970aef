//! What both commands use: the operating system (`platform`), standard streams, files that are complete or not there at
//! all (`output`), problems in one line each (`report`), values of options, trained models.

pub mod error_tap;
pub mod folder;
pub mod models;
pub mod output;
pub mod platform;
pub mod report;
pub mod signals;
pub mod sparse;
pub mod stdio;
pub mod temporary;
pub mod values;
