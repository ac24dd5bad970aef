//! A part of a file's content.

use std::{
    io::{Read, Seek, SeekFrom},
    sync::Arc,
};

use super::{
    input::Input,
    output::Output,
    plan::Plan,
    progress::{Course, Meter, Total},
    report::{Problem, plain},
    work::{Done, Fault, copy, decode_options},
};
use foretell::{IndexedReader, Progress};

/// So many bytes of content, from `offset` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    pub offset: u64,
    pub len: u64,
}

/// Decodes `range` of the content of `input` onto `output`.
pub fn decompress(
    plan: &Plan,
    range: Range,
    course: &Course,
    input: &mut Input,
    output: &mut Output,
) -> Result<Done, Problem> {
    if !input.can_seek() {
        return Err(Problem::error(
            &*input,
            "--range takes a file, not a pipe: it reads from the end and from between",
        ));
    }
    let progress = Arc::<Progress>::default();
    let _meter = Meter::start(course, &input.to_string(), || Total::Unknown, &progress);
    let failed = |input: &Input, error: foretell::Error| input.unreadable(plan.remove, plain(&error.into()));
    let reader = IndexedReader::new(&mut *input, &decode_options(plan, &progress));
    let mut reader = match reader {
        Ok(reader) => reader,
        Err(error) => return Err(failed(input, error)),
    };
    let (Range { offset, len }, content) = (range, reader.content_len());
    if offset.checked_add(len).is_none_or(|end| end > content) {
        drop(reader);
        let text = format!("the range of {len} bytes from {offset} on is not within the content, of {content} bytes");
        return Err(Problem::error(&*input, text));
    }
    let moved = reader.seek(SeekFrom::Start(offset)).map(drop);
    let copied = moved.map_err(Fault::Read).and_then(|()| copy(&mut reader.take(len), output));
    let copied = copied.and_then(|()| input.check_read().map_err(Fault::Read));
    copied.map_err(|fault| fault.of(plan, input, output))?;
    let coded = input.len().unwrap_or(0);
    Ok(Done { raw: output.written(), coded, memory: progress.memory(), garbage: false })
}
