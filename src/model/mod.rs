//! stub
#![allow(missing_docs, dead_code, unused)]
pub mod level;
mod history; mod contexts; mod dense; mod heads; mod direct; mod rms; mod rng; mod table; mod embedding; mod network; mod tune;
pub use level::Level;
pub use network::Network;
/// v
pub const VERSION: u8 = 1;
