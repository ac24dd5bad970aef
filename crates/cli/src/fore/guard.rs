//! An input and its output, opened, if nothing would be lost or garbled by that.

use std::io;

use super::{
    input::{Allowed, Input},
    plan::{Action, Destination, Plan, Sparse},
    walk::Found,
};
use crate::common::{
    folder::Entry,
    output::Output,
    report::{Problem, one_line},
    stdio,
};

/// Opens the input, or says why it is not read.
pub fn open(plan: &Plan, found: &Found) -> Result<Input, Problem> {
    let beside = matches!(plan.destination, Destination::Beside) && plan.action.writes();
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
    if !matches!(plan.action, Action::Compress(..)) && !plan.force && input.is_terminal() {
        return Err(Problem::error(&input, "compressed data is not read from a terminal; -f forces it, -h helps"));
    }
    refuse_loop(plan, &input)?;
    if let Action::Recover { .. } = plan.action
        && !input.is_file()
    {
        return Err(Problem::error(&input, "--recover takes a file, not a pipe: it reads from the end, and twice"));
    }
    Ok(input)
}

/// Makes sure that bytes written to standard output do not come back as input.
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
    // A closed standard output is reported when it is written to.
    if stdio::stdout().is_ok_and(|stdout| input.is_also(&stdout)) {
        return Err(Problem::error(input, "is standard output too; it cannot be read while it is written"));
    }
    Ok(())
}

/// Makes sure that the named model, which decoding needs, is neither removed nor replaced.
pub fn spare_model(plan: &Plan, input: &Input, target: Option<&Entry>) -> Result<(), Problem> {
    let Some(model) = &plan.model else { return Ok(()) };
    if plan.remove && input.then().is_same_file(model) {
        return Err(Problem::error(input, "is the model that decoding will need, so it must stay; -k keeps it"));
    }
    match target.filter(|target| target.is(model)) {
        Some(target) => Err(Problem::error(target, "is the model that decoding needs; name another output")),
        None => Ok(()),
    }
}

/// Opens the output of `input` at `target`, or says why it is not written.
pub fn create(plan: &Plan, input: &Input, target: Option<&Entry>) -> Result<Output, Problem> {
    let output = match target {
        _ if !plan.action.writes() => return Ok(Output::nowhere()),
        None => Output::stdout()?,
        Some(target) if target.is(&input.then()) => {
            return Err(Problem::error(target, "is the input itself; name another output"));
        }
        Some(target) => {
            let may_replace = |target: &Entry| may_replace(plan, target);
            match plan.destination {
                Destination::File(_) => Output::named(target, may_replace)?,
                _ => Output::beside(target, may_replace)?,
            }
        }
    };
    if let Action::Compress(..) = plan.action {
        if output.is_terminal() && !plan.force {
            let text = "compressed data is not written to a terminal; -f forces it, -h helps";
            return Err(Problem::error(&output, text));
        }
        return Ok(output);
    }
    let sparse = plan.sparse == Sparse::Always || (plan.sparse == Sparse::Files && output.is_file());
    Ok(if sparse { output.sparse() } else { output })
}

/// Whether the file at `target` may be overwritten.
fn may_replace(plan: &Plan, target: &Entry) -> Result<bool, Problem> {
    if plan.force {
        return Ok(true);
    }
    if plan.can_ask {
        stdio::say(&format!("fore: {} already exists; overwrite it (y or n)? ", one_line(target)));
        let mut answer = String::new();
        let _ = io::stdin().read_line(&mut answer);
        if answer.trim_start().starts_with(['y', 'Y']) {
            return Ok(true);
        }
    }
    Err(Problem::warning(target, "already exists, not overwritten; -f overwrites"))
}
