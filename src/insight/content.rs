//! Content → the events of the frame that the real encoder makes of it.

use std::io::{self, Read};

use super::{
    event::{Account, Event, Overhead},
    ledger::Ledger,
};
use crate::{EncodeOptions, Result, codec::witness::Wanted, raw::Compressor};

/// Bytes that are read at once.
const READ: usize = 1 << 16;

/// Compresses `content` as `options` say, and tells `see` what each byte costs, and with [`Wanted::Details`] what was
/// expected in its place. The frame, which is the one that an [`Encoder`](crate::Encoder) makes, is dropped.
///
/// The costs are those of the frequencies that the coder used, so the events of a segment add up to its bytes. A segment
/// is held until it is told, with four bytes for each of its own, which [`EncodeOptions::memory_limit`] does not count.
///
/// ```
/// use foretell::{EncodeOptions, insight::{Event, Wanted, explain}};
/// let (mut content, mut overhead) = (0.0, 0.0);
/// let account = explain(&b"to be, or not to be, that is the question"[..], &EncodeOptions::new(), Wanted::Costs, |event| {
///     match event {
///         Event::Piece(piece) => content += piece.bits.iter().map(|&bits| f64::from(bits)).sum::<f64>(),
///         Event::Overhead(_, bits) => overhead += bits,
///         _ => {}
///     }
///     Ok(())
/// })?;
/// assert_eq!((content + overhead).round(), 8.0 * account.coded as f64);
/// # Ok::<(), foretell::Error>(())
/// ```
///
/// # Errors
/// Those of the encoder and of the reader, and those of `see`.
pub fn explain(
    mut content: impl Read,
    options: &EncodeOptions,
    wanted: Wanted,
    mut see: impl FnMut(Event<'_>) -> Result<()>,
) -> Result<Account> {
    let mut options = options.clone();
    options.priming.wanted = wanted;
    let mut compressor = Compressor::new(&options);
    let mut ledger = Ledger::new(options.priming.level, &mut see);
    let mut room = vec![0; READ];
    loop {
        let mut bytes = match content.read(&mut room) {
            Ok(0) => break,
            Ok(len) => &room[..len],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.into()),
        };
        while !bytes.is_empty() {
            bytes = &bytes[compressor.take(bytes)?..];
            tell(&mut compressor, &mut ledger)?;
        }
    }
    compressor.finish()?;
    tell(&mut compressor, &mut ledger)?;
    let total = compressor.total_out();
    if ledger.account().frames == 0 {
        ledger.begin_frame(compressor.header())?;
    }
    ledger.overhead(Overhead::FrameEnd, total - ledger.account().coded)?;
    Ok(ledger.account())
}

/// Tells of what is in the output, and drops it.
fn tell(compressor: &mut Compressor, ledger: &mut Ledger) -> Result<()> {
    compressor.give(usize::MAX);
    for (header, seen) in compressor.take_seen() {
        if ledger.account().frames == 0 {
            ledger.begin_frame(compressor.header())?;
        }
        ledger.segment(&header, seen)?;
    }
    Ok(())
}
