//! Files that may be damaged: tested to the end, or saved as far as possible.

use std::sync::Arc;

use super::{
    decoding::decode_options,
    input::Input,
    outcome::Done,
    plan::{Action, Plan},
    progress::{ProgressMeter, Run, Total},
};
use crate::common::{
    error_tap::ErrorTap,
    output::Output,
    report::{Problem, Report, plain},
};
use foretell::{Damage, Error, Progress};

/// Decodes all that is good of `input` onto `output`; `report` gets each damage. Returns the figures, and whether there
/// was no damage.
pub fn recover(
    plan: &Plan,
    run: &Run,
    input: &mut Input,
    output: &mut Output,
    report: &mut Report,
) -> Result<(Done, bool), Problem> {
    let progress = Arc::<Progress>::default();
    let coded = input.len().unwrap_or(0);
    let _meter = ProgressMeter::start(run, &input.to_string(), || Total::of_compressed(input), &progress);
    let mut tap = ErrorTap::new(output);
    let recovered = foretell::recover(&mut *input, &mut tap, &decode_options(plan, &progress));
    if let Some(problem) = tap.problem() {
        return Err(problem);
    }
    // The advice on damage is to recover, which this may be.
    let words = |error: Error| match plan.action {
        Action::Recover if error.is_damage() => error.to_string(),
        _ => plain(&error.into()),
    };
    let recovered = recovered.map_err(|error| input.unreadable(plan.remove, words(error)))?;
    input.check_read().map_err(|error| input.unreadable(plan.remove, plain(&error)))?;
    let is_whole = recovered.damages.is_empty();
    for damage in recovered.damages {
        report.add(Problem::error(&*input, described(damage, words)));
    }
    let (raw, memory, garbage) = (recovered.content, progress.memory(), recovered.trailing_garbage);
    Ok((Done { raw, coded, memory, garbage }, is_whole))
}

/// The place of the damage and its error, by `words`.
fn described(damage: Damage, words: impl Fn(Error) -> String) -> String {
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
