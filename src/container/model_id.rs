//! The name of a trained model.

use std::fmt;

/// Names a model: a hash of its content. Files name the model that they need so.
///
/// ```
/// assert_eq!(foretell::ModelId(0x1234).to_string(), "0000000000001234");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModelId(pub u64);

/// Sixteen hexadecimal digits.
impl fmt::Display for ModelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}
