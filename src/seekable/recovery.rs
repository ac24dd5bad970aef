//! A file that may be damaged → all of its content that is good, and a list of what is not.
//!
//! Where the header of a block is damaged, the frame's index tells where the next block begins; where the index is, the
//! headers do. A lost block whose bytes are in the file, good or not, is replaced by zeros, so that later content keeps
//! its offset. A block that is not in the file at all is reported but not written: a header may promise more than any
//! disk holds.

mod saver;

use std::io::{Read, Seek, SeekFrom, Write};

use self::saver::{Saver, Waiting};
use super::{
    damage::Recovered,
    scan::{Scan, ScannedBlock, ScannedFrame, ScannedSegment},
};
use crate::{
    DecodeOptions, Error, ErrorKind, Result,
    codec::{
        block_decoder::{Segment, decode_block, whole},
        lead::Making,
        memory,
        priming::Priming,
    },
    container::{
        BlockKind,
        read::{read_vec, truncated},
    },
};

/// Writes all content of the frames in `input`, from its start, to `out`, and zeros for lost blocks. Nothing is written
/// for blocks that are cut off at the end of the file, or that only a header promises.
///
/// With [`unverified`](DecodeOptions::unverified) it also writes what damaged or cut segments decode to.
///
/// Of `options` it heeds all but [`single_frame`](DecodeOptions::single_frame); zeros for lost blocks count towards
/// the output limit.
///
/// ```
/// use foretell::{DecodeOptions, EncodeOptions, Method, compress, recover};
/// let content = [7; 200_000];
/// let mut coded = compress(&content, &EncodeOptions::new().method(Method::Store).block_len(1 << 16)?)?;
/// coded[100_000] ^= 1; // in the second of four blocks
/// let mut saved = Vec::new();
/// let recovered = recover(std::io::Cursor::new(coded), &mut saved, &DecodeOptions::new())?;
/// assert_eq!((recovered.damages[0].start, recovered.damages[0].end), (1 << 16, Some(2 << 16)));
/// assert_eq!((saved[65_535], saved[65_536], saved[131_072]), (7, 0, 7));
/// # Ok::<(), foretell::Error>(())
/// ```
///
/// # Errors
/// All that is no damage: no frame at all, another version, too little memory, failed reading or writing; more content
/// than is allowed, of which the blocks that stay within the limit are written; [`ErrorKind::Cancelled`].
///
/// [`ErrorKind::Cancelled`]: crate::ErrorKind::Cancelled
pub fn recover(input: impl Read + Seek, mut out: impl Write, options: &DecodeOptions) -> Result<Recovered> {
    Recovery { inner: input, options }.write_to(&mut out)
}

/// Saves one frame after the other.
struct Recovery<'a, R> {
    inner: R,
    options: &'a DecodeOptions,
}

impl<R: Read + Seek> Recovery<'_, R> {
    fn write_to(mut self, out: &mut impl Write) -> Result<Recovered> {
        let DecodeOptions { memory_limit, stop, .. } = self.options;
        let room = |bytes| memory::check_list(bytes, *memory_limit);
        let mut scan = Scan::new(&mut stop.watching(&mut self.inner), &room)?;
        let mut recovered = Recovered { damages: Vec::new(), content: 0, trailing_garbage: false };
        let mut blocks = 0;
        while let Some(frame) = scan.next_frame(&mut stop.watching(&mut self.inner), &room)? {
            let count = frame.blocks.len() as u64;
            self.save_frame(frame, blocks, out, &mut recovered)?;
            blocks += count;
        }
        recovered.trailing_garbage = scan.trailing_garbage();
        Ok(recovered)
    }

    /// Writes the good content of `frame`, after `blocks` blocks of the frames before.
    fn save_frame(
        &mut self,
        frame: ScannedFrame,
        blocks: u64,
        out: &mut impl Write,
        recovered: &mut Recovered,
    ) -> Result<()> {
        let priming = Priming::of(&frame.index.header, &self.options.models)?;
        let most = self.options.most_output();
        let mut end = recovered.content;
        let mut saver = Saver::new(&frame, blocks, self.options, out, recovered);
        for block in frame.blocks {
            let raw_len = block.raw_len;
            if block.is_there {
                end = end.saturating_add(raw_len);
            }
            let begun =
                if end > most { Err(Error::output_limit(most)) } else { self.begin(block, &priming, &mut saver) };
            match begun {
                Ok(waiting) => saver.put(raw_len, waiting)?,
                Err(error) => {
                    // The blocks before it are good all the same.
                    saver.save_all()?;
                    return Err(error);
                }
            }
        }
        saver.finish(frame.content_hash, frame.is_complete, frame.faults)
    }

    /// Begins to decode a block, once there is room.
    fn begin<W: Write>(
        &mut self,
        mut block: ScannedBlock,
        priming: &Priming,
        saver: &mut Saver<'_, W>,
    ) -> Result<Waiting> {
        let fault = block.fault;
        if self.options.unverified {
            block.segments.extend(block.cut.filter(|cut| cut.header.kind != BlockKind::Copy));
        }
        if block.segments.is_empty()
            && let Some(error) = fault
        {
            return Ok(if block.is_there { Waiting::Damaged(error) } else { Waiting::Missing(error) });
        }
        let headers = block.segments.iter().map(|segment| segment.header);
        let Some(header) = whole(headers) else { return Ok(Waiting::Damaged(truncated())) };
        let list = block.segments.len() * size_of::<Segment>();
        let needed = memory::in_block(&header, None, priming) + list as u64;
        while !saver.pool.has_room(needed, saver.held()) {
            saver.save_next()?;
        }
        let taken = needed + saver.held() + saver.pool.memory();
        memory::take(taken, self.options.memory_limit, self.options.progress.as_deref())?;
        let mut segments = block.segments.iter().map(|segment| self.read(segment)).collect::<Result<Vec<_>>>()?;
        if header.kind == BlockKind::Copy {
            return Ok(Waiting::Copy(segments.remove(0)));
        }
        run(needed, segments, block.is_first, priming.clone(), saver);
        Ok(Waiting::Job { fault, is_there: block.is_there })
    }

    /// Reads a segment; of one that is cut, what there is.
    fn read(&mut self, segment: &ScannedSegment) -> Result<Segment> {
        let ScannedSegment { header, at } = *segment;
        let mut coded = Vec::new();
        self.inner.seek(SeekFrom::Start(at))?;
        let read = read_vec(&mut self.options.stop.watching(&mut self.inner), header.coded_len as u64, &mut coded);
        match read {
            Err(error) if error.kind() == ErrorKind::Truncated && self.options.unverified => {}
            read => read?,
        }
        Ok(Segment { header, coded })
    }
}

/// Has a block decoded, which takes `needed` bytes of memory.
fn run<W: Write>(needed: u64, segments: Vec<Segment>, is_first: bool, priming: Priming, saver: &mut Saver<'_, W>) {
    if is_first {
        priming.lead.expect();
    }
    let watch = saver.watch.clone();
    saver.pool.run(needed, move |_| {
        let making = is_first.then(|| Making::begin(&priming.lead));
        decode_block(&segments, &priming, making, &watch)
    });
}
