//! Plain bytes and frames in any order → plain bytes and content, for `fore -cdf` and `forecat`.
//!
//! Where a frame may be expected, at the start and after another one, the magic alone makes it a frame, so
//! that a damaged one is an error. Amid plain bytes only a whole and undamaged header does.

use std::io::{self, Read};

use foretell::{DecodeOptions, Decoder, MAGIC, begins_frame, unstable::container::header::MAX_LEN as MAX_HEADER};

/// Bytes read at a time.
const BUFFER: usize = 1 << 16;

/// Reads plain bytes as they are and frames as their content.
pub struct Mixed<R: Read> {
    /// `None` only while a call changes it.
    state: Option<State<R>>,
    position: Position,
    /// Zeros after a frame that were not given out yet: padding, unless other bytes follow.
    zeros: u64,
    /// Of one frame at a time.
    options: DecodeOptions,
}

/// Where the next byte is.
#[derive(Clone, Copy, PartialEq)]
enum Position {
    Start,
    AfterFrame,
    AmidPlain,
}

enum State<R: Read> {
    Plain(Lookahead<R>),
    Frame(Box<Decoder<Lookahead<R>>>),
}

impl<R: Read> Mixed<R> {
    /// A reader of the bytes of `inner`, with frames decoded as `options` say.
    pub fn new(inner: R, options: DecodeOptions) -> Self {
        let state = Some(State::Plain(Lookahead { inner, bytes: Vec::new(), at: 0, ended: false }));
        Self { state, position: Position::Start, zeros: 0, options: options.single_frame(true) }
    }

    /// Gives out plain bytes, up to where a frame might start; `Ok(None)` if one does start here.
    fn read_plain(&mut self, ahead: &mut Lookahead<R>, out: &mut [u8]) -> io::Result<Option<usize>> {
        loop {
            let bytes = ahead.peek(MAX_HEADER)?;
            if bytes.starts_with(&MAGIC) && (self.position != Position::AmidPlain || begins_frame(bytes)) {
                self.zeros = 0;
                return Ok(None);
            }
            if self.position == Position::AfterFrame && bytes.first() == Some(&0) {
                ahead.at += 1;
                self.zeros += 1;
                continue;
            }
            if bytes.is_empty() {
                return Ok(Some(0));
            }
            self.position = Position::AmidPlain;
            if self.zeros > 0 {
                let n = out.len().min(usize::try_from(self.zeros).unwrap_or(usize::MAX));
                out[..n].fill(0);
                self.zeros -= n as u64;
                return Ok(Some(n));
            }
            // Only at the end is there less than a header. Elsewhere the last bytes may be the start of a magic.
            let whole = if bytes.len() < MAX_HEADER { bytes.len() } else { bytes.len() - (MAGIC.len() - 1) };
            let next = bytes[1..].windows(MAGIC.len()).position(|window| window == MAGIC);
            let n = out.len().min(next.map_or(whole, |before| before + 1));
            out[..n].copy_from_slice(&bytes[..n]);
            ahead.at += n;
            return Ok(Some(n));
        }
    }
}

impl<R: Read> Read for Mixed<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        loop {
            match self.state.take() {
                None => return Ok(0),
                Some(State::Frame(mut decoder)) => match decoder.read(out) {
                    Ok(0) => {
                        self.position = Position::AfterFrame;
                        self.state = Some(State::Plain(decoder.into_inner()));
                    }
                    result => {
                        self.state = Some(State::Frame(decoder));
                        return result;
                    }
                },
                Some(State::Plain(mut ahead)) => match self.read_plain(&mut ahead, out) {
                    Ok(None) => {
                        let decoder = Decoder::new(ahead, &self.options);
                        self.state = Some(State::Frame(Box::new(decoder)));
                    }
                    result => {
                        self.state = Some(State::Plain(ahead));
                        return result.map(Option::unwrap_or_default);
                    }
                },
            }
        }
    }
}

/// A reader whose next bytes can be seen before they are read.
struct Lookahead<R> {
    inner: R,
    /// `bytes[at..]` is still to be read.
    bytes: Vec<u8>,
    at: usize,
    ended: bool,
}

impl<R: Read> Lookahead<R> {
    /// The next bytes: at least `len`, unless there are no more.
    fn peek(&mut self, len: usize) -> io::Result<&[u8]> {
        if !self.ended && self.bytes.len() - self.at < len {
            self.bytes.drain(..self.at);
            self.at = 0;
            while !self.ended && self.bytes.len() < len {
                let got = self.inner.by_ref().take((BUFFER - self.bytes.len()) as u64).read_to_end(&mut self.bytes)?;
                self.ended = got == 0;
            }
        }
        Ok(&self.bytes[self.at..])
    }
}

impl<R: Read> Read for Lookahead<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.at == self.bytes.len() && out.len() >= BUFFER {
            return self.inner.read(out);
        }
        let bytes = self.peek(1)?;
        let n = bytes.len().min(out.len());
        out[..n].copy_from_slice(&bytes[..n]);
        self.at += n;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use foretell::{EncodeOptions, compress};

    /// Reads all, from a reader that gives `step` bytes at a time.
    fn decoded(bytes: &[u8], step: usize) -> io::Result<Vec<u8>> {
        struct Steps<'a>(&'a [u8], usize);
        impl Read for Steps<'_> {
            fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
                let n = out.len().min(self.1);
                self.0.read(&mut out[..n])
            }
        }
        let mut all = Vec::new();
        Mixed::new(Steps(bytes, step), DecodeOptions::new()).read_to_end(&mut all)?;
        Ok(all)
    }

    fn frame(content: &[u8]) -> Vec<u8> {
        compress(content, &EncodeOptions::new().method(foretell::Method::Store)).unwrap()
    }

    #[test]
    fn plain_bytes_and_frames_in_any_order() {
        let (xxx, yyy) = (frame(b"xxx\n"), frame(b"yyy\n"));
        let magic_alone = [b"a".as_slice(), &MAGIC, b"b"].concat();
        for (bytes, content) in [
            ([b"xxx\n".as_slice(), &yyy].concat(), b"xxx\nyyy\n".to_vec()),
            ([xxx.as_slice(), b"yyy\n"].concat(), b"xxx\nyyy\n".to_vec()),
            ([xxx.as_slice(), b"-", &yyy, b"\0\0", &xxx, b"\0"].concat(), b"xxx\n-yyy\nxxx\n".to_vec()),
            ([xxx.as_slice(), b"\0\0z"].concat(), b"xxx\n\0\0z".to_vec()),
            (magic_alone.clone(), magic_alone),
            (MAGIC[..2].to_vec(), MAGIC[..2].to_vec()),
            ([b"\0".as_slice(), &xxx].concat(), b"\0xxx\n".to_vec()),
            (vec![0; 5], vec![0; 5]),
            (Vec::new(), Vec::new()),
        ] {
            for step in [1, 2, 7, 1000] {
                assert_eq!(decoded(&bytes, step).unwrap(), content, "step {step}");
            }
        }
    }

    #[test]
    fn plain_bytes_of_all_lengths_around_the_buffers() {
        for len in (0..64).chain(32831..32834).chain(65535..65538).chain(131071..131074) {
            let plain: Vec<u8> = (0..len).map(|i| (i % 251) as u8).collect();
            assert_eq!(decoded(&plain, usize::MAX).unwrap(), plain);
        }
    }

    #[test]
    fn a_damaged_frame_is_an_error_not_plain_bytes() {
        let good = frame(b"content");
        for at in MAGIC.len()..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1;
            assert!(decoded(&bad, 5).is_err(), "byte {at}");
            assert!(decoded(&good[..at], 5).is_err(), "cut at {at}");
        }
    }
}
