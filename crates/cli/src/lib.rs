//! The commands, each in a module of its own. Errors end here, as one line that a person can act on.

mod common;
pub mod fore;
pub mod toolbox;

#[doc(hidden)]
pub use common::platform::look;
