//! A stream that comes as it likes → an encoder: what came is written before more is waited for too long, and a signal
//! ends the stream and not the process. A compressed file that still grows → its content, as it comes.

use std::{
    io::{self, Read, Write},
    thread,
    time::{Duration, Instant},
};

use super::{
    copy::{BUFFER, Fault},
    input::Input,
};
use crate::common::signals;
use foretell::Decoder;

/// How long a signal or more of a file may go unnoticed while nothing comes.
const TICK: Duration = Duration::from_millis(100);

/// Moves all bytes of `from` to `to`, up to the end of the stream or up to SIGINT or SIGTERM. With `flush_timeout`, no
/// byte waits longer than that until `to` is flushed.
pub fn copy(from: &mut Input, to: &mut impl Write, flush_timeout: Option<Duration>) -> Result<(), Fault> {
    signals::end_the_stream();
    let mut buffer = vec![0; BUFFER];
    // When the first byte came that was not flushed.
    let mut since: Option<Instant> = None;
    while !signals::is_end_asked_for() {
        let left = since.zip(flush_timeout).map(|(since, timeout)| timeout.saturating_sub(since.elapsed()));
        if left.is_some_and(|left| left.is_zero()) {
            to.flush().map_err(Fault::Write)?;
            since = None;
            continue;
        }
        if !from.wait(left.map_or(TICK, |left| left.min(TICK))).map_err(Fault::Read)? {
            continue;
        }
        let n = from.read(&mut buffer).map_err(Fault::Read)?;
        if n == 0 {
            break;
        }
        since.get_or_insert_with(Instant::now);
        to.write_all(&buffer[..n]).map_err(Fault::Write)?;
    }
    Ok(())
}

/// Moves the content of a regular file that grows to `to`, up to the end of a frame behind which nothing is there yet, or
/// up to SIGINT or SIGTERM.
pub fn follow(from: &mut Decoder<impl Read>, to: &mut impl Write) -> Result<(), Fault> {
    signals::end_the_stream();
    let mut buffer = vec![0; BUFFER];
    while !signals::is_end_asked_for() {
        match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => to.write_all(&buffer[..n]).map_err(Fault::Write)?,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock && from.is_between_frames() => break,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                to.flush().map_err(Fault::Write)?;
                thread::sleep(TICK);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Fault::Read(error)),
        }
    }
    Ok(())
}
