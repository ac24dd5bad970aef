//! How far the work has come, while it lasts: on a terminal a bar and a line that change in place.

use std::{
    io::{self, BufReader, IsTerminal, Read, Seek},
    sync::{
        Arc,
        mpsc::{self, RecvTimeoutError, Sender},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use indicatif::{HumanBytes, HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{
    input::Input,
    report::{bits_per_byte, one_line, say},
};
use foretell::{Progress, inspect_file, unstable::parallel::memory};

/// Work that is done sooner shows nothing.
const PATIENCE: Duration = Duration::from_secs(1);
/// Between two looks at how far it is, on a terminal and elsewhere.
const TICK: Duration = Duration::from_millis(200);
const SLOW_TICK: Duration = Duration::from_secs(1);
/// How finely the bar knows its place.
const BAR_STEPS: u64 = 1000;

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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Total {
    /// So many bytes of content.
    Raw(u64),
    /// So many compressed bytes.
    Coded(u64),
    /// Nobody knows.
    Unknown,
}

impl Total {
    /// All the content of the compressed `input`, as far as that can be known beforehand.
    pub fn of_compressed(input: &mut Input) -> Self {
        let Some(len) = input.len() else { return Self::Unknown };
        let content = content_len(&mut *input);
        input.again();
        content.map_or(Self::Coded(len), Self::Raw)
    }
}

/// Bytes of content in the frames of `file`, if their headers tell.
pub fn content_len(file: impl Read + Seek) -> Option<u64> {
    let frames = inspect_file(BufReader::new(file)).ok()?;
    frames.iter().try_fold(0_u64, |sum, frame| sum.checked_add(frame.raw_size))
}

/// The whole run: when it began, and where among all its files it is.
#[derive(Debug)]
pub struct Course {
    when: When,
    on_terminal: bool,
    begun: Instant,
    /// `None` for a single file, which is its own total.
    all: Option<All>,
}

/// Where a run over several files is. Bytes are those of content, as far as that is known.
#[derive(Clone, Copy, Debug, Default)]
pub struct All {
    /// Files of the run.
    pub files: u64,
    /// Bytes of the run.
    pub bytes: u64,
    /// The number of the file at hand, from 1.
    at: u64,
    /// Bytes of the files before it.
    before: u64,
    /// Its own.
    here: u64,
}

impl Course {
    /// A run that begins now. `size_up` looks at all its files, if it has several; that is asked for only where
    /// somebody may see it.
    pub fn begin(when: When, size_up: impl FnOnce() -> Option<All>) -> Self {
        let on_terminal = io::stderr().is_terminal();
        let when = if when == When::Auto && !on_terminal { When::Never } else { when };
        let all = if when == When::Never { None } else { size_up() };
        Self { when, on_terminal, begun: Instant::now(), all }
    }

    /// Goes on to the next file, if it has a `size`, as it had when the run was sized up.
    pub fn next(&mut self, size: impl FnOnce() -> Option<u64>) {
        if let Some(all) = &mut self.all
            && let Some(bytes) = size()
        {
            all.at += 1;
            all.before += all.here;
            all.here = bytes;
        }
    }
}

/// Shows a [`Progress`] until dropped.
pub struct Meter {
    show: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Meter {
    /// Starts to show `progress` towards `total` under `name`. The total is asked for only where somebody may see it.
    pub fn start(course: &Course, name: &str, total: impl FnOnce() -> Total, progress: &Arc<Progress>) -> Self {
        let patience = match course.when {
            When::Never => return Self { show: None },
            When::Always => Duration::ZERO,
            When::Auto => PATIENCE.saturating_sub(course.begun.elapsed()),
        };
        let gauge = Gauge {
            name: one_line(name),
            total: total(),
            progress: Arc::clone(progress),
            begun: Instant::now(),
            all: course.all,
            run_begun: course.begun,
        };
        let (on_terminal, last_word) = (course.on_terminal, course.when == When::Always);
        let (sender, receiver) = mpsc::channel::<()>();
        let draw = move || {
            let wait = |time| receiver.recv_timeout(time) == Err(RecvTimeoutError::Timeout);
            if wait(patience) {
                gauge.show(on_terminal, wait);
            }
            if last_word {
                say(&gauge.line());
            }
        };
        let show = memory::spawn("progress", draw).ok().map(|handle| (sender, handle));
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
    all: Option<All>,
    run_begun: Instant,
}

impl Gauge {
    /// Shows how far it is as long as `wait` says that work goes on: on a terminal a bar beside a line that
    /// change and then vanish, and a second line for the run if it has several files; elsewhere a line now and then.
    fn show(&self, on_terminal: bool, wait: impl Fn(Duration) -> bool) {
        if !on_terminal {
            while wait(SLOW_TICK) {
                say(&self.line());
            }
            return;
        }
        let bar = ProgressBar::with_draw_target(Some(BAR_STEPS), ProgressDrawTarget::stderr());
        let template = match (self.all_done(), self.done()) {
            (Some(_), _) => "{wide_msg}\n[{bar:12}] {prefix}",
            (None, Some(_)) => "[{bar:12}] {wide_msg}",
            (None, None) => "{wide_msg}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        loop {
            let done = self.all_done().or(self.done()).unwrap_or(0.0);
            bar.set_position((done * BAR_STEPS as f64) as u64);
            bar.set_message(self.of_file());
            bar.set_prefix(self.of_run().unwrap_or_default());
            if !wait(TICK) {
                break;
            }
        }
        bar.finish_and_clear();
    }

    fn line(&self) -> String {
        let of_file = self.of_file();
        self.of_run().map_or(of_file.clone(), |of_run| format!("{of_file}; {of_run}"))
    }

    /// `book: 55 %, 420.00 KiB, 2.231 bits/byte, 110.32 KiB/s, 3s left`
    fn of_file(&self) -> String {
        let mut line = format!("{}: ", self.name);
        if let Some(done) = self.done() {
            line += &format!("{}, ", percent(done));
        }
        let (raw, coded) = (self.progress.raw(), self.progress.coded());
        let speed = (raw as f64 / self.begun.elapsed().as_secs_f64().max(1e-9)) as u64;
        line += &format!("{}, {:.3} bits/byte, {}/s", HumanBytes(raw), bits_per_byte(raw, coded), HumanBytes(speed));
        line + &self.done().map_or(String::new(), |done| left(self.begun, done))
    }

    /// `2 of 7 files, 13 %, 9s left`, if there are several.
    fn of_run(&self) -> Option<String> {
        let (all, done) = (self.all?, self.all_done()?);
        Some(format!("{} of {} files, {}{}", all.at, all.files, percent(done), left(self.run_begun, done)))
    }

    /// The share of this file that is done, 0 to 1, if its size is known.
    fn done(&self) -> Option<f64> {
        let (done, total) = match self.total {
            Total::Raw(total) => (self.progress.raw(), total),
            Total::Coded(total) => (self.progress.coded(), total),
            Total::Unknown => return None,
        };
        Some(if total == 0 { 1.0 } else { (done as f64 / total as f64).min(1.0) })
    }

    /// The share of all files that is done, if there are several.
    fn all_done(&self) -> Option<f64> {
        let all = self.all.filter(|all| all.bytes > 0)?;
        let here = self.done().unwrap_or(0.0) * all.here as f64;
        Some(((all.before as f64 + here) / all.bytes as f64).min(1.0))
    }
}

/// A share in whole percent, 100 only when all is done.
fn percent(done: f64) -> String {
    format!("{:.0} %", (100.0 * done).floor())
}

/// How long it takes if it goes on as it did since `begun`; nothing where that is not known yet, or over.
fn left(begun: Instant, done: f64) -> String {
    let seconds = begun.elapsed().as_secs_f64() * (1.0 - done) / done;
    match Duration::try_from_secs_f64(seconds) {
        Ok(left) if !left.is_zero() => format!(", {:#} left", HumanDuration(left)),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{folder::Entry, input::Allowed},
        *,
    };
    use foretell::{EncodeOptions, Method, compress};

    /// A gauge whose file is half done, after two seconds.
    fn gauge(all: Option<All>) -> Gauge {
        let progress = Arc::new(Progress::default());
        // Four values, equally often: two bits each.
        let content: Vec<u8> = (0..1 << 20).map(|i| b"abcd"[i % 4]).collect();
        compress(&content, &EncodeOptions::new().method(Method::Huffman).progress(Arc::clone(&progress))).unwrap();
        let begun = Instant::now() - Duration::from_secs(2);
        Gauge { name: "book".into(), total: Total::Raw(2 << 20), progress, begun, all, run_begun: begun }
    }

    #[test]
    fn one_file_is_its_own_total() {
        let line = gauge(None).line();
        assert!(line.starts_with("book: 50 %, 1.00 MiB, 2.000 bits/byte, "), "{line}");
        assert!(line.ends_with("/s, 2s left"), "{line}");
    }

    #[test]
    fn several_files_have_a_total() {
        let all = All { files: 7, bytes: 8 << 20, at: 2, before: 1 << 20, here: 2 << 20 };
        let line = gauge(Some(all)).line();
        assert!(line.starts_with("book: 50 %, 1.00 MiB, 2.000 bits/byte, "), "{line}");
        assert!(line.ends_with("/s, 2s left; 2 of 7 files, 25 %, 6s left"), "{line}");
    }

    #[test]
    fn an_unknown_size_gives_no_percent_and_no_time() {
        let line = Gauge { total: Total::Unknown, ..gauge(None) }.line();
        assert!(line.starts_with("book: 1.00 MiB, 2.000 bits/byte, ") && line.ends_with("/s"), "{line}");
    }

    /// A compressed file of these bytes, and what there is to do with it.
    fn total(coded: &[u8]) -> Total {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("f.fore");
        std::fs::write(&path, coded).unwrap();
        let allowed = Allowed { special: false, symlink: false, odd: false };
        let mut input = Input::open(&Entry::new(&path).unwrap(), allowed).unwrap();
        let total = Total::of_compressed(&mut input);
        let mut read = Vec::new();
        input.read_to_end(&mut read).unwrap();
        assert!(read == coded && input.check_read().is_ok(), "looking at headers is not reading");
        total
    }

    #[test]
    fn decompression_is_measured_by_the_content_of_all_frames() {
        let options = EncodeOptions::new().method(Method::Store);
        let one = compress(&[7; 1000], &options).unwrap();
        assert_eq!(total(&one), Total::Raw(1000));
        assert_eq!(total(&[&one[..], &one].concat()), Total::Raw(2000));
        assert_eq!(total(&compress(b"", &options).unwrap()), Total::Raw(0));
        assert_eq!(total(&one[..one.len() - 1]), Total::Coded(one.len() as u64 - 1), "no end, so nobody knows");
    }

    #[test]
    fn nothing_to_do_is_done() {
        let line = Gauge { total: Total::Raw(0), ..gauge(None) }.line();
        assert!(line.starts_with("book: 100 %, "), "{line}");
    }
}
