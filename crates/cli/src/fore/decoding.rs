//! How frames are decoded: the part of the plan that the library's decoders take.

use std::sync::Arc;

use super::{means::Means, plan::Plan};
use foretell::{DecodeOptions, Progress};

/// Models as `plan` says, threads and memory by `means`; `progress` follows the work.
pub fn decode_options(plan: &Plan, means: Means, progress: &Arc<Progress>) -> DecodeOptions {
    let options = DecodeOptions::new().threads(means.threads).memory_limit(means.memory);
    options.models(plan.models.clone()).progress(Arc::clone(progress))
}
