//! One input → one output: the library does the work, a meter follows it.

use std::{
    io::{BufReader, Read},
    sync::Arc,
};

use super::{
    copy::{BUFFER, Fault, copy},
    decoding::decode_options,
    input::Input,
    mixed::Mixed,
    outcome::Done,
    plan::Plan,
    progress::{ProgressMeter, Run, Total},
};
use crate::common::{
    output::Output,
    report::{Problem, plain},
};
use foretell::{Decoder, EncodeOptions, Encoder, Progress};

/// Compresses `input` onto `output`.
pub fn compress(
    plan: &Plan,
    options: &EncodeOptions,
    run: &Run,
    input: &mut Input,
    output: &mut Output,
) -> Result<Done, Problem> {
    let progress = Arc::<Progress>::default();
    let mut options = options.clone().progress(Arc::clone(&progress));
    let mut total = Total::Unknown;
    if let Some(len) = input.len() {
        options = options.content_size(len);
        total = Total::Raw(len);
    }
    let _meter = ProgressMeter::start(run, &input.to_string(), || total, &progress);
    let mut encoder = Encoder::new(&mut *output, &options);
    let copied = copy(input, &mut encoder).and_then(|()| input.check_read().map_err(Fault::Read));
    let finished = copied.and_then(|()| encoder.finish().map(drop).map_err(Fault::Write));
    finished.map_err(|fault| fault.of(plan, input, output))?;
    Ok(Done { raw: input.taken(), coded: output.written(), memory: progress.memory(), garbage: false })
}

/// Decompresses `input` onto `output`.
pub fn decompress(plan: &Plan, run: &Run, input: &mut Input, output: &mut Output) -> Result<Done, Problem> {
    let progress = Arc::<Progress>::default();
    let _meter = ProgressMeter::start(run, &input.to_string(), || Total::of_compressed(input), &progress);
    let options = decode_options(plan, &progress);
    let mut garbage = false;
    let copied = if plan.pass_plain && output.is_stream() {
        copy(&mut Mixed::new(&mut *input, options), output)
    } else {
        // Content that came down a pipe is written before more of the pipe is waited for.
        input.report_before_waiting();
        let reader = BufReader::with_capacity(BUFFER, &mut *input);
        let mut decoder = Decoder::new(reader, &options);
        let copied = copy(&mut decoder, output);
        garbage = decoder.trailing_garbage();
        copied
    };
    let copied = copied.and_then(|()| input.check_read().map_err(Fault::Read));
    copied.map_err(|fault| fault.of(plan, input, output))?;
    Ok(Done { raw: output.written(), coded: input.taken(), memory: progress.memory(), garbage })
}

/// Decodes what `output` holds and compares it with `input`: byte by byte if the input can be read again and is still
/// as it was, else by the checksum of the content that the frame keeps.
pub fn verify(plan: &Plan, run: &Run, input: &mut Input, output: &Output) -> Result<(), Problem> {
    let failed = |text: &str| Problem::error(output, format_args!("verification failed: {text}"));
    let file = output.reread().map_err(|e| failed(&plain(&e)))?;
    let (len, progress) = (input.taken(), Arc::<Progress>::default());
    let _meter = ProgressMeter::start(run, &format!("{input} (verifying)"), || Total::Raw(len), &progress);
    let mut decoder = Decoder::new(BufReader::with_capacity(BUFFER, file), &decode_options(plan, &progress));
    let mut original = input.again();
    let (mut decoded, mut expected) = (vec![0; BUFFER], vec![0; BUFFER]);
    let mut done = 0;
    loop {
        let n = decoder.read(&mut decoded).map_err(|e| failed(&plain(&e)))?;
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
