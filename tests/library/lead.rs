//! Blocks that start from the frame's lead: smaller, the same bytes for any number of threads, and to be had alone.

use std::io::{Cursor, Read, Seek, SeekFrom, Write};

use foretell::{
    BlockKind, DecodeOptions, Decoder, EncodeOptions, Encoder, ErrorKind, IndexedReader, Level, decompress, recover,
    unstable::container::{FrameHeader, Item, SegmentHeader},
};
use foretell_testkit::{compress, noise, text};

const BLOCK: usize = 1 << 16;

fn options(level: u8) -> EncodeOptions {
    let level = Level::new(level).unwrap();
    EncodeOptions::new().level(level).built_in_prior(false).block_len(BLOCK).unwrap()
}

/// Text in the words of a language that nobody knows before.
fn content() -> Vec<u8> {
    let mut random = foretell_testkit::Random(5);
    let letters = |random: &mut foretell_testkit::Random| b'a' + random.below(26) as u8;
    let words: Vec<Vec<u8>> = (0..600).map(|i| (0..3 + i % 7).map(|_| letters(&mut random)).collect()).collect();
    let mut text = Vec::new();
    while text.len() < 4 * BLOCK + 1000 {
        text.extend_from_slice(&words[random.below(words.len())]);
        text.push(if random.below(9) == 0 { b'\n' } else { b' ' });
    }
    text
}

/// The headers of all segments of a frame.
fn headers(coded: &[u8]) -> Vec<SegmentHeader> {
    let mut rest = &coded[3..];
    FrameHeader::read_after_magic(&mut rest).unwrap();
    let mut all = vec![];
    while let Item::Segment(header) = Item::read(&mut rest).unwrap() {
        rest = &rest[header.coded_len..];
        all.push(header);
    }
    all
}

#[test]
fn blocks_start_from_the_lead_and_are_smaller_by_it() {
    let content = content();
    for level in [1, 6] {
        let coded = compress(&content, &options(level));
        assert!(decompress(&coded).unwrap() == content);
        let headers = headers(&coded);
        let leads: Vec<_> = headers.iter().filter(|header| header.ends_lead).collect();
        assert_eq!(leads.len(), 1, "{headers:#?}");
        let firsts: Vec<_> = headers.iter().filter(|header| !header.goes_on).map(|header| header.from_lead).collect();
        assert_eq!(firsts, [false, true, true, true, true]);
        let alone: usize = content.chunks(BLOCK).map(|block| compress(block, &options(level)).len()).sum();
        assert!(coded.len() * 20 < alone * 19, "{}, {alone}", coded.len());
    }
}

#[test]
fn threads_and_unknown_lengths_make_the_same_of_it() {
    let content = content();
    let one = compress(&content, &options(1));
    for threads in [2, 3, 9] {
        assert!(compress(&content, &options(1).threads(threads)) == one, "{threads} threads");
        for coded in [one.clone(), one.repeat(2)] {
            let mut back = vec![];
            let options = DecodeOptions::new().threads(threads);
            Decoder::new(coded.as_slice(), &options).read_to_end(&mut back).unwrap();
            assert!(back == content.repeat(coded.len() / one.len()), "{threads} threads");
        }
    }
    // Of unknown length, and in small steps.
    let pushed = |threads, step| {
        let mut encoder = Encoder::new(vec![], &options(1).threads(threads));
        content.chunks(step).for_each(|part| encoder.write_all(part).unwrap());
        encoder.finish().unwrap()
    };
    let unknown = pushed(1, 1000);
    assert!(decompress(&unknown).unwrap() == content);
    assert!(headers(&unknown).iter().any(|header| header.from_lead));
    assert!(pushed(1, 1 << 20) == unknown && pushed(3, 777) == unknown);
}

#[test]
fn one_block_and_long_blocks_have_no_lead() {
    let content = content();
    for (len, block) in [(BLOCK, BLOCK), (content.len(), 1 << 24), (3000, BLOCK)] {
        let coded = compress(&content[..len], &options(1).block_len(block).unwrap());
        assert!(headers(&coded).iter().all(|header| !header.ends_lead && !header.from_lead), "{len}, {block}");
    }
    // Noise at the start has no network to lead.
    let mixed = [noise(1, BLOCK), content].concat();
    let coded = compress(&mixed, &options(1).threads(3));
    assert!(headers(&coded).iter().all(|header| !header.ends_lead && !header.from_lead));
    assert!(decompress(&coded).unwrap() == mixed && compress(&mixed, &options(1)) == coded);
}

#[test]
fn any_part_can_be_read_alone() {
    let content = content();
    let coded = compress(&content, &options(1));
    let mut reader = IndexedReader::new(Cursor::new(&coded), &DecodeOptions::new()).unwrap();
    for at in [3 * BLOCK + 5, 10, BLOCK - 1, 4 * BLOCK, 2 * BLOCK, 0] {
        reader.seek(SeekFrom::Start(at as u64)).unwrap();
        let mut some = [0; 50];
        reader.read_exact(&mut some).unwrap();
        assert_eq!(some[..], content[at..at + 50], "{at}");
    }
    // Of several frames each has its own.
    let other = compress(&text().repeat(30), &options(1));
    let both = [coded, other].concat();
    let whole = [content, text().repeat(30)].concat();
    let mut reader = IndexedReader::new(Cursor::new(&both), &DecodeOptions::new()).unwrap();
    for at in [whole.len() - 60, 2 * BLOCK, whole.len() - BLOCK - 7, 3 * BLOCK] {
        reader.seek(SeekFrom::Start(at as u64)).unwrap();
        let mut some = [0; 50];
        reader.read_exact(&mut some).unwrap();
        assert_eq!(some[..], whole[at..at + 50], "{at}");
    }
}

#[test]
fn damage_within_the_lead_is_told_for_all_blocks_and_damage_behind_it_for_one() {
    let content = content();
    let good = compress(&content, &options(1));
    let blocks = content.len().div_ceil(BLOCK);
    for (at, lost) in [(good.len() / blocks / 2, blocks), (good.len() / 2, 1)] {
        let mut bad = good.clone();
        bad[at] ^= 1;
        for threads in [1, 3] {
            let mut saved = vec![];
            let options = DecodeOptions::new().threads(threads);
            let recovered = recover(Cursor::new(&bad), &mut saved, &options).unwrap();
            assert_eq!(recovered.damages.len(), lost, "byte {at}: {recovered:?}");
            assert_eq!(saved.len(), content.len());
            assert!(Decoder::new(bad.as_slice(), &options).read_to_end(&mut vec![]).is_err());
        }
    }
}

#[test]
fn a_lead_where_none_can_be_is_damage() {
    let coded = compress(&content(), &options(1));
    let mut rest = &coded[3..];
    FrameHeader::read_after_magic(&mut rest).unwrap();
    let start = coded.len() - rest.len();
    let with = |change: &dyn Fn(usize, &mut SegmentHeader)| {
        let (mut frame, mut rest, mut block) = (coded[..start].to_vec(), rest, 0);
        loop {
            let item = Item::read(&mut rest).unwrap();
            let Item::Segment(mut header) = item else { break };
            block += usize::from(!header.goes_on);
            change(block, &mut header);
            let (payload, behind) = rest.split_at(header.coded_len);
            Item::Segment(header).write(&mut frame);
            frame.extend_from_slice(payload);
            rest = behind;
        }
        Item::End(0).write(&mut frame);
        frame
    };
    let nothing = with(&|_, _| {});
    // As it was, but for the end.
    let error = decompress(&nothing).unwrap_err();
    assert_eq!((error.kind(), error.to_string().contains("content")), (ErrorKind::ChecksumMismatch, true));
    for (what, frame) in [
        ("no lead", with(&|_, header| header.ends_lead = false)),
        ("the first block starts from it", with(&|block, header| header.from_lead |= block == 1 && !header.goes_on)),
        ("it is in the second block", with(&|block, header| header.ends_lead = block == 2 && !header.goes_on)),
    ] {
        for threads in [1, 3] {
            let mut decoder = Decoder::new(frame.as_slice(), &DecodeOptions::new().threads(threads));
            let error = foretell::Error::from(decoder.read_to_end(&mut vec![]).expect_err(what));
            assert!(matches!(error.kind(), ErrorKind::Corrupt | ErrorKind::ChecksumMismatch), "{what}: {error}");
        }
        let damages = recover(Cursor::new(&frame), std::io::sink(), &DecodeOptions::new()).unwrap().damages;
        assert!(!damages.is_empty(), "{what}");
    }
}

#[test]
fn who_waits_for_a_lead_can_be_dropped() {
    let coded = compress(&content(), &options(6));
    for read in [1, BLOCK / 2] {
        let mut decoder = Decoder::new(coded.as_slice(), &DecodeOptions::new().threads(4));
        decoder.read_exact(&mut vec![0; read]).unwrap();
    }
    let mut encoder = Encoder::new(vec![], &options(6).threads(4));
    encoder.write_all(&content()).unwrap();
    drop(encoder);
    let frames = foretell::inspect(coded.as_slice()).unwrap();
    assert_eq!(frames[0].blocks(BlockKind::Neural), 5);
}
