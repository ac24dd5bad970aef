//! Is there memory for what is to come?
//!
//! Memory that runs out amid the work mostly ends the process: only few allocations can fail and be told of. So it is
//! asked for before, and what was promised to one thread is not promised to another.

mod cgroups;
mod limits;

use std::{
    hint::black_box,
    io,
    sync::{Mutex, MutexGuard, PoisonError, mpsc::channel},
    thread::{Builder, JoinHandle},
    time::{Duration, Instant},
};

pub use limits::{free, hard};
#[cfg(unix)]
use memmap2::MmapMut;

use crate::{Error, ErrorKind, Result};

/// What small things take beside the large ones that are counted: buffers, lists, text.
const SMALL: u64 = 1 << 20;
/// What a small thing counts beside its bytes: what keeps the memory has some of its own.
const OVERHEAD: u64 = 64;
/// How long it is believed what control groups leave, if that is far more than is needed.
const FRESH: Duration = Duration::from_secs(1);
/// What a thread cannot start without: its stack, and some for small things.
const STACK: u64 = 4 << 20;
/// Address space that a thread may take: its stack, and what the C library sets aside for its allocations if it can.
const THREAD: u64 = if cfg!(target_pointer_width = "64") { 132 << 20 } else { 6 << 20 };

static LEDGER: Mutex<Ledger> = Mutex::new(Ledger { promised: 0, small: SMALL, in_groups: 0, asked: None });

/// What was promised in this process.
struct Ledger {
    /// Bytes of all promises that last, used by now or not.
    promised: u64,
    /// Bytes of small things that nobody asked the system about, since it was asked last.
    small: u64,
    /// What control groups left for all promises together, when they were asked.
    in_groups: u64,
    asked: Option<Instant>,
}

/// Memory that nobody else is promised until this is dropped.
#[derive(Debug)]
#[must_use]
pub struct Promise(u64);

impl Drop for Promise {
    fn drop(&mut self) {
        if self.0 > 0 {
            ledger().promised -= self.0;
        }
    }
}

fn ledger() -> MutexGuard<'static, Ledger> {
    LEDGER.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes sure that the system has `bytes` of memory to give beside all that is promised, and some for small things.
///
/// # Errors
/// [`MemoryLimit`](ErrorKind::MemoryLimit) if it has not.
pub fn promise(bytes: u64) -> Result<Promise> {
    ledger().promise(bytes)
}

/// Makes sure of the same for something that begins at once.
///
/// # Errors
/// As [`promise`].
pub fn ensure(bytes: u64) -> Result<()> {
    promise(bytes).map(drop)
}

impl Ledger {
    fn promise(&mut self, bytes: u64) -> Result<Promise> {
        self.promise_within(bytes, limits::cgroups)
    }

    /// As [`promise`], where control groups leave what `groups` tells.
    fn promise_within(&mut self, bytes: u64, groups: impl Fn() -> u64) -> Result<Promise> {
        if bytes == 0 {
            return Ok(Promise(0));
        }
        // Within what is kept for small things, many of them cost one question.
        let small = self.small.saturating_add(bytes).saturating_add(OVERHEAD);
        if small <= SMALL / 2 {
            self.small = small;
            return Ok(Promise(0));
        }
        let all = self.promised.saturating_add(bytes);
        self.ask_groups(bytes, all, groups)?;
        // Nobody knows how much of the promises is in use by now: none of it, for safety's sake.
        if !is_there(all.saturating_add(SMALL)) {
            return Err(Error::no_memory(bytes.saturating_add(SMALL)));
        }
        self.small = 0;
        self.promised = all;
        Ok(Promise(bytes))
    }

    /// Makes sure that control groups leave `all` bytes for all promises together.
    fn ask_groups(&mut self, bytes: u64, all: u64, groups: impl Fn() -> u64) -> Result<()> {
        // Elsewhere there are none, and on some targets no clock either.
        if !cfg!(target_os = "linux") {
            return Ok(());
        }
        let is_fresh = self.asked.is_some_and(|asked| asked.elapsed() < FRESH);
        if !is_fresh || all > self.in_groups / 4 {
            let left = groups();
            // What is promised may be in use by now, and so be missing from what is left.
            let most = if self.promised == 0 { left } else { self.in_groups.min(left.saturating_add(self.promised)) };
            self.in_groups = most.max(left);
            self.asked = Some(Instant::now());
        }
        if all <= self.in_groups {
            return Ok(());
        }
        let left = self.in_groups - self.promised.min(self.in_groups);
        let text = format!("of the {bytes} bytes that are needed the limit of a control group leaves {left}");
        Err(Error::new(ErrorKind::MemoryLimit, text))
    }
}

/// Whether so many bytes can be had now. They are mapped, not allocated: the C library may keep what it was given once,
/// for the calling thread alone.
#[cfg(unix)]
fn is_there(bytes: u64) -> bool {
    usize::try_from(bytes).is_ok_and(|bytes| MmapMut::map_anon(bytes).is_ok())
}

/// Whether so many bytes can be had now.
#[cfg(not(unix))]
fn is_there(bytes: u64) -> bool {
    let mut probe = Vec::<u8>::new();
    let reserved = usize::try_from(bytes).is_ok_and(|bytes| probe.try_reserve_exact(bytes).is_ok());
    // What nobody looks at, the compiler need not allocate.
    black_box(&probe);
    reserved
}

/// Starts a thread, and waits until it runs: one that lacks memory to start ends the process, so until then none is
/// promised to anyone else.
///
/// # Errors
/// The system has neither memory nor threads left.
pub fn spawn<T: Send + 'static>(name: &str, work: impl FnOnce() -> T + Send + 'static) -> io::Result<JoinHandle<T>> {
    let ledger = ledger();
    // What is promised must be there when the thread has taken all that it likes. If nothing is, the thread can do with
    // less.
    let needed = if ledger.promised == 0 { STACK } else { ledger.promised.saturating_add(THREAD) };
    if !is_there(needed) {
        return Err(Error::no_memory(needed).into());
    }
    let (sender, runs) = channel();
    let work = move || {
        // The first allocation of a thread takes address space of its own.
        drop(black_box(Box::new(0u64)));
        let _ = sender.send(());
        work()
    };
    let thread = Builder::new().name(name.into()).spawn(work)?;
    let _ = runs.recv();
    Ok(thread)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn empty() -> Ledger {
        Ledger { promised: 0, small: SMALL, in_groups: 0, asked: None }
    }

    /// A ledger of a process whose groups leave so much.
    fn limited(in_groups: u64) -> Ledger {
        Ledger { in_groups, asked: Some(Instant::now() + Duration::from_secs(3600)), ..empty() }
    }

    #[test]
    fn what_is_promised_to_one_is_not_promised_to_another() {
        let mut ledger = limited(5 << 29);
        // Not dropped: they would be taken from the process's own ledger.
        std::mem::forget(ledger.promise_within(1 << 30, || 5 << 29).unwrap());
        assert_eq!(ledger.promised, 1 << 30);
        // Some of it is in use, and so is all of it then.
        std::mem::forget(ledger.promise_within(1 << 30, || 2 << 30).unwrap());
        let error = ledger.promise_within(1 << 30, || 1 << 29).map(std::mem::forget).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::MemoryLimit);
        assert!(error.to_string().contains("control group"), "{error}");
        assert_eq!(ledger.promised, 2 << 30);
        // What others have given back meanwhile can be had.
        std::mem::forget(ledger.promise_within(1 << 30, || 3 << 30).unwrap());
    }

    #[test]
    fn many_small_things_cost_one_question() {
        let mut ledger = empty();
        let mut questions = 0;
        for _ in 0..100_000 {
            std::mem::forget(ledger.promise(2).unwrap());
            questions += u32::from(ledger.small == 0);
        }
        assert!((1..30).contains(&questions), "{questions}");
    }

    #[test]
    fn a_thread_runs_and_gives_its_result() {
        assert_eq!(spawn("test", || 7).unwrap().join().unwrap(), 7);
    }

    #[test]
    fn more_than_there_can_be_is_refused() {
        assert_eq!(promise(u64::MAX).unwrap_err().kind(), ErrorKind::MemoryLimit);
        assert_eq!(ensure(1 << 60).unwrap_err().kind(), ErrorKind::MemoryLimit);
    }
}
