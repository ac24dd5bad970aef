//! How far the work has come, while it lasts: on a terminal a line that changes in place.

use std::{
    io::{self, IsTerminal},
    sync::{
        Arc,
        mpsc::{self, RecvTimeoutError, Sender},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use indicatif::{HumanBytes, HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::report::{bits_per_byte, say};
use crate::Progress;

/// Work that is done sooner shows nothing.
const PATIENCE: Duration = Duration::from_secs(1);
/// Between two looks at how far it is, on a terminal and elsewhere.
const TICK: Duration = Duration::from_millis(200);
const SLOW_TICK: Duration = Duration::from_secs(1);

/// Whether to show progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// On a terminal, after a second.
    Auto,
    /// From the start, and as lines where there is no terminal.
    Always,
    /// Not at all.
    Never,
}

/// What stands at 100 percent.
#[derive(Clone, Copy, Debug)]
pub enum Total {
    /// So many bytes of content.
    Raw(u64),
    /// So many compressed bytes.
    Coded(u64),
    /// Nobody knows.
    Unknown,
}

/// Shows a [`Progress`] until dropped.
pub struct Meter {
    show: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Meter {
    /// Starts to show `progress` towards `total` under `name`.
    pub fn start(when: When, name: String, total: Total, progress: &Arc<Progress>) -> Self {
        let on_terminal = io::stderr().is_terminal();
        if when == When::Never || (when == When::Auto && !on_terminal) {
            return Self { show: None };
        }
        let gauge = Gauge { name, total, progress: Arc::clone(progress), begun: Instant::now() };
        let patience = if when == When::Always { Duration::ZERO } else { PATIENCE };
        let (sender, receiver) = mpsc::channel::<()>();
        let draw = move || {
            let wait = |time| receiver.recv_timeout(time) == Err(RecvTimeoutError::Timeout);
            if wait(patience) {
                gauge.show(on_terminal, wait);
            }
            if when == When::Always {
                say(&gauge.line());
            }
        };
        let show = thread::Builder::new().name("progress".into()).spawn(draw).ok().map(|handle| (sender, handle));
        Self { show }
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        if let Some((sender, handle)) = self.show.take() {
            drop(sender);
            let _ = handle.join();
        }
    }
}

struct Gauge {
    name: String,
    total: Total,
    progress: Arc<Progress>,
    begun: Instant,
}

impl Gauge {
    /// Shows how far it is as long as `wait` says that work goes on: on a terminal a line that changes and then
    /// vanishes, elsewhere a line now and then.
    fn show(&self, on_terminal: bool, wait: impl Fn(Duration) -> bool) {
        if !on_terminal {
            while wait(SLOW_TICK) {
                say(&self.line());
            }
            return;
        }
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{wide_msg}") {
            bar.set_style(style);
        }
        bar.set_message(self.line());
        while wait(TICK) {
            bar.set_message(self.line());
        }
        bar.finish_and_clear();
    }

    /// `book: 420.00 KiB, 55 %, 2.231 bits/byte, 110.32 KiB/s, 3 seconds left`
    fn line(&self) -> String {
        let (raw, coded) = (self.progress.raw(), self.progress.coded());
        let seconds = self.begun.elapsed().as_secs_f64();
        let speed = (raw as f64 / seconds.max(1e-9)) as u64;
        let (done, total) = match self.total {
            Total::Raw(total) => (raw, total),
            Total::Coded(total) => (coded, total),
            Total::Unknown => (0, 0),
        };
        let mut line = format!("{}: {}", self.name, HumanBytes(raw));
        if total > 0 {
            line += &format!(", {} %", (100.0 * done as f64 / total as f64).min(100.0) as u32);
        }
        line += &format!(", {:.3} bits/byte, {}/s", bits_per_byte(raw, coded), HumanBytes(speed));
        if done > 0 && done < total {
            let left = seconds * (total - done) as f64 / done as f64;
            line += &format!(", {} left", HumanDuration(Duration::try_from_secs_f64(left).unwrap_or(Duration::MAX)));
        }
        line
    }
}
