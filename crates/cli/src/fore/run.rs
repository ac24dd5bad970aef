//! The plan → one file after the other, or several side by side, with the same results and messages in the same order. A
//! file that fails is reported, and the next one is taken up.

use std::{sync::Arc, time::Instant};

use super::{
    batch::Batch,
    guard,
    input::Input,
    job::Job,
    list::List,
    means::{self, Means},
    newcomer::Newcomer,
    outcome::sequel,
    plan::{Action, Destination, Plan},
    progress::{self, Run, Totals},
    queue::{AtWork, Ended, Opened, Queue},
    walk::{Found, Met, walk},
};
use crate::common::{
    report::{Problem, Report, plain},
    signals,
};
use foretell::unstable::parallel::memory::ensure;

/// Bytes of memory for the stack of the thread that waits for signals, and to read and write.
const TO_START: u64 = 4 << 20;

/// Descriptors that must be left beside those of files at work: to walk on, to open the next file, and for the work.
const DESCRIPTORS: usize = 16;

/// Does what `plan` says; `report` gets every problem.
pub fn run(plan: &Arc<Plan>, report: &mut Report) {
    // Before there is a second thread: a thread that starts without memory ends the process.
    if let Err(error) = ensure(TO_START) {
        return report.add(Problem::error("memory", plain(&error.into())));
    }
    if let Err(error) = signals::watch(progress::tell) {
        return report.add(Problem::error("signals", plain(&error)));
    }
    let mut session = Session {
        plan,
        run: Run::begin(plan.progress, || count(plan)),
        list: List::default(),
        queue: Queue::new(plan),
        batch: Batch::new(plan.sync, plan.force),
        report,
    };
    walk(plan, &mut |met| {
        let done = match met {
            Met::File(Ok(found)) => session.take_up(&found),
            Met::File(Err(problem)) => {
                session.finish_all();
                Err(problem)
            }
            Met::Directory => {
                session.finish_all();
                Ok(())
            }
        };
        if let Err(problem) = done {
            session.report.add(problem);
        }
        if signals::is_end_asked_for() {
            session.batch.settle(session.report);
        }
        signals::after_the_stream();
    });
    session.finish_all();
    session.batch.settle(session.report);
    if let Action::List { json } = plan.action
        && let Err(problem) = session.list.print(json, plan.verbose)
    {
        session.report.add(problem);
    }
}

/// How many files there are to work on, and how many bytes; `None` if there is only one file.
fn count(plan: &Plan) -> Option<Totals> {
    if plan.operands.len() == 1 && !plan.recursive {
        return None;
    }
    let mut totals = Totals::default();
    walk(plan, &mut |met| {
        let Met::File(found) = met else { return };
        if let Some(bytes) = found.ok().and_then(|found| Job::new(plan, &found).size(plan)) {
            totals.files += 1;
            totals.bytes += bytes;
        }
    });
    Some(totals)
}

/// A run: the plan, how far it is, the files at work, and the outputs that are complete but not in their places. Files
/// at work come after those that are complete.
struct Session<'a> {
    plan: &'a Plan,
    run: Run,
    list: List,
    queue: Queue,
    batch: Batch,
    report: &'a mut Report,
}

impl Session<'_> {
    /// Deals with one input from end to end, or leaves the work on it to the queue.
    fn take_up(&mut self, found: &Found) -> Result<(), Problem> {
        let plan = self.plan;
        let job = Job::new(plan, found);
        self.run.next(|| job.size(plan));
        let job = if self.make_way(&job) { Job::new(plan, found) } else { job };
        let begun = self.begin(job);
        if begun.is_ok() || self.queue.is_empty() {
            return begun;
        }
        // What lacked may be there once the files before this one are complete. If not, it is told of after them.
        self.finish_all();
        self.make_way(&Job::new(plan, found));
        self.begin(Job::new(plan, found))
    }

    /// Completes what must be complete before `job` begins; returns whether there was anything, which may change the
    /// job.
    fn make_way(&mut self, job: &Job) -> bool {
        let is_changed = !self.queue.is_empty() && !self.is_apart(job);
        if is_changed {
            self.finish_all();
        }
        self.queue.is_empty() && self.settle_before(job) || is_changed
    }

    /// Whether `job` has nothing to do with files that are not complete.
    fn is_apart(&self, job: &Job) -> bool {
        if let (Err(_), Found::Within(_)) = (&job.target, &job.found) {
            // Passed over.
            return true;
        }
        if let Action::Test = self.plan.action {
            // It makes and removes nothing. What is no regular file may have to be waited for.
            return job.entry().is_some_and(|entry| entry.stat(true).is_ok_and(|stat| stat.is_file()));
        }
        let newcomer = self.newcomer(job);
        newcomer.is_some_and(|newcomer| self.queue.is_apart(&newcomer) && self.batch.is_apart(&newcomer))
    }

    /// Settles the batch if it cannot wait until `job` is done; returns whether it did.
    fn settle_before(&mut self, job: &Job) -> bool {
        if let (Err(_), Found::Within(_)) = (&job.target, &job.found) {
            // Passed over.
            return false;
        }
        let newcomer = self.newcomer(job);
        self.batch.settle_before(newcomer.as_ref(), self.report)
    }

    fn newcomer<'a>(&self, job: &'a Job) -> Option<Newcomer<'a>> {
        let target = job.target.as_ref().ok()?.as_ref()?;
        // While a person is asked whether a file may be replaced, complete files should not wait.
        let is_free = self.plan.force || target.stat(false).is_err();
        if is_free { Newcomer::new(job.entry()?, target) } else { None }
    }

    /// Begins with an input. If it goes to the queue, it ends there.
    fn begin(&mut self, job: Job) -> Result<(), Problem> {
        let Some(mut opened) = self.open(job)? else { return Ok(()) };
        if let Some(needed) = self.needed(&mut opened.input)
            && self.wait_for_room(&opened.input, needed)
        {
            self.queue.start(opened, &self.run, needed);
            return Ok(());
        }
        self.finish_all();
        self.batch.settle_before_completing(opened.target.as_ref(), opened.input.len().unwrap_or(0), self.report);
        let run = self.run.clone();
        self.work(opened, &run)
    }

    /// Opens the input and its output; `None` if nothing is left to do.
    fn open(&mut self, job: Job) -> Result<Option<Opened>, Problem> {
        let (plan, begun) = (self.plan, Instant::now());
        if job.is_passed_over() {
            return Ok(None);
        }
        let mut input = guard::open(plan, &job.found)?;
        if let Action::List { .. } = plan.action {
            return self.list.add(plan, &mut input).map(|()| None);
        }
        let target = job.target?;
        guard::spare_model(plan, &input, target.as_ref())?;
        if let Some(target) = target.as_ref().filter(|target| self.batch.has_made(target)) {
            let text = "was made of another input just now, not overwritten; name another output";
            return Err(Problem::error(target, text));
        }
        let output = guard::create(plan, &input, target.as_ref())?;
        Ok(Some(Opened { found: job.found, target, input, output, begun }))
    }

    /// Bytes of memory for the work on `input` by one thread; `None` if it is to be done when no other is.
    fn needed(&self, input: &mut Input) -> Option<u64> {
        let plan = self.plan;
        let several = plan.operands.len() > 1 || plan.recursive;
        let len = input.len().filter(|_| several && self.queue.is_wide())?;
        match (&plan.action, &plan.destination) {
            (Action::Compress(_, block), Destination::Beside) => block.memory(len),
            (Action::Decompress, Destination::Beside) | (Action::Test, _) => means::of_compressed(input, &plan.models),
            _ => None,
        }
    }

    /// Waits until there is room in the queue for `input`, the work on which needs so many bytes of memory, and
    /// completes files meanwhile. Returns whether there is.
    fn wait_for_room(&mut self, input: &Input, needed: u64) -> bool {
        loop {
            self.queue.look();
            while self.queue.is_oldest_done() {
                self.finish_oldest();
            }
            let has_room = input.leaves_descriptors(DESCRIPTORS) && self.queue.has_room(needed);
            if has_room || self.queue.is_empty() {
                return has_room;
            }
            self.settle_before_oldest();
            self.queue.wait();
        }
    }

    /// Settles the batch if it cannot wait until the oldest file at work is complete.
    fn settle_before_oldest(&mut self) {
        if let Some(oldest) = self.queue.oldest() {
            self.batch.settle_before_completing(oldest.target.as_ref(), oldest.len, self.report);
        }
    }

    /// Waits for all files at work, and completes them.
    fn finish_all(&mut self) {
        while !self.queue.is_empty() {
            self.finish_oldest();
        }
    }

    /// Waits for the oldest file at work, and completes it.
    fn finish_oldest(&mut self) {
        self.settle_before_oldest();
        while !self.queue.is_empty() && !self.queue.is_oldest_done() {
            self.queue.wait();
        }
        let Some((oldest, ended)) = self.queue.take_oldest() else { return };
        let done = if ended.is_short_of_memory() {
            drop(ended);
            self.work_again(&oldest)
        } else {
            self.complete(ended)
        };
        if let Err(problem) = done {
            self.report.add(problem);
        }
    }

    /// Does the work on a file from its beginning, when no other is at work.
    fn work_again(&mut self, file: &AtWork) -> Result<(), Problem> {
        while self.queue.is_at_work() {
            self.queue.wait_unseen();
        }
        let job = Job::new(self.plan, &file.found);
        let Some(opened) = self.open(job)? else { return Ok(()) };
        self.work(opened, &file.run)
    }

    /// The work on one file, by this thread and by all that the library wants.
    fn work(&mut self, opened: Opened, run: &Run) -> Result<(), Problem> {
        let means = Means { threads: self.plan.threads, memory: self.plan.memory_limit };
        let ended = opened.work(self.plan, run, means);
        self.complete(ended)
    }

    /// Completes the output when the work is done.
    fn complete(&mut self, ended: Ended) -> Result<(), Problem> {
        let Ended { opened, problems, result } = ended;
        problems.into_iter().for_each(|problem| self.report.add(problem));
        let (done, is_whole) = result?;
        let Opened { target, input, output, begun, .. } = opened;
        let sequel = sequel(self.plan, &input, &output, target.as_ref(), done, is_whole);
        let (complete, warning) = output.complete(input.like(), self.plan.sync)?;
        if let Some(warning) = warning {
            self.report.add(warning);
        }
        drop(input);
        match complete {
            Some(complete) => self.batch.add(complete, sequel, begun, self.report),
            None => sequel.follow(self.report),
        }
        Ok(())
    }
}
