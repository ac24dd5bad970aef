//! Makes sure, before work begins, that the system has the memory that it needs.
//!
//! Most Rust allocations abort the process when memory runs out, and only some can be made fallible. So each job asks
//! for its memory first, and memory that is promised to one thread is not promised to another.

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

/// Bytes for small things that are not counted: buffers, lists, text.
const SMALL: u64 = 1 << 20;
/// The allocator's overhead for a small allocation, in bytes.
const OVERHEAD: u64 = 64;
/// How long an answer of the control groups is used again, if it leaves far more than is needed.
const FRESH: Duration = Duration::from_secs(1);
/// Bytes that a thread needs to start: its stack, and some for small things.
const STACK: u64 = 4 << 20;
/// Address space that a thread may take: its stack, and what the C library reserves for its allocations if it can.
const THREAD: u64 = if cfg!(target_pointer_width = "64") { 132 << 20 } else { 6 << 20 };

static LEDGER: Mutex<Ledger> = Mutex::new(Ledger { promised: 0, small: SMALL, in_groups: 0, asked: None });

/// All promises in this process.
struct Ledger {
    /// Bytes of all promises that were not dropped, whether they are used by now or not.
    promised: u64,
    /// Bytes of small promises since the system was last asked. They were made without asking it.
    small: u64,
    /// Bytes that control groups left for all promises together when they were last `asked`.
    in_groups: u64,
    asked: Option<Instant>,
}

/// Memory that is promised to its owner until it is dropped.
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

/// Promises `bytes` of memory, if the system has them beside all that is promised already, and some for small things.
///
/// # Errors
/// [`MemoryLimit`](ErrorKind::MemoryLimit) if it does not have them.
pub fn promise(bytes: u64) -> Result<Promise> {
    ledger().promise(bytes)
}

/// Makes sure that the system has `bytes` of memory, for an allocation that follows at once.
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

    /// As [`promise`], where control groups leave as many bytes as `groups` returns.
    fn promise_within(&mut self, bytes: u64, groups: impl Fn() -> u64) -> Result<Promise> {
        if bytes == 0 {
            return Ok(Promise(0));
        }
        // Small promises are within the bytes for small things, so the system is asked once for many of them.
        let small = self.small.saturating_add(bytes).saturating_add(OVERHEAD);
        if small <= SMALL / 2 {
            self.small = small;
            return Ok(Promise(0));
        }
        let all = self.promised.saturating_add(bytes);
        self.ask_groups(bytes, all, groups)?;
        // How much of the promises is in use by now is unknown. To be safe, none counts as used.
        if !is_there(all.saturating_add(SMALL)) {
            return Err(Error::no_memory(bytes.saturating_add(SMALL)));
        }
        self.small = 0;
        self.promised = all;
        Ok(Promise(bytes))
    }

    /// Makes sure that control groups leave `all` bytes for all promises together.
    fn ask_groups(&mut self, bytes: u64, all: u64, groups: impl Fn() -> u64) -> Result<()> {
        // Other systems have no control groups, and some of them no clock.
        if !cfg!(target_os = "linux") {
            return Ok(());
        }
        let is_fresh = self.asked.is_some_and(|asked| asked.elapsed() < FRESH);
        if !is_fresh || all > self.in_groups / 4 {
            let left = groups();
            // Promised memory that is in use by now is missing from what is left.
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

/// Whether the system can give `bytes` now. They are mapped, not allocated: the C library may keep freed memory for the
/// calling thread alone.
#[cfg(unix)]
fn is_there(bytes: u64) -> bool {
    usize::try_from(bytes).is_ok_and(|bytes| MmapMut::map_anon(bytes).is_ok())
}

/// Whether the system can give `bytes` now.
#[cfg(not(unix))]
fn is_there(bytes: u64) -> bool {
    let mut probe = Vec::<u8>::new();
    let reserved = usize::try_from(bytes).is_ok_and(|bytes| probe.try_reserve_exact(bytes).is_ok());
    // Keeps the compiler from removing the allocation.
    black_box(&probe);
    reserved
}

/// Starts a thread for `work`, and waits until it runs. A thread that lacks memory to start ends the process, so no
/// memory is promised meanwhile.
///
/// # Errors
/// The system has no memory or no threads left.
pub fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    let ledger = ledger();
    // All promised memory must still be there when the thread has taken as much address space as it may. If nothing is
    // promised, the thread needs only its stack.
    let needed = if ledger.promised == 0 { STACK } else { ledger.promised.saturating_add(THREAD) };
    if !is_there(needed) {
        return Err(Error::no_memory(needed).into());
    }
    let (sender, runs) = channel();
    let (go, may_go) = channel();
    let work = move || {
        // The first allocation of a thread takes address space of its own.
        drop(black_box(Box::new(0u64)));
        let _ = sender.send(());
        if may_go.recv().is_ok() {
            work();
        }
    };
    let thread = Builder::new().name(name.into()).spawn(work)?;
    let _ = runs.recv();
    // The C library may have set aside nearly all that was left, for the thread alone.
    if !is_there(SMALL) {
        drop(go);
        let _ = thread.join();
        return Err(Error::no_memory(SMALL).into());
    }
    let _ = go.send(());
    Ok(thread)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn empty() -> Ledger {
        Ledger { promised: 0, small: SMALL, in_groups: 0, asked: None }
    }

    /// A ledger of a process whose control groups leave `in_groups` bytes.
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
    fn a_thread_runs() {
        let (sender, receiver) = channel();
        spawn("test", move || sender.send(7).unwrap()).unwrap().join().unwrap();
        assert_eq!(receiver.recv(), Ok(7));
    }

    #[test]
    fn more_than_there_can_be_is_refused() {
        assert_eq!(promise(u64::MAX).unwrap_err().kind(), ErrorKind::MemoryLimit);
        assert_eq!(ensure(1 << 60).unwrap_err().kind(), ErrorKind::MemoryLimit);
    }
}
