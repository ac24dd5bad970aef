use super::*;

fn bytes(item: Item) -> Vec<u8> {
    let mut out = Vec::new();
    item.write(&mut out);
    out
}

#[test]
fn segments_that_go_on_round_trip_and_are_short() {
    for kind in [BlockKind::Stored, BlockKind::Neural, BlockKind::Expanded] {
        for (raw_len, header_len) in [(2, 5), (100, 5), (4095, 6), (4096, 8), (USUAL_LEN, 6), (1 << 18, 9)] {
            let coded_len = if kind == BlockKind::Stored { raw_len } else { 1 };
            let header = SegmentHeader {
                check: if raw_len < LEAST_WITH_WHOLE_CHECK { 0xbeef } else { 0xdead_beef },
                goes_on: true,
                ..SegmentHeader::first(kind, raw_len, coded_len)
            };
            assert_eq!(header.check_of(0xdead_beef), header.check);
            assert_eq!(Item::read(&mut bytes(Item::Segment(header)).as_slice()).unwrap(), Item::Segment(header));
            if kind == BlockKind::Neural {
                assert_eq!(header.byte_len(), header_len, "{raw_len}");
            }
        }
    }
    for (tag, text) in
        [(0x20 | 2, "Huffman"), (0x20 | 4, "a copy"), (0x60 | 3, "from a prior"), (0x10 | 1, "a capacity")]
    {
        let mut rest = &[tag, 100, 9, 9, 1, 2, 3, 4, 5, 6, 7, 8][..];
        assert!(Item::read(&mut rest).is_err(), "{text}");
    }
}

#[test]
fn items_round_trip() {
    for end in [Item::End(0x0123_4567_89ab_cdef), Item::IndexedEnd(0x0123_4567_89ab_cdef)] {
        assert_eq!(Item::read(&mut bytes(end).as_slice()).unwrap(), end);
        assert_eq!(bytes(end).len() as u64, END_LEN);
    }
    for kind in BlockKind::all() {
        for raw_len in [2, 127, 128, 1 << 20, MAX_BLOCK_LEN] {
            let coded_len = match kind {
                BlockKind::Stored => raw_len,
                BlockKind::Copy => 1,
                _ => raw_len - 1,
            };
            let expanded_len = if kind == BlockKind::Expanded { 1 + raw_len / 2 } else { raw_len };
            let block = Item::Segment(SegmentHeader {
                expanded_len,
                check: 0xdead_beef,
                from_prior: kind.is_neural(),
                capacity: (kind.is_neural() && raw_len > 200).then(|| Capacity::of(2 * raw_len)),
                ..SegmentHeader::first(kind, raw_len, coded_len)
            });
            assert_eq!(Item::read(&mut bytes(block).as_slice()).unwrap(), block);
        }
    }
}

#[test]
fn a_flip_of_any_bit_is_found_before_decoding() {
    for (kind, expanded_len, capacity) in
        [(BlockKind::Neural, 3_000_000, None), (BlockKind::Expanded, 5_000_000, Some(Capacity::of(1 << 25)))]
    {
        let raw_len = 3_000_000;
        let block =
            SegmentHeader { expanded_len, check: 0x1234_5678, capacity, ..SegmentHeader::first(kind, raw_len, 70_000) };
        let good = bytes(Item::Segment(block));
        for bit in 0..good.len() * 8 {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            // A flip may turn the tag into the end marker's: then the checksum of the content does not match. Or into
            // that of a segment that goes on: then the block before it cannot, or its content does not match.
            let found = Item::read(&mut bad.as_slice());
            assert!(!matches!(found, Ok(Item::Segment(header)) if !header.goes_on), "{kind:?}, bit {bit}");
        }
    }
}

#[test]
fn lengths_out_of_bounds_are_refused() {
    for (raw_len, coded_len) in [(0, 0), (5, 70), (5, 0), (MAX_BLOCK_LEN + 1, 7)] {
        let block = SegmentHeader::first(BlockKind::Neural, raw_len, coded_len);
        assert!(Item::read(&mut bytes(Item::Segment(block)).as_slice()).is_err());
    }
    for (coded_len, is_good) in [(10, true), (11, false)] {
        let block = SegmentHeader::first(BlockKind::Copy, 99, coded_len);
        assert_eq!(Item::read(&mut bytes(Item::Segment(block)).as_slice()).is_ok(), is_good);
    }
    for (expanded_len, is_good) in [(0, false), (1, true), (MAX_BLOCK_LEN, true), (MAX_BLOCK_LEN + 1, false)] {
        let block = SegmentHeader { expanded_len, ..SegmentHeader::first(BlockKind::Expanded, 9, 8) };
        assert_eq!(Item::read(&mut bytes(Item::Segment(block)).as_slice()).is_ok(), is_good);
    }
}
