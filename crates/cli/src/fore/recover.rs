//! Files that may be damaged: tested to the end, or saved as far as possible.

use super::{
    decoding::Decoding,
    input::Input,
    means::Means,
    outcome::Done,
    plan::{Action, Plan},
    progress::{Run, Total},
};
use crate::common::{
    error_tap::ErrorTap,
    output::Output,
    report::{Problem, plain},
};
use foretell::{Damage, Error, ErrorKind};

/// Decodes all that is good of `input` onto `output`; `problems` gets each damage. Returns the figures, and whether there
/// was no damage.
pub fn recover(
    plan: &Plan,
    run: &Run,
    means: Means,
    input: &mut Input,
    output: &mut Output,
    problems: &mut Vec<Problem>,
) -> Result<(Done, bool), Problem> {
    let coded = input.len().unwrap_or(0);
    let total = Total::of_compressed(input, run.shows_progress());
    let decoding = Decoding::begin(plan, run, means, &input.to_string(), total);
    let mut tap = ErrorTap::new(output);
    let unverified = matches!(plan.action, Action::Recover { unverified: true });
    let options = decoding.options.clone().unverified(unverified);
    let recovered = foretell::recover(&mut *input, &mut tap, &options);
    if let Some(problem) = tap.problem() {
        return Err(problem);
    }
    // The advice on damage is to recover, which this may be.
    let words = |error: Error| match plan.action {
        Action::Recover { .. } if error.is_damage() => error.to_string(),
        _ => plain(&error.into()),
    };
    let recovered = recovered.map_err(|error| {
        let is_short = error.kind() == ErrorKind::MemoryLimit;
        input.unreadable(plan.remove, words(error)).short_of_memory(is_short)
    })?;
    input.check_read().map_err(|error| input.unreadable(plan.remove, plain(&error)))?;
    let is_whole = recovered.damages.is_empty();
    for damage in recovered.damages {
        problems.push(Problem::error(&*input, described(damage, words)));
    }
    let (raw, memory, garbage) = (recovered.content, decoding.progress.memory(), recovered.trailing_garbage);
    Ok((Done { raw, coded, memory, garbage }, is_whole))
}

/// The place of the damage and its error, by `words`.
fn described(damage: Damage, words: impl Fn(Error) -> String) -> String {
    let Damage { block, start, end, unverified, error, .. } = damage;
    let mut place = match end {
        Some(end) if end == start => return format!("{error}; no content is lost by that"),
        Some(end) => format!("bytes {start} to {} of the content", end - 1),
        None => format!("the content from byte {start} on"),
    };
    if unverified > 0 {
        place += &format!(", of which {unverified} are written unverified");
    }
    let what = words(error);
    match block {
        Some(block) => format!("block {block}, {place}: {what}"),
        None => format!("{place}: {what}"),
    }
}
