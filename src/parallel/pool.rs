//! Runs jobs on worker threads; results come back in the order of the jobs.
//!
//! With one thread, the caller's thread does each job at once. With more, each worker takes the next job in the queue.
//! A job that panics becomes an error in its place. Dropping the pool stops its jobs. Memory is promised to a job
//! before it starts; a job that lacks memory all the same is done again when no other is at work.

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

/// Jobs that take less memory than this run on the calling thread: handing them over would take longer than the job.
const TINY: u64 = 1 << 14;

/// A job and where its result goes, as a worker runs it.
type Task = Box<dyn FnOnce() + Send>;
/// A job, which can be done more than once. Its argument says whether no other job is at work.
type Job<T> = Arc<dyn Fn(bool) -> Result<T> + Send + Sync>;

/// Runs jobs whose result is a `T` or an error.
pub struct Pool<T> {
    budget: Budget,
    /// Asked for when the pool is dropped.
    stop: Stop,
    workers: Vec<JoinHandle<()>>,
    /// The queue to the workers. Dropping it ends them; it is `None` only then.
    tasks: Option<Sender<Task>>,
    queue: Arc<Mutex<Receiver<Task>>>,
    /// In the order of the jobs.
    results: VecDeque<Slot<T>>,
}

/// The place of a result that was not given out.
struct Slot<T> {
    /// Bytes of memory that the job takes; 0 if there was none, but a result that was put here.
    memory: u64,
    state: State<T>,
}

enum State<T> {
    /// A worker sends the result. The channel breaks off if the job panics.
    AtWork(Receiver<Result<T>>, Job<T>),
    Over(Outcome<T>),
}

enum Outcome<T> {
    Done(Result<T>),
    /// The job lacked memory while others were at work: it is to be done again.
    Again(Job<T>),
}

impl<T> State<T> {
    /// Waits until no worker is at work on it.
    fn wait(self) -> Outcome<T> {
        match self {
            Self::AtWork(receiver, job) => Outcome::of(receiver.recv().unwrap_or_else(|_| Err(panicked())), job),
            Self::Over(outcome) => outcome,
        }
    }
}

impl<T> Outcome<T> {
    fn of(result: Result<T>, job: Job<T>) -> Self {
        match result {
            Err(error) if error.kind() == ErrorKind::MemoryLimit => Self::Again(job),
            result => Self::Done(result),
        }
    }
}

impl<T> Slot<T> {
    fn done(memory: u64, result: Result<T>) -> Self {
        Self { memory, state: State::Over(Outcome::Done(result)) }
    }
}

impl<T: Send + 'static> Pool<T> {
    /// A pool without workers yet.
    pub fn new(budget: Budget) -> Self {
        let (tasks, queue) = channel();
        let queue = Arc::new(Mutex::new(queue));
        Self { budget, stop: Stop::default(), workers: vec![], tasks: Some(tasks), queue, results: VecDeque::new() }
    }

    /// Asks the jobs to stop when the pool is dropped.
    pub fn stop(&self) -> Stop {
        self.stop.clone()
    }

    /// Whether workers do jobs, and not only the caller's thread.
    pub fn has_threads(&self) -> bool {
        self.budget.threads() > 1
    }

    /// Bytes of memory that all jobs take whose results were not given out.
    pub fn memory(&self) -> u64 {
        self.results.iter().map(|slot| slot.memory).sum()
    }

    /// Whether a job that takes `memory` bytes may start now, while `beside` bytes are taken outside of the pool. A job
    /// always may if there is no other.
    pub fn has_room(&mut self, memory: u64, beside: u64) -> bool {
        if self.results.is_empty() {
            return true;
        }
        let taken = self.memory().saturating_add(beside);
        self.has_threads()
            && self.jobs() < self.budget.threads()
            && self.results.len() < MAX_WAITING
            && taken.saturating_add(memory) <= self.budget.memory()
            && (memory == 0 || ensure(memory).is_ok())
    }

    /// Has `job`, which takes `memory` bytes (not 0), done by a worker if there are to be several threads.
    pub fn run(&mut self, memory: u64, job: impl Fn(bool) -> Result<T> + Send + Sync + 'static) {
        if memory < TINY || !self.has_threads() || !self.has_worker() {
            return self.run_here(memory, job);
        }
        let job: Job<T> = Arc::new(job);
        let Ok(promise) = promise(memory) else {
            return self.results.push_back(Slot { memory, state: State::Over(Outcome::Again(job)) });
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
        self.results.push_back(Slot { memory, state: State::AtWork(receiver, job) });
    }

    /// Does `job` on this thread. If it lacks memory, it is done again when no other job is at work.
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
        self.results.push_back(Slot::done(memory, result));
    }

    /// Makes sure that the system has `bytes` of memory for something that is no job. If need be, waits until no job is
    /// at work.
    ///
    /// # Errors
    /// [`ErrorKind::MemoryLimit`] if it does not have them even then.
    pub fn make_sure(&mut self, bytes: u64) -> Result<()> {
        ensure(bytes).or_else(|_| {
            self.settle();
            ensure(bytes)
        })
    }

    /// Waits until no job is at work.
    fn settle(&mut self) {
        for slot in &mut self.results {
            let placeholder = State::Over(Outcome::Done(Err(panicked())));
            slot.state = State::Over(std::mem::replace(&mut slot.state, placeholder).wait());
        }
    }

    /// Puts a result that needs no job after the others. Its memory does not count.
    pub fn put(&mut self, result: Result<T>) {
        self.results.push_back(Slot::done(0, result));
    }

    /// Waits for the oldest result that was not given out yet; `None` if there is none.
    pub fn take_next(&mut self) -> Option<Result<T>> {
        let Slot { memory, state } = self.results.pop_front()?;
        Some(match state.wait() {
            Outcome::Done(result) => result,
            Outcome::Again(job) => {
                self.settle();
                promise(memory).and_then(|_promise| job(true))
            }
        })
    }

    /// Whether all results were given out.
    pub fn is_empty(&self) -> bool {
        self.results.is_empty()
    }

    /// Whether the oldest result is there, so that [`take_next`](Self::take_next) does not wait.
    pub fn is_ready(&mut self) -> bool {
        let Some(slot) = self.results.front_mut() else { return false };
        if let State::AtWork(receiver, job) = &slot.state {
            let result = match receiver.try_recv() {
                Err(TryRecvError::Empty) => return false,
                Err(TryRecvError::Disconnected) => Err(panicked()),
                Ok(result) => result,
            };
            slot.state = State::Over(Outcome::of(result, Arc::clone(job)));
        }
        true
    }

    /// Whether the workers have enough to do while the caller's thread is at work too.
    pub fn is_busy(&self) -> bool {
        self.jobs() + 1 >= self.budget.threads() || self.results.len() >= MAX_WAITING
    }

    /// How many jobs there are whose results were not given out.
    fn jobs(&self) -> usize {
        self.results.iter().filter(|slot| slot.memory > 0).count()
    }

    /// Starts a worker if all may be busy; returns whether there is any. Where the system gives no more threads, the
    /// pool makes do with those it has.
    fn has_worker(&mut self) -> bool {
        if self.workers.len() <= self.jobs() {
            let queue = Arc::clone(&self.queue);
            let stop = self.stop();
            self.workers.extend(memory::spawn("block", move || work(&queue, &stop)));
        }
        !self.workers.is_empty()
    }
}

/// Does jobs until the queue is closed.
fn work(queue: &Mutex<Receiver<Task>>, stop: &Stop) {
    loop {
        // The lock is held while this worker waits for a task: the other workers wait for the lock.
        let task = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(task) = task else { return };
        if !stop.is_asked_for() {
            // A panic is reported on standard error by its hook, and to the caller by a channel that breaks off.
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
mod tests;
