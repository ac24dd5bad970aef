//! Seeded content → the digests of what the model makes of it at each level, two lines each: of a network that starts
//! from nothing, and of one that starts from the built-in prior.
//!
//! Arguments are levels, the only ones then; without any it is all of them.
//!
//! `tests/golden/v*-digests` has the same lines; where a machine prints others, its arithmetic is another than the
//! format's. Depends on nothing but the library, so that it runs where the tests cannot. What was coded must also
//! decode here.

use std::{env, error::Error};

use foretell::{
    EncodeOptions, Level,
    unstable::container::{FrameHeader, Item, SegmentHeader, header::MAGIC},
};

use foretell_testkit::{familiar_content, mixed_content};

fn main() -> Result<(), Box<dyn Error>> {
    for level in levels()? {
        for (content, primed) in [(mixed_content(), false), (familiar_content(), true)] {
            let frame = foretell::compress(&content, &EncodeOptions::new().level(level).built_in_prior(primed))?;
            if foretell::decompress(&frame)? != content {
                return Err(format!("level {}: what was coded here does not decode here", level.get()).into());
            }
            let (block, coded) = first_block(&frame)?;
            let start = if block.from_prior { " primed" } else { "" };
            println!("{}{start} {:08x}", level.get(), crc32fast::hash(coded));
        }
    }
    Ok(())
}

/// Those that the arguments name, or all.
fn levels() -> Result<Vec<Level>, String> {
    if env::args().len() < 2 {
        return Ok(Level::all().collect());
    }
    let level = |name: String| name.parse().ok().and_then(Level::new).ok_or(format!("{name} is no level"));
    env::args().skip(1).map(level).collect()
}

/// The first block of `frame` and its coded bytes.
fn first_block(frame: &[u8]) -> Result<(SegmentHeader, &[u8]), Box<dyn Error>> {
    let mut rest = frame.strip_prefix(&MAGIC).ok_or("no frame")?;
    FrameHeader::read_after_magic(&mut rest)?;
    match Item::read(&mut rest)? {
        Item::Segment(block) => Ok((block, rest.get(..block.coded_len).ok_or("no whole block")?)),
        Item::End(_) | Item::IndexedEnd(_) => Err("no block".into()),
    }
}
