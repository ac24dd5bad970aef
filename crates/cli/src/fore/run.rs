//! The plan → one file after the other. A file that fails is reported, and the next one is taken up.

use std::io;

use nix::fcntl::OFlag;

use super::{
    batch::{Batch, Fate, Sequel},
    change::Stamp,
    folder::{Entry, is_regular},
    input::{Allowed, Input},
    list::List,
    output::{Output, cannot_create},
    plan::{Action, Destination, Plan, Sparse},
    progress::{All, Course, content_len},
    range, recover,
    report::{Problem, Report, bits_per_byte, mebibytes, one_line, plain, saved},
    signals,
    walk::{Found, walk},
    work::{self, Done},
};
use crate::common::stdio;
use foretell::unstable::parallel::memory::ensure;

/// Bytes of memory for the stack of the thread that waits for signals, and to read and write.
const TO_START: u64 = 4 << 20;

/// Does what `plan` says; `report` hears of everything that goes wrong.
pub fn run(plan: &Plan, report: &mut Report) {
    // Before there is a second thread: one that starts without memory ends the process.
    if let Err(error) = ensure(TO_START) {
        return report.add(Problem::error("memory", plain(&error.into())));
    }
    if let Err(error) = signals::watch() {
        return report.add(Problem::error("signals", plain(&error)));
    }
    let course = Course::begin(plan.progress, || size_up(plan));
    let mut run = Run { plan, course, list: List::default(), batch: Batch::new(plan.sync), report };
    walk(plan, &mut |found| {
        if let Ok(found) = &found {
            run.course.next(|| size(plan, found));
        }
        if let Err(problem) = found.and_then(|found| take_up(&mut run, &found)) {
            run.report.add(problem);
        }
    });
    run.batch.settle(run.report);
    if let Action::List { json } = plan.action
        && let Err(problem) = run.list.print(json, plan.verbose)
    {
        run.report.add(problem);
    }
}

/// How much there is to do, if it is several files.
fn size_up(plan: &Plan) -> Option<All> {
    if plan.operands.len() == 1 && !plan.recursive {
        return None;
    }
    let mut all = All::default();
    walk(plan, &mut |found| {
        if let Some(bytes) = found.ok().and_then(|found| size(plan, &found)) {
            all.files += 1;
            all.bytes += bytes;
        }
    });
    Some(all)
}

/// Bytes of content of a regular file that is to be dealt with, or of the file where that is not known.
fn size(plan: &Plan, found: &Found) -> Option<u64> {
    let found = with_suffix(plan, found);
    let (Found::Named(entry) | Found::Within(entry)) = &found else { return None };
    target(plan, &found).ok()?;
    let stat = entry.stat(true).ok().filter(is_regular)?;
    let len = u64::try_from(stat.st_size).ok()?;
    if let Action::Compress(_) = plan.action {
        return Some(len);
    }
    // Should it have turned into a pipe by now, opening must not wait.
    let file = entry.open(OFlag::O_RDONLY | OFlag::O_NONBLOCK);
    Some(file.ok().and_then(content_len).unwrap_or(len))
}

/// A run: what there is to do, how far it is, and what is complete but not in its place.
struct Run<'a> {
    plan: &'a Plan,
    course: Course,
    list: List,
    batch: Batch,
    report: &'a mut Report,
}

/// Deals with one input from end to end.
fn take_up(run: &mut Run, found: &Found) -> Result<(), Problem> {
    let Run { plan, course, list, batch, report } = run;
    let found = &make_way(plan, batch, found, report);
    let target = target(plan, found);
    // Nobody asked for this very file; and if it is gone, it may be so by our own work on an operand before.
    if let Found::Within(entry) = found
        && (target.is_err() || entry.stat(false).is_err_and(|error| error.kind() == io::ErrorKind::NotFound))
    {
        return Ok(());
    }
    let mut input = open(plan, found)?;
    refuse_loop(plan, &input)?;
    if let Action::List { .. } = plan.action {
        return list.add(plan, &mut input);
    }
    let target = target?;
    spare_model(plan, &input, target.as_ref())?;
    if let Action::Recover = plan.action
        && !input.is_file()
    {
        return Err(Problem::error(&input, "--recover takes a file, not a pipe: it reads from the end, and twice"));
    }
    if let Some(target) = target.as_ref().filter(|target| plan.force && batch.has_made(target)) {
        return Err(Problem::error(target, "was made of another input just now, not overwritten; name another output"));
    }
    let mut output = create(plan, &input, target.as_ref())?;
    let mut is_whole = true;
    let done = match &plan.action {
        Action::Compress(options) => work::compress(plan, options, course, &mut input, &mut output)?,
        Action::Range(part) => range::decompress(plan, *part, course, &mut input, &mut output)?,
        Action::Recover | Action::Test if input.can_seek() => {
            let done;
            (done, is_whole) = recover::recover(plan, course, &mut input, &mut output, report)?;
            done
        }
        _ => work::decompress(plan, course, &mut input, &mut output)?,
    };
    if plan.verify {
        work::verify(plan, course, &mut input, &output)?;
    }
    let fate = if is_whole { fate(plan, &input, &output, done) } else { Fate::Stays(Ok(())) };
    let (complete, warning) = output.complete(input.like(), plan.sync)?;
    if let Some(warning) = warning {
        report.add(warning);
    }
    let line = |is_gone| outcome(plan, &input, target.as_ref(), done, is_gone);
    let sequel = Sequel { fate, lines: (plan.verbose && is_whole).then(|| [line(false), line(true)]) };
    drop(input);
    match complete {
        Some(complete) => batch.add(complete, sequel, report),
        None => sequel.follow(report),
    }
    Ok(())
}

/// What becomes of the input: it goes, if that is wanted and nothing would be lost, or stays with a word on what
/// happened to it meanwhile.
fn fate(plan: &Plan, input: &Input, output: &Output, done: Done) -> Fate {
    if done.garbage {
        let kept = if plan.remove { ", so the file is kept" } else { "" };
        let text = format_args!("something else follows the compressed data{kept}");
        return Fate::Stays(Err(Problem::warning(input, text)));
    }
    if !plan.remove || input.path().is_none() {
        return Fate::Stays(input.leave());
    }
    let source = input.source();
    if output.is_file() {
        return Fate::Goes(source);
    }
    // A pipe's reader may have lost what it took.
    let text = format_args!("not removed: nobody knows whether what goes to {output} is kept");
    Fate::Stays(source.check().and_then(|()| Err(Problem::warning(input, text))))
}

/// The input meant, when what is complete is settled, should it have to do with that.
fn make_way(plan: &Plan, batch: &mut Batch, found: &Found, report: &mut Report) -> Found {
    let meant = with_suffix(plan, found);
    let input = match &meant {
        Found::Named(entry) | Found::Within(entry) => Some(entry),
        Found::Stdin => None,
    };
    let target = match (target(plan, &meant), &meant) {
        (Ok(target), _) => target,
        // Passed over.
        (Err(_), Found::Within(_)) => return meant,
        (Err(_), _) => None,
    };
    // What is complete should not wait until somebody was asked whether a file may go.
    let free = target.filter(|target| plan.force || target.stat(false).is_err());
    if batch.make_way(input, free.as_ref(), report) { with_suffix(plan, found) } else { meant }
}

/// The input meant: for `f` also `f.fore`, where that is what exists and makes sense.
fn with_suffix(plan: &Plan, found: &Found) -> Found {
    match found {
        Found::Stdin => Found::Stdin,
        Found::Within(entry) => Found::Within(entry.clone()),
        Found::Named(entry) => {
            let compressed = entry.renamed(plan.names.compressed(entry.path()));
            let compressing = matches!(plan.action, Action::Compress(_));
            let other = !compressing && entry.stat(false).is_err() && compressed.stat(false).is_ok();
            Found::Named(if other { compressed } else { entry.clone() })
        }
    }
}

/// The file to write; `None` if none gets a name.
fn target(plan: &Plan, found: &Found) -> Result<Option<Entry>, Problem> {
    let entry = match (&plan.destination, found) {
        (Destination::File(_), _) if matches!(plan.action, Action::Test | Action::List { .. }) => return Ok(None),
        (Destination::File(file), _) => {
            return Entry::new(file).map(Some).map_err(|error| cannot_create(file.display(), &error));
        }
        (Destination::Stdout, _) | (_, Found::Stdin) => return Ok(None),
        (Destination::Beside, Found::Named(entry) | Found::Within(entry)) => entry,
    };
    let path = entry.path();
    match &plan.action {
        Action::Compress(_) => match plan.names.compressed_suffix(path) {
            None => Ok(Some(entry.renamed(plan.names.compressed(path)))),
            Some(suffix) => {
                Err(Problem::notice(entry, format_args!("already has suffix {}, unchanged", suffix.display())))
            }
        },
        Action::Decompress | Action::Recover | Action::Range(_) => match plan.names.decompressed(path) {
            None => Err(unknown_suffix(entry)),
            Some(name) => Ok(Some(entry.renamed(name))),
        },
        Action::Test | Action::List { .. } => match found {
            Found::Within(_) if plan.names.decompressed(path).is_none() => Err(unknown_suffix(entry)),
            _ => Ok(None),
        },
    }
}

fn unknown_suffix(entry: &Entry) -> Problem {
    Problem::warning(entry, "unknown suffix, skipped; -c or -o reads it")
}

fn open(plan: &Plan, found: &Found) -> Result<Input, Problem> {
    let beside =
        matches!(plan.destination, Destination::Beside) && !matches!(plan.action, Action::Test | Action::List { .. });
    let within = matches!(found, Found::Within(_));
    let allowed = Allowed {
        special: !within && !beside && !plan.remove,
        symlink: plan.force || !(within || plan.remove),
        odd: plan.force || !plan.remove,
    };
    let input = match found {
        Found::Stdin => Input::stdin()?,
        Found::Named(entry) | Found::Within(entry) => Input::open(entry, allowed)?,
    };
    let input = if plan.remove { input.watched()? } else { input };
    if !matches!(plan.action, Action::Compress(_)) && !plan.force && input.is_terminal() {
        return Err(Problem::error(&input, "compressed data is not read from a terminal; -f forces it, -h helps"));
    }
    Ok(input)
}

/// Makes sure that what goes to standard output does not come back as input.
fn refuse_loop(plan: &Plan, input: &Input) -> Result<(), Problem> {
    let is_written = match (&plan.action, &plan.destination) {
        (Action::Test, _) => false,
        (Action::List { .. }, _) | (_, Destination::Stdout) => true,
        (_, Destination::Beside) => input.path().is_none(),
        (_, Destination::File(_)) => false,
    };
    if !is_written {
        return Ok(());
    }
    // If it is closed, who writes there says so.
    if stdio::stdout().is_ok_and(|stdout| input.is_also(&stdout)) {
        return Err(Problem::error(input, "is standard output too; it cannot be read while it is written"));
    }
    Ok(())
}

/// Makes sure that the model which was named, and is needed to decode, neither goes nor is replaced.
fn spare_model(plan: &Plan, input: &Input, target: Option<&Entry>) -> Result<(), Problem> {
    let Some(model) = plan.model.as_deref().and_then(|path| Entry::new(path).ok()) else { return Ok(()) };
    if plan.remove && input.is_same_file(&model) {
        return Err(Problem::error(input, "is the model that decoding will need, so it must stay; -k keeps it"));
    }
    let stamp = |entry: &Entry| entry.stat(true).map(|stat| Stamp::from(&stat)).ok();
    match target {
        Some(target) if stamp(target).zip(stamp(&model)).is_some_and(|(one, other)| one.is_of_same_file(&other)) => {
            Err(Problem::error(target, "is the model that decoding needs; name another output"))
        }
        _ => Ok(()),
    }
}

fn create(plan: &Plan, input: &Input, target: Option<&Entry>) -> Result<Output, Problem> {
    let output = match (&plan.action, target) {
        (Action::Test | Action::List { .. }, _) => return Ok(Output::nowhere()),
        (_, None) => Output::stdout()?,
        (_, Some(target)) if input.is_same_file(target) => {
            return Err(Problem::error(target, "is the input itself; name another output"));
        }
        (_, Some(target)) => {
            let may_replace = |target: &Entry| may_replace(plan, target);
            match plan.destination {
                Destination::File(_) => Output::named(target, may_replace)?,
                _ => Output::beside(target, may_replace)?,
            }
        }
    };
    if let Action::Compress(_) = plan.action {
        if output.is_terminal() && !plan.force {
            let text = "compressed data is not written to a terminal; -f forces it, -h helps";
            return Err(Problem::error(&output, text));
        }
        return Ok(output);
    }
    let holes = plan.sparse == Sparse::Always || (plan.sparse == Sparse::Files && output.is_file());
    Ok(if holes { output.with_holes() } else { output })
}

/// Whether the file at `target` may be overwritten.
fn may_replace(plan: &Plan, target: &Entry) -> Result<bool, Problem> {
    if plan.force {
        return Ok(true);
    }
    if plan.can_ask {
        stdio::say(&format!("fore: {} already exists; overwrite it (y or n)? ", one_line(&target.to_string())));
        let mut answer = String::new();
        let _ = io::stdin().read_line(&mut answer);
        if answer.trim_start().starts_with(['y', 'Y']) {
            return Ok(true);
        }
    }
    Err(Problem::warning(target, "already exists, not overwritten; -f overwrites"))
}

/// What became of one input, for `-v`.
fn outcome(plan: &Plan, input: &Input, target: Option<&Entry>, done: Done, is_gone: bool) -> String {
    if let Action::Test = plan.action {
        return format!("{input}: OK");
    }
    let Done { raw, coded, memory, .. } = done;
    let (saved, bits_per_byte, memory) = (saved(raw, coded), bits_per_byte(raw, coded), mebibytes(memory));
    let mut line = format!("{input}: {saved:.1}% saved, {bits_per_byte:.3} bits/byte, {memory:.1} MiB memory");
    if let Some(target) = target {
        let verb = if is_gone { "replaced with" } else { "made" };
        line += &format!(" -- {verb} {target}");
    }
    line
}
