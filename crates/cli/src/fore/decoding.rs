//! How frames are decoded: the part of the plan that the library's decoders take, and a meter that follows them.

use std::sync::Arc;

use super::{
    means::Means,
    plan::Plan,
    progress::{ProgressMeter, Run, Total},
};
use foretell::{DecodeOptions, Progress};

/// Some decoding that begins: its figures, and the meter that shows them under a name.
pub struct Decoding {
    /// Models as the plan says, threads and memory by the means.
    pub options: DecodeOptions,
    pub progress: Arc<Progress>,
    _meter: ProgressMeter,
}

impl Decoding {
    /// Begins towards `total`.
    pub fn begin(plan: &Plan, run: &Run, means: Means, name: &str, total: Total) -> Self {
        let progress = Arc::<Progress>::default();
        let options = DecodeOptions::new().threads(means.threads).memory_limit(means.memory);
        let options = options.models(plan.models.clone()).progress(Arc::clone(&progress));
        let _meter = ProgressMeter::start(run, name, total, &progress);
        Self { options, progress, _meter }
    }
}
