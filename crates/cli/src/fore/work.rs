//! One input → one output: the library does the work, a meter follows it.

use std::{
    io::{BufReader, Read},
    sync::Arc,
};

use super::{
    copy::{BUFFER, Fault, copy},
    decoding::Decoding,
    input::Input,
    live,
    means::Means,
    mixed::Mixed,
    outcome::Done,
    plan::{Action, Plan},
    progress::{ProgressMeter, Run, Total},
    range, recover,
};
use crate::common::{
    output::Output,
    report::{Problem, lacks_memory, plain},
};
use foretell::{Decoder, EncodeOptions, Encoder, Progress};

/// Does what `plan` says with one input; `problems` gets each damage. Returns the figures, and whether all of the
/// content was good.
pub fn perform(
    plan: &Plan,
    run: &Run,
    means: Means,
    input: &mut Input,
    output: &mut Output,
    problems: &mut Vec<Problem>,
) -> Result<(Done, bool), Problem> {
    let done = match &plan.action {
        Action::Compress(options, _) => compress(plan, options, run, means, input, output)?,
        Action::Range(part) => range::decompress(plan, *part, run, means, input, output)?,
        Action::Recover { .. } | Action::Test if input.can_seek() => {
            return recover::recover(plan, run, means, input, output, problems);
        }
        _ => decompress(plan, run, means, input, output)?,
    };
    if plan.verify {
        verify(plan, run, means, input, output)?;
    }
    Ok((done, true))
}

/// Compresses `input` onto `output`.
fn compress(
    plan: &Plan,
    options: &EncodeOptions,
    run: &Run,
    means: Means,
    input: &mut Input,
    output: &mut Output,
) -> Result<Done, Problem> {
    let progress = Arc::<Progress>::default();
    let mut options = options.clone().threads(means.threads).memory_limit(means.memory).progress(Arc::clone(&progress));
    let mut total = Total::Unknown;
    if let Some(len) = input.len() {
        options = options.content_size(len);
        total = Total::Raw(len);
    }
    let _meter = ProgressMeter::start(run, &input.to_string(), total, &progress);
    let mut encoder = Encoder::new(&mut *output, &options);
    let copied = match input.len() {
        Some(_) => copy(input, &mut encoder),
        None => live::copy(input, &mut encoder, plan.flush_timeout),
    };
    let copied = copied.and_then(|()| input.check_read().map_err(Fault::Read));
    let finished = copied.and_then(|()| encoder.finish().map(drop).map_err(Fault::Write));
    finished.map_err(|fault| fault.of(plan, input, output))?;
    Ok(Done { raw: input.taken(), coded: output.written(), memory: progress.memory(), garbage: false })
}

/// Decompresses `input` onto `output`.
fn decompress(plan: &Plan, run: &Run, means: Means, input: &mut Input, output: &mut Output) -> Result<Done, Problem> {
    let total = Total::of_compressed(input, run.shows_progress());
    let decoding = Decoding::begin(plan, run, means, &input.to_string(), total);
    let mut garbage = false;
    let copied = if plan.pass_plain && output.is_stream() && !plan.follow {
        copy(&mut Mixed::new(&mut *input, decoding.options.clone()), output)
    } else {
        // A pipe has an end of its own.
        let follows = plan.follow && input.is_file();
        if follows {
            input.follow();
        }
        // Content that came down a pipe is written before more of the pipe is waited for.
        input.report_before_waiting();
        let reader = BufReader::with_capacity(BUFFER, &mut *input);
        let mut decoder = Decoder::new(reader, &decoding.options);
        let copied = if follows { live::follow(&mut decoder, output) } else { copy(&mut decoder, output) };
        garbage = decoder.trailing_garbage();
        copied
    };
    let copied = copied.and_then(|()| input.check_read().map_err(Fault::Read));
    copied.map_err(|fault| fault.of(plan, input, output))?;
    Ok(Done { raw: output.written(), coded: input.taken(), memory: decoding.progress.memory(), garbage })
}

/// Decodes what `output` holds and compares it with `input`: byte by byte if the input can be read again and is still
/// as it was, else by the checksum of the content that the frame keeps.
fn verify(plan: &Plan, run: &Run, means: Means, input: &mut Input, output: &Output) -> Result<(), Problem> {
    let failed = |text: &str| Problem::error(output, format_args!("verification failed: {text}"));
    let file = output.reread().map_err(|e| failed(&plain(&e)))?;
    let len = input.taken();
    let decoding = Decoding::begin(plan, run, means, &format!("{input} (verifying)"), Total::Raw(len));
    let mut decoder = Decoder::new(BufReader::with_capacity(BUFFER, file), &decoding.options);
    let mut original = input.again();
    let (mut decoded, mut expected) = (vec![0; BUFFER], vec![0; BUFFER]);
    let mut done = 0;
    loop {
        let n = decoder.read(&mut decoded).map_err(|e| failed(&plain(&e)).short_of_memory(lacks_memory(&e)))?;
        if n == 0 {
            break;
        }
        done += n as u64;
        let Some(input) = &mut original else { continue };
        let read = input.read_exact(&mut expected[..n]);
        if read.is_ok() && decoded[..n] == expected[..n] {
            continue;
        }
        if !input.is_changed() {
            return Err(read.map_or_else(|e| failed(&plain(&e)), |()| failed("the content differs")));
        }
        original = None;
    }
    if done == len && !decoder.trailing_garbage() { Ok(()) } else { Err(failed("the length differs")) }
}
