//! Jobs → their results in the order of the jobs, on as many threads as there are to be.
//!
//! With one thread, a job is done where it is given: nothing runs beside, and nothing is done ahead. With more, each
//! worker takes the next job that nobody has. A job that panics becomes an error in its place; one that nobody waits
//! for any more is told to stop. Memory is promised to a job before it starts; one that gets too little all the same is
//! done again when no other is at work.

use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, Sender, TryRecvError, channel},
    },
    thread::JoinHandle,
};

use super::memory::{self, ensure, promise};
use super::{budget::Budget, stop::Stop};
use crate::{Error, ErrorKind, Result};

/// The most results that wait for those before them, copies included, which take no thread.
const MAX_WAITING: usize = 64;

/// A job that takes less memory is done sooner than it is handed over: it codes few bytes, and by no network.
const TINY: u64 = 1 << 14;

/// What a worker does for a job.
type Task = Box<dyn FnOnce() + Send>;
/// A job, which can be done again. It is told whether no other is at work.
type Job<T> = Arc<dyn Fn(bool) -> Result<T> + Send + Sync>;

/// Runs jobs that give a `T` or an error.
pub struct Pool<T> {
    budget: Budget,
    /// Asked for when nobody waits for results any more.
    stop: Stop,
    workers: Vec<JoinHandle<()>>,
    /// To the workers, who end when it is dropped.
    tasks: Option<Sender<Task>>,
    queue: Arc<Mutex<Receiver<Task>>>,
    /// In the order of the jobs.
    results: VecDeque<Slot<T>>,
}

struct Slot<T> {
    /// Bytes of memory that the job takes; 0 if it was none, but a result that was put here.
    memory: u64,
    result: Coming<T>,
}

enum Coming<T> {
    Here(Result<T>),
    /// The channel breaks off if the job panics.
    Later(Receiver<Result<T>>, Job<T>),
    /// There was too little memory for it beside others.
    Again(Job<T>),
}

impl<T> Coming<T> {
    /// Waits until nobody works on it any more.
    fn settled(self) -> Self {
        let Self::Later(receiver, job) = self else { return self };
        Self::of(receiver.recv().unwrap_or_else(|_| Err(panicked())), job)
    }

    /// What has come of `job`.
    fn of(result: Result<T>, job: Job<T>) -> Self {
        match result {
            Err(error) if error.kind() == ErrorKind::MemoryLimit => Self::Again(job),
            result => Self::Here(result),
        }
    }
}

impl<T: Send + 'static> Pool<T> {
    /// A pool without workers yet.
    pub fn new(budget: Budget) -> Self {
        let (tasks, queue) = channel();
        let queue = Arc::new(Mutex::new(queue));
        Self { budget, stop: Stop::default(), workers: vec![], tasks: Some(tasks), queue, results: VecDeque::new() }
    }

    /// What jobs look at to see whether to stop.
    pub fn stop(&self) -> Stop {
        self.stop.clone()
    }

    /// Whether jobs are done on other threads than the caller's.
    pub fn has_threads(&self) -> bool {
        self.budget.threads() > 1
    }

    /// Bytes of memory that the jobs in hand take.
    pub fn memory(&self) -> u64 {
        self.results.iter().map(|slot| slot.memory).sum()
    }

    /// Whether a job that takes so many bytes of `memory` may start now, with `beside` taken by others. One always may
    /// if there is no other.
    pub fn has_room(&mut self, memory: u64, beside: u64) -> bool {
        if self.results.is_empty() {
            return true;
        }
        let taken = self.memory().saturating_add(beside);
        self.has_threads()
            && self.jobs_in_hand() < self.budget.threads()
            && self.results.len() < MAX_WAITING
            && taken.saturating_add(memory) <= self.budget.memory()
            && (memory == 0 || ensure(memory).is_ok())
    }

    /// Does `job`, which takes so many bytes of `memory` (not 0): on another thread if there are to be several.
    pub fn run(&mut self, memory: u64, job: impl Fn(bool) -> Result<T> + Send + Sync + 'static) {
        if memory < TINY || !self.has_threads() || !self.has_worker() {
            return self.run_here(memory, job);
        }
        let job: Job<T> = Arc::new(job);
        let Ok(promise) = promise(memory) else {
            return self.results.push_back(Slot { memory, result: Coming::Again(job) });
        };
        let (sender, receiver) = channel();
        let worked_on = Arc::clone(&job);
        let task: Task = Box::new(move || {
            let result = worked_on(false);
            drop((worked_on, promise));
            let _ = sender.send(result);
        });
        if let Some(tasks) = &self.tasks {
            // Cannot fail: the other end is in `queue`.
            let _ = tasks.send(task);
        }
        self.results.push_back(Slot { memory, result: Coming::Later(receiver, job) });
    }

    /// Does `job` on this thread; once more, when no other job is at work, if it lacks memory.
    pub fn run_here(&mut self, memory: u64, job: impl Fn(bool) -> Result<T>) {
        let attempt = |is_alone| promise(memory).and_then(|_promise| job(is_alone));
        let mut result = attempt(self.is_empty());
        if let Err(error) = &result
            && error.kind() == ErrorKind::MemoryLimit
            && !self.is_empty()
        {
            self.settle();
            result = attempt(true);
        }
        self.results.push_back(Slot { memory, result: Coming::Here(result) });
    }

    /// Makes sure that there are so many bytes of memory for something else than a job: if need be, when no job is at work
    /// any more.
    ///
    /// # Errors
    /// [`ErrorKind::MemoryLimit`] if there are not even then.
    pub fn make_sure(&mut self, bytes: u64) -> Result<()> {
        ensure(bytes).or_else(|_| {
            self.settle();
            ensure(bytes)
        })
    }

    /// Waits until no job is at work.
    fn settle(&mut self) {
        for slot in &mut self.results {
            let waiting = Coming::Here(Err(panicked()));
            slot.result = std::mem::replace(&mut slot.result, waiting).settled();
        }
    }

    /// Puts a result that is there already, and of no weight, behind the others.
    pub fn put(&mut self, result: Result<T>) {
        self.results.push_back(Slot { memory: 0, result: Coming::Here(result) });
    }

    /// The oldest result that was not given out yet, once it is there; `None` if no job is in hand.
    pub fn next(&mut self) -> Option<Result<T>> {
        let Slot { memory, result } = self.results.pop_front()?;
        Some(match result.settled() {
            Coming::Here(result) => result,
            Coming::Again(job) | Coming::Later(_, job) => {
                self.settle();
                promise(memory).and_then(|_promise| job(true))
            }
        })
    }

    /// Whether there is no job in hand.
    pub fn is_empty(&self) -> bool {
        self.results.is_empty()
    }

    /// Whether the oldest result is there, so that [`next`](Self::next) need not wait.
    pub fn is_ready(&mut self) -> bool {
        let Some(slot) = self.results.front_mut() else { return false };
        if let Coming::Later(receiver, job) = &slot.result {
            let result = match receiver.try_recv() {
                Err(TryRecvError::Empty) => return false,
                Err(TryRecvError::Disconnected) => Err(panicked()),
                Ok(result) => result,
            };
            slot.result = Coming::of(result, Arc::clone(job));
        }
        true
    }

    /// Jobs whose results were not given out.
    fn jobs_in_hand(&self) -> usize {
        self.results.iter().filter(|slot| slot.memory > 0).count()
    }

    /// Starts a worker if all may be busy, and says whether there is any. Where the system gives no more threads, those
    /// that there are must do.
    fn has_worker(&mut self) -> bool {
        if self.workers.len() <= self.jobs_in_hand() {
            let queue = Arc::clone(&self.queue);
            let stop = self.stop();
            self.workers.extend(memory::spawn("block", move || work(&queue, &stop)));
        }
        !self.workers.is_empty()
    }
}

/// Does jobs until there will be no more.
fn work(queue: &Mutex<Receiver<Task>>, stop: &Stop) {
    loop {
        // Held while waiting: who comes next waits for the lock instead.
        let task = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(task) = task else { return };
        if !stop.is_asked_for() {
            // The panic is told on standard error by its hook, and to the caller by a channel that breaks off.
            let _ = catch_unwind(AssertUnwindSafe(task));
        }
    }
}

fn panicked() -> Error {
    Error::new(ErrorKind::Internal, "a thread that worked on a block has panicked")
}

impl<T> Drop for Pool<T> {
    fn drop(&mut self) {
        self.stop.ask();
        self.tasks = None;
        for worker in self.workers.drain(..) {
            // A worker catches the panics of its jobs.
            let _ = worker.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicUsize, Ordering::Relaxed},
        thread,
        time::{Duration, Instant},
    };

    use super::*;

    fn pool(threads: usize) -> Pool<usize> {
        Pool::new(Budget::new(threads, u64::MAX))
    }

    #[test]
    fn results_come_in_the_order_of_the_jobs_whichever_ends_first() {
        for threads in [1, 2, 3, 8] {
            let mut pool = pool(threads);
            let mut results = vec![];
            for i in 0..20 {
                while !pool.has_room(TINY, 0) {
                    results.push(pool.next().unwrap().unwrap());
                }
                match i % 5 {
                    4 => pool.put(Ok(i)),
                    _ => pool.run(TINY, move |_| {
                        thread::sleep(Duration::from_millis(20 - i as u64));
                        Ok(i)
                    }),
                }
            }
            results.extend(std::iter::from_fn(|| pool.next()).map(Result::unwrap));
            assert!(results.into_iter().eq(0..20), "{threads} threads");
        }
    }

    #[test]
    fn no_more_jobs_run_than_there_are_threads_or_memory_for() {
        let most_at_once = |threads, memory| {
            let mut pool = Pool::new(Budget::new(threads, memory * TINY));
            (0..10)
                .take_while(|_| {
                    pool.has_room(100 * TINY, 50 * TINY).then(|| pool.run(100 * TINY, |_| Ok(()))).is_some()
                })
                .count()
        };
        assert_eq!(most_at_once(1, 9999), 1);
        assert_eq!(most_at_once(3, 9999), 3);
        assert_eq!(most_at_once(9, 350), 3);
        assert_eq!(most_at_once(9, 349), 2);
        assert_eq!(most_at_once(9, 0), 1);
    }

    #[test]
    fn a_panic_is_an_error_in_its_place_and_the_others_go_on() {
        let mut pool = pool(2);
        pool.run(TINY, |_| panic!("as this test wants it"));
        pool.run(TINY, |_| Ok(1));
        assert_eq!(pool.next().unwrap().unwrap_err().kind(), ErrorKind::Internal);
        assert_eq!(pool.next().unwrap().unwrap(), 1);
        pool.run(TINY, |_| Ok(2));
        assert_eq!(pool.next().unwrap().unwrap(), 2);
    }

    #[test]
    fn a_job_that_lacks_memory_beside_others_is_done_again_alone() {
        let at_work = Arc::new(AtomicUsize::new(0));
        let mut pool = pool(3);
        for i in 0..3 {
            let at_work = Arc::clone(&at_work);
            pool.run(TINY, move |_| {
                let others = at_work.fetch_add(1, Relaxed);
                thread::sleep(Duration::from_millis(50));
                at_work.fetch_sub(1, Relaxed);
                if others == 0 { Ok(i) } else { Err(Error::no_memory(1)) }
            });
        }
        let results: Vec<usize> = std::iter::from_fn(|| pool.next()).map(Result::unwrap).collect();
        assert_eq!(results, [0, 1, 2]);
        // What is too much even then is an error.
        pool.run(TINY, |_| Err(Error::no_memory(1)));
        assert_eq!(pool.next().unwrap().unwrap_err().kind(), ErrorKind::MemoryLimit);
        pool.run(u64::MAX, |_| Ok(1));
        assert_eq!(pool.next().unwrap().unwrap_err().kind(), ErrorKind::MemoryLimit);
    }

    #[test]
    fn dropping_the_pool_stops_its_jobs() {
        let mut pool = pool(2);
        let begun = Instant::now();
        for _ in 0..2 {
            let stop = pool.stop();
            pool.run(TINY, move |_| {
                while !stop.is_asked_for() && begun.elapsed() < Duration::from_secs(60) {
                    thread::sleep(Duration::from_millis(1));
                }
                Ok(0)
            });
        }
        drop(pool);
        assert!(begun.elapsed() < Duration::from_secs(30));
    }
}
