//! One input → one output, with the library doing the work and somebody watching.

use std::{
    io::{self, BufReader, Read, Write},
    sync::Arc,
};

use super::{
    input::Input,
    mixed::Mixed,
    output::Output,
    plan::Plan,
    progress::{Course, Meter, Total},
    report::{Problem, plain},
};
use foretell::{DecodeOptions, Decoder, EncodeOptions, Encoder, Progress};

/// Bytes moved at a time.
const BUFFER: usize = 1 << 16;

/// What came of one input.
#[derive(Clone, Copy, Debug)]
pub struct Done {
    /// Bytes of content.
    pub raw: u64,
    /// Compressed bytes.
    pub coded: u64,
    /// Bytes of memory that it took, as the library reckons.
    pub memory: u64,
    /// Whether something followed the compressed data that does not belong to it.
    pub garbage: bool,
}

/// Compresses `input` onto `output`.
pub fn compress(
    plan: &Plan,
    options: &EncodeOptions,
    course: &Course,
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
    let _meter = Meter::start(course, &input.to_string(), || total, &progress);
    let mut encoder = Encoder::new(&mut *output, &options);
    let copied = copy(input, &mut encoder).and_then(|()| input.check_read().map_err(Fault::Read));
    let finished = copied.and_then(|()| encoder.finish().map(drop).map_err(Fault::Write));
    finished.map_err(|fault| fault.of(plan, input, output))?;
    Ok(Done { raw: input.taken(), coded: output.written(), memory: progress.memory(), garbage: false })
}

/// Decompresses `input` onto `output`.
pub fn decompress(plan: &Plan, course: &Course, input: &mut Input, output: &mut Output) -> Result<Done, Problem> {
    let progress = Arc::<Progress>::default();
    let _meter = Meter::start(course, &input.to_string(), || Total::of_compressed(input), &progress);
    let options = decode_options(plan, &progress);
    let mut garbage = false;
    let copied = if plan.pass_plain && output.is_stream() {
        copy(&mut Mixed::new(&mut *input, options), output)
    } else {
        // What came down a pipe is given out before more of it is waited for.
        input.tell_before_waiting();
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

/// How frames are to be decoded, as `plan` has it.
pub fn decode_options(plan: &Plan, progress: &Arc<Progress>) -> DecodeOptions {
    let options = DecodeOptions::new().threads(plan.threads).memory_limit(plan.memory_limit);
    options.models(plan.models.clone()).progress(Arc::clone(progress))
}

/// Decodes what `output` holds and compares it with `input`: byte by byte where that can be read again and is still
/// what it was, else by the checksum that the frame keeps of what came in.
pub fn verify(plan: &Plan, course: &Course, input: &mut Input, output: &Output) -> Result<(), Problem> {
    let failed = |text: &str| Problem::error(output, format_args!("verification failed: {text}"));
    let file = output.reread().map_err(|e| failed(&plain(&e)))?;
    let (len, progress) = (input.taken(), Arc::<Progress>::default());
    let _meter = Meter::start(course, &format!("{input} (verifying)"), || Total::Raw(len), &progress);
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

/// Which side of a copy failed.
#[derive(Debug)]
pub enum Fault {
    /// The input's.
    Read(io::Error),
    /// The output's.
    Write(io::Error),
}

impl Fault {
    /// The problem that it is.
    pub fn of(self, plan: &Plan, input: &Input, output: &Output) -> Problem {
        match self {
            Self::Read(error) => input.unreadable(plan.remove, plain(&error)),
            Self::Write(error) => output.failed(&error),
        }
    }
}

/// Moves all bytes of `from` to `to`.
pub fn copy(from: &mut impl Read, to: &mut impl Write) -> Result<(), Fault> {
    let mut buffer = vec![0; BUFFER];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(n) => to.write_all(&buffer[..n]).map_err(Fault::Write)?,
            Err(error) if matches!(error.kind(), io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock) => {}
            Err(error) => return Err(Fault::Read(error)),
        }
    }
}
