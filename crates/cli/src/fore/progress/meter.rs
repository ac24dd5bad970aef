//! A thread that shows progress while another one works.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
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

/// The work that is being done.
static CURRENT: Mutex<Option<Arc<Snapshot>>> = Mutex::new(None);

fn current() -> MutexGuard<'static, Option<Arc<Snapshot>>> {
    CURRENT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Prints a line that says how far the work is, if there is any.
pub fn tell() {
    let snapshot = current().clone();
    if let Some(snapshot) = snapshot {
        say(&snapshot.line());
    }
}

/// Follows the work on one file until dropped.
pub struct ProgressMeter {
    snapshot: Arc<Snapshot>,
    /// `None` if another thread shows it.
    _shown: Option<Shown>,
}

impl ProgressMeter {
    /// Starts to follow `progress` towards `total` under `name`.
    pub fn start(run: &Run, name: &str, total: Total, progress: &Arc<Progress>) -> Self {
        let snapshot = Arc::new(Snapshot {
            name: one_line(name),
            total,
            progress: Arc::clone(progress),
            begun: Instant::now(),
            ended: OnceLock::new(),
            totals: run.totals,
            run_begun: run.begun,
        });
        let shown = match &run.elsewhere {
            None => Some(Shown::start(run, &snapshot)),
            Some(elsewhere) => {
                elsewhere(Arc::clone(&snapshot));
                None
            }
        };
        Self { snapshot, _shown: shown }
    }
}

impl Drop for ProgressMeter {
    fn drop(&mut self) {
        self.snapshot.end();
    }
}

/// Shows a [`Snapshot`] until dropped, if that is wanted; [`tell`] does so in any case. If its work is over then, the
/// last line may be wanted too.
pub struct Shown {
    snapshot: Arc<Snapshot>,
    thread: Option<(Sender<()>, JoinHandle<()>)>,
    shows_end: bool,
}

impl Shown {
    /// Starts to show `snapshot`.
    pub fn start(run: &Run, snapshot: &Arc<Snapshot>) -> Self {
        *current() = Some(Arc::clone(snapshot));
        let mut shown = Self { snapshot: Arc::clone(snapshot), thread: None, shows_end: run.when == When::Always };
        let patience = match run.when {
            When::Never => return shown,
            When::Always => Duration::ZERO,
            When::Auto => PATIENCE.saturating_sub(run.begun.elapsed()),
        };
        let (on_terminal, snapshot) = (run.on_terminal, Arc::clone(snapshot));
        let (sender, receiver) = mpsc::channel::<()>();
        let draw = move || {
            let wait = |time| receiver.recv_timeout(time) == Err(RecvTimeoutError::Timeout);
            if wait(patience) {
                show(&snapshot, on_terminal, wait);
            }
        };
        shown.thread = memory::spawn("progress", draw).ok().map(|handle| (sender, handle));
        shown
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        *current() = None;
        if let Some((sender, handle)) = self.thread.take() {
            drop(sender);
            let _ = handle.join();
        }
        if self.shows_end && self.snapshot.is_over() {
            say(&self.snapshot.line());
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
