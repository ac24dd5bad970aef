//! Bytes of one sort ↔ coded bytes: a column of a model's file.
//!
//! A byte is two nibbles, as in the network, but their probabilities are counted once for the whole column and written
//! before it, so that decoding, and with it loading a model, is fast. Halves of bytes that are always zero cost
//! nothing.
//!
//! ```text
//! column  coded length | table of the high nibble | table of the low nibble after each high one that occurs | coded nibbles
//! table   16 bits: which values occur | −8 log2 p of each of these, if there are several
//! ```

use std::io::Read;

use crate::{
    Error, Result,
    coder::{Decoder, Encoder, Frequencies},
    container::{
        read::{read_array, read_vec},
        varint,
    },
    math::{F32x16, LANES, exp},
};

/// Tables: one for the high nibble, and one for the low nibble after each high one.
const TABLES: usize = 1 + LANES;
/// Steps of −log2 p in one bit.
const STEPS: f32 = 8.0;

/// Appends the coded `bytes`. Their number is not stored: the reader must know it.
pub fn write(bytes: &[u8], out: &mut Vec<u8>) {
    let mut counts = [[0u32; LANES]; TABLES];
    for &byte in bytes {
        counts[0][usize::from(byte >> 4)] += 1;
        counts[1 + usize::from(byte >> 4)][usize::from(byte & 15)] += 1;
    }
    let mut tables = Vec::new();
    for counts in counts.iter().filter(|counts| counts.iter().any(|&n| n > 0)) {
        write_table(counts, &mut tables);
    }
    let frequencies = counts.map(|counts| frequencies(&steps(&counts)));
    let mut coder = Encoder::new();
    for &byte in bytes {
        coder.encode(&frequencies[0], byte >> 4);
        coder.encode(&frequencies[1 + usize::from(byte >> 4)], byte & 15);
    }
    let coded = coder.finish();
    varint::write(out, coded.len() as u64);
    out.extend(tables);
    out.extend(coded);
}

/// Reads a column of `len` bytes.
///
/// # Errors
/// Truncated or damaged data.
pub fn read(input: &mut impl Read, len: usize) -> Result<Vec<u8>> {
    let coded_len = varint::read(input)?;
    let mut tables = [Frequencies::new(&F32x16::ZERO); TABLES];
    if len > 0 {
        let high = read_table(input)?;
        tables[0] = frequencies(&high);
        for value in (0..LANES).filter(|&value| high[value].is_some()) {
            tables[1 + value] = frequencies(&read_table(input)?);
        }
    }
    let mut coded = Vec::new();
    read_vec(input, coded_len, &mut coded)?;
    let mut coder = Decoder::new(&coded);
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(len).map_err(|_| Error::no_memory(len as u64))?;
    for _ in 0..len {
        let high = coder.decode(&tables[0]);
        bytes.push(high << 4 | coder.decode(&tables[1 + usize::from(high)]));
    }
    if coder.overrun() || !coder.at_end() {
        return Err(Error::corrupt("a column of the model does not end where it should"));
    }
    Ok(bytes)
}

/// 2^(−step / STEPS).
fn power(step: u8) -> f32 {
    exp(f32::from(step) * (-std::f32::consts::LN_2 / STEPS))
}

/// −8 log2 p of each value that occurs.
fn steps(counts: &[u32; LANES]) -> [Option<u8>; LANES] {
    let total: u32 = counts.iter().sum();
    let step = |n: u32| (0..255).find(|&step| n as f32 >= total as f32 * power(step)).unwrap_or(255);
    counts.map(|n| (n > 0).then(|| step(n)))
}

fn write_table(counts: &[u32; LANES], out: &mut Vec<u8>) {
    let steps = steps(counts);
    let occurs = (0..LANES).filter(|&value| steps[value].is_some()).fold(0u16, |set, value| set | 1 << value);
    out.extend(occurs.to_le_bytes());
    if !occurs.is_power_of_two() {
        out.extend(steps.iter().flatten());
    }
}

fn read_table(input: &mut impl Read) -> Result<[Option<u8>; LANES]> {
    let occurs = u16::from_le_bytes(read_array(input)?);
    if occurs == 0 {
        return Err(Error::corrupt("a table of the model has no values"));
    }
    let mut steps = [None; LANES];
    for (_, step) in steps.iter_mut().enumerate().filter(|(value, _)| occurs >> value & 1 == 1) {
        *step = Some(if occurs.is_power_of_two() { 0 } else { read_array::<1>(input)?[0] });
    }
    Ok(steps)
}

/// The frequencies of a table.
fn frequencies(steps: &[Option<u8>; LANES]) -> Frequencies {
    let p = F32x16(steps.map(|step| step.map_or(0.0, power)));
    let sum = p.sum();
    let scale = if sum > 0.0 { 1.0 / sum } else { 0.0 };
    Frequencies::new(&(p * scale))
}

#[cfg(test)]
mod tests {
    use super::*;
    use foretell_testkit::noise;

    fn round_trip(bytes: &[u8]) -> usize {
        let mut coded = Vec::new();
        write(bytes, &mut coded);
        assert_eq!(read(&mut coded.as_slice(), bytes.len()).unwrap(), bytes);
        coded.len()
    }

    #[test]
    fn columns_round_trip_at_about_their_entropy() {
        assert!(round_trip(&[]) <= 2);
        assert!(round_trip(&[7; 10_000]) < 10);
        let random = noise(1, 10_000);
        assert!(round_trip(&random) < 10_400);
        let nibbles: Vec<_> = random.iter().map(|byte| byte & 15).collect();
        assert!(round_trip(&nibbles) < 5_050);
        let rare: Vec<_> = random.iter().map(|&byte| u8::from(byte == 0)).collect();
        // 39 ones of 10,000: 370 bits.
        assert!(round_trip(&rare) < 60);
    }

    #[test]
    fn damage_is_an_error() {
        let mut coded = Vec::new();
        write(&noise(2, 500), &mut coded);
        for len in 0..coded.len() {
            assert!(read(&mut &coded[..len], 500).is_err(), "{len}");
        }
        assert!(read(&mut coded.as_slice(), 499).is_err());
    }
}
