//! The file to explain → what was told of it.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Cursor, Read, Seek, SeekFrom},
    path::Path,
};

use anyhow::Context;
use foretell::{
    DecodeOptions, EncodeOptions, IndexedReader, Models, begins_frame,
    insight::{Account, Event, Overhead, Wanted, explain, explain_frames},
};

use super::{
    fields::{Section, sections},
    run::{Run, Watcher},
};
use crate::common::{
    report::one_line,
    stdio::{self, Patient},
};

/// Bytes by which a frame is told from other content: more than [`begins_frame`] looks at.
const START: usize = 64;

/// A file that is opened.
pub struct Source {
    /// The name that reports show.
    pub name: String,
    start: Vec<u8>,
    rest: Box<dyn Read>,
    /// Bytes of the file, if that is known.
    len: Option<u64>,
    /// The file once more, if one can read from anywhere in it.
    again: Option<File>,
}

/// What was told beside the runs.
pub struct Told {
    pub account: Account,
    pub overhead: BTreeMap<Overhead, f64>,
}

impl Source {
    /// Opens `path`; `-` is standard input.
    ///
    /// # Errors
    /// Those of opening and reading.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let name = one_line(path.display());
        let open = || -> io::Result<(Box<dyn Read>, Option<File>)> {
            if path.as_os_str() == "-" {
                return Ok((Box::new(Patient(stdio::stdin()?)), None));
            }
            let file = File::open(path)?;
            if file.metadata()?.is_dir() {
                return Err(io::Error::from(io::ErrorKind::IsADirectory));
            }
            let again = file.metadata()?.is_file().then(|| File::open(path)).transpose()?;
            Ok((Box::new(file), again))
        };
        let read = || -> io::Result<Self> {
            let (mut rest, again) = open()?;
            let mut start = Vec::new();
            rest.by_ref().take(START as u64).read_to_end(&mut start)?;
            let len = again.as_ref().map(File::metadata).transpose()?.map(|meta| meta.len());
            Ok(Self { name: name.clone(), start, rest, len, again })
        };
        read().with_context(|| name.clone())
    }

    /// Whether it is compressed by foretell.
    pub fn is_frame(&self) -> bool {
        begins_frame(&self.start)
    }

    /// The sections of the content, if it is a program. A frame that cannot be read has none: what is wrong with it is
    /// said when it is decoded.
    ///
    /// # Errors
    /// Those of reading.
    pub fn sections(&mut self, models: &Models) -> anyhow::Result<Vec<Section>> {
        let Some(file) = &mut self.again else { return Ok(Vec::new()) };
        let found = if begins_frame(&self.start) {
            let options = DecodeOptions::new().models(models.clone());
            let Ok(mut content) = IndexedReader::new(file, &options) else { return Ok(Vec::new()) };
            let mut magic = [0; 4];
            // What follows takes time: the end must be decoded, so only for programs.
            let is_program = content.read_exact(&mut magic).is_ok() && magic == *b"\x7fELF";
            Ok(if is_program { sections(&mut content).unwrap_or_default() } else { Vec::new() })
        } else {
            file.seek(SeekFrom::Start(0)).and_then(|_| sections(file))
        };
        found.with_context(|| self.name.clone())
    }

    /// Has the watchers look at all of the content. What is compressed is explained as it is; other content as
    /// `options` would compress it.
    ///
    /// # Errors
    /// Those of coding and reading, and those of the watchers.
    pub fn show(
        self,
        options: &EncodeOptions,
        models: &Models,
        wanted: Wanted,
        watchers: &mut [&mut dyn Watcher],
    ) -> anyhow::Result<Told> {
        let mut overhead = BTreeMap::new();
        let see = |event: Event<'_>| {
            match event {
                Event::Piece(piece) => {
                    let run = Run::of(&piece);
                    watchers.iter_mut().try_for_each(|watcher| watcher.look(&run))?;
                }
                Event::Overhead(kind, bits) => *overhead.entry(kind).or_default() += bits,
                _ => {}
            }
            Ok(())
        };
        let is_frame = self.is_frame();
        let content = Cursor::new(self.start).chain(self.rest);
        let account = if is_frame {
            explain_frames(content, &DecodeOptions::new().models(models.clone()), wanted, see)
        } else {
            let options = self.len.into_iter().fold(options.clone(), EncodeOptions::content_size);
            explain(content, &options, wanted, see)
        };
        let account = account.map_err(io::Error::from).with_context(|| self.name.clone())?;
        Ok(Told { account, overhead })
    }
}
