//! How far the work on one file is at this moment, in words.

use std::{
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use indicatif::{HumanBytes, HumanDuration};

use super::{total::Total, totals::Totals};
use crate::common::report::bits_per_byte;
use foretell::Progress;

/// The work on one file, and the run that it belongs to.
pub struct Snapshot {
    pub name: String,
    pub total: Total,
    pub progress: Arc<Progress>,
    pub begun: Instant,
    /// When the work was over, if it is.
    pub ended: OnceLock<Instant>,
    pub totals: Option<Totals>,
    pub run_begun: Instant,
}

impl Snapshot {
    /// The work is over now.
    pub fn end(&self) {
        let _ = self.ended.set(Instant::now());
    }

    /// Whether the work is over.
    pub fn is_over(&self) -> bool {
        self.ended.get().is_some()
    }

    /// For how long it has been worked on.
    fn time(&self) -> Duration {
        self.ended.get().map_or_else(|| self.begun.elapsed(), |ended| ended.duration_since(self.begun))
    }

    /// The file and the run in one line.
    pub fn line(&self) -> String {
        let of_file = self.of_file();
        self.of_run().map_or(of_file.clone(), |of_run| format!("{of_file}; {of_run}"))
    }

    /// `book: 55 %, 420.00 KiB, 2.231 bits/byte, 110.32 KiB/s, 3s left`
    pub fn of_file(&self) -> String {
        let mut line = format!("{}: ", self.name);
        if let Some(done) = self.done() {
            line += &format!("{}, ", percent(done));
        }
        let (raw, coded) = (self.progress.raw(), self.progress.coded());
        let speed = (raw as f64 / self.time().as_secs_f64().max(1e-9)) as u64;
        line += &format!("{}, {:.3} bits/byte, {}/s", HumanBytes(raw), bits_per_byte(raw, coded), HumanBytes(speed));
        line + &self.done().map_or(String::new(), |done| left(self.time(), done))
    }

    /// `2 of 7 files, 13 %, 9s left`, if there are several.
    pub fn of_run(&self) -> Option<String> {
        let (totals, done) = (self.totals?, self.run_done()?);
        Some(format!(
            "{} of {} files, {}{}",
            totals.at,
            totals.files,
            percent(done),
            left(self.run_begun.elapsed(), done)
        ))
    }

    /// The share of this file that is done, 0 to 1, if its size is known.
    pub fn done(&self) -> Option<f64> {
        let (done, total) = match self.total {
            Total::Raw(total) => (self.progress.raw(), total),
            Total::Coded(total) => (self.progress.coded(), total),
            Total::Unknown => return None,
        };
        Some(if total == 0 { 1.0 } else { (done as f64 / total as f64).min(1.0) })
    }

    /// The share of all files that is done, if there are several.
    pub fn run_done(&self) -> Option<f64> {
        let totals = self.totals.filter(|totals| totals.bytes > 0)?;
        let here = self.done().unwrap_or(0.0) * totals.here as f64;
        Some(((totals.before as f64 + here) / totals.bytes as f64).min(1.0))
    }
}

/// A share in whole percent, 100 only when all is done.
fn percent(done: f64) -> String {
    format!("{:.0} %", (100.0 * done).floor())
}

/// The time that is left, if it took `time` to here; empty where that is not known yet, or nothing is left.
fn left(time: Duration, done: f64) -> String {
    let seconds = time.as_secs_f64() * (1.0 - done) / done;
    match Duration::try_from_secs_f64(seconds) {
        Ok(left) if !left.is_zero() => format!(", {:#} left", HumanDuration(left)),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use foretell::{EncodeOptions, Method, compress};

    /// A file that is half done, after two seconds.
    fn snapshot(totals: Option<Totals>) -> Snapshot {
        let progress = Arc::new(Progress::default());
        // Four values, equally often: two bits each.
        let content: Vec<u8> = (0..1 << 20).map(|i| b"abcd"[i % 4]).collect();
        compress(&content, &EncodeOptions::new().method(Method::Huffman).progress(Arc::clone(&progress))).unwrap();
        let begun = Instant::now() - Duration::from_secs(2);
        Snapshot {
            name: "book".into(),
            total: Total::Raw(2 << 20),
            progress,
            begun,
            ended: OnceLock::new(),
            totals,
            run_begun: begun,
        }
    }

    #[test]
    fn one_file_is_its_own_total() {
        let line = snapshot(None).line();
        assert!(line.starts_with("book: 50 %, 1.00 MiB, 2.000 bits/byte, "), "{line}");
        assert!(line.ends_with("/s, 2s left"), "{line}");
    }

    #[test]
    fn several_files_have_a_total() {
        let totals = Totals { files: 7, bytes: 8 << 20, at: 2, before: 1 << 20, here: 2 << 20 };
        let line = snapshot(Some(totals)).line();
        assert!(line.starts_with("book: 50 %, 1.00 MiB, 2.000 bits/byte, "), "{line}");
        assert!(line.ends_with("/s, 2s left; 2 of 7 files, 25 %, 6s left"), "{line}");
    }

    #[test]
    fn an_unknown_size_gives_no_percent_and_no_time() {
        let line = Snapshot { total: Total::Unknown, ..snapshot(None) }.line();
        assert!(line.starts_with("book: 1.00 MiB, 2.000 bits/byte, ") && line.ends_with("/s"), "{line}");
    }

    #[test]
    fn nothing_to_do_is_done() {
        let line = Snapshot { total: Total::Raw(0), ..snapshot(None) }.line();
        assert!(line.starts_with("book: 100 %, "), "{line}");
    }
}
