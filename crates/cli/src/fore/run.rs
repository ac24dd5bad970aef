//! The plan → one file after the other. A file that fails is reported, and the next one is taken up.

use super::{
    batch::Batch,
    guard,
    input::Input,
    job::Job,
    list::List,
    outcome::{Done, sequel},
    plan::{Action, Plan},
    progress::{Run, Totals},
    range, recover,
    walk::{Found, walk},
    work,
};
use crate::common::{
    output::Output,
    report::{Problem, Report, plain},
    signals,
};
use foretell::unstable::parallel::memory::ensure;

/// Bytes of memory for the stack of the thread that waits for signals, and to read and write.
const TO_START: u64 = 4 << 20;

/// Does what `plan` says; `report` gets every problem.
pub fn run(plan: &Plan, report: &mut Report) {
    // Before there is a second thread: a thread that starts without memory ends the process.
    if let Err(error) = ensure(TO_START) {
        return report.add(Problem::error("memory", plain(&error.into())));
    }
    if let Err(error) = signals::watch() {
        return report.add(Problem::error("signals", plain(&error)));
    }
    let mut session = Session {
        plan,
        run: Run::begin(plan.progress, || count(plan)),
        list: List::default(),
        batch: Batch::new(plan.sync, plan.force),
        report,
    };
    walk(plan, &mut |found| {
        if let Err(problem) = found.and_then(|found| session.take_up(&found)) {
            session.report.add(problem);
        }
    });
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
    walk(plan, &mut |found| {
        if let Some(bytes) = found.ok().and_then(|found| Job::new(plan, &found).size(plan)) {
            totals.files += 1;
            totals.bytes += bytes;
        }
    });
    Some(totals)
}

/// A run: the plan, how far it is, and the outputs that are complete but not in their places.
struct Session<'a> {
    plan: &'a Plan,
    run: Run,
    list: List,
    batch: Batch,
    report: &'a mut Report,
}

impl Session<'_> {
    /// Deals with one input from end to end.
    fn take_up(&mut self, found: &Found) -> Result<(), Problem> {
        let plan = self.plan;
        let job = Job::new(plan, found);
        self.run.next(|| job.size(plan));
        let job = if self.settle_before(&job) { Job::new(plan, found) } else { job };
        if job.is_passed_over() {
            return Ok(());
        }
        let mut input = guard::open(plan, &job.found)?;
        if let Action::List { .. } = plan.action {
            return self.list.add(plan, &mut input);
        }
        let target = job.target?;
        guard::spare_model(plan, &input, target.as_ref())?;
        if let Some(target) = target.as_ref().filter(|target| self.batch.has_made(target)) {
            let text = "was made of another input just now, not overwritten; name another output";
            return Err(Problem::error(target, text));
        }
        let mut output = guard::create(plan, &input, target.as_ref())?;
        let (done, is_whole) = self.work(&mut input, &mut output)?;
        let sequel = sequel(plan, &input, &output, target.as_ref(), done, is_whole);
        let (complete, warning) = output.complete(input.like(), plan.sync)?;
        if let Some(warning) = warning {
            self.report.add(warning);
        }
        drop(input);
        match complete {
            Some(complete) => self.batch.add(complete, sequel, self.report),
            None => sequel.follow(self.report),
        }
        Ok(())
    }

    /// Settles the batch if it cannot wait until `job` is done; says whether it did, which may change the job.
    fn settle_before(&mut self, job: &Job) -> bool {
        let target = match (&job.target, &job.found) {
            (Ok(target), _) => target.as_ref(),
            // Passed over.
            (Err(_), Found::Within(_)) => return false,
            (Err(_), _) => None,
        };
        // While a person is asked whether a file may be replaced, complete files should not wait.
        let free = target.filter(|target| self.plan.force || target.stat(false).is_err());
        self.batch.settle_before(job.entry(), free, self.report)
    }

    /// The work itself; says whether all of the content was good.
    fn work(&mut self, input: &mut Input, output: &mut Output) -> Result<(Done, bool), Problem> {
        let (plan, run) = (self.plan, &self.run);
        let done = match &plan.action {
            Action::Compress(options) => work::compress(plan, options, run, input, output)?,
            Action::Range(part) => range::decompress(plan, *part, run, input, output)?,
            Action::Recover | Action::Test if input.can_seek() => {
                return recover::recover(plan, run, input, output, self.report);
            }
            _ => work::decompress(plan, run, input, output)?,
        };
        if plan.verify {
            work::verify(plan, run, input, output)?;
        }
        Ok((done, true))
    }
}
