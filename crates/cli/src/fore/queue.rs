//! Files at work side by side, in their order: the oldest is the first to be completed.
//!
//! Threads do the work alone. They send what there is to show, and in the end the files back; all that is decided, asked
//! or said is for the thread that owns the queue.

use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
    time::Instant,
};

use super::{
    crew::Crew,
    input::Input,
    means::Means,
    newcomer::Newcomer,
    outcome::Done,
    plan::Plan,
    progress::{Run, Shown, Snapshot},
    source::Source,
    walk::Found,
    work,
};
use crate::common::{folder::Entry, output::Output, report::Problem};

/// The most files that are in the queue: those that are done wait for the oldest, and are open.
const MOST: usize = 64;

/// An input and its output, opened.
pub struct Opened {
    pub found: Found,
    pub target: Option<Entry>,
    pub input: Input,
    pub output: Output,
    /// When that began.
    pub begun: Instant,
}

impl Opened {
    /// Does the work.
    pub fn work(mut self, plan: &Plan, run: &Run, means: Means) -> Ended {
        let mut problems = Vec::new();
        let result = work::perform(plan, run, means, &mut self.input, &mut self.output, &mut problems);
        Ended { opened: self, problems, result }
    }
}

/// What became of the work on a file.
pub struct Ended {
    pub opened: Opened,
    /// Damage that was found on the way.
    pub problems: Vec<Problem>,
    /// The figures, and whether all of the content was good.
    pub result: Result<(Done, bool), Problem>,
}

impl Ended {
    /// Whether the work may go well if no other takes memory.
    pub fn is_short_of_memory(&self) -> bool {
        self.result.as_ref().is_err_and(Problem::is_short_of_memory)
    }
}

/// A file that a thread works on, or that waits for earlier ones.
pub struct AtWork {
    pub found: Found,
    /// The run as it was when the work began.
    pub run: Run,
    /// Bytes of the input.
    pub len: u64,
    pub target: Option<Entry>,
    source: Source,
    needed: u64,
    /// What there is to show and was not shown yet.
    to_show: VecDeque<Arc<Snapshot>>,
    /// `None` as long as a thread works on it; the error is that of a panic.
    ended: Option<thread::Result<Ended>>,
}

/// What a thread sends about its file.
enum Event {
    Shows(Arc<Snapshot>),
    Ends(Box<thread::Result<Ended>>),
}

/// The files at work.
pub struct Queue {
    plan: Arc<Plan>,
    crew: Crew,
    files: VecDeque<AtWork>,
    /// The number of the oldest; the others follow.
    first: u64,
    /// Events, by the numbers of their files.
    sender: Sender<(u64, Event)>,
    events: Receiver<(u64, Event)>,
    shown: Option<Shown>,
}

impl Queue {
    /// Without files and threads yet.
    pub fn new(plan: &Arc<Plan>) -> Self {
        let (sender, events) = channel();
        let crew = Crew::new(plan.threads, plan.memory_limit);
        Self { plan: Arc::clone(plan), crew, files: VecDeque::new(), first: 0, sender, events, shown: None }
    }

    /// Whether there can be files side by side.
    pub fn is_wide(&self) -> bool {
        self.crew.is_several()
    }

    /// Whether there are no files.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The oldest file.
    pub fn oldest(&self) -> Option<&AtWork> {
        self.files.front()
    }

    /// Whether there is a file that no thread works on any more, and it is the oldest.
    pub fn is_oldest_done(&self) -> bool {
        self.files.front().is_some_and(|oldest| oldest.ended.is_some())
    }

    /// Whether threads are at work.
    pub fn is_at_work(&self) -> bool {
        self.at_work().next().is_some()
    }

    fn at_work(&self) -> impl Iterator<Item = &AtWork> {
        self.files.iter().filter(|file| file.ended.is_none())
    }

    /// Whether no file of the queue has to do with this job.
    pub fn is_apart(&self, newcomer: &Newcomer) -> bool {
        let is_apart = |file: &AtWork| {
            file.target.as_ref().is_some_and(|target| newcomer.is_apart_from(target, Some(&file.source)))
        };
        self.files.iter().all(is_apart)
    }

    /// Whether a file that needs so many bytes of memory can be worked on now.
    pub fn has_room(&mut self, needed: u64) -> bool {
        let taken = self.at_work().map(|file| file.needed).sum();
        let at_work = self.at_work().count();
        self.files.len() < MOST && self.crew.has_room(at_work, taken, needed)
    }

    /// Has a thread work on a file that needs so many bytes of memory; there must be room.
    pub fn start(&mut self, opened: Opened, run: &Run, needed: u64) {
        let (plan, number) = (Arc::clone(&self.plan), self.first + self.files.len() as u64);
        self.files.push_back(AtWork {
            found: opened.found.clone(),
            run: run.clone(),
            len: opened.input.len().unwrap_or(0),
            source: opened.input.source(),
            target: opened.target.clone(),
            needed,
            to_show: VecDeque::new(),
            ended: None,
        });
        // With a limit, deflate streams may need more than is expected: then the work is done again when no other is.
        let memory = if plan.memory_limit == u64::MAX { u64::MAX } else { needed };
        let means = Means { threads: 1, memory };
        let (shows, ends) = (self.sender.clone(), self.sender.clone());
        let run = run.shown_by(move |snapshot| {
            let _ = shows.send((number, Event::Shows(snapshot)));
        });
        self.crew.give(Box::new(move || {
            let ended = catch_unwind(AssertUnwindSafe(|| opened.work(&plan, &run, means)));
            let _ = ends.send((number, Event::Ends(Box::new(ended))));
        }));
    }

    /// Takes what threads have sent, and waits for none.
    pub fn look(&mut self) {
        while let Ok(event) = self.events.try_recv() {
            self.take(event);
        }
    }

    /// Waits until a thread sends something, and shows meanwhile how far the oldest file is. At least one must be at
    /// work.
    pub fn wait(&mut self) {
        self.show_oldest();
        self.wait_unseen();
    }

    /// Waits until a thread sends something. At least one must be at work.
    pub fn wait_unseen(&mut self) {
        if let Ok(event) = self.events.recv() {
            self.take(event);
        }
    }

    fn take(&mut self, (number, event): (u64, Event)) {
        let Some(file) = self.files.get_mut((number - self.first) as usize) else { return };
        match event {
            Event::Shows(snapshot) => file.to_show.push_back(snapshot),
            Event::Ends(ended) => file.ended = Some(*ended),
        }
    }

    fn show_oldest(&mut self) {
        let Some(oldest) = self.files.front_mut() else { return };
        while let Some(snapshot) = oldest.to_show.pop_front() {
            // The last line of what was shown comes first.
            self.shown = None;
            self.shown = Some(Shown::start(&oldest.run, &snapshot));
        }
    }

    /// Takes the oldest file out, if no thread works on it any more. If a thread panicked, so does this one.
    pub fn take_oldest(&mut self) -> Option<(AtWork, Ended)> {
        let ended = self.files.front_mut()?.ended.take()?;
        self.show_oldest();
        self.shown = None;
        let oldest = self.files.pop_front()?;
        self.first += 1;
        match ended {
            Ok(ended) => Some((oldest, ended)),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
}
