//! Content → a file of all that the mixers see, for programs that try other ways of mixing.
//!
//! All numbers are little-endian. The file begins with "FORELAB1", the number n of experts (u32), the level (u32) and
//! the number of bytes of content (u64); then the name of each expert: its length (u8) and its UTF-8. Then comes a
//! record of 36 + 34·n bytes for each nibble, high before low:
//!
//! | bytes | what |
//! |---|---|
//! | 1 | the nibble that was coded |
//! | 1 | the head: 0 for a high nibble, 1 + high nibble for a low one |
//! | 1 | 1 if a long match alone predicted, else 0; then all experts have the probabilities that were coded with |
//! | 1 | 0 |
//! | 32 | the probabilities that were coded with: −4096 · ln p of each value (u16, at most 65,535) |
//! | 34 for each expert | its probabilities in the same form (32), its state (u8), and the value that it saw last, or 16 (u8) |

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::Path,
};

use anyhow::Context;
use foretell::Level;

use crate::{nibbles, probe};

/// What a file of this form begins with.
pub const MAGIC: &[u8; 8] = b"FORELAB1";
/// Units of a logarithm.
const UNITS: f64 = 4096.0;

/// Writes what the mixers see of `content` to `path`; gives the number of bytes of a record.
///
/// # Errors
/// No memory for the network, or the file cannot be written.
pub fn write(content: &[u8], level: Level, prior: bool, path: &Path) -> anyhow::Result<usize> {
    let mut probe = probe(level, prior, content.len())?;
    let mut out = BufWriter::new(File::create(path).with_context(|| path.display().to_string())?);
    let experts = probe.experts().to_vec();
    out.write_all(MAGIC)?;
    out.write_all(&(experts.len() as u32).to_le_bytes())?;
    out.write_all(&u32::from(level.get()).to_le_bytes())?;
    out.write_all(&(content.len() as u64).to_le_bytes())?;
    for name in &experts {
        out.write_all(&[name.len() as u8])?;
        out.write_all(name.as_bytes())?;
    }
    for nibble in content.iter().flat_map(|&byte| nibbles(byte)) {
        let seen = probe.seen();
        out.write_all(&[nibble, seen.head as u8, u8::from(seen.match_only), 0])?;
        out.write_all(&logs(&seen.p))?;
        for i in 0..experts.len() {
            let (p, state, last) = seen.opinions.get(i).map_or((&seen.p, 0, 16), |o| (&o.p, o.state, o.last));
            out.write_all(&logs(p))?;
            out.write_all(&[state as u8, last as u8])?;
        }
        probe.update(nibble, None);
    }
    out.flush()?;
    Ok(36 + 34 * experts.len())
}

/// −4096 · ln p of each, little-endian.
pub fn logs(p: &[f32; 16]) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (p, bytes) in p.iter().zip(bytes.chunks_exact_mut(2)) {
        // Of 0, the logarithm is infinite; the conversion makes that the largest number.
        bytes.copy_from_slice(&((-UNITS * f64::from(*p).ln()).round() as u16).to_le_bytes());
    }
    bytes
}

/// The logarithms that [`logs`] wrote.
pub fn read_logs(bytes: &[u8; 32]) -> [f32; 16] {
    std::array::from_fn(|i| f32::from(u16::from_le_bytes([bytes[2 * i], bytes[2 * i + 1]])) / -(UNITS as f32))
}
