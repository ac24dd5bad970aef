//! The frame's header, which says what a decoder must know before the first block ↔ bytes.
//!
//! ```text
//! magic F0 'r' 'e' | format version | model version | flags and level | [content size] | [window] | [trained model (8)] | CRC-32 of all before
//! ```

use std::io::Read;

use super::{
    ModelId, Window,
    read::{read_array, read_byte},
    varint,
};
use crate::{Error, ErrorKind, Result, model};

/// Whether `bytes` begin with the whole, undamaged header of a frame that this crate can read. At most the first 29
/// bytes are looked at, so where as many are given the answer is final.
///
/// ```
/// use foretell::{EncodeOptions, begins_frame, compress};
/// let coded = compress(b"content", &EncodeOptions::new())?;
/// assert!(begins_frame(&coded) && !begins_frame(b"content") && !begins_frame(&coded[..7]));
/// # Ok::<(), foretell::Error>(())
/// ```
pub fn begins_frame(bytes: &[u8]) -> bool {
    bytes.strip_prefix(&MAGIC).is_some_and(|mut rest| FrameHeader::read_after_magic(&mut rest).is_ok())
}

/// The first three bytes of every frame ("F0re"; no text file starts so, as F0 72 is not UTF-8).
pub const MAGIC: [u8; 3] = [0xf0, b'r', b'e'];
/// The version of the container that this crate writes, and the newest that it reads.
pub const FORMAT_VERSION: u8 = 2;
/// The oldest version of the container that this crate reads.
const OLDEST_FORMAT: u8 = 2;

/// The most bytes of a header: magic, versions, level, the size of content, the window, a model's name, the check.
pub const MAX_LEN: usize = 29;
/// The least bytes of a header after its magic.
pub const LEAST_LEN: usize = 7;

const LEVEL_BITS: u8 = 0x0f;
const HAS_CONTENT_SIZE: u8 = 0x10;
const HAS_MODEL: u8 = 0x20;
const HAS_WINDOW: u8 = 0x40;
const KNOWN: u8 = LEVEL_BITS | HAS_CONTENT_SIZE | HAS_MODEL | HAS_WINDOW;

/// The header of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameHeader {
    /// The level whose model the neural blocks need.
    pub level: model::Level,
    /// Bytes of content in the whole frame, if that was known when writing began.
    pub content_size: Option<u64>,
    /// How far back copies may reach.
    pub window: Window,
    /// The trained model that blocks start from, if it is not the built-in one.
    pub model: Option<ModelId>,
}

impl FrameHeader {
    /// The header's bytes.
    pub fn to_bytes(self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        let size_flag = if self.content_size.is_some() { HAS_CONTENT_SIZE } else { 0 };
        let model_flag = if self.model.is_some() { HAS_MODEL } else { 0 };
        let window_flag = if self.window == Window::LEAST { 0 } else { HAS_WINDOW };
        out.extend([FORMAT_VERSION, model::VERSION, self.level.get() | size_flag | model_flag | window_flag]);
        if let Some(size) = self.content_size {
            varint::write(&mut out, size);
        }
        if window_flag != 0 {
            out.push(self.window.code());
        }
        if let Some(model) = self.model {
            out.extend(model.0.to_le_bytes());
        }
        let check = crc32fast::hash(&out);
        out.extend(check.to_le_bytes());
        out
    }

    /// Reads a header after its [`MAGIC`].
    ///
    /// # Errors
    /// Truncated or damaged data, or a version that this crate does not know.
    pub fn read_after_magic(input: &mut impl Read) -> Result<Self> {
        let [format, model, flags] = read_array(input)?;
        let mut seen = MAGIC.to_vec();
        seen.extend([format, model, flags]);
        // Versions come first: a newer header may look different from here on, its checksum included.
        check_version("format", format, OLDEST_FORMAT, FORMAT_VERSION)?;
        let (content_size, window, trained) = read_fields(flags, input, &mut seen)?;
        if u32::from_le_bytes(read_array(input)?) != crc32fast::hash(&seen) {
            return Err(Error::corrupt("the header is damaged"));
        }
        check_version("model", model, model::OLDEST, model::VERSION)?;
        match (model::Level::new(flags & LEVEL_BITS), window) {
            (Some(level), Some(window)) if flags & !KNOWN == 0 => {
                Ok(Self { level, content_size, window, model: trained })
            }
            _ => Err(Error::new(
                ErrorKind::Unsupported,
                "the header has flags, a level or a window that this version does not know",
            )),
        }
    }

    /// Compares the content size that the header promises, if any, with the `len` bytes that were found.
    ///
    /// # Errors
    /// [`ErrorKind::Corrupt`] if they differ.
    pub fn check_content_size(&self, len: u64) -> Result<()> {
        match self.content_size {
            Some(promised) if promised != len => {
                Err(Error::corrupt("the content's length is not what the header says"))
            }
            _ => Ok(()),
        }
    }
}

/// Reads what `flags` say is there, and appends it to `seen`. No window is one out of bounds.
fn read_fields(
    flags: u8,
    input: &mut impl Read,
    seen: &mut Vec<u8>,
) -> Result<(Option<u64>, Option<Window>, Option<ModelId>)> {
    let (mut content_size, mut window, mut model) = (None, Some(Window::LEAST), None);
    if flags & HAS_CONTENT_SIZE != 0 {
        let size = varint::read(input)?;
        varint::write(seen, size);
        content_size = Some(size);
    }
    if flags & HAS_WINDOW != 0 {
        let [code] = read_array(input)?;
        seen.push(code);
        window = Window::of_code(code);
    }
    if flags & HAS_MODEL != 0 {
        let name = read_array(input)?;
        seen.extend(name);
        model = Some(ModelId(u64::from_le_bytes(name)));
    }
    Ok((content_size, window, model))
}

/// Versions start at 1, and a decoder reads those from `oldest` up to its own.
fn check_version(what: &str, found: u8, oldest: u8, newest: u8) -> Result<()> {
    if found == 0 {
        return Err(Error::corrupt("the header is damaged"));
    }
    let (writer, reads) = match found {
        _ if found < oldest => ("an older", format!("from {oldest} on")),
        _ if found > newest => ("a newer", format!("up to {newest}")),
        _ => return Ok(()),
    };
    let text = format!("written by {writer} fore ({what} {found}); this one reads {what}s {reads}");
    Err(Error::new(ErrorKind::Unsupported, text))
}

/// What was found where a frame may start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// The magic of a frame, now read.
    Frame,
    /// The end of the data.
    End,
    /// Something else.
    Other,
}

impl Start {
    /// Returns itself if it is a frame: for the place of the first one.
    ///
    /// # Errors
    /// There is no frame.
    pub fn of_first_frame(self) -> Result<Self> {
        match self {
            Self::Frame => Ok(self),
            Self::End => Err(Error::new(ErrorKind::Truncated, "empty: no foretell data")),
            Self::Other => Err(Error::new(ErrorKind::NotForetell, "not in foretell format")),
        }
    }
}

/// Reads up to the next frame's magic. The `first` frame must begin at once. Before later ones zero bytes are skipped,
/// which tapes and disks add as padding.
///
/// # Errors
/// No frame where the first must be, or the reader's.
pub fn find_frame(input: &mut impl Read, first: bool) -> Result<Start> {
    let start = find_magic(input, !first)?;
    if first { start.of_first_frame() } else { Ok(start) }
}

fn find_magic(input: &mut impl Read, skip_zeros: bool) -> Result<Start> {
    let mut next = read_byte(input)?;
    while skip_zeros && next == Some(0) {
        next = read_byte(input)?;
    }
    if next.is_none() {
        return Ok(Start::End);
    }
    for expected in MAGIC {
        if next != Some(expected) {
            return Ok(Start::Other);
        }
        if expected != MAGIC[MAGIC.len() - 1] {
            next = read_byte(input)?;
        }
    }
    Ok(Start::Frame)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_round_trip() {
        for content_size in [None, Some(0), Some(1), Some(1 << 40)] {
            for level in model::Level::all() {
                for model in [None, Some(ModelId(0)), Some(ModelId(0x0123_4567_89ab_cdef))] {
                    for window in [Window::LEAST, Window::of(1 << 28), Window::MOST] {
                        let header = FrameHeader { level, content_size, window, model };
                        let bytes = header.to_bytes();
                        assert!(bytes.len() <= MAX_LEN);
                        assert_eq!(FrameHeader::read_after_magic(&mut &bytes[3..]).unwrap(), header);
                    }
                }
            }
        }
    }

    #[test]
    fn a_newer_version_is_named() {
        let mut bytes =
            FrameHeader { level: model::Level::DEFAULT, content_size: None, window: Window::LEAST, model: None }
                .to_bytes();
        bytes[3] = 9;
        let error = FrameHeader::read_after_magic(&mut &bytes[3..]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert_eq!(error.to_string(), "written by a newer fore (format 9); this one reads formats up to 2");
        bytes[3] = 1;
        let error = FrameHeader::read_after_magic(&mut &bytes[3..]).unwrap_err();
        assert_eq!(error.to_string(), "written by an older fore (format 1); this one reads formats from 2 on");
    }

    #[test]
    fn a_model_too_old_or_too_new_is_named() {
        for (model, text) in [
            (model::OLDEST - 1, "written by an older fore (model 2); this one reads models from 3 on"),
            (9, "written by a newer fore (model 9); this one reads models up to 3"),
        ] {
            let mut bytes =
                FrameHeader { level: model::Level::DEFAULT, content_size: None, window: Window::LEAST, model: None }
                    .to_bytes();
            bytes[4] = model;
            let check = crc32fast::hash(&bytes[..6]);
            bytes[6..].copy_from_slice(&check.to_le_bytes());
            let error = FrameHeader::read_after_magic(&mut &bytes[3..]).unwrap_err();
            assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Unsupported, text));
        }
    }
}
