//! stub
pub mod level;
pub use level::Level;
/// v
pub const VERSION: u8 = 1;
use crate::math::F32x16;
/// n
#[derive(Debug)]
pub struct Network {
    p: F32x16,
}
impl Network {
    /// n
    pub fn new(_: Level, _: usize) -> Self {
        Self { p: F32x16::splat(1.0 / 16.0) }
    }
    /// n
    #[inline(always)]
    pub fn predict(&mut self) -> &F32x16 {
        &self.p
    }
    /// n
    #[inline(always)]
    pub fn update(&mut self, n: u8) {
        let i = usize::from(n & 15);
        self.p = self.p * 0.98;
        self.p.0[i] += 0.02;
    }
}
