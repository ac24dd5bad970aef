//! A finished piece of work → what happens to its input, and the line that `-v` prints about it.

use super::{
    batch::{Fate, Sequel},
    input::Input,
    plan::{Action, Plan},
};
use crate::common::{
    folder::Entry,
    output::Output,
    report::{Problem, bits_per_byte, mebibytes, saved},
};

/// Figures of one input's work.
#[derive(Clone, Copy, Debug)]
pub struct Done {
    /// Bytes of content.
    pub raw: u64,
    /// Compressed bytes.
    pub coded: u64,
    /// Bytes of memory that the work took, by the library's count.
    pub memory: u64,
    /// Whether something follows the compressed data that does not belong to it.
    pub garbage: bool,
}

/// What to do when the output of `input` is in its place at `target`. An output that is not `whole` removes nothing and
/// earns no line.
pub fn sequel(
    plan: &Plan,
    input: &Input,
    output: &Output,
    target: Option<&Entry>,
    done: Done,
    is_whole: bool,
) -> Sequel {
    if !is_whole {
        return Sequel { fate: Fate::Stays(Ok(())), lines: None };
    }
    let line = |is_gone| line(plan, input, target, done, is_gone);
    Sequel { fate: fate(plan, input, output, done), lines: plan.verbose.then(|| [line(false), line(true)]) }
}

/// The input is removed if that is wanted and nothing would be lost by it. Else it stays, with a message about what
/// happened to it in the meantime.
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
    // The reader of a pipe may have lost what it read.
    let text = format_args!("not removed: it is not certain that what goes to {output} is kept");
    Fate::Stays(source.check().and_then(|()| Err(Problem::warning(input, text))))
}

/// The line of `-v` about one input.
fn line(plan: &Plan, input: &Input, target: Option<&Entry>, done: Done, is_gone: bool) -> String {
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
