//! What must hold for any bytes at all: each function panics where it does not. The tests call them on mutations, and
//! the fuzzers of `fuzz/` on whatever they come up with.

use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};

use foretell::{
    DecodeOptions, Decoder, EncodeOptions, ErrorKind, IndexedReader, Level, Method, Model, Models, RecordCompressor,
    RecordDecompressor,
    pack::{Cut, Pack},
    unstable::{
        container::{FrameHeader, Index, Item, header::MAGIC, varint},
        deflate::{self, Expanded},
        huffman, priors,
    },
};

/// A frame may claim to need more; then it is refused, and costs little.
const MEMORY: u64 = 16 << 20;
/// The most bytes that a fuzzer's Huffman block or recipe may claim to decode to.
const MOST: usize = 1 << 20;

/// Runs `property` on `coded` as it is, and again with the right checks behind its headers, else hardly any would be
/// looked into.
pub fn also_sealed<T>(coded: &[u8], property: impl Fn(&[u8]) -> T) {
    property(coded);
    let mut sealed = coded.to_vec();
    seal(&mut sealed);
    property(&sealed);
}

/// What `coded` decodes to, if it does. Decoding must end in either way, the same way from a reader that breaks off
/// again and again, and reading only the headers must not find an error where decoding finds none.
pub fn decode(coded: &[u8]) -> Option<Vec<u8>> {
    let first = decode_from(coded);
    let infos = foretell::inspect(coded);
    match first {
        Ok((content, garbage)) => {
            let size: u64 = infos.expect("what decodes has headers").iter().map(|frame| frame.raw_size).sum();
            assert_eq!(size, content.len() as u64);
            let again = decode_from(BreaksOff { data: coded, turn: 0 });
            assert!(again == Ok((content.clone(), garbage)), "decoded twice, not the same");
            (!garbage).then_some(content)
        }
        Err(text) => {
            assert!(!text.is_empty());
            None
        }
    }
}

/// Decodes the bytes of `reader`: the content, and whether garbage follows it; or the text of the error.
pub fn decode_from(reader: impl Read) -> Result<(Vec<u8>, bool), String> {
    let mut content = Vec::new();
    let mut decoder = Decoder::new(reader, &DecodeOptions::new().memory_limit(MEMORY));
    loop {
        match decoder.read_to_end(&mut content) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            result => return result.map(|_| (content, decoder.trailing_garbage())).map_err(|error| error.to_string()),
        }
    }
}

/// A reader that gives some bytes, more each time, and is not ready in between.
pub struct BreaksOff<'a> {
    /// What is left to be read.
    pub data: &'a [u8],
    /// How often it was asked.
    pub turn: usize,
}

impl Read for BreaksOff<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.turn += 1;
        if self.turn % 2 == 1 {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let n = out.len().min(self.turn);
        self.data.read(&mut out[..n])
    }
}

/// A file, read in seven ways: by a decoder with one thread and with three, in parts from its beginning and from
/// anywhere, saved from damage with one thread and with three, and listed from both ends. If the file
/// decodes, each way gives all its content; if not, each reports an error. All ways agree.
pub fn parts_and_recovery(coded: &[u8]) {
    let decoded = decode(coded);
    let given = decode_with_threads(coded, &decoded);
    let parts = read_in_parts(coded, &given, decoded.is_some());
    let (saved, is_whole) = recover(coded, 1);
    assert!(recover(coded, 3) == (saved.clone(), is_whole), "saved with three threads, not the same");
    let listed = foretell::inspect_file(Cursor::new(coded));
    if let (Ok(listed), Ok(walked)) = (&listed, foretell::inspect(coded)) {
        assert_eq!(*listed, walked);
    }
    match decoded {
        Some(content) => {
            assert!(parts.expect("what decodes can be read in parts") == content);
            assert!(is_whole == Some(true), "what decodes is whole");
            assert!(saved == content);
            let size: u64 = listed.expect("what decodes can be listed").iter().map(|frame| frame.raw_size).sum();
            assert_eq!(size, content.len() as u64);
        }
        None => assert!(is_whole != Some(true), "damage that recovery does not tell of"),
    }
}

/// What a decoder with three threads gives before it fails, if it does, which it must as one with a single thread does.
fn decode_with_threads(coded: &[u8], decoded: &Option<Vec<u8>>) -> Vec<u8> {
    let mut given = Vec::new();
    let mut decoder = Decoder::new(coded, &DecodeOptions::new().memory_limit(MEMORY).threads(3));
    let is_good = decoder.read_to_end(&mut given).is_ok() && !decoder.trailing_garbage();
    assert_eq!(is_good, decoded.is_some());
    assert!(decoded.as_ref().is_none_or(|content| *content == given), "decoded with three threads, not the same");
    given
}

/// Reads all content through [`IndexedReader`], if that is possible, and some parts, which must be the same. `given` is
/// the beginning of the content as a decoder gave it.
fn read_in_parts(coded: &[u8], given: &[u8], is_good: bool) -> Option<Vec<u8>> {
    let mut reader = IndexedReader::new(Cursor::new(coded), &DecodeOptions::new().memory_limit(MEMORY)).ok()?;
    let len = reader.content_len().min(MEMORY) as usize;
    let mut all = Vec::new();
    if reader.by_ref().take(MEMORY).read_to_end(&mut all).is_err() {
        assert!(!is_good);
        all.clear();
    } else {
        assert_eq!(all.len(), len);
        assert!(all.starts_with(&given[..given.len().min(len)]), "two readers see two contents");
    }
    for place in 0..5 {
        let at = (place * 104_729 + coded.len() * 37) % len.max(1);
        let mut part = [0; 20];
        let read = reader.seek(SeekFrom::Start(at as u64)).and_then(|_| reader.read(&mut part));
        if let (Ok(n), false) = (read, all.is_empty()) {
            assert!(part[..n] == all[at..at + n], "read from {at}, not the same");
        }
    }
    (!all.is_empty() || len == 0).then_some(all)
}

/// The saved content, and whether it is all of it: `None` if recovery ends with an error.
fn recover(coded: &[u8], threads: usize) -> (Vec<u8>, Option<bool>) {
    let mut saved = Limited(Vec::new());
    let options = DecodeOptions::new().memory_limit(MEMORY).threads(threads);
    let recovered = foretell::recover(Cursor::new(coded), &mut saved, &options);
    (saved.0, recovered.ok().map(|recovered| recovered.damages.is_empty() && !recovered.trailing_garbage))
}

/// A writer that takes no more than a fuzzer has memory for: recovery writes zeros for lost blocks of any claimed
/// length.
struct Limited(Vec<u8>);

impl Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MEMORY as usize {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Compresses content at the level and by the method that the first byte says; it must come back, and take little more
/// than it is.
pub fn round_trip(bytes: &[u8]) {
    let Some((&choice, content)) = bytes.split_first() else { return };
    let levels: Vec<Level> = Level::all().collect();
    let methods = [Method::Neural, Method::Neural, Method::Huffman, Method::Copy, Method::Store];
    let method = methods[usize::from(choice) / levels.len() % methods.len()];
    let options = EncodeOptions::new().level(levels[usize::from(choice) % levels.len()]).method(method);
    let coded = foretell::compress(content, &options).expect("memory");
    assert!(coded.len() <= content.len() + content.len() / 1000 + 64);
    assert!(foretell::decompress(&coded).expect("what was compressed decodes") == content);
}

/// A header, an item or an index that is read is written again as the same bytes: nothing has two spellings.
pub fn headers(bytes: &[u8]) {
    let mut rest = bytes;
    if let Ok(header) = FrameHeader::read_after_magic(&mut rest) {
        let read = &bytes[..bytes.len() - rest.len()];
        assert_eq!([&MAGIC, read].concat(), header.to_bytes());
    }
    rest = bytes;
    if let Ok(item) = Item::read(&mut rest) {
        let mut written = Vec::new();
        item.write(&mut written);
        assert_eq!(&bytes[..bytes.len() - rest.len()], written);
    }
    rest = bytes;
    if let Ok(index) = Index::read(&mut rest) {
        assert_eq!(&bytes[..bytes.len() - rest.len()], index.to_bytes());
    }
}

/// A Huffman block for the length that its first bytes say: decodes to that many bytes or not at all. And as content,
/// the bytes come back.
pub fn huffman_block(bytes: &[u8]) {
    let (len, coded) = leading_number(bytes);
    if let Ok(raw) = huffman::decode(coded, len) {
        assert_eq!(raw.len(), len);
        let again = huffman::decode(&huffman::encode(&raw), len);
        assert!(again.expect("what was coded decodes") == raw);
    }
    assert!(huffman::decode(&huffman::encode(bytes), bytes.len()).expect("what was coded decodes") == bytes);
}

/// Content that may hold deflate streams: what it expands to, if anything, is reconstructed to the same bytes.
pub fn deflate_streams(content: &[u8]) {
    if let Ok(inflated) = deflate::inflate(content, MOST) {
        assert!(inflated.consumed <= content.len() && inflated.content.len() <= MOST);
    }
    if let Some(expanded) = deflate::expand(content) {
        assert!(expanded.recipe_len <= expanded.bytes.len());
        assert!(deflate::reconstruct(&expanded, content.len()).expect("what was expanded is reconstructed") == content);
    }
}

/// Content and a recipe, with the lengths of what it should make and of itself before them: followed to just that
/// length, or refused.
pub fn recipe(bytes: &[u8]) {
    let (len, rest) = leading_number(bytes);
    let (recipe_len, rest) = leading_number(rest);
    match deflate::reconstruct(&Expanded { bytes: rest.to_vec(), recipe_len }, len) {
        Ok(content) => assert_eq!(content.len(), len),
        Err(error) => assert_eq!(error.kind(), ErrorKind::Corrupt),
    }
}

/// A number below [`MOST`] from the first three bytes, or zero if there are fewer; and the bytes after it.
fn leading_number(bytes: &[u8]) -> (usize, &[u8]) {
    match bytes.split_first_chunk() {
        Some((&[a, b, c], rest)) => (usize::from(a) | usize::from(b) << 8 | usize::from(c & 15) << 16, rest),
        None => (0, bytes),
    }
}

/// Reads `body` as a model's file after its name: it is refused, or records that it compresses come back.
pub fn model(body: &[u8]) {
    let file = priors::with_name(body);
    let Ok(model) = Model::from_bytes(&file) else { return };
    let (Ok(mut compressor), Ok(mut decompressor)) = (RecordCompressor::new(&model), RecordDecompressor::new(&model))
    else {
        return;
    };
    for record in [&b""[..], b"GET /index.html 200", &[0xff; 40]] {
        let coded = compressor.compress(record).expect("there is memory");
        assert!(coded.len() <= record.len() + 12);
        assert_eq!(decompressor.decompress(&coded).expect("just made"), record);
    }
}

/// A record for a model, a pack for it: neither is read to anything without its checks, nor takes long.
pub fn record_and_pack(bytes: &[u8], model: &Model) {
    if let Ok(record) = RecordDecompressor::new(model).expect("there is memory").decompress(bytes) {
        assert!(record.len() < MOST);
    }
    if let Ok(mut pack) =
        Pack::open(Cursor::new(bytes), &DecodeOptions::new().models(Models::new().with(model.clone())))
    {
        let mut content = Vec::new();
        if pack.write_to(&mut content).is_ok() && !pack.is_empty() {
            let last = pack.get(pack.len() - 1).expect("all of it was read").expect("it is there");
            let end = if pack.cut() == Cut::Lines { content.strip_suffix(b"\n").unwrap_or(&content) } else { &content };
            assert!(end.ends_with(&last));
        }
    }
}

/// The inverse of `leading_number`.
pub fn with_leading_number(number: usize, rest: &[u8]) -> Vec<u8> {
    assert!(number < MOST);
    [&(number as u32).to_le_bytes()[..3], rest].concat()
}

/// Writes the right checks after the headers of `frame`, as far as it looks like a frame, so that a decoder reads the
/// bytes that the checks protect.
pub fn seal(frame: &mut [u8]) {
    seal_frame(frame);
}

/// Seals the frame up to where it breaks off.
fn seal_frame(frame: &mut [u8]) -> Option<()> {
    let has_size = frame.get(5)? & 0x10 != 0;
    let mut at = 6;
    if has_size {
        length(frame, &mut at)?;
    }
    seal_range(frame, 0, &mut at)?;
    loop {
        let start = at;
        let tag = *frame.get(at)?;
        at += 1;
        if tag == 0 {
            return None;
        }
        if tag == 6 {
            at += 8;
            return seal_index(frame, at);
        }
        let mut coded_len = length(frame, &mut at)?;
        if tag != 1 {
            coded_len = length(frame, &mut at)?;
        }
        if tag == 5 {
            length(frame, &mut at)?;
        }
        at += 4;
        seal_range(frame, start, &mut at)?;
        at = at.checked_add(coded_len)?;
    }
}

/// Seals the index that begins at `start`.
fn seal_index(frame: &mut [u8], start: usize) -> Option<()> {
    let mut at = start + 3;
    if frame.get(start + 2)? & 0x10 != 0 {
        length(frame, &mut at)?;
    }
    let header = [&MAGIC, frame.get(start..at)?].concat();
    put_check(frame, crc32fast::hash(&header), &mut at)?;
    // Breaks off where the frame does.
    for _ in 0..length(frame, &mut at)? {
        at += 1;
        length(frame, &mut at)?;
        length(frame, &mut at)?;
    }
    seal_range(frame, start, &mut at)
}

/// Writes the check of the bytes from `start` to `at` after them, and moves `at` past it.
fn seal_range(frame: &mut [u8], start: usize, at: &mut usize) -> Option<()> {
    let check = crc32fast::hash(frame.get(start..*at)?);
    put_check(frame, check, at)
}

/// Writes `check` at `at`, and moves `at` past it.
fn put_check(frame: &mut [u8], check: u32, at: &mut usize) -> Option<()> {
    frame.get_mut(*at..*at + 4)?.copy_from_slice(&check.to_le_bytes());
    *at += 4;
    Some(())
}

/// Reads the length at `at`, and moves `at` past it.
fn length(frame: &[u8], at: &mut usize) -> Option<usize> {
    let mut rest = frame.get(*at..)?;
    let before = rest.len();
    let len = varint::read(&mut rest).ok()?;
    *at += before - rest.len();
    usize::try_from(len).ok()
}
