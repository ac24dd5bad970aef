//! stub
pub const CURVE_POINTS: usize = 150;
pub fn svg(_: &super::survey::Survey, _: &[crate::Level]) -> anyhow::Result<String> { Ok(String::new()) }
