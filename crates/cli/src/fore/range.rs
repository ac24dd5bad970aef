//! `--range`: a part of a file's content.

use std::io::{Read, Seek, SeekFrom};

use super::{
    copy::{Fault, copy},
    decoding::Decoding,
    input::Input,
    means::Means,
    outcome::Done,
    plan::Plan,
    progress::{Run, Total},
};
use crate::common::{
    output::Output,
    report::{Problem, plain},
    values::Range,
};
use foretell::IndexedReader;

/// Decodes `range` of the content of `input` onto `output`.
pub fn decompress(
    plan: &Plan,
    range: Range,
    run: &Run,
    means: Means,
    input: &mut Input,
    output: &mut Output,
) -> Result<Done, Problem> {
    if !input.can_seek() {
        let text = "--range takes a file, not a pipe: it reads the end first";
        return Err(Problem::error(&*input, text));
    }
    let decoding = Decoding::begin(plan, run, means, &input.to_string(), Total::Unknown);
    let failed = |input: &Input, error: foretell::Error| input.unreadable(plan.remove, plain(&error.into()));
    let reader = IndexedReader::new(&mut *input, &decoding.options);
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
    Ok(Done { raw: output.written(), coded, memory: decoding.progress.memory(), garbage: false })
}
