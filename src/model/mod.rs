//! Bytes → probabilities: the network that both sides of the codec run.
//!
//! ```text
//! byte ─► History ─┬─► contexts ─┬─► Rows: log p of each row (n, 16) ─┐
//!                  │    hashes   └─► Mlp: logits (16) ───────────┼─► MixerStack ─► + ─► softmax ─► p(nibble)
//!                  ├─► Matcher: one logit ──────────────────────────────┘            │
//!                  └─► Correction: biases (16) ──────────────────────────────────────┘
//! ```
//! The perceptron is an embedding of the contexts, a hidden layer and heads. While a match is very long, it alone
//! predicts, and nothing else is asked or learns.
//!
//! A byte is coded as two nibbles, high then low, so that a distribution is sixteen lanes; the low nibble's head is
//! chosen by the high nibble, so p(byte) = p(high) · p(low | high). After each nibble every part takes one step up the
//! gradient of ln p, which at the logits is `δ = [coded] − p`. Rows, perceptron and, if there are two, mixers learn
//! from predictions of their own, the others from the last one.
//!
//! Everything is in the arithmetic of [`math`](crate::math): the same bits on every machine.
//! `docs/MODEL.md` has the mathematics, `docs/EXPERIMENTS.md` what was tried.

mod ablation;
pub(crate) mod experts;
pub(crate) mod features;
mod inputs;
mod level;
mod mix;
mod network;
mod predictor;
mod rng;
mod table;

pub use ablation::Component;
pub use level::Level;
pub(crate) use network::{Network, Start};
pub use predictor::Predictor;

/// The version of the model: any change in any bit that it computes makes it a new one.
pub const VERSION: u8 = 2;

/// The oldest version of the model that is read: those before it were never released.
pub const OLDEST: u8 = 2;
