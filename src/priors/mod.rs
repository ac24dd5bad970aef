//! Trained models ↔ files: what networks start from, for content that is too short to learn from.
//!
//! ```text
//! samples ─► train ─► Model ─► file          a file of bytes: header | counts | weights of a level
//!                       │
//!                       └─► Start ─► Network of each block or record
//! ```
//! A model holds counts of the bytes that followed contexts, from which the network seeds rows that have seen nothing,
//! and the weights that mixers learnt with these. It stores no text, but its predictions reveal what the samples have
//! in common. `docs/MODELS.md` says when to train a model, and when not to.

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
    Error, ErrorKind, Level, Predictor, Result,
    container::{
        ModelId,
        read::{read_array, read_vec},
        varint,
    },
    model::{
        self, Start,
        experts::prior::{Change, Counts, Prior},
    },
};

/// The first bytes of a model's file.
const MAGIC: [u8; 3] = [0xf0, b'r', b'm'];
/// The version of the file's form.
const VERSION: u8 = 2;
/// The most bytes of a model's file: 64 MiB.
pub const MAX_LEN: u64 = 1 << 26;

/// What a model was trained on: [`Model::trained_on`].
///
/// ```
/// # use foretell::{Level, Trainer};
/// # let samples: Vec<_> = (0..60).map(|i| format!("id={} state={}", i * 37 % 101, ["open", "shut"][i % 2])).collect();
/// let model = Trainer::new().level(Level::FASTEST).train(&samples, |_| {})?.model;
/// assert_eq!(model.trained_on().samples, 60);
/// # Ok::<(), foretell::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TrainedOn {
    /// The number of samples, long ones counted in parts.
    pub samples: u64,
    /// Bytes of all samples.
    pub bytes: u64,
}

/// A trained model. Cheap to clone: all clones share its data, on all threads.
///
/// ```
/// # use foretell::{Level, Trainer};
/// # let samples: Vec<_> = (0..60).map(|i| format!("id={} state={}", i * 37 % 101, ["open", "shut"][i % 2])).collect();
/// use foretell::Model;
/// let model = Trainer::new().level(Level::FASTEST).train(&samples, |_| {})?.model;
/// let same = Model::from_bytes(&model.to_bytes())?;
/// assert_eq!((same.id(), same.level()), (model.id(), Level::FASTEST));
/// # Ok::<(), foretell::Error>(())
/// ```
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
    /// The bytes in the file.
    coded: Vec<u8>,
    /// The weights, decoded when first needed.
    decoded: OnceLock<Arc<[Change]>>,
}

impl Weights {
    /// Bytes of memory, once they are decoded.
    fn memory(&self) -> usize {
        self.coded.len() + file::weights::memory(&self.coded)
    }
}

impl Model {
    /// Builds a model for `level` and its file; weights are quantised to 2^-`steps`.
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
        let coded = |(level, weights): &(Level, Arc<[f32]>)| {
            let mut coded = Vec::new();
            file::weights::write(*level, weights, steps, &mut coded)?;
            Ok((*level, coded))
        };
        let weights: Vec<_> = weights.iter().map(coded).collect::<Result<_>>()?;
        let weights = weights.iter().map(|(level, coded)| (*level, coded.as_slice()));
        let file = with_name(&body(level, trained_on, counts, weights));
        // Read back, so that the model is exactly what its file says.
        Ok((Self::from_bytes(&file)?, file))
    }

    /// Reads a model's file.
    ///
    /// # Errors
    /// Those of reading the file; or it is no model, damaged, too large, or of a version that this crate does not know.
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        Self::load_within(path, u64::MAX)
    }

    /// As [`load`](Self::load), but takes at most about `bytes` of memory. Without a limit, a model takes about six
    /// times the bytes of its file, and at most 40 times.
    ///
    /// # Errors
    /// Those of [`load`](Self::load), and [`ErrorKind::MemoryLimit`] if the model needs more.
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
        // The counts are most of the memory; weights are decoded when first needed.
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
        let counts = Arc::new(file::counts::read(&mut bytes, level.contexts(), file_len, allowed)?);
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

    /// The bytes of its file: those that [`from_bytes`](Self::from_bytes) reads.
    ///
    /// ```
    /// use foretell::{Model, Trainer};
    /// let samples: Vec<String> = (0..300).map(|i| format!("unit {} is up", i % 17)).collect();
    /// let model = Trainer::new().train(&samples, |_| {})?.model;
    /// assert_eq!(Model::from_bytes(&model.to_bytes())?.id(), model.id());
    /// # Ok::<(), foretell::Error>(())
    /// ```
    pub fn to_bytes(&self) -> Vec<u8> {
        let Inner { level, trained_on, counts, weights, .. } = &*self.0;
        let weights = weights.iter().map(|set| (set.level, set.coded.as_slice()));
        with_name(&body(*level, *trained_on, counts, weights))
    }

    /// Reads a model's name from the first bytes of its file.
    ///
    /// ```
    /// use foretell::{ErrorKind, Model};
    /// assert_eq!(Model::peek_id(&b"some text"[..]).unwrap_err().kind(), ErrorKind::NotForetell);
    /// ```
    ///
    /// # Errors
    /// It is no model, or of a version that this crate does not know; or what the reader reports.
    pub fn peek_id(mut input: impl Read) -> Result<ModelId> {
        read_id(&mut input)
    }

    /// The model's name.
    pub fn id(&self) -> ModelId {
        self.0.id
    }

    /// The level that the model was trained for. Other levels can use it too, but unless it has weights for them, they
    /// start with untrained mixers.
    pub fn level(&self) -> Level {
        self.0.level
    }

    /// What the model was trained on.
    pub fn trained_on(&self) -> TrainedOn {
        self.0.trained_on
    }

    /// The number of contexts in the model.
    pub fn contexts(&self) -> usize {
        self.0.counts.len()
    }

    /// Bytes of memory that the model takes.
    pub fn memory(&self) -> usize {
        self.0.counts.memory() + self.0.weights.iter().map(Weights::memory).sum::<usize>()
    }

    /// What a network of `level` starts from with this model.
    ///
    /// # Errors
    /// Damaged weights, or too little memory for them.
    pub(crate) fn start(&self, level: Level) -> Result<Start> {
        let set = self.0.weights.iter().find(|set| set.level == level);
        let changes = set.map(|Weights { coded, decoded, .. }| match decoded.get() {
            Some(changes) => Ok(Arc::clone(changes)),
            None => file::weights::read(&mut coded.as_slice()).map(|read| Arc::clone(decoded.get_or_init(|| read))),
        });
        let prior = Prior { counts: Arc::clone(&self.0.counts), changes: changes.transpose()? };
        Ok(Start { level, prior: Some(Arc::new(prior)) })
    }
}

impl Predictor {
    /// A predictor that starts from what `model` knows, with tables for 1 MiB of content; more may come, less well
    /// predicted. `level` is best that of the model: another has to learn its mixers' weights from the content.
    ///
    /// # Errors
    /// As of [`new`](Self::new), or damaged weights in the model.
    ///
    /// ```
    /// use foretell::{Predictor, Trainer};
    /// let samples: Vec<String> = (0..300).map(|i| format!("unit {} is up", i % 17)).collect();
    /// let model = Trainer::new().train(&samples, |_| {})?.model;
    /// let cost = |mut predictor: Predictor| predictor.cost(b'u');
    /// assert!(cost(Predictor::with_model(&model, model.level())?) < cost(Predictor::new(model.level())?) / 2.0);
    /// # Ok::<(), foretell::Error>(())
    /// ```
    pub fn with_model(model: &Model, level: Level) -> Result<Self> {
        Self::from_start(&model.start(level)?, Self::CONTENT_LEN)
    }
}

/// A model's file with this body, valid or not: magic, versions and the name before it.
#[doc(hidden)]
pub fn with_name(body: &[u8]) -> Vec<u8> {
    let mut file = MAGIC.to_vec();
    file.extend([VERSION, model::VERSION]);
    file.extend(XxHash3_64::oneshot(body).to_le_bytes());
    file.extend(body);
    file
}

/// A model's file after its id.
fn body<'a>(
    level: Level,
    on: TrainedOn,
    counts: &Counts,
    weights: impl ExactSizeIterator<Item = (Level, &'a [u8])>,
) -> Vec<u8> {
    let mut out = vec![level.get()];
    varint::write(&mut out, on.samples);
    varint::write(&mut out, on.bytes);
    file::counts::write(counts, &mut out);
    out.push(weights.len() as u8);
    for (level, coded) in weights {
        out.push(level.get());
        varint::write(&mut out, coded.len() as u64);
        out.extend(coded);
    }
    out
}

fn read_id(input: &mut impl Read) -> Result<ModelId> {
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
    Level::new(level).ok_or_else(|| Error::corrupt("the model's level is not 1 to 9"))
}

fn not_a_model() -> Error {
    Error::new(ErrorKind::NotForetell, "not a trained model")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Trainer;

    #[test]
    fn the_bytes_of_a_model_are_those_of_its_file() {
        assert!(Model::from_bytes(built_in::FILE).unwrap().to_bytes() == built_in::FILE);
        let samples: Vec<_> = (0..300).map(|i| format!("{i}: unit {} is {}", i % 17, i * i % 1009)).collect();
        for level in [1, 3, 6].map(|level| Level::new(level).unwrap()) {
            let trained = Trainer::new().level(level).train(&samples, |_| {}).unwrap();
            assert!(trained.model.to_bytes() == trained.file, "{level:?}");
        }
    }
}
