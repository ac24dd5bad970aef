//! How frames are decoded: the part of the plan that the library's decoders take.

use std::sync::Arc;

use super::plan::Plan;
use foretell::{DecodeOptions, Progress};

/// Threads, memory and models as `plan` says; `progress` follows the work.
pub fn decode_options(plan: &Plan, progress: &Arc<Progress>) -> DecodeOptions {
    let options = DecodeOptions::new().threads(plan.threads).memory_limit(plan.memory_limit);
    options.models(plan.models.clone()).progress(Arc::clone(progress))
}
