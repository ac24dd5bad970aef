//! What each byte costs adds up to the frame, whatever the content, and is the same for encoder and decoder.

use foretell::{
    BlockKind, DecodeOptions, EncodeOptions, ErrorKind, Level, Method, Models, Trainer, compress,
    insight::{Account, Detail, Event, Overhead, Place, Wanted, explain, explain_frames},
};
use foretell_testkit::{Random, gzip, noise};

/// Text in the words of a language that nobody knows before.
fn text(len: usize) -> Vec<u8> {
    let mut random = Random(5);
    let letters = |random: &mut Random| b'a' + random.below(26) as u8;
    let words: Vec<Vec<u8>> = (0..600).map(|i| (0..3 + i % 7).map(|_| letters(&mut random)).collect()).collect();
    let mut text = Vec::new();
    while text.len() < len {
        text.extend_from_slice(&words[random.below(words.len())]);
        text.push(if random.below(9) == 0 { b'\n' } else { b' ' });
    }
    text.truncate(len);
    text
}

/// All that was told of a content.
#[derive(Debug, Default, PartialEq)]
struct Told {
    bytes: Vec<u8>,
    bits: Vec<f32>,
    places: Vec<(usize, Place)>,
    kinds: Vec<BlockKind>,
    details: Vec<Detail>,
    overhead: f64,
    account: Option<Account>,
}

impl Told {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Segment(segment) => self.kinds.push(segment.kind),
            Event::Piece(piece) => {
                assert_eq!(piece.start, self.bytes.len() as u64);
                assert_eq!(piece.bytes.len(), piece.bits.len());
                self.places.push((self.bytes.len(), piece.place));
                self.bytes.extend(piece.bytes);
                self.bits.extend(piece.bits);
                self.details.extend_from_slice(piece.details);
            }
            Event::Overhead(_, bits) => self.overhead += bits,
            _ => {}
        }
    }

    fn bits(&self) -> f64 {
        self.bits.iter().map(|&bits| f64::from(bits)).sum()
    }

    #[track_caller]
    fn check_same(&self, other: &Self) {
        assert!(self.bytes == other.bytes && self.bits == other.bits);
        assert_eq!((&self.places, &self.kinds, self.account), (&other.places, &other.kinds, other.account));
        assert!((self.overhead - other.overhead).abs() < 1e-6);
        for (a, b) in self.details.iter().zip(&other.details) {
            assert_eq!(a, b);
        }
        assert_eq!(self.details.len(), other.details.len());
    }

    fn count(&self, kind: BlockKind) -> usize {
        self.kinds.iter().filter(|&&found| found == kind).count()
    }
}

fn told(content: &[u8], options: &EncodeOptions, wanted: Wanted) -> Told {
    let mut told = Told::default();
    let account = explain(content, options, wanted, |event| {
        told.take(event);
        Ok(())
    });
    Told { account: Some(account.unwrap()), ..told }
}

fn told_of_frames(frames: &[u8], models: Models, wanted: Wanted) -> Told {
    let mut told = Told::default();
    let options = DecodeOptions::new().models(models);
    let account = explain_frames(frames, &options, wanted, |event| {
        told.take(event);
        Ok(())
    });
    Told { account: Some(account.unwrap()), ..told }
}

/// The costs add up to the frame that `compress` makes, segment by segment, and the decoder tells the same.
#[track_caller]
fn check(content: &[u8], options: &EncodeOptions, models: Models) -> Told {
    let frame = compress(content, options).unwrap();
    // As `compress` does.
    let options = options.clone().content_size(content.len() as u64);
    let told = told(content, &options, Wanted::Costs);
    let account = told.account.unwrap();
    assert_eq!((account.content, account.coded), (content.len() as u64, frame.len() as u64));
    assert_eq!(account.shown, told.bytes.len() as u64);
    assert!((told.bits() + told.overhead - 8.0 * frame.len() as f64).abs() < 1.0);
    let mut segment = (0.0, 0.0);
    let result = explain(content, &options, Wanted::Costs, |event| {
        match event {
            Event::Segment(next) => {
                assert!(sums_up(segment), "{segment:?}");
                segment = (8.0 * next.coded as f64, 0.0);
            }
            Event::Piece(piece) => segment.1 += piece.bits.iter().map(|&bits| f64::from(bits)).sum::<f64>(),
            Event::Overhead(Overhead::CoderEnd, bits) => assert!(bits > -64.0, "{bits}"),
            _ => {}
        }
        Ok(())
    });
    assert!(result.is_ok() && sums_up(segment), "{segment:?}");
    told_of_frames(&frame, models, Wanted::Costs).check_same(&told);
    told
}

/// Whether the bits of a segment are those of its bytes, within 0.1 % and 8 bytes.
fn sums_up((coded, costs): (f64, f64)) -> bool {
    (coded - costs).abs() <= 0.001 * coded + 64.0
}

fn level(level: u8) -> EncodeOptions {
    EncodeOptions::new().level(Level::new(level).unwrap())
}

#[test]
fn costs_add_up_to_the_frame_at_every_level() {
    let content = [text(6_000).as_slice(), &noise(1, 2000), &[0; 3000]].concat();
    for number in 1..=9 {
        let told = check(&content, &level(number), Models::new());
        assert_eq!(told.bytes, content);
        assert_eq!(told.places[0], (0, Place::At(0)));
    }
}

#[test]
fn nothing_a_byte_and_noise_add_up() {
    for content in [vec![], vec![7], b"ab".to_vec(), noise(2, 100), noise(3, 100_000)] {
        let told = check(&content, &EncodeOptions::new(), Models::new());
        assert_eq!(told.bytes, content);
        if content.len() >= 100 {
            assert!(told.bits.iter().all(|&bits| bits == 8.0) && told.count(BlockKind::Stored) > 0);
        }
    }
}

#[test]
fn other_methods_charge_what_they_take() {
    let content = text(30_000);
    for (method, kind) in [(Method::Huffman, BlockKind::Huffman), (Method::Store, BlockKind::Stored)] {
        let told = told(&content, &EncodeOptions::new().method(method), Wanted::Details);
        let frame = compress(&content, &EncodeOptions::new().method(method)).unwrap();
        assert_eq!(told.count(kind), told.kinds.len());
        assert!((told.bits() - 8.0 * frame.len() as f64).abs() < 0.02 * 8.0 * frame.len() as f64);
        assert!(told.details.is_empty());
    }
}

#[test]
fn a_copy_costs_next_to_nothing_and_is_told_in_full() {
    let half = noise(4, 1_200_000);
    let content = half.repeat(2);
    let told = check(&content, &EncodeOptions::new().method(Method::Copy), Models::new());
    assert!(told.bytes == content && told.count(BlockKind::Copy) == 1);
    assert!(told.bits[half.len() + 1000..].iter().all(|&bits| bits < 0.001));
}

#[test]
fn blocks_that_start_from_the_lead_add_up_with_threads_too() {
    let content = text((2 << 16) + 1000);
    let options = level(1).block_len(1 << 16).unwrap();
    let told = check(&content, &options, Models::new());
    let frame = compress(&content, &options.threads(2)).unwrap();
    assert_eq!(told_of_frames(&frame, Models::new(), Wanted::Costs).bits, told.bits);
}

#[test]
fn a_model_is_charged_as_it_helps() {
    let samples: Vec<String> = (0..300).map(|i| format!("{{\"id\":{i},\"state\":\"ready\"}}\n")).collect();
    let model = Trainer::new().level(Level::new(2).unwrap()).train(&samples, |_| {}).unwrap().model;
    let content = b"{\"id\":77,\"state\":\"ready\"}\n{\"id\":78,\"state\":\"ready\"}\n";
    let with = check(content, &level(2).model(model.clone()), Models::new().with(model.clone()));
    let without = check(content, &level(2), Models::new());
    assert!(with.bits() < 0.7 * without.bits());
    assert_eq!(with.account.unwrap().model, Some(model.id()));
    let frame = compress(content, &level(2).model(model)).unwrap();
    let missing = explain_frames(&frame[..], &DecodeOptions::new(), Wanted::Costs, |_| Ok(()));
    assert_eq!(missing.unwrap_err().kind(), ErrorKind::MissingModel);
}

#[test]
fn a_deflate_stream_is_shown_as_what_it_holds_in_its_place() {
    let inner = text(20_000);
    let zipped = gzip(&inner, 6);
    let content = [b"before it, ".as_slice(), &zipped, b", and after it"].concat();
    let told = check(&content, &EncodeOptions::new(), Models::new());
    let held = told.places.iter().position(|(_, place)| matches!(place, Place::Inflated { .. })).unwrap();
    let (from, until) = (told.places[held].0, told.places[held + 1].0);
    assert!(told.bytes[from..until] == inner);
    let Place::Inflated { start, len } = told.places[held].1 else { unreachable!() };
    assert_eq!((start, start + len), (11 + 10, 11 + zipped.len() as u64));
    assert_eq!(told.places[held + 1].1, Place::At(start + len));
    assert_eq!(told.places.last().unwrap().1, Place::Recipe);
}

#[test]
fn details_change_no_bit_and_point_to_what_they_say() {
    let words = text(5_000);
    let content = [words.as_slice(), b"Now again: ", &words[2000..4000], &gzip(&words, 9), b" end"].concat();
    for number in [1, 6, 9] {
        let options = level(number).content_size(content.len() as u64);
        let told = told(&content, &options, Wanted::Details);
        let costs = self::told(&content, &options, Wanted::Costs);
        assert_eq!((&told.bits, told.account), (&costs.bits, costs.account), "level {number}");
        let frame = compress(&content, &options).unwrap();
        told_of_frames(&frame, Models::new(), Wanted::Details).check_same(&told);
        let dear: Vec<u64> = (0..).zip(&told.bits).filter(|(_, bits)| **bits >= 0.51).map(|(at, _)| at).collect();
        let noted: Vec<u64> = told.details.iter().map(|detail| detail.at).collect();
        let missing = dear.iter().filter(|at| noted.binary_search(at).is_err()).count();
        assert!(missing * 100 <= dear.len(), "level {number}: {missing} of {}", dear.len());
        let (mut sources, mut off) = (0, 0.0);
        for detail in &told.details {
            let (at, byte) = (detail.at as usize, told.bytes[detail.at as usize]);
            assert!(told.bits[at] >= 0.5 && detail.rank >= 1);
            let place = detail.expected.iter().position(|&(value, _)| value == byte);
            assert!(place.map_or(detail.rank > 5, |place| place + 1 == usize::from(detail.rank)));
            if let Some((_, p)) = place.map(|place| detail.expected[place]) {
                off += (-f64::from(p).log2() - f64::from(told.bits[at])).abs();
            }
            if let Some(source) = detail.source.map(|source| source as usize) {
                assert!(source < at && told.bytes[source - 5..source] == told.bytes[at - 5..at]);
                sources += 1;
            }
        }
        assert!(sources > 0, "level {number}");
        assert!(off < 0.05 * told.bits(), "level {number}: {off} of {} bits", told.bits());
    }
}

#[test]
fn an_error_of_the_listener_or_of_the_data_ends_the_work() {
    let content = text(2000);
    let full = || foretell::Error::from(std::io::Error::from(std::io::ErrorKind::BrokenPipe));
    let ended = explain(&content[..], &EncodeOptions::new(), Wanted::Costs, |_| Err(full()));
    assert_eq!(ended.unwrap_err().kind(), ErrorKind::Io);
    let frame = compress(&content, &level(1)).unwrap();
    for len in 3..frame.len() {
        let cut = explain_frames(&frame[..len], &DecodeOptions::new(), Wanted::Costs, |_| Ok(()));
        assert_eq!(cut.unwrap_err().kind(), ErrorKind::Truncated, "{len} bytes");
    }
    let small = DecodeOptions::new().output_limit(1999);
    let limited = explain_frames(&frame[..], &small, Wanted::Costs, |_| Ok(()));
    assert_eq!(limited.unwrap_err().kind(), ErrorKind::OutputLimit);
}
