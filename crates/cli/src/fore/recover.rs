//! Files that may be damaged: to be tested to the end, and to be saved as far as possible.

use std::{
    io::{self, Write},
    sync::Arc,
};

use super::{
    input::Input,
    output::Output,
    plan::{Action, Plan},
    progress::{Course, Meter, Total},
    report::{Problem, Report, plain},
    work::{Done, decode_options},
};
use foretell::{Damage, Error, Progress};

/// Decodes all that is good of `input` onto `output`; `report` hears of all that is not. Says what came of it, and
/// whether all was good.
pub fn recover(
    plan: &Plan,
    course: &Course,
    input: &mut Input,
    output: &mut Output,
    report: &mut Report,
) -> Result<(Done, bool), Problem> {
    let progress = Arc::<Progress>::default();
    let coded = input.len().unwrap_or(0);
    let _meter = Meter::start(course, &input.to_string(), || Total::of_compressed(input), &progress);
    let mut witness = Witness { output, failed: None };
    let recovered = foretell::recover(&mut *input, &mut witness, &decode_options(plan, &progress));
    if let Some(error) = witness.failed {
        return Err(output.failed(&error));
    }
    // What can be done about damage is what is being done, unless this was but a test.
    let words = |error: Error| match plan.action {
        Action::Recover if error.is_damage() => error.to_string(),
        _ => plain(&error.into()),
    };
    let recovered = recovered.map_err(|error| input.unreadable(plan.remove, words(error)))?;
    input.check_read().map_err(|error| input.unreadable(plan.remove, plain(&error)))?;
    let is_whole = recovered.damages.is_empty();
    for damage in recovered.damages {
        report.add(Problem::error(&*input, told(damage, words)));
    }
    let (raw, memory, garbage) = (recovered.content, progress.memory(), recovered.trailing_garbage);
    Ok((Done { raw, coded, memory, garbage }, is_whole))
}

/// Where the damage is, and what, in these words.
fn told(damage: Damage, words: impl Fn(Error) -> String) -> String {
    let Damage { block, start, end, error, .. } = damage;
    let place = match end {
        Some(end) if end == start => return format!("{error}; no content is lost by that"),
        Some(end) => format!("bytes {start} to {} of the content", end - 1),
        None => format!("the content from byte {start} on"),
    };
    let what = words(error);
    match block {
        Some(block) => format!("block {block}, {place}: {what}"),
        None => format!("{place}: {what}"),
    }
}

/// Passes bytes on, and remembers why that failed: the library cannot tell whose error it was.
struct Witness<'a> {
    output: &'a mut Output,
    failed: Option<io::Error>,
}

impl Write for Witness<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.output.write(bytes).map_err(|error| {
            let kind = error.kind();
            if kind != io::ErrorKind::Interrupted {
                self.failed = Some(error);
            }
            kind.into()
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }
}
