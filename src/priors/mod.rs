//! Samples' knowledge ↔ a file: models that were trained before, for content that is too short to learn from.
//!
//! ```text
//! samples ─► train ─► Model ─► file          a file of bytes: header | counts | weights of a level
//!                       │
//!                       └─► Start ─► Network of each block or record
//! ```
//! A model holds what followed which contexts (counts), from which the network makes rows where it has none of its own,
//! and the weights that mixers learnt with these. It holds no text; but who has it can ask what it expects, so it tells
//! of its samples what is common in them. `docs/MODELS.md` says when to train one, and what not to.

pub mod built_in;
mod file;
mod library;

use std::{
    fs,
    io::Read,
    path::Path,
    sync::{Arc, OnceLock},
};

pub(crate) use file::counts::write as write_counts;
pub(crate) use file::weights::{COARSE, FINE};
pub use library::Models;
use twox_hash::XxHash3_64;

use crate::{
    Error, ErrorKind, Level, Result,
    container::{
        ModelId,
        read::{read_array, read_vec},
        varint,
    },
    math::environment::checked,
    model::{
        self, Start,
        experts::prior::{Counts, Prior},
    },
};

/// The first three bytes of a model's file.
const MAGIC: [u8; 3] = [0xf0, b'r', b'm'];
/// The version of the file.
const VERSION: u8 = 1;
/// The most bytes of a model's file: 64 MiB.
pub const MAX_LEN: u64 = 1 << 26;

/// What a model was trained on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TrainedOn {
    /// How many samples.
    pub samples: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// A trained model. Cheap to clone: all clones, and all that uses them on any thread, share one.
#[derive(Clone, Debug)]
pub struct Model(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    id: ModelId,
    level: Level,
    trained_on: TrainedOn,
    counts: Arc<Counts>,
    weights: Vec<Weights>,
}

/// The weights of a level.
#[derive(Debug)]
struct Weights {
    level: Level,
    /// As the file has them.
    coded: Vec<u8>,
    /// Once they are asked for.
    decoded: OnceLock<Arc<[f32]>>,
}

impl Model {
    /// A model of what training found, the weights by level in 2^`steps` steps; `level` is the one that it is meant
    /// for. And its file.
    ///
    /// # Errors
    /// If the system does not have the memory.
    pub(crate) fn new(
        level: Level,
        trained_on: TrainedOn,
        counts: &Counts,
        weights: &[(Level, Arc<[f32]>)],
        steps: u8,
    ) -> Result<(Self, Vec<u8>)> {
        let mut out = vec![level.get()];
        varint::write(&mut out, trained_on.samples);
        varint::write(&mut out, trained_on.bytes);
        file::counts::write(counts, &mut out);
        out.push(weights.len() as u8);
        for (level, weights) in weights {
            let mut coded = Vec::new();
            file::weights::write(*level, weights, steps, &mut coded)?;
            out.push(level.get());
            varint::write(&mut out, coded.len() as u64);
            out.extend(coded);
        }
        let file = with_name(&out);
        // Read back: what it is must be what its file says.
        Ok((Self::from_bytes(&file)?, file))
    }

    /// Reads a model's file.
    ///
    /// # Errors
    /// What reading it gives; or it is no model, damaged, too large, or of a version that this crate does not know.
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        Self::load_within(path, u64::MAX)
    }

    /// As [`load`](Self::load), but takes no more than some `bytes` of memory. Without a limit it may be 40 bytes for
    /// one of the file at most, and mostly is some six.
    ///
    /// # Errors
    /// As of [`load`](Self::load), and [`ErrorKind::MemoryLimit`] if that would be more.
    pub fn load_within(path: impl AsRef<Path>, bytes: u64) -> Result<Self> {
        let mut file = Vec::new();
        fs::File::open(path)?.take(MAX_LEN.min(bytes).saturating_add(1)).read_to_end(&mut file)?;
        Self::from_bytes_within(&file, bytes)
    }

    /// Reads a model from the bytes of its file.
    ///
    /// # Errors
    /// It is no model, damaged, too large, or of a version that this crate does not know.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        Self::from_bytes_within(bytes, u64::MAX)
    }

    fn from_bytes_within(mut bytes: &[u8], allowed: u64) -> Result<Self> {
        if bytes.len() as u64 > MAX_LEN {
            return Err(Error::new(ErrorKind::MemoryLimit, format!("a model has at most {MAX_LEN} bytes")));
        }
        // The counts are nearly all of it; weights are made when they are asked for.
        let file_len = bytes.len() as u64;
        if file_len > allowed {
            return Err(file::too_large(file_len, allowed));
        }
        let id = read_id(&mut bytes)?;
        if XxHash3_64::oneshot(bytes) != id.0 {
            return Err(Error::new(ErrorKind::ChecksumMismatch, "the model does not match its checksum"));
        }
        let level = read_level(&mut bytes)?;
        let trained_on = TrainedOn { samples: varint::read(&mut bytes)?, bytes: varint::read(&mut bytes)? };
        let counts = Arc::new(file::counts::read(&mut bytes, file_len, allowed)?);
        let [sets] = read_array(&mut bytes)?;
        let mut weights = Vec::new();
        for _ in 0..sets {
            let level = read_level(&mut bytes)?;
            let len = varint::read(&mut bytes)?;
            let mut coded = Vec::new();
            read_vec(&mut bytes, len, &mut coded)?;
            weights.push(Weights { level, coded, decoded: OnceLock::new() });
        }
        if !bytes.is_empty() {
            return Err(Error::corrupt("something else follows the model"));
        }
        Ok(Self(Arc::new(Inner { id, level, trained_on, counts, weights })))
    }

    /// The model's name.
    pub fn id(&self) -> ModelId {
        self.0.id
    }

    /// The level that it was trained for. Other levels can use it too, but have to learn their mixers' weights anew.
    pub fn level(&self) -> Level {
        self.0.level
    }

    /// What it was trained on.
    pub fn trained_on(&self) -> TrainedOn {
        self.0.trained_on
    }

    /// Contexts that it knows.
    pub fn contexts(&self) -> usize {
        self.0.counts.len()
    }

    /// Bytes of memory that it takes.
    pub fn memory(&self) -> usize {
        self.0.counts.memory() + self.0.weights.iter().map(|set| set.coded.len() + (1 << 20)).sum::<usize>()
    }

    /// What a network of `level` starts from.
    ///
    /// # Errors
    /// Damaged weights, or too little memory for them.
    pub(crate) fn start(&self, level: Level) -> Result<Start> {
        let set = self.0.weights.iter().find(|set| set.level == level);
        let weights = set.map(|Weights { coded, decoded, .. }| match decoded.get() {
            Some(weights) => Ok(Arc::clone(weights)),
            None => checked(|| file::weights::read(level, &mut coded.as_slice()))
                .map(|read| Arc::clone(decoded.get_or_init(|| read))),
        });
        let prior = Prior { counts: Arc::clone(&self.0.counts), weights: weights.transpose()? };
        Ok(Start { level, prior: Some(Arc::new(prior)) })
    }
}

/// A model's file with this body, which need not be that of a model.
#[doc(hidden)]
pub fn with_name(body: &[u8]) -> Vec<u8> {
    let mut file = MAGIC.to_vec();
    file.extend([VERSION, model::VERSION]);
    file.extend(XxHash3_64::oneshot(body).to_le_bytes());
    file.extend(body);
    file
}

/// The id of the model whose file is read, without reading all of it.
///
/// # Errors
/// It is no model, or of a version that this crate does not know.
pub fn read_id(input: &mut impl Read) -> Result<ModelId> {
    let magic: [u8; 3] = read_array(input).map_err(|_| not_a_model())?;
    if magic != MAGIC {
        return Err(not_a_model());
    }
    let versions: [u8; 2] = read_array(input)?;
    for (what, found, known) in [("model file", versions[0], VERSION), ("model", versions[1], model::VERSION)] {
        if found != known {
            let text = format!("a trained model of another version ({what} {found}); this fore reads {known}");
            return Err(Error::new(ErrorKind::Unsupported, text));
        }
    }
    Ok(ModelId(u64::from_le_bytes(read_array(input)?)))
}

fn read_level(input: &mut &[u8]) -> Result<Level> {
    let [level] = read_array(input)?;
    Level::new(level).ok_or_else(|| Error::corrupt("the model is of a level that there is not"))
}

fn not_a_model() -> Error {
    Error::new(ErrorKind::NotForetell, "not a trained model")
}
