//! Seeded content → the digests of what the model makes of it at each level, one line each.
//!
//! `tests/golden/v*-digests` has the same lines; where a machine prints others, its arithmetic is another than the
//! format's. Depends on nothing but the library, so that it runs where the tests cannot. What was coded must also
//! decode here.

#[path = "../../tests/common/mixed.rs"]
mod mixed;

use std::error::Error;

use foretell::{
    Level, Options,
    container::{FrameHeader, Item, header::MAGIC},
};

fn main() -> Result<(), Box<dyn Error>> {
    let content = mixed::mixed_content();
    for level in Level::all() {
        let frame = foretell::compress(&content, &Options::new().level(level).general(false))?;
        if foretell::decompress(&frame)? != content {
            return Err(format!("level {}: what was coded here does not decode here", level.get()).into());
        }
        println!("{} {:08x}", level.get(), crc32fast::hash(first_block(&frame)?));
    }
    Ok(())
}

/// The coded bytes of the first block of `frame`.
fn first_block(frame: &[u8]) -> Result<&[u8], Box<dyn Error>> {
    let mut rest = frame.strip_prefix(&MAGIC).ok_or("no frame")?;
    FrameHeader::read_after_magic(&mut rest)?;
    match Item::read(&mut rest)? {
        Item::Block(block) => Ok(rest.get(..block.coded_len).ok_or("no whole block")?),
        Item::End(_) | Item::IndexedEnd(_) => Err("no block".into()),
    }
}
