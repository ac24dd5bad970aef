//! A thread that shows progress while another one works.

use std::{
    sync::{
        Arc,
        mpsc::{self, RecvTimeoutError, Sender},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{
    run::{Run, When},
    snapshot::Snapshot,
    total::Total,
};
use crate::common::report::{one_line, say};
use foretell::{Progress, unstable::parallel::memory};

/// Work that is done sooner shows nothing.
const PATIENCE: Duration = Duration::from_secs(1);
/// The time between two looks at how far the work is, on a terminal and elsewhere.
const TICK: Duration = Duration::from_millis(200);
const SLOW_TICK: Duration = Duration::from_secs(1);
/// The steps of the bar from empty to full.
const BAR_STEPS: u64 = 1000;

/// Shows a [`Progress`] until dropped.
pub struct ProgressMeter {
    show: Option<(Sender<()>, JoinHandle<()>)>,
}

impl ProgressMeter {
    /// Starts to show `progress` towards `total` under `name`. `total` is called only if progress is shown.
    pub fn start(run: &Run, name: &str, total: impl FnOnce() -> Total, progress: &Arc<Progress>) -> Self {
        let patience = match run.when {
            When::Never => return Self { show: None },
            When::Always => Duration::ZERO,
            When::Auto => PATIENCE.saturating_sub(run.begun.elapsed()),
        };
        let snapshot = Snapshot {
            name: one_line(name),
            total: total(),
            progress: Arc::clone(progress),
            begun: Instant::now(),
            totals: run.totals,
            run_begun: run.begun,
        };
        let (on_terminal, shows_end) = (run.on_terminal, run.when == When::Always);
        let (sender, receiver) = mpsc::channel::<()>();
        let draw = move || {
            let wait = |time| receiver.recv_timeout(time) == Err(RecvTimeoutError::Timeout);
            if wait(patience) {
                show(&snapshot, on_terminal, wait);
            }
            if shows_end {
                say(&snapshot.line());
            }
        };
        let show = memory::spawn("progress", draw).ok().map(|handle| (sender, handle));
        Self { show }
    }
}

impl Drop for ProgressMeter {
    fn drop(&mut self) {
        if let Some((sender, handle)) = self.show.take() {
            drop(sender);
            let _ = handle.join();
        }
    }
}

/// Shows how far the work is as long as `wait` says that it goes on. On a terminal: a bar beside a line, which change
/// and then vanish, and a second line for the run if it has several files. Elsewhere: a line now and then.
fn show(snapshot: &Snapshot, on_terminal: bool, wait: impl Fn(Duration) -> bool) {
    if !on_terminal {
        while wait(SLOW_TICK) {
            say(&snapshot.line());
        }
        return;
    }
    let bar = ProgressBar::with_draw_target(Some(BAR_STEPS), ProgressDrawTarget::stderr());
    let template = match (snapshot.run_done(), snapshot.done()) {
        (Some(_), _) => "{wide_msg}\n[{bar:12}] {prefix}",
        (None, Some(_)) => "[{bar:12}] {wide_msg}",
        (None, None) => "{wide_msg}",
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> "));
    }
    loop {
        let done = snapshot.run_done().or(snapshot.done()).unwrap_or(0.0);
        bar.set_position((done * BAR_STEPS as f64) as u64);
        bar.set_message(snapshot.of_file());
        bar.set_prefix(snapshot.of_run().unwrap_or_default());
        if !wait(TICK) {
            break;
        }
    }
    bar.finish_and_clear();
}
