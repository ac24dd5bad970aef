//! Bytes → probabilities: the network that both sides of the codec run.
//!
//! ```text
//!         features                 experts                                 mix
//! byte ─► History ─┬─► contexts ─┬─► Rows: log p of each row (n, 16) ─┬─► MixerStack ─► + ─► softmax ─► p₁ (16)
//!                  │    hashes   ├─► Mlp: logits (16) ────────────────┤                 │               │
//!                  ├─────────────┼─► Recurrent: logits (16) ──────────┤                 │               │
//!                  ├─────────────┼─► MatchModel: one logit ───────────┤                 │               │
//!                  └─────────────┴─► Bias: logits (16) ───────────────┼─────────────────┘               │
//!                                                                     └─► LogisticMixer: odds ◄─────────┘
//!                                                                                  └─► p(nibble) (16)
//! ```
//! Levels without a logistic mixer code with p₁.
//!
//! While a match is very long, the match model alone predicts, and no other component computes or learns.
//!
//! A byte is coded as two nibbles, high then low, so that a distribution is sixteen lanes. The high nibble chooses the
//! low nibble's head, so p(byte) = p(high) · p(low | high). After each nibble every component takes one step up the
//! gradient of ln p, which at the logits is `δ = [coded] − p`. Rows, the MLP, the recurrent expert and, if there are
//! two, mixers each learn from the error of their own prediction, and so do the parts of the logistic mixer; match model,
//! bias and the last layer of the mixers learn from that of p₁.
//!
//! All arithmetic is that of [`math`](crate::math): the same bits on every machine. `docs/MODEL.md` has the
//! mathematics. Each tuned constant names the section of `docs/EXPERIMENTS.md` where it was tried; "not tried alone"
//! says that a constant was chosen by hand or together with others, and no figure of its own was kept.

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
pub mod tuned;

pub use ablation::Component;
pub use level::Level;
pub use network::{Contribution, Expert};
pub(crate) use network::{Evidence, Network, Start};
#[cfg(feature = "lab")]
pub use network::{Opinion, Probe, Seen};
pub use predictor::Predictor;

/// The version of the model: a change of any bit that the model computes is a new version.
pub const VERSION: u8 = 3;

/// The oldest version of the model that is read; earlier ones were never released.
pub const OLDEST: u8 = 3;
