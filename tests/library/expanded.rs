//! Content that holds deflate streams: expanded, modelled, and reconstructed to the same bits.

use std::{io::Read, sync::Arc};

use foretell::{
    BlockKind, DecodeOptions, Decoder, EncodeOptions, ErrorKind, Level, Method, Progress, decompress, inspect,
    unstable::{
        container::{FrameHeader, Item, SegmentHeader, Window},
        deflate::Family,
    },
};
use foretell_testkit::{compress, deflated, gzip, round_trip, text};

fn fast() -> EncodeOptions {
    EncodeOptions::new().level(Level::FASTEST)
}

/// Text, twice as gzip has it.
fn deflated_text() -> Vec<u8> {
    let text = text();
    [b"before ".to_vec(), gzip(&text, 6), b" between ".to_vec(), gzip(&text[..900], 9), b" behind".to_vec()].concat()
}

/// How many blocks of each kind there are.
fn blocks(coded: &[u8]) -> Vec<u64> {
    let info = &inspect(coded).unwrap()[0];
    BlockKind::all().map(|kind| info.blocks(kind)).collect()
}

#[test]
fn what_was_deflated_takes_little_more_than_if_it_never_had_been() {
    let text = text();
    let plain = round_trip(&text, &fast());
    let packed = round_trip(&gzip(&text, 6), &fast());
    assert!(packed < plain + 60, "{plain}, {packed}");
    assert_eq!(blocks(&compress(&gzip(&text, 6), &fast())), [0, 0, 0, 0, 1]);
}

#[test]
fn other_content_is_coded_as_ever() {
    let content = [text(), deflated(&text(), Family::Zlib8, 6)].concat();
    assert_eq!(blocks(&compress(&content, &fast())), [0, 0, 1, 0, 0]);
    for method in [Method::Store, Method::Huffman] {
        assert_eq!(blocks(&compress(&deflated_text(), &fast().method(method)))[BlockKind::Expanded as usize], 0);
    }
}

#[test]
fn every_level() {
    for level in Level::all() {
        round_trip(&deflated_text(), &EncodeOptions::new().level(level));
    }
}

#[test]
fn a_stream_over_the_end_of_a_block_stays_as_it_is() {
    use std::io::Write;
    let long = std::fs::read(foretell_testkit::corpus().join("written/glossary.txt")).unwrap();
    let content = [gzip(&text(), 6), gzip(&long, 6)].concat();
    let mut encoder = foretell::Encoder::new(Vec::new(), &fast());
    for piece in [&content[..300], &content[300..]] {
        encoder.write_all(piece).unwrap();
        encoder.flush().unwrap();
    }
    let coded = encoder.finish().unwrap();
    assert!(decompress(&coded).unwrap() == content);
    // The first is cut in two; the second lies within the second block.
    assert_eq!(blocks(&coded)[BlockKind::Expanded as usize], 1);
}

/// Another recipe may make the same stream: then the content is right, and its checksum says so.
#[test]
fn any_other_byte_in_a_block_is_an_error_or_changes_nothing() {
    let text = text();
    let content = [&text[..300], &gzip(&text[300..500], 6), b"!"].concat();
    let coded = compress(&content, &fast());
    assert_eq!(blocks(&coded), [0, 0, 0, 0, 1]);
    let mut harmless = 0;
    for at in 0..coded.len() {
        for change in [1, 0x10, 0xff] {
            let mut damaged = coded.clone();
            damaged[at] ^= change;
            if let Ok(decoded) = decompress(&damaged) {
                assert!(decoded == content, "byte {at} ^ {change}");
                harmless += 1;
            }
        }
    }
    assert!(harmless < coded.len() / 50, "{harmless}");
    for len in 0..coded.len() {
        assert!(decompress(&coded[..len]).is_err(), "{len}");
    }
}

/// The headers match their checksums, and claim lengths that the block does not have.
#[test]
fn false_lengths_are_refused() {
    let content = deflated_text();
    let coded = compress(&content, &fast());
    let header_len = FrameHeader {
        level: Level::FASTEST,
        content_size: Some(content.len() as u64),
        window: Window::LEAST,
        model: None,
    }
    .to_bytes()
    .len();
    let mut rest = &coded[header_len..];
    let Item::Segment(good) = Item::read(&mut rest).unwrap() else { panic!("no block") };
    assert_eq!(good.kind, BlockKind::Expanded);
    let with = |header: SegmentHeader| {
        let mut frame = coded[..header_len].to_vec();
        Item::Segment(header).write(&mut frame);
        frame.extend_from_slice(rest);
        decompress(&frame).map_err(|error| error.kind())
    };
    assert!(with(good).unwrap() == content);
    let expanded_len = good.expanded_len;
    for header in [
        SegmentHeader { expanded_len: expanded_len - 1, ..good },
        SegmentHeader { expanded_len: expanded_len + 1, ..good },
        SegmentHeader { expanded_len: 1, ..good },
        SegmentHeader { raw_len: good.raw_len - 1, ..good },
        SegmentHeader { raw_len: good.raw_len + 1, ..good },
        SegmentHeader { kind: BlockKind::Neural, ..good },
    ] {
        assert!(matches!(with(header), Err(ErrorKind::Corrupt | ErrorKind::ChecksumMismatch)), "{header:?}");
    }
}

#[test]
fn progress_counts_content_and_not_what_it_is_expanded_to() {
    let content = deflated_text();
    let progress = Arc::new(Progress::default());
    let coded = compress(&content, &fast().progress(progress.clone()));
    assert_eq!(progress.raw(), content.len() as u64);
    assert!(progress.coded() <= coded.len() as u64 && progress.coded() + 64 >= coded.len() as u64);
    let progress = Arc::new(Progress::default());
    Decoder::new(coded.as_slice(), &DecodeOptions::new().progress(progress.clone())).read_to_end(&mut vec![]).unwrap();
    assert_eq!(progress.raw(), content.len() as u64);
}

#[test]
fn a_memory_limit_counts_expanded_content() {
    // A little content that expands to much.
    let content = gzip(&text().repeat(2000), 9);
    let progress = Arc::new(Progress::default());
    let coded = compress(&content, &fast().progress(progress.clone()));
    assert!(progress.memory() > 3_000_000);
    let decode =
        |limit| Decoder::new(coded.as_slice(), &DecodeOptions::new().memory_limit(limit)).read_to_end(&mut vec![]);
    assert!(decode(progress.memory()).is_ok());
    // The encoder keeps the content twice.
    let least = progress.memory() - 2 * content.len() as u64;
    let error = foretell::Error::from(decode(least).unwrap_err());
    assert_eq!(error.kind(), ErrorKind::MemoryLimit);
}

#[test]
fn content_that_does_not_shrink_is_stored() {
    let noise = foretell_testkit::Random(7).bytes(2000);
    let coded = compress(&gzip(&noise, 6), &fast());
    assert!(coded.len() < noise.len() + 100);
    assert!(decompress(&coded).unwrap() == gzip(&noise, 6));
}
