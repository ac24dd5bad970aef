//! stub
use crate::{Error, Result};
/// Codes `raw`.
pub fn encode(raw: &[u8]) -> Vec<u8> {
    raw.to_vec()
}
/// Decodes.
///
/// # Errors
/// stub
pub fn decode(_: &[u8], _: usize) -> Result<Vec<u8>> {
    Err(Error::corrupt("stub"))
}
