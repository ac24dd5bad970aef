//! Threads that work on files side by side, as many as memory allows.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, Sender, channel},
    },
    thread::JoinHandle,
};

use foretell::unstable::parallel::{budget::Budget, memory};

/// Bytes of memory that must be left where a thread starts. Wherever address space is limited, a thread takes some of it
/// for good (128 MiB, with the GNU C library), and a later file that is worked on alone may need much.
const SPARE: u64 = 1 << 30;

/// The work on one file. It catches its own panics.
pub type Task = Box<dyn FnOnce() + Send>;

/// Threads that take one task after the other.
pub struct Crew {
    budget: Budget,
    threads: Vec<JoinHandle<()>>,
    /// The queue to the threads. Dropping it ends them; it is `None` only then.
    tasks: Option<Sender<Task>>,
    queue: Arc<Mutex<Receiver<Task>>>,
}

impl Crew {
    /// At most so many threads, or 0 for one a core, none of which has started; and the bytes of memory that their
    /// tasks may take together.
    pub fn new(threads: usize, memory_limit: u64) -> Self {
        let (tasks, queue) = channel();
        let queue = Arc::new(Mutex::new(queue));
        Self { budget: Budget::new(threads, memory_limit), threads: Vec::new(), tasks: Some(tasks), queue }
    }

    /// Whether it may have several threads.
    pub fn is_several(&self) -> bool {
        self.budget.threads() > 1
    }

    /// Whether there are memory and a thread for a task that needs so many bytes, while others that are `at_work`, each
    /// on a thread, take `taken` bytes. Starts a thread if need be.
    pub fn has_room(&mut self, at_work: usize, taken: u64, needed: u64) -> bool {
        at_work < self.budget.threads()
            && taken.saturating_add(needed) <= self.budget.memory()
            && memory::ensure(needed).is_ok()
            && self.has_threads(at_work + 1, needed)
    }

    fn has_threads(&mut self, wanted: usize, needed: u64) -> bool {
        if self.threads.len() < wanted && memory::ensure(needed.saturating_add(SPARE)).is_ok() {
            let queue = Arc::clone(&self.queue);
            self.threads.extend(memory::spawn("file", move || work(&queue)));
        }
        self.threads.len() >= wanted
    }

    /// Has `task` done by the next thread that is free.
    pub fn give(&self, task: Task) {
        if let Some(tasks) = &self.tasks {
            // Cannot fail: the other end is in `queue`.
            let _ = tasks.send(task);
        }
    }
}

/// Does tasks until the queue is closed.
fn work(queue: &Mutex<Receiver<Task>>) {
    loop {
        // The lock is held while this thread waits for a task: the others wait for the lock.
        let task = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(task) = task else { return };
        task();
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        self.tasks = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}
