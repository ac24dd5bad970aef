//! Who may work, with how much memory, who hears of it, and who may end it.

pub mod budget;
pub mod counter;
pub mod memory;
pub mod pool;
pub mod progress;
pub mod stop;
pub mod watch;
