//! Jobs → threads, within the memory that there is; their progress, and how to end them.

pub mod budget;
pub mod counter;
pub mod memory;
pub mod pool;
pub mod progress;
pub mod stop;
pub mod watch;
